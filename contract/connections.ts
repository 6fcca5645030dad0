// Connections: one Telegram bot, one WhatsApp number or one website.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { humanText, readVersion, timestamp } from './lists.ts';

export const channel = z.enum(['telegram', 'whatsapp', 'website']);
export type Channel = z.infer<typeof channel>;

export const telegramCredentials = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(
      /^[1-9]\d{0,19}:[A-Za-z0-9_-]{20,60}$/,
      'A bot token looks like 123456789:AAE… . Copy it from @BotFather.',
    ),
});

/** Trouble of the platform or the way to it. While it lasts nobody fails and nobody is lost: messages wait. */
export const circuit = z
  .object({
    state: z.enum(['open', 'half_open']).meta({
      description: 'open: nothing is sent · half_open: one message at a time, until several went well',
    }),
    since: timestamp,
    reason: z.string().meta({ description: 'What went wrong, in words' }),
    next_try_at: timestamp.nullable().meta({ description: 'When the platform is asked again' }),
    pauses_at: timestamp.nullable().meta({ description: 'When its campaigns are paused if it lasts' }),
  })
  .meta({ id: 'Circuit' });
export type Circuit = z.infer<typeof circuit>;
/** A calendar day of the workspace: "2026-12-01". */
const localDay = z.iso
  .date('Write a day of the calendar as 2026-12-31.')
  .refine((day) => day >= '2020-01-01' && day <= '2100-01-01', 'Choose a day from 2020 on.');
export const warmUp = z
  .object({
    day_limits: z
      .array(z.number().int())
      .nullable()
      .meta({ description: 'Campaign messages allowed on the first day, the second, …; null: no plan' }),
    started_on: z.string().nullable().meta({ description: 'The first day, in the workspace’s time zone' }),
  })
  .meta({ id: 'WarmUp' });
export type WarmUp = z.infer<typeof warmUp>;
export const warmUpInput = z.strictObject({
  day_limits: z
    .array(z.number().int().min(1, 'At least 1 message a day.').max(1_000_000))
    .min(1, 'Name at least one day, or send null to end the plan.')
    .max(365, 'A plan has at most 365 days.')
    .nullable(),
  started_on: localDay.nullish(),
});
/** Offered in the panel where a number is new: it follows how WhatsApp raises its own limits. */
export const usualWarmUp = [50, 100, 250, 500, 1000, 2000, 4000, 8000];

export const connection = z
  .object({
    id: wireId('con'),
    channel,
    name: z.string(),
    status: z.enum(['connected', 'error']),
    problem: z.string().nullable().meta({ description: 'What is wrong and what to do, in words' }),
    identity: z.object({ username: z.string().nullable(), id: z.string().nullable() }),
    receives_by: z.enum(['webhook', 'polling']).meta({ description: 'How messages come in' }),
    sandbox: z.boolean().meta({ description: 'True where the platform is the emulator on this machine' }),
    rate_per_second: z.number().meta({ description: 'What the lane allows itself at present' }),
    circuit: circuit.nullable().meta({ description: 'null: closed, the platform answers' }),
    reachable_contacts: z.number().int(),
    warm_up: warmUp,
    version: z.number().int(),
    created_at: timestamp,
  })
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof connection>;

export const connectionCreate = z.strictObject({
  channel: z.literal('telegram', 'Only Telegram can be connected at present.'),
  sandbox: z.boolean().default(false).meta({ description: 'True: a bot of the emulator on this machine' }),
  name: humanText(80).optional(),
  credentials: telegramCredentials,
});
export const connectionPatch = z.strictObject({
  name: humanText(80, 1).optional(),
  credentials: telegramCredentials.optional(),
  warm_up: warmUpInput.nullish().meta({ description: 'null ends the plan, as day_limits null does' }),
  version: readVersion.optional(),
});
export const connectionTried = z
  .object({
    circuit: circuit.nullable().meta({ description: 'As it stands now; null: the platform answers' }),
  })
  .meta({ id: 'ConnectionTried' });
export const connectionTest = z
  .object({ ok: z.boolean(), detail: z.string(), latency_ms: z.number().int() })
  .meta({ id: 'ConnectionTest' });
