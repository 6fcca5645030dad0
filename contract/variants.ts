// A/B variants of a message and the holdout group: who gets which wording, who gets none, and what came of it.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';
import { content, contentInput } from './message.ts';
import { patchOf } from './patch.ts';

/** `a` is the campaign's own content; a delivery keeps its place in this list (deliveries.variant). */
export const variantKeys = ['a', 'b', 'c', 'd', 'e'] as const;
export const variantKey = z.enum(variantKeys);
export type VariantKey = z.infer<typeof variantKey>;
const furtherKey = z.enum(['b', 'c', 'd', 'e']);

export const winnerBy = z.enum(['clicks', 'replies', 'conversions']);
export type WinnerBy = z.infer<typeof winnerBy>;
const afterMinutes = z
  .int('Write whole minutes.')
  .min(5, 'Wait at least 5 minutes: people need time to answer.')
  .max(10_080, 'Wait at most 10,080 minutes (7 days).');
const testPercent = z
  .number('Write a number, like 20.')
  .min(1, 'At least 1 percent of the people.')
  .max(100, 'At most 100 percent of the people.');

const byFigures = { by: winnerBy, after_minutes: afterMinutes };
const byHand = { by: z.literal('hand') };

/** As it is kept. */
export const abTest = z.object({
  variants: z
    .array(z.object({ key: furtherKey, content }))
    .min(1)
    .max(4),
  test_percent: testPercent,
  winner: z.union([z.object(byFigures), z.object(byHand)]),
});
export type AbTest = z.infer<typeof abTest>;

/** As a request may hold it. */
export const abInput = z
  .strictObject({
    variants: z
      .array(z.strictObject({ key: furtherKey, content: contentInput }))
      .min(1, 'A test needs at least one more variant.')
      .max(4, 'At most five variants in all.')
      .refine((given) => given.every(({ key }, index) => key === variantKeys[index + 1]), {
        error: 'Name the variants b, c, d, e in this order; a is the campaign’s own content.',
      }),
    test_percent: testPercent.default(20),
    winner: z
      .union(
        [z.strictObject(byFigures), z.strictObject(byHand)],
        'Send { "by": "clicks" | "replies" | "conversions", "after_minutes": 240 } or { "by": "hand" }.',
      )
      .default({ by: 'hand' }),
  })
  .meta({ description: 'Several wordings, each tried on a share of the people; null: one message for all' });

/** As a change may hold it. `variants` and `winner` are one value each. */
export const abPatch = patchOf(abInput.shape);

export const holdoutPercent = z
  .number('Write a percentage like 5.')
  .min(0.1, 'At least 0.1 percent.')
  .max(50, 'At most 50 percent of the people can be left without the message.');

export const abStep = z.enum(['testing', 'decided', 'measuring', 'not_needed']);
export type AbStep = z.infer<typeof abStep>;

export const pickWinner = z.strictObject({
  run_id: wireId('run'),
  variant: variantKey.meta({ description: 'Everybody beyond the test gets this one' }),
});

export const variantsReport = z
  .object({
    step: abStep.meta({
      description:
        'testing: everybody beyond the test waits, of an automation gets a · decided: they get the winner · measuring: the test is everybody · not_needed: too few people for a test, all get a',
    }),
    by: z.union([winnerBy, z.literal('hand')]),
    test_percent: z.number(),
    decide_at: timestamp.nullable().meta({
      description:
        'When the figures decide, later after a pause or a hold; null: a person does, or the test is still being sent',
    }),
    waiting: z.int().meta({ description: 'People who wait for the winner' }),
    winner: variantKey.nullable(),
    decided_at: timestamp.nullable(),
    decided_by: z.string().nullable().meta({ description: 'Who; null: the figures' }),
    finding: z.string().nullable().meta({ description: 'Why this one, in words' }),
    data: z.array(
      z.object({
        key: variantKey,
        text: z.string().meta({ description: 'Its wording, as it was written' }),
        people: z.int().meta({ description: 'Who were meant to get it, of the test' }),
        sent: z.int(),
        failed: z.int(),
        clicked: z.int(),
        replied: z.int(),
        converted: z.int().meta({ description: 'Who ordered within 7 days after it, as in the report' }),
      }),
    ),
  })
  .meta({ id: 'VariantsReport' });
export type VariantsReport = z.infer<typeof variantsReport>;

export const holdoutReport = z
  .object({
    people: z.int(),
    converted: z.int().meta({ description: 'Of them, with an order within `days` of the start of the run' }),
    rate: z.number().meta({ description: 'Percent' }),
    sent: z.int(),
    sent_converted: z.int().meta({
      description:
        'Of those who were sent it, with an order within the same days, not counted from their message',
    }),
    sent_rate: z.number().meta({ description: 'Percent, of those who were sent the message' }),
    lift_percent: z
      .number()
      .nullable()
      .meta({ description: 'sent_rate over rate, in percent of rate; null: nobody of the holdout ordered' }),
    interval: z
      .tuple([z.number(), z.number()])
      .meta({ description: 'sent_rate − rate in percentage points, 95 % (Newcombe)' }),
    days: z.int(),
    words: z.string().meta({ description: 'What can be said; while orders are few, that it is too early' }),
  })
  .meta({ id: 'HoldoutReport' });
export type HoldoutReport = z.infer<typeof holdoutReport>;
