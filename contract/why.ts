// Why somebody gets a campaign's message or does not: everything that is asked, in the order in which it decides.
import { z } from 'zod';
import { channel } from './connections.ts';
import { delivery } from './deliveries.ts';
import { deliveryStep } from './delivery-history.ts';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';
import { storedRule } from './rules.ts';

export const whyVerdict = z.enum([
  'will_get',
  'got',
  'sent',
  'waiting',
  'skipped',
  'failed',
  'unknown',
  'not_meant',
]);
export type WhyVerdict = z.infer<typeof whyVerdict>;
export const whyKey = z.enum([
  'event',
  'audience',
  'exclusion',
  'address',
  'consent',
  'cap',
  'quiet',
  'holdout',
  'canary',
  'variant',
  'send',
]);
export type WhyKey = z.infer<typeof whyKey>;

const holds = z.boolean();
export const whyCheck = z
  .object({
    key: whyKey,
    outcome: z.enum(['yes', 'no', 'waits', 'not_checked']),
    words: z.string().meta({ description: 'What is asked, as it is when the answer is yes' }),
    detail: z.string().nullable(),
    at: timestamp.nullable().meta({
      description: 'Since when it is so; of a cap and of quiet hours: from when a message is allowed',
    }),
    rule: z
      .array(
        z.object({
          words: z.string(),
          holds,
          parts: z.array(z.object({ rule: storedRule, holds })).meta({
            description: 'Of a segment by rule: its conditions, each with whether it holds for this person',
          }),
        }),
      )
      .nullable(),
    used: z
      .array(z.object({ campaign_id: wireId('cmp'), name: z.string(), channel, at: timestamp }))
      .nullable()
      .meta({ description: 'The messages that count against the frequency cap, the newest first' }),
    history: z.array(deliveryStep).nullable(),
  })
  .meta({ id: 'WhyCheck' });
export type WhyCheck = z.infer<typeof whyCheck>;

export const why = z
  .object({
    contact: z.object({ id: wireId('cnt'), name: z.string() }),
    verdict: whyVerdict,
    headline: z.string(),
    explanation: z.string().nullable(),
    run_id: wireId('run').nullable().meta({ description: 'null: not sent off yet, judged as of now' }),
    as_of: timestamp,
    delivery: delivery.nullable(),
    checks: z.array(whyCheck),
    remedies: z.array(
      z.object({ words: z.string(), href: z.string().meta({ description: 'A page of the panel' }) }),
    ),
  })
  .meta({ id: 'Why' });
export type Why = z.infer<typeof why>;
