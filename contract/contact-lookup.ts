// Whom a pasted list means: a line each, by whatever people are known by.
import { z } from 'zod';
import { wireId } from './ids.ts';

export const contactLookup = z.strictObject({
  lines: z
    .array(z.string().max(320, 'A line has at most 320 characters.'))
    .min(1, 'Paste at least one line.')
    .max(10_000, 'At most 10,000 lines at once. Import larger lists as a file.')
    .meta({
      description:
        'Each the external id, e-mail address, phone number, @username, address on a platform or full name of one person',
    }),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'Write a country like "GB" (ISO 3166).')
    .optional()
    .meta({
      description: 'Of numbers without a country code; otherwise the country of the workspace’s time zone',
    }),
});
export type ContactLookup = z.infer<typeof contactLookup>;

const person = z.object({ contact_id: wireId('cnt'), name: z.string() });
/** Lines by their number, from 1; empty ones are in none of the three. */
export const contactsFound = z
  .object({
    found: z.array(person.extend({ line: z.number().int() })),
    unknown: z.array(z.number().int()),
    several: z
      .array(z.object({ line: z.number().int(), people: z.array(person) }))
      .meta({ description: 'The line means more than one person; the first ten of them' }),
  })
  .meta({ id: 'ContactsFound' });
export type ContactsFound = z.infer<typeof contactsFound>;
