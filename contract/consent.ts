// Consent: what an operator or a program may state about it, and the history of its changes.
import { z } from 'zod';
import { channel } from './connections.ts';
import { humanText, timestamp } from './lists.ts';

const invisible = /\p{Default_Ignorable_Code_Point}|\p{Cf}/gu;
const syllables = /[\p{Ideographic}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** Whether a text can be the words of somebody: three letters or digits that can be seen; a written syllable counts for two. */
export function isProof(text: string): boolean {
  const seen = text.replace(invisible, '');
  const count = (of: RegExp) => seen.match(of)?.length ?? 0;
  return count(/[\p{L}\p{N}]/gu) + count(syllables) >= 3;
}

const of = { channel, purpose: z.enum(['marketing']).default('marketing') };

export const consentRecord = z
  .strictObject({
    ...of,
    channel: z.enum([...channel.options, 'every']).meta({
      description:
        'Consent holds for one channel. “every”, to opt out only: all channels at once, also those the person is not known on yet',
    }),
    state: z.enum(['opted_in', 'opted_out']),
    wording: humanText(500)
      .nullish()
      .meta({ description: 'The person’s own words or the text of the form; needed to opt in' }),
  })
  .refine(({ state, wording }) => state === 'opted_out' || isProof(wording ?? ''), {
    path: ['wording'],
    error:
      'To opt somebody in, write the words they agreed with and where, at least three letters or digits: it is the proof.',
  })
  .refine(({ state, channel }) => state === 'opted_out' || channel !== 'every', {
    path: ['channel'],
    error: 'Opting in is for one channel: name the one that they agreed to.',
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
    source: z.string().meta({
      description:
        '"message", "operator", "api", "import", "undo", "whatsapp": told to the platform, or "number": said under the same address by whoever had it before',
    }),
    wording: z.string().nullable(),
    reason: z.string().nullable(),
    by: z.string().nullable().meta({ description: 'Operator or token; null: the person by a message' }),
    at: timestamp,
  })
  .meta({ id: 'ConsentChange' });
export type ConsentChanged = z.infer<typeof consentChanged>;
