// Tracked links of a campaign, and what came of a run over time.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';

/** Each person has one bit per link of a run. */
export const maxLinks = 63;

export const trackedLink = z
  .object({
    id: wireId('lnk'),
    url: z.string().meta({ description: 'The original address' }),
    place: z.string().meta({ description: 'Where in the message it stands, in words' }),
    people: z.number().int().meta({ description: 'Recipients who opened it' }),
    clicks: z.number().int().meta({ description: 'How often people opened it' }),
    previews: z
      .number()
      .int()
      .meta({ description: 'How often programs did: link previews, scanners, other bots' }),
  })
  .meta({ id: 'TrackedLink' });
export type TrackedLink = z.infer<typeof trackedLink>;

/** `untracked`: why no link of this run is counted, in words; null: they are. */
export const trackedLinks = z.object({ data: z.array(trackedLink), untracked: z.string().nullable() });
export type TrackedLinks = z.infer<typeof trackedLinks>;

/** What happened within each stretch of `bucket_seconds` from `at` on. Stretches in which nothing happened are left out. */
export const course = z
  .object({
    bucket_seconds: z.number().int(),
    data: z.array(
      z.object({
        at: timestamp,
        sent: z.number().int(),
        failed: z.number().int(),
        clicked: z.number().int(),
        replied: z.number().int(),
      }),
    ),
    forecast: z.array(z.object({ at: timestamp, sent: z.number().int() })).meta({
      description:
        'The present, then how many will have been sent by when, at the present rate; the present alone: nobody can say',
    }),
  })
  .meta({ id: 'Course' });
export type Course = z.infer<typeof course>;
