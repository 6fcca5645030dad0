// Consent: what an operator or a program may state about it, and the history of its changes.
import { z } from 'zod';
import { channel } from './connections.ts';
import { humanText, timestamp } from './lists.ts';

const of = { channel, purpose: z.enum(['marketing']).default('marketing') };

export const consentRecord = z
  .strictObject({
    ...of,
    state: z.enum(['opted_in', 'opted_out']),
    wording: humanText(500)
      .nullish()
      .meta({ description: 'The person’s own words or the text of the form; needed to opt in' }),
  })
  .refine(({ state, wording }) => state === 'opted_out' || Boolean(wording), {
    path: ['wording'],
    error: 'To opt somebody in, write the words they agreed with and where: it is the proof.',
  });
export type ConsentRecord = z.infer<typeof consentRecord>;

export const consentUndo = z.strictObject({
  ...of,
  reason: humanText(500, 1).meta({ description: 'Why it was a misunderstanding; kept in the history' }),
});
export type ConsentUndo = z.infer<typeof consentUndo>;

export const consentChanged = z
  .object({
    channel,
    purpose: z.enum(['marketing']),
    state: z.enum(['opted_in', 'opted_out', 'not_asked']),
    source: z.string().meta({ description: '"message", "operator", "api", "import" or "undo"' }),
    wording: z.string().nullable(),
    reason: z.string().nullable(),
    by: z.string().nullable().meta({ description: 'Operator or token; null: the person by a message' }),
    at: timestamp,
  })
  .meta({ id: 'ConsentChange' });
export type ConsentChanged = z.infer<typeof consentChanged>;
