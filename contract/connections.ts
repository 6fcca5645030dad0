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

const digits = (words: string) =>
  z
    .string()
    .trim()
    .regex(/^\d{5,20}$/, words);
/** Whatever the platform gives out as a token: printable, no blanks. */
const secretText = (words: string) =>
  z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{8,1000}$/, words);
export const whatsappCredentials = z.strictObject({
  phone_number_id: digits(
    'A phone number ID has digits only, like 106540352242922. It stands in the app dashboard under WhatsApp, API Setup; it is not the phone number.',
  ),
  waba_id: digits(
    'A WhatsApp Business Account ID has digits only. It stands beside the phone number ID in the app dashboard.',
  ),
  access_token: secretText(
    'Paste the whole access token of a system user, without blanks. Temporary tokens end after a day.',
  ),
  app_secret: secretText('Paste the app secret. It stands in the app dashboard under App settings, Basic.'),
  verify_token: secretText('Choose a word of at least 8 characters without blanks.'),
});
export type WhatsAppCredentials = z.infer<typeof whatsappCredentials>;
/** What each channel is connected with; of the website nothing yet. */
export const credentialsOf = {
  telegram: telegramCredentials,
  whatsapp: whatsappCredentials,
  website: z.strictObject({}),
} as const satisfies Record<Channel, z.ZodObject>;

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

/** What stands in the way, or will, and what to do about it. */
const healthProblem = z.object({
  of: z.enum(['number', 'account', 'business', 'app']),
  severity: z.enum(['blocks', 'limits', 'warns']).meta({
    description: 'blocks: nothing is sent · limits: less than usual · warns: it may come to that',
  }),
  detail: z.string().meta({ description: 'What is wrong, in words' }),
  solution: z
    .string()
    .nullable()
    .meta({ description: 'What to do about it; null: nothing is known to help' }),
});
export const accountHealth = z.object({
  can_send: z.enum(['available', 'limited', 'blocked']).nullable(),
  status: z.string().nullable().meta({ description: 'In the platform’s own words: CONNECTED, FLAGGED, …' }),
  quality: z
    .enum(['green', 'yellow', 'red'])
    .nullable()
    .meta({ description: 'How people take its messages; null: not rated yet' }),
  name_status: z
    .string()
    .nullable()
    .meta({ description: 'Of the display name: APPROVED, PENDING_REVIEW, …' }),
  messaging_limit: z
    .union([z.number().int(), z.literal('unlimited')])
    .nullable()
    .meta({
      description:
        'Different people in 24 hours to whom a conversation may be opened; shared by all numbers of the business',
    }),
  per_second: z.number().nullable().meta({ description: 'Messages per second, in and out' }),
  problems: z.array(healthProblem),
});
/** How the account stands with its platform, without the time of asking. */
export type AccountHealth = z.infer<typeof accountHealth>;
export type HealthProblem = z.infer<typeof healthProblem>;
export const connectionHealth = accountHealth
  .extend({ checked_at: timestamp })
  .meta({ id: 'ConnectionHealth' });
export type ConnectionHealth = z.infer<typeof connectionHealth>;

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
    health: connectionHealth
      .nullable()
      .meta({ description: 'null: the platform tells nothing of it, or was not asked yet' }),
    reachable_contacts: z.number().int(),
    finding_people: z.object({ done: z.number().int(), total: z.number().int() }).nullable().meta({
      description:
        'How many contacts with a phone number were looked at for this new number; null: all of them',
    }),
    warm_up: warmUp,
    version: z.number().int(),
    created_at: timestamp,
  })
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof connection>;

const createBase = {
  sandbox: z
    .boolean()
    .default(false)
    .meta({ description: 'True: a bot or number of the emulator on this machine' }),
  name: humanText(80).optional(),
};
export const connectionCreate = z.discriminatedUnion(
  'channel',
  [
    z.strictObject({ channel: z.literal('telegram'), ...createBase, credentials: telegramCredentials }),
    z.strictObject({ channel: z.literal('whatsapp'), ...createBase, credentials: whatsappCredentials }),
  ],
  { error: 'Choose telegram or whatsapp: the website is connected in a later release.' },
);
export const connectionPatch = z.strictObject({
  name: humanText(80, 1).optional(),
  credentials: z
    .union([telegramCredentials, whatsappCredentials.partial()])
    .optional()
    .meta({ description: 'Of WhatsApp only what is new; what is left out stays as it is' }),
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

/** Where the platform is told to deliver, for whoever sets that up by hand. */
export const connectionWebhook = z
  .object({
    url: z
      .string()
      .nullable()
      .meta({ description: 'null: this installation has no https address (PUBLIC_URL) to be reached at' }),
    verify_token: z.string().nullable().meta({ description: 'What the platform is given beside it' }),
    fields: z.array(z.string()).meta({ description: 'What to subscribe to' }),
    last_at: timestamp
      .nullable()
      .meta({ description: 'When something was last delivered; written once a minute' }),
    refused_at: timestamp.nullable().meta({
      description: 'When something last came whose signature does not fit; the app secret may be wrong',
    }),
  })
  .meta({ id: 'ConnectionWebhook' });
export type ConnectionWebhook = z.infer<typeof connectionWebhook>;
