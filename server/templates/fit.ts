// What is tried for a person whose message comes out longer than its platform takes: the lists of cart and order get shorter,
// then the message goes without the picture that the platform would fetch, under which less text can stand.
import { AppError } from '../platform/errors.ts';
import { mostLines } from './shop-scope.ts';

export interface Fit {
  /** Of cart_items and the like, at most. */
  lines: number;
  /** Why pictures by address are left out, in words; null: they are not. */
  dropped: string | null;
}
export const wholeAndShown: Fit = { lines: mostLines, dropped: null };

const shorter = [5, 3];
const tooLongUnderPicture = 'The text is too long to stand under a picture.';

/** In the order in which they are tried. */
export function fits(readsShop: boolean, mayDrop: boolean): Fit[] {
  const lengths = readsShop ? [mostLines, ...shorter] : [mostLines];
  return (mayDrop ? [null, tooLongUnderPicture] : [null]).flatMap((dropped) =>
    lengths.map((lines) => ({ lines, dropped })),
  );
}

/** Throws what the first of them threw where none fits. */
export function firstThatFits<T>(all: Fit[], work: (fit: Fit) => T): T {
  let first: unknown;
  for (const fit of all)
    try {
      return work(fit);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CONTENT_TOO_LONG') throw first ?? error;
      first ??= error;
    }
  throw first;
}
