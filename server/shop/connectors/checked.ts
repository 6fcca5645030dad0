// Whatever a shop sends, nothing is stored that the API would refuse.
import type { ZodType } from 'zod';
import { AppError, placeAndWords } from '../../platform/errors.ts';

/** Throws VALIDATION_FAILED in words for the connector's card. */
export function checked<T>(schema: ZodType<T>, given: T, what: string): T {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const [first] = read.error.issues;
  const place = { pointer: first!.path.map((part) => `/${String(part)}`).join(''), detail: first!.message };
  throw new AppError('VALIDATION_FAILED', `${what} cannot be taken. ${placeAndWords(place, 'It')}`);
}
