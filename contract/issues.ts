// For schemas that read a part of a request by themselves, so that each wrong word is named at its own place.
import type { z } from 'zod';

/** Left to whoever reads the request: the server has the same words for every field. */
const noWords = 'no words';

/** To be given to the inner `safeParse`, together with `reportInput`. */
export function innerWords(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'unrecognized_keys') return noWords;
  const { inst } = issue as { inst?: z.core.$ZodObject };
  const known = Object.keys(inst?._zod.def.shape ?? {}).map((key) => `"${key}"`);
  return issue.keys
    .map((key) => `Unknown field ${JSON.stringify(key.slice(0, 60))}. Known here: ${known.join(', ')}.`)
    .join('\n');
}

/** An issue of the inner reading, moved to where the part stands. */
export function movedTo(path: PropertyKey[], issue: z.core.$ZodIssue): z.core.$ZodRawIssue {
  return {
    ...issue,
    message: issue.message === noWords ? undefined : issue.message,
    path: [...path, ...issue.path],
  } as z.core.$ZodRawIssue;
}
