// Campaigns: one message plan for one audience; a run is one execution of it.
import { z } from 'zod';
import { audience, audienceInput } from './audience.ts';
import { canary, canaryInput, canaryPatch, canaryReport } from './canary.ts';
import { channel, circuit } from './connections.ts';
import { deliveryState } from './deliveries.ts';
import { wireId } from './ids.ts';
import { humanText, readVersion, timestamp } from './lists.ts';
import { content, contentInput } from './message.ts';
import { money } from './money.ts';
import { patchOf } from './patch.ts';
import { campaignPressure, purpose } from './pressure.ts';
import { runStatus } from './reconciliation.ts';
import { failure, finding } from './report-parts.ts';
import { defaultMissed, missed, schedule, scheduleInput } from './schedules.ts';
import { templateUse } from './template-use.ts';
import { trigger, triggerInput, triggerPatch } from './trigger.ts';
import { abInput, abPatch, abTest, holdoutPercent, holdoutReport, variantsReport } from './variants.ts';
import { sendingWait } from './waits.ts';

export const campaignKind = z.enum([
  'broadcast',
  'bulk_message',
  'abandoned_cart',
  'back_in_stock',
  'post_purchase',
  'smart_trigger',
]);
export type CampaignKind = z.infer<typeof campaignKind>;
/** What the shop's events send. */
export const shopAutomation = campaignKind.extract(['abandoned_cart', 'back_in_stock', 'post_purchase']);
export type ShopAutomation = z.infer<typeof shopAutomation>;
export const campaignType = z.enum([
  'promotional',
  'informational',
  'event_announcement',
  'follow_up',
  'engagement',
]);
export const campaignStatus = z.enum([
  'draft',
  'scheduled',
  'sending',
  'paused',
  'published',
  'failed',
  'cancelled',
  'archived',
]);
export type CampaignStatus = z.infer<typeof campaignStatus>;

/** What a person can do with a campaign: `edit` is PATCH, `cancel_date` cancel with scope "date", the others are commands. */
export const campaignMove = z.enum([
  'edit',
  'launch',
  'send_now',
  'reschedule',
  'pause',
  'resume',
  'cancel',
  'cancel_date',
  'retry_failed',
  'resend_unknown',
  'archive',
  'restore',
]);
export type CampaignMove = z.infer<typeof campaignMove>;

export const cancelScope = z.enum(['date', 'series']);
export type CancelScope = z.infer<typeof cancelScope>;
export const campaignCancel = z.strictObject({
  scope: cancelScope.default('series').meta({
    description:
      'Of a campaign that repeats. date: only what is under way is given up, and it goes on with its next date · series: that and all later dates',
  }),
});

/** Messages per batch, and the seconds of silence between the last answer of one batch and the first message of the next. */
const batchParts = {
  size: z.number().int().min(1).max(256, 'A batch has at most 256 messages.').default(256),
  delay_seconds: z.number().int().min(0).max(86_400, 'At most a day (86400 seconds).').default(2),
};
export const settings = z.object({
  messages_per_minute: z.number().int().min(1).max(60_000).nullable().default(null),
  batch: z
    .object(batchParts)
    .nullable()
    .default(null)
    .meta({ description: 'Send in batches with a pause after each; null: without pauses' }),
  paid_broadcast: z
    .boolean()
    .default(false)
    .meta({ description: 'Telegram only: up to 1,000 messages a second, paid from the bot’s Stars' }),
  silent: z.boolean().default(false),
  link_preview: z.boolean().default(true),
  /** Links lead through this installation, which counts who opened them. */
  track_links: z.boolean().default(true),
  /** After how long an unknown send may be sent again by itself; null: a person decides; left out: as the channel does it. */
  unknown: z.object({ resend_after_seconds: z.number().int().min(60).max(604_800).nullish() }).default({}),
  /** Whether delivery and reading are shown, where the platform tells them. */
  track_delivery: z.boolean().default(true),
  track_read: z.boolean().default(true),
  /** These contacts get it first, and everybody else waits for a person's go. */
  test_first: z
    .object({
      contact_ids: z
        .array(wireId('cnt'))
        .min(1, 'Name at least one test contact.')
        .max(20, 'At most 20 test contacts.'),
    })
    .nullable()
    .default(null),
  /** Of a scheduled campaign whose hour passed while nothing ran. */
  missed: missed.default(defaultMissed),
  /** A few people first; null: everybody at once. */
  canary: canary.nullable().default(null),
  /** Which of the workspace's frequency caps count it. */
  purpose: purpose.default('marketing'),
  pressure: campaignPressure.default({ ignore_caps: false, ignore_quiet_hours: false }),
  /** This share gets nothing, the same people in every run: what the others do beyond them is the campaign's. */
  holdout_percent: holdoutPercent.nullable().default(null),
  ab: abTest.nullable().default(null),
});
export type Settings = z.infer<typeof settings>;
const settingsGiven = settings
  .extend({
    unknown: z
      .strictObject({ resend_after_seconds: z.number().int().min(60).max(604_800).nullish() })
      .default({}),
    test_first: z
      .strictObject({
        contact_ids: z
          .array(wireId('cnt'))
          .min(1, 'Name at least one test contact.')
          .max(20, 'At most 20 test contacts.'),
      })
      .nullable()
      .default(null),
    canary: canaryInput.nullable().default(null),
    ab: abInput.nullable().default(null),
    pin: z
      .literal(false, 'Messages cannot be pinned yet: leave pin out, or send false.')
      .optional()
      .meta({ description: 'Not possible yet: only false' }),
    batch: z.strictObject(batchParts).nullable().default(null),
  })
  .strict();
