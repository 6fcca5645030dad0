// Deliveries: one message to one recipient with a state; the send log's rows.
import { z } from 'zod';
import { channel } from './connections.ts';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';

export const deliveryState = z.enum([
  'planned',
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'skipped',
  'unknown',
  'cancelled',
]);
export type DeliveryState = z.infer<typeof deliveryState>;
/** "sent,failed" in a query → the states; an unknown word is a validation error that names the words. */
export const stateList = z
  .string()
  .transform((text) => text.split(',').filter(Boolean))
  .pipe(z.array(deliveryState).max(10));

/**
 * Why a row was left out on purpose, in words: the claim gives each of them but those of `plannedSkips`, which stand in the
 * plan of the campaign and are given when its rows are written. Rows of a campaign that was closed are `cancelled`, and need
 * no reason.
 */
export const plannedSkips = ['excluded', 'holdout', 'local_time_passed'] as const;
export const skipReasons = {
  opted_out: 'Opted out',
  no_identity: 'Has not started a chat on this connection',
  blocked: 'Blocked the bot',
  deactivated: 'Account was deleted',
  contact_erased: 'Contact was erased before the send',
  merged: 'Is the same person as another recipient',
  frequency_cap: 'Had as many messages as the frequency cap allows',
  quiet_hours_expired: 'Quiet hours would have held it longer than it may wait',
  excluded: 'Left out by the campaign’s exclusions',
  holdout: 'In the holdout group',
  local_time_passed: 'The hour had passed where the person lives',
} as const;
export type SkipReason = keyof typeof skipReasons;

/** Why the platform refused for good, in words. Adapters map the platform's answers onto these. */
export const failureReasons = {
  blocked: 'Blocked contact',
  deactivated: 'Account was deleted',
  never_started: 'Has not started a chat with the bot',
  invalid_address: 'Invalid address',
  no_rights: 'The bot has no right to write there',
  content_refused: 'The platform refused the content',
  media_refused: 'The platform could not use the picture',
  credentials: 'The credentials were refused',
  template_error: 'The message could not be rendered for this person',
  platform_unavailable: 'The platform did not answer properly in time',
} as const;
export type FailureReason = keyof typeof failureReasons;

export const unknownReasons = {
  connection_lost: 'Connection lost after sending; the answer never came',
  timeout: 'No answer in time',
  unreadable_answer: 'The answer could not be read',
  node_lost: 'The sending process stopped in the middle',
} as const;
export type UnknownReason = keyof typeof unknownReasons;

/** `reason` of a sent row that nobody saw accepted. */
export const countedAsSent = 'counted_as_sent';
/** "blocked" in a query; "none" means: rows without a reason. */
export const reasonFilter = z
  .string()
  .regex(/^[a-z_]{1,40}$/, 'This is not a reason. Take the code from a report or a reconciliation.');

export const delivery = z
  .object({
    id: wireId('dlv'),
    campaign_id: wireId('cmp').nullable(),
    run_id: wireId('run').nullable(),
    source: z.enum(['campaign', 'test', 'reply']),
    contact_id: wireId('cnt'),
    contact_name: z.string(),
    connection_id: wireId('con'),
    channel,
    address: z.string().nullable(),
    state: deliveryState,
    reason: z.string().nullable(),
    detail: z
      .string()
      .nullable()
      .meta({ description: 'The reason in words, with the platform’s own where there is one' }),
    attempts: z.number().int(),
    created_at: timestamp,
    sent_at: timestamp.nullable(),
    unknown_at: timestamp
      .nullable()
      .meta({ description: 'When it last turned unknown; it stays when it was settled' }),
    delivered_at: timestamp.nullable(),
    read_at: timestamp.nullable(),
    clicked_at: timestamp.nullable(),
    replied_at: timestamp.nullable(),
    conversation_id: wireId('cnv').nullable(),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof delivery>;
