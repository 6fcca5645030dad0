// What holds a connection's speed at present, and since when: the limits page (GET /connections/{id}/limits).
import { z } from 'zod';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';
import { sendingWait } from './waits.ts';

export const limitScope = z.enum(['connection', 'paid', 'recipient', 'group']);
export type LimitScope = z.infer<typeof limitScope>;

export const limits = z
  .object({
    connection_id: wireId('con'),
    allowed_per_second: z.number().meta({
      description:
        'What the lane allows itself at present; 0: nothing goes (the token is refused, the platform does not answer, or a 429 is waited out)',
    }),
    declared_per_second: z.number().meta({ description: 'What the platform publishes' }),
    learned_per_second: z
      .number()
      .nullable()
      .meta({ description: 'What 429 answers taught; null: nothing below the declared rate' }),
    now_per_second: z.number().meta({ description: 'Messages sent per second over the last seconds' }),
    reply_reserve: z
      .number()
      .meta({ description: 'Share of the rate held back for replies while people are being answered' }),
    declared: z
      .array(
        z.object({
          scope: limitScope,
          messages: z.number(),
          per_seconds: z.number(),
          burst: z.number().int(),
          source: z.string().meta({ description: 'Where the figure is from, and when it was read' }),
        }),
      )
      .meta({ description: 'At most so many messages in so many seconds, `burst` of them at once' }),
    rate_limited: z
      .object({
        last_hour: z.number().int(),
        last_at: timestamp.nullable(),
        until: timestamp.nullable().meta({ description: 'Nothing is sent before; null: no wait at present' }),
      })
      .meta({ description: 'Answers "too many requests" (429)' }),
    samples: z
      .array(z.object({ minute: timestamp, sent: z.number().int(), rate_limited: z.number().int() }))
      .meta({ description: 'The last 30 minutes, oldest first, without gaps' }),
    waiting: z.array(
      z.object({ priority: z.enum(['reply', 'test', 'event', 'broadcast']), count: z.number().int() }),
    ),
    finish_at: timestamp
      .nullable()
      .meta({ description: 'When nothing of it waits any more, at the present rate; as in the reports' }),
    wait: sendingWait
      .nullable()
      .meta({ description: 'Why nobody can say when it is through; null: nothing stands in the way' }),
    warm_up: z.object({
      day_limits: z.array(z.number().int()).nullable(),
      started_on: z.string().nullable(),
      time_zone: z.string(),
      day: z
        .number()
        .int()
        .nullable()
        .meta({ description: 'Which day of the plan it is; null: no plan, or over' }),
      limit_today: z.number().int().nullable(),
      used_today: z.number().int(),
      resumes_at: timestamp.nullable().meta({ description: 'When the next day begins, if today is used up' }),
    }),
    messaging_limit: z
      .union([z.number().int(), z.literal('unlimited')])
      .nullable()
      .meta({
        description:
          'Different people in 24 hours to whom a conversation may be opened, as the platform last told; null: it has no such limit, or has not told',
      }),
    paid_broadcast: z
      .object({ per_second: z.number(), active: z.boolean() })
      .nullable()
      .meta({ description: 'null: the platform sells no higher rate' }),
  })
  .meta({ id: 'Limits' });
export type Limits = z.infer<typeof limits>;
