// The history of one delivery: every try and decision, oldest first, in words.
import { z } from 'zod';
import { delivery } from './deliveries.ts';
import { timestamp } from './lists.ts';

/** What one try came to, in words. */
export const attemptOutcomes = {
  accepted: 'Accepted by the platform',
  accepted_late: 'Accepted: the answer came late',
  deferred: 'Not sent, tried again later',
  rejected: 'Refused',
  given_up: 'Not sent, and given up after the last try',
  broken: 'Not sent: the connection does not work',
  unknown: 'No answer: it may have arrived',
  node_lost: 'The sending process stopped: it may have arrived',
  not_sent: 'Surely not sent after all, waits again',
  retried: 'Put back to be tried again',
  resent: 'Put back to be sent again',
  counted_as_sent: 'Counted as sent',
  stopped: 'Not sent: the campaign was stopped',
  settled_by_receipt: 'Surely sent: the platform told what became of it',
  undelivered: 'Accepted, and not delivered after all',
  never_left: 'Surely not sent: nothing was told of it while others were told of',
} as const;
export type AttemptOutcome = keyof typeof attemptOutcomes;

/** One step in the life of a delivery, oldest first. */
export const deliveryStep = z
  .object({
    at: timestamp.nullable().meta({ description: 'null: not yet, or the time was not kept' }),
    code: z.string().meta({ description: 'An outcome, a receipt (delivered, read, …) or a state' }),
    words: z.string(),
    detail: z.string().nullable(),
    attempt: z.number().int().nullable().meta({ description: 'Which try this was about' }),
    latency_ms: z.number().int().nullable().meta({ description: 'From the call to its answer' }),
    node: z.string().nullable().meta({ description: 'The process that made the call or found the row' }),
    by: z.string().nullable().meta({ description: 'Who decided it' }),
  })
  .meta({ id: 'DeliveryStep' });
export type DeliveryStep = z.infer<typeof deliveryStep>;

export const deliveryDetail = delivery
  .extend({ history: z.array(deliveryStep) })
  .meta({ id: 'DeliveryDetail' });
export type DeliveryDetail = z.infer<typeof deliveryDetail>;
