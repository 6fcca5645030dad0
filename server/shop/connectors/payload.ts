// Reading what a shop delivers: JSON of somebody else's making, in which anything may be missing, null, or a number that is text.
import { currency as currencySchema } from '../../../contract/money.ts';
import { storableText } from '../../platform/db/storable.ts';
import { AppError } from '../../platform/errors.ts';
import { parseExact } from './exact-json.ts';

export type Payload = Record<string, unknown>;

/** Ids are numbers of any length there: those that a binary number would change are text. Throws MALFORMED_JSON, BAD_REQUEST. */
export function parsePayload(body: Buffer): Payload {
  let value: unknown;
  try {
    value = parseExact(body.toString('utf8'));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('MALFORMED_JSON', 'The body is not JSON. Choose JSON as the format of the webhook.');
  }
  const payload = objectOf(value);
  if (!payload) throw new AppError('BAD_REQUEST', 'The body is JSON, but no object.');
  return payload;
}

export function objectOf(value: unknown): Payload | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : null;
}

export const objectsIn = (values: unknown[]): Payload[] => values.map(objectOf).filter((one) => one !== null);

export function listOf(value: unknown): Payload[] {
  return objectsIn(Array.isArray(value) ? value : []);
}

/** Null where there is nothing to read. */
export function textOf(value: unknown, most: number): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  // cut before it is made well formed: a cut may halve an emoji
  return storableText(value.trim().slice(0, most)).trim() || null;
}

/** 0 is what shops write for nobody. */
export function idOf(value: unknown): string | null {
  const id = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  return id === '' || id === '0' ? null : textOf(id, 150);
}

/** What is deleted is named by its id alone. More than that is something else: which topic a webhook has, nobody signs. */
export function deletedId(payload: Payload, noun: string): string {
  const more = Object.keys(payload).filter((field) => field !== 'id');
  if (more.length > 0)
    throw new AppError(
      'BAD_REQUEST',
      `A deleted ${noun} is told by its id alone, and this tells more (${more.slice(0, 3).join(', ').slice(0, 100)}). Nothing was deleted here.`,
    );
  return needed(idOf(payload.id), `The ${noun} has no id.`);
}

/** "12.50", as money is written here; null: it is no amount, or less than nothing. */
export function amountOf(value: unknown): string | null {
  const text = (typeof value === 'number' || typeof value === 'string' ? String(value) : '').trim();
  if (/^\d{1,12}(\.\d{1,3})?$/.test(text)) return text;
  const amount = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(amount) && amount >= 0 && amount < 1e12 ? amount.toFixed(2) : null;
}

export function currencyOf(value: unknown): string | null {
  const read = currencySchema.safeParse(typeof value === 'string' ? value.trim().toUpperCase() : '');
  return read.success ? read.data : null;
}

export function quantityOf(value: unknown): number {
  const quantity = Math.trunc(Number(value));
  return Number.isFinite(quantity) ? Math.min(Math.max(quantity, 0), 1_000_000) : 0;
}

/** Whole pieces, also fewer than none where the shop owes some; null: it is no number. */
export function piecesOf(value: unknown): number | null {
  const isSaid = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  const pieces = isSaid ? Number(value) : Number.NaN;
  return Number.isNaN(pieces) ? null : Math.trunc(Math.min(Math.max(pieces, -piecesAtMost), piecesAtMost));
}
/** Of one stock, as the API takes it. */
export const piecesAtMost = 1_000_000_000;

export function addressOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 2000) return null;
  try {
    const url = new URL(value);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href.slice(0, 2000) : null;
  } catch {
    return null;
  }
}

/** A time with its offset, or in UTC where none is written; null: it is none. */
export function timeOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(text);
  const at = new Date(hasZone ? text : `${text}Z`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

export const latest = (...times: (string | null)[]): string | null =>
  times.reduce((a, b) => (a !== null && (b === null || a >= b) ? a : b), null);

/**
 * For what the shop tells without a time: later than all that it told before, which comes again and changes nothing then, and earlier
 * than the next change, for shops count in seconds.
 */
export const justAfter = (at: Date): string => new Date(at.getTime() + 1).toISOString();

/** Nobody signs which topic a webhook has: what plainly is something else is not taken for it. */
export function meant(payload: Payload, noun: string, notOfIt: string[]): Payload {
  const odd = notOfIt.filter((field) => field in payload);
  const why =
    odd.length > 0
      ? `a ${noun} has no ${odd.join(', no ')}`
      : Object.keys(payload).every((field) => field === 'id') && 'an id alone is what is told of a deletion';
  if (!why) return payload;
  throw new AppError(
    'BAD_REQUEST',
    `Under the topic of a ${noun} came something else: ${why}. Nothing of it was written down.`,
  );
}

/** What cannot be written down without: the webhook is not understood, and the connector says so. */
export function needed<T>(value: T | null, words: string): T {
  if (value === null) throw new AppError('BAD_REQUEST', words);
  return value;
}
