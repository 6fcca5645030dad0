// What sending a campaign would take: how long, until when, and what the platform asks for it.
import { z } from 'zod';
import { timestamp } from './lists.ts';
import { money } from './money.ts';
import { sendingWait } from './waits.ts';

export const sendForecast = z
  .object({
    messages: z.number().int().meta({ description: 'Who would be messaged, as of now' }),
    per_second: z.number().meta({ description: 'What goes out per second at most' }),
    seconds: z
      .number()
      .nullable()
      .meta({ description: 'From the first message to the last; null: nobody can say' }),
    starts_at: timestamp,
    finish_at: timestamp.nullable(),
    wait: sendingWait.nullable().meta({ description: 'What keeps it from being sent as things stand' }),
    goes_first: z
      .object({
        reason: z.enum(['canary', 'variants']),
        people: z.number().int().meta({ description: 'Of a test: about so many, it is decided by lot' }),
        wait_seconds: z
          .number()
          .int()
          .nullable()
          .meta({ description: 'After the last of them; null: until a person decides' }),
      })
      .nullable()
      .meta({ description: 'Who goes first while everybody else waits: a canary or an A/B test' }),
    waiting: z
      .number()
      .int()
      .meta({ description: 'Messages of other campaigns under way that share the connection’s rate' }),
    warm_up: z.object({ limit_today: z.number().int(), left_today: z.number().int() }).nullable().meta({
      description: 'Messages that the connection’s warm-up plan allows today; null: no plan, or it is over',
    }),
    cost: z
      .union([
        z.object({ kind: z.literal('free') }),
        z.object({
          kind: z.literal('stars'),
          amount: z.number().int().meta({ description: 'Telegram Stars, at most' }),
        }),
        money.extend({
          kind: z.literal('money'),
          unpriced: z
            .number()
            .int()
            .meta({ description: 'People for whose market no price is known: not in the amount' }),
          is_default: z
            .boolean()
            .meta({ description: 'Worked out from default prices that nobody here has checked' }),
        }),
      ])
      .nullable()
      .meta({ description: 'null: not known' }),
    batches: z.number().int().nullable().meta({ description: 'null: not sent in batches' }),
    note: z.string().nullable().meta({ description: 'What the figures do not say' }),
  })
  .meta({ id: 'SendForecast' });
export type SendForecast = z.infer<typeof sendForecast>;
