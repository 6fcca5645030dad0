// Fields of the published shapes that cannot be honoured yet. They are known, so that a value which asks for nothing special
// is accepted and any other is refused in words; never ignored.
import { z } from 'zod';

/** Takes null (or nothing); anything else is refused with `words`, which say what to do. */
export function notYet(words: string) {
  return z
    .null(words)
    .optional()
    .meta({ description: `Not possible yet. ${words}` });
}

/** The same for a list: an empty one asks for nothing. */
export function notYetList(words: string) {
  return z
    .array(z.unknown(), words)
    .max(0, words)
    .nullish()
    .meta({ description: `Not possible yet. ${words}` });
}
