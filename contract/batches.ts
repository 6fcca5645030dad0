// The batches of a run, each with what became of its people: on WhatsApp the broadcast lists of at most 256.
import { z } from 'zod';
import { timestamp } from './lists.ts';

export const batchProgress = z
  .object({
    number: z.number().int().meta({ description: 'From 1' }),
    first: z.number().int().meta({ description: 'Place of its first person in the run, from 1' }),
    last: z.number().int().meta({ description: 'Place of its last person' }),
    state: z.enum(['waiting', 'pausing', 'sending', 'stopped', 'done']).meta({
      description:
        'waiting: its turn has not come · pausing: the pause before it · sending · stopped: the run is paused or was cancelled in it · done: everybody has an answer',
    }),
    begins_at: timestamp.nullable().meta({ description: 'Of pausing: when it begins' }),
    people: z.number().int().meta({ description: 'Whose turn has come' }),
    sending: z.number().int(),
    sent: z
      .number()
      .int()
      .meta({ description: 'Accepted by the platform, delivered and read ones included' }),
    delivered: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Read ones included; null: not told, or not tracked' }),
    read: z.number().int().nullable(),
    failed: z.number().int(),
    unknown: z.number().int(),
  })
  .meta({ id: 'BatchProgress' });
export type BatchProgress = z.infer<typeof batchProgress>;

export const batches = z
  .object({
    size: z.number().int(),
    delay_seconds: z.number().int(),
    total: z.number().int().meta({ description: 'How many there will be, by those who are left now' }),
    current: z.number().int().meta({ description: 'Which is being sent, or the last one' }),
    data: z.array(batchProgress),
    next_from: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Where the next page begins; null: this is the last' }),
  })
  .meta({ id: 'Batches' });
export type Batches = z.infer<typeof batches>;

export const batchesQuery = z.object({
  from: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .meta({ description: 'The first batch to show' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
