// The words of a template cut at its places, so that they can be marked while they are filled in. Pure.
import {
  hydrated,
  partOf,
  type TemplateComponent,
  type TemplateValues,
  variablePattern,
  variablesOf,
} from '../../../../contract/whatsapp-templates.ts';
import { fallbacksIn, withoutValues } from './fallbacks.ts';

/** `text` of a place: what is typed for it, or the place as it is written ("{{1}}"). */
export interface Piece {
  text: string;
  isPlace: boolean;
  isFilled: boolean;
}

/** `shown`: how what is typed for a place is shown; null: nothing can stand there. */
export function piecesOf(
  text: string,
  values: Record<string, string>,
  shown: (typed: string) => string | null = (typed) => typed,
): Piece[] {
  const pieces: Piece[] = [];
  const plain = (words: string) => words && pieces.push({ text: words, isPlace: false, isFilled: false });
  let end = 0;
  for (const found of text.matchAll(variablePattern)) {
    const [place, key = ''] = found;
    plain(text.slice(end, found.index));
    const given = (Object.hasOwn(values, key) ? values[key] : '')?.trim() ?? '';
    const typed = shown(given) ?? '';
    pieces.push({ text: typed || place, isPlace: true, isFilled: typed !== '' });
    end = found.index + place.length;
  }
  plain(text.slice(end));
  return pieces;
}

/** Header, body and footer; a header that is a file has no words. */
export function partsOf(components: TemplateComponent[], values: TemplateValues) {
  const { header, footer } = hydrated(components, { header: {}, body: {}, buttons: {} });
  return {
    header: header === null ? [] : piecesOf(header, values.header),
    body: piecesOf(partOf(components, 'BODY')?.text ?? '', values.body),
    footer,
  };
}

/** What somebody reads of whom none of its variables is known. Null: it has none; 'nothing': they get no message. */
export function withoutAny(
  components: TemplateComponent[],
  values: TemplateValues,
): Piece[] | 'nothing' | null {
  const used = variablesOf(components);
  const typed = [
    ...used.header.map(({ key }) => values.header[key]),
    ...used.body.map(({ key }) => values.body[key]),
    ...used.buttons.map(({ key }) => values.buttons[key]),
  ].map((one) => one ?? '');
  if (!typed.some((one) => fallbacksIn(one).length > 0)) return null;
  if (typed.some((one) => withoutValues(one) === null)) return 'nothing';
  return piecesOf(partOf(components, 'BODY')?.text ?? '', values.body, withoutValues);
}
