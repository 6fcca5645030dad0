// Short texts of a WhatsApp message (titles, footers, values of variables): one line, with the limit counted once they are filled.
import { AppError } from '../../platform/errors.ts';
import type { Field } from '../field.ts';
import { resolveInserted } from '../inserted.ts';
import { contentFault, countCodePoints, inFigures } from '../telegram-body.ts';

export interface Short {
  field: Field;
  /** In words: "The text of this button". */
  what: string;
  limit: number;
  /** It may be left out. */
  optional?: boolean;
}

/** Throws AppError TEMPLATE_INVALID where it is empty, CONTENT_TOO_LONG where it is too long, at its field. */
export function renderShort({ field, what, limit, optional }: Short, scope: object): string {
  return checkedShort({ field, what, limit, optional }, oneLine(plainValue(field, scope)));
}

export function checkedShort({ field, what, limit, optional }: Short, text: string): string {
  const { pointer, personal } = field;
  if (!text && !optional) throw contentFault([{ pointer, detail: emptyWords(what, personal) }]);
  const over = countCodePoints(text) - limit;
  if (over <= 0) return text;
  const detail = `${what} has ${inFigures(limit + over)} of ${inFigures(limit)} characters${personal ? ' for this person' : ''}. Shorten it by ${inFigures(over)}.`;
  throw new AppError('CONTENT_TOO_LONG', detail, { errors: [{ pointer, detail }] });
}

export const emptyWords = (what: string, personal: boolean) =>
  personal ? `${what} is empty for this person. Add a default.` : `${what} is empty. Write something.`;

export const plainValue = (field: Field, scope: object) =>
  resolveInserted(field.renderPlain(scope), (value) => value);

/** The platform refuses line breaks, tabs and long runs of blanks there (Cloud API, message templates, 2026-11-20). */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