export const settingsInput = settingsGiven.transform(({ pin: _pin, ...rest }): Settings => rest);
/** Each setting as a request may hold it, with its default. */
export const settingsFields = settingsGiven.shape;
const settingsPatch = patchOf({
  ...settingsFields,
  batch: patchOf(batchParts),
  pressure: patchOf(campaignPressure.shape),
  canary: canaryPatch,
  ab: abPatch,
}).transform(({ pin: _pin, ...rest }) => rest);
export type SettingsPatch = z.infer<typeof settingsPatch>;
export const campaign = z
  .object({
    id: wireId('cmp'),
    number: z.number().int(),
    kind: campaignKind,
    name: z.string(),
    type: campaignType,
    status: campaignStatus.meta({
      description:
        'Of an automation "draft", on or off, until it is archived: whether it is on says trigger.enabled',
    }),
    status_reason: z.string().nullable(),
    connection_id: wireId('con').nullable(),
    channel: channel.nullable(),
    audience,
    content,
    schedule,
    scheduled_at: timestamp.nullable().meta({
      description:
        'The exact instant that `schedule` means: of a series its next date, or the last one once that is begun',
    }),
    next_at: timestamp.nullable().meta({ description: 'When it goes out next; null: it does not' }),
    held: z.boolean().meta({ description: 'Its hour was missed, and it waits for a person’s word' }),
    moves: z.array(campaignMove).meta({
      description: 'What its status allows now; `cancel_date`: cancel with scope "date"',
    }),
    occurrences: z
      .object({
        done: z.number().int().meta({ description: 'Runs that were begun' }),
        left: z.number().int().nullable().meta({ description: 'Dates still to come; null: without end' }),
      })
      .nullable()
      .meta({ description: 'null: it does not repeat' }),
    settings,
    trigger: trigger.nullable(),
    off_since: timestamp
      .nullable()
      .meta({ description: 'Of an automation: since when it is off; null: it is on, or never was' }),
    training: z.enum(['not_trained', 'training', 'trained']),
    featured: z.boolean(),
    version: z.number().int(),
    created_at: timestamp,
    updated_at: timestamp,
    launched_at: timestamp.nullable(),
    finished_at: timestamp.nullable(),
    unknown: z
      .number()
      .int()
      .meta({ description: 'Deliveries of all its runs of which nobody knows whether they arrived' }),
  })
  .meta({ id: 'Campaign' });
export type Campaign = z.infer<typeof campaign>;

export const campaignCreate = z.strictObject({
  kind: campaignKind.default('broadcast'),
  name: humanText(120, 1),
  type: campaignType.optional().meta({ description: 'Left out: that of the template, else promotional' }),
  connection_id: wireId('con').nullish(),
  audience: audienceInput.default({ all: true }),
  content: contentInput
    .optional()
    .meta({ description: 'Left out: nothing yet, and of an automation the usual text of its kind' }),
  schedule: scheduleInput.default({ mode: 'now' }),
  settings: settingsInput.prefault({}),
  trigger: triggerInput.nullish().meta({
    description:
      'Of automations. Left out: off, with the usual delay of its kind. Of other campaigns refused, unless it is off and as usual',
  }),
  template: templateUse.optional().meta({ description: 'The message, instead of content' }),
});
export type CampaignCreate = z.infer<typeof campaignCreate>;
export const campaignPatch = z.strictObject({
  name: humanText(120, 1).optional(),
  type: campaignType.optional(),
  connection_id: wireId('con').nullish(),
  audience: audienceInput.optional(),
  content: contentInput.optional(),
  schedule: scheduleInput.optional(),
  settings: settingsPatch.optional().meta({
    description:
      'What is left out stays as it is, also within batch, canary, ab and pressure; null is the default. Lists, and what is one of several forms (missed, canary.size, ab.winner), are replaced as a whole',
  }),
  trigger: triggerPatch.optional().meta({
    description:
      'Of automations; of other campaigns refused. What is left out of it stays as it is, null is the default',
  }),
  featured: z.boolean().optional(),
  version: readVersion.optional(),
});
export type CampaignPatch = z.infer<typeof campaignPatch>;

