// Reconciliation: what became of everybody a run planned, in groups that add up, and the settling of those nobody can know.
import { z } from 'zod';
import { reasonFilter } from './deliveries.ts';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';
import { sendingWait } from './waits.ts';

export const runStatus = z.enum(['active', 'paused', 'finished', 'cancelled']);
export type RunStatus = z.infer<typeof runStatus>;

/** planned = sent + failed + skipped + unknown + left + cancelled. */
export const reckoningState = z.enum(['sent', 'failed', 'skipped', 'unknown', 'left', 'cancelled']);
export type ReckoningState = z.infer<typeof reckoningState>;

/** Why rows are left, in words; the codes of `left` groups. */
export const leftReasons = {
  not_written: 'Not written into the send log yet',
  waiting: 'Wait to be sent',
  quiet: 'Wait for the end of their quiet hours',
  later: 'Wait for their time',
  canary: 'Wait until the first ones have gone well',
  variants: 'Wait until the winner of the A/B test is known',
  again: 'Wait to be sent again: a person or the policy decided so',
  never_left: 'Wait to be sent again: the platform told of others and not of them, so it never left',
  under_way: 'On their way at this moment',
} as const;
export type LeftReason = keyof typeof leftReasons;

export const reckoningGroup = z
  .object({
    state: reckoningState,
    reason: z
      .string()
      .nullable()
      .meta({ description: 'A code as in a delivery’s reason; null: no reason is needed' }),
    words: z.string(),
    count: z.number().int(),
    share: z.number().meta({ description: 'Part of planned, 0 to 1' }),
    first_at: timestamp
      .nullable()
      .meta({ description: 'unknown: when the first and the last of them turned unknown' }),
    last_at: timestamp.nullable(),
    log: z.object({ state: z.string(), reason: z.string().nullable() }).nullable().meta({
      description: 'The filter of GET /campaigns/{id}/deliveries that lists these people; null: no rows yet',
    }),
  })
  .meta({ id: 'ReckoningGroup' });
export type ReckoningGroup = z.infer<typeof reckoningGroup>;

export const settlementVerb = z.enum(['resend', 'count_as_sent']);
export type SettlementVerb = z.infer<typeof settlementVerb>;

export const settlement = z
  .object({
    id: wireId('stl'),
    run_id: wireId('run'),
    verb: settlementVerb,
    reason: z.string().nullable(),
    status: z.enum(['active', 'finished', 'stopped']),
    expected: z.number().int(),
    done: z.number().int(),
    by: z.string(),
    created_at: timestamp,
    finished_at: timestamp.nullable(),
    rate_per_second: z.number().nullable(),
    finish_at: timestamp.nullable().meta({ description: 'At the present rate; null when it is not active' }),
  })
  .meta({ id: 'Settlement' });
export type Settlement = z.infer<typeof settlement>;

export const settleInput = z.strictObject({
  run_id: wireId('run'),
  reason: reasonFilter.nullish().meta({
    description:
      'Only those of one cause, as in the groups’ `log.reason`; "none": those without one; left out: all unknown ones',
  }),
  expected: z
    .number()
    .int()
    .min(1, 'Send the number of people that you saw and mean.')
    .meta({ description: 'How many people are meant; 409 NUMBER_CHANGED when it is another number by now' }),
});
export type SettleInput = z.infer<typeof settleInput>;

export const reconciliation = z
  .object({
    campaign_id: wireId('cmp'),
    run: z
      .object({
        id: wireId('run'),
        status: runStatus,
        started_at: timestamp,
        finished_at: timestamp.nullable(),
      })
      .nullable(),
    runs: z
      .array(
        z.object({
          id: wireId('run'),
          status: runStatus,
          started_at: timestamp,
          planned: z.number().int(),
          unknown: z.number().int(),
        }),
      )
      .meta({ description: 'The campaign’s runs to choose from, newest first, at most 100' }),
    planned: z.number().int(),
    sent: z.number().int(),
    failed: z.number().int(),
    skipped: z.number().int(),
    unknown: z.number().int(),
    left: z.number().int(),
    cancelled: z.number().int(),
    groups: z.array(reckoningGroup),
    resume: z.object({
      count: z.number().int().meta({ description: 'How many people are messaged from here on' }),
      words: z.string(),
      wait: sendingWait.nullable().meta({ description: 'What stands before them at this moment' }),
    }),
    policy: z.object({
      resend_after_seconds: z.number().int().nullable(),
      words: z.string().meta({ description: 'What happens to unknown ones by itself' }),
      settled_by_receipt: z
        .number()
        .int()
        .meta({ description: 'Of this run: unknown until the platform told what became of it' }),
      never_left: z
        .number()
        .int()
        .meta({ description: 'Of this run: nothing was told of it while others were, so it was sent again' }),
    }),
    settlement: settlement.nullable().meta({ description: 'The latest settling of this run' }),
    resend_refusal: z.string().nullable().meta({ description: 'Why nobody can be sent it again, in words' }),
    at: timestamp,
  })
  .meta({ id: 'Reconciliation' });
export type Reconciliation = z.infer<typeof reconciliation>;
