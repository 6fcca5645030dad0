// Notes that people of the shop write about a contact; the contact never sees them.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { humanText, timestamp } from './lists.ts';

export const note = z
  .object({
    id: wireId('nte'),
    text: z.string(),
    author: z.string().meta({ description: 'Who wrote it: a person, or the name of an API token' }),
    created_at: timestamp,
    edited_by: z.string().nullable(),
    edited_at: timestamp.nullable(),
  })
  .meta({ id: 'Note' });
export type Note = z.infer<typeof note>;
/** Of creating and of changing alike. */
export const noteText = z.strictObject({ text: humanText(5000, 1) });