/** A campaign with a time of its own is scheduled instead: no run yet, `scheduled_at` says when, `planned` how many as of now. */
export const launched = z
  .object({
    run_id: wireId('run').nullable(),
    planned: z.number().int(),
    status: z
      .enum(['sending', 'scheduled', 'paused'])
      .meta({ description: 'paused: the test is out, and it waits for your go (resume)' }),
    scheduled_at: timestamp.nullable(),
  })
  .meta({ id: 'Launched' });
export type Launched = z.infer<typeof launched>;
export const campaignTest = z.strictObject({
  contact_ids: z
    .array(wireId('cnt'))
    .min(1, 'Choose at least one contact.')
    .max(20, 'At most 20 test contacts.'),
  connection_id: wireId('con').optional().meta({ description: 'Left out: that of the campaign' }),
  content: contentInput.optional().meta({ description: 'An unsaved message, instead of the stored one' }),
});
export type CampaignTest = z.infer<typeof campaignTest>;
export const tested = z.object({ delivery_ids: z.array(wireId('dlv')) });

/** A run that a test went before. */
export const runGo = z
  .object({
    given_at: timestamp
      .nullable()
      .meta({ description: 'When somebody said go; null: everybody waits for that' }),
    testers: z.array(
      z.object({
        contact_id: wireId('cnt'),
        name: z.string(),
        delivery_id: wireId('dlv'),
        state: deliveryState,
      }),
    ),
  })
  .meta({ id: 'RunGo' });
export type RunGo = z.infer<typeof runGo>;

/** planned = queued + sending + sent + failed + skipped + unknown + cancelled. "sent" is all that the platform accepted. */
export const report = z
  .object({
    run_id: wireId('run').nullable(),
    run_status: runStatus.nullable().meta({ description: 'null: it has no run yet' }),
    planned: z.number().int(),
    queued: z.number().int(),
    sending: z.number().int(),
    sent: z.number().int(),
    delivered: z.number().int().nullable().meta({ description: 'null: the platform does not report it' }),
    read: z.number().int().nullable(),
    pending: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Sent, and neither delivered nor failed so far; null as for delivered' }),
    failed: z.number().int(),
    skipped: z.number().int(),
    unknown: z.number().int(),
    cancelled: z.number().int(),
    clicked: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Who opened a tracked link; null: no link of it is tracked' }),
    replied: z.number().int(),
    converted: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Who ordered within 7 days after it; null: no shop tells its orders' }),
    converted_value: money
      .nullable()
      .meta({ description: 'Their first orders, those in the currency of the workspace; null: none' }),
    rate_per_second: z.number(),
    rate_limit_per_second: z.number().nullable(),
    started_at: timestamp.nullable(),
    finish_at: timestamp.nullable(),
    finished_at: timestamp.nullable(),
    batch: z
      .object({
        number: z.number().int(),
        of: z.number().int(),
        size: z.number().int(),
        delay_seconds: z.number().int(),
      })
      .nullable()
      .meta({ description: 'Which batch is being sent; null: not sent in batches' }),
    wait: sendingWait
      .nullable()
      .meta({ description: 'Why nothing of it is sent at this moment, and until when' }),
    /** `reason` in words, `code` as in a delivery's `reason`. */
    failures: z.array(failure),
    skips: z.array(z.object({ reason: z.string(), code: z.string(), count: z.number().int() })),
    /** Of the queued; null: nobody of this run waits for their quiet hours to end. */
    quiet: z.object({ waiting: z.number().int(), next_at: timestamp, until: timestamp }).nullable(),
    retryable: z.number().int().meta({ description: 'Failed deliveries that retry_failed would try again' }),
    retry_later: z.object({ count: z.number().int(), from: timestamp }).nullable().meta({
      description: 'Failed deliveries that retry_failed tries again once it is that late; null: none',
    }),
    go: runGo.nullable().meta({ description: 'null: no test was sent first' }),
    also_tested: z.number().int().meta({
      description: 'Of those who got it: how many got it as a test as well. Tests are in no other figure',
    }),
    canary: canaryReport.nullable().meta({ description: 'null: the run has no canary' }),
    variants: variantsReport.nullable().meta({ description: 'null: one message for all' }),
    holdout: holdoutReport.nullable().meta({ description: 'null: nobody was held out' }),
    circuit: circuit.nullable().meta({ description: 'null: the connection answers; else what is wrong' }),
    findings: z.array(finding).meta({ description: 'What went wrong and what to do about it' }),
  })
  .meta({ id: 'Report' });
export type Report = z.infer<typeof report>;
