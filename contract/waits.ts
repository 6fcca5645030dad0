// What keeps a run from being sent, and until when: the same in the report, on the limits page and in the reconciliation.
import { z } from 'zod';
import { timestamp } from './lists.ts';

export const waitReason = z.enum([
  'held',
  'circuit',
  'canary',
  'variants',
  'rate_limited',
  'warm_up',
  'batch',
  'quiet',
  'local_time',
]);
export type WaitReason = z.infer<typeof waitReason>;

export const sendingWait = z
  .object({
    reason: waitReason.meta({
      description:
        'held: the workspace sends nothing · circuit: the platform does not answer · canary: the first people are watched · variants: the winner of the A/B test is not known yet · rate_limited: a 429 is waited out · warm_up: the day’s limit is used up · batch: a pause between two batches · quiet: everybody left is in quiet hours · local_time: it is not yet that time where those left are',
    }),
    until: timestamp.nullable().meta({ description: 'null: nobody can say when it ends' }),
  })
  .meta({ id: 'SendingWait' });
export type SendingWait = z.infer<typeof sendingWait>;
