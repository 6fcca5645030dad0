// Deliveries: one message to one recipient with a state; the send log's rows.
import { z } from 'zod';
import { factsOf } from './channel-facts.ts';
import { type Channel, channel } from './connections.ts';
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
  invalid_number: 'The phone number cannot be one',
  blocked: 'Blocked the bot',
  deactivated: 'Account was deleted',
  contact_erased: 'Contact was erased before the send',
  merged: 'Is the same person as another recipient',
  frequency_cap: 'Had as many messages as the frequency cap allows',
  quiet_hours_expired: 'Quiet hours would have held it longer than it may wait',
  excluded: 'Left out by the campaign’s exclusions',
  holdout: 'In the holdout group',
  local_time_passed: 'The hour had passed where the person lives',
  window_closed: 'Has not written within 24 hours, and the message is no approved template',
  not_on_platform: 'Not on WhatsApp, as the last three campaigns showed',
  cart_bought: 'Bought it before the reminder went out',
  cart_emptied: 'Emptied the cart before the reminder went out',
  order_returned: 'The order was returned or cancelled',
  changed_hands: 'The shop gave the cart or order to somebody else before the message went out',
  sold_out: 'Sold out before the message went out',
  already_bought: 'Bought it before they were told that it is back',
  offer_today: 'Had a promotion on this day already',
  later_cart: 'Left a later cart, and is reminded of that one',
  reminded_lately: 'Was reminded of a cart of theirs within the cool-down',
  automation_off: 'The automation was switched off before their turn',
  connection_removed: 'The connection was removed, and no other one reaches them',
  no_marketing_in_country: 'WhatsApp delivers no marketing templates to numbers of that country',
} as const;
export type SkipReason = keyof typeof skipReasons;
/** Only automations have them: what they answer to is no more (the claim asks it anew). */
export const eventSkips = [
  'cart_bought',
  'cart_emptied',
  'order_returned',
  'changed_hands',
  'sold_out',
  'already_bought',
  'offer_today',
  'later_cart',
  'reminded_lately',
  'automation_off',
  'connection_removed',
] as const satisfies readonly SkipReason[];

/** What reads otherwise where addresses are phone numbers, or where nobody starts a bot. */
const skipReasonsOn: Partial<Record<Channel, Partial<Record<SkipReason, string>>>> = {
  whatsapp: {
    no_identity: 'Has no phone number, or shares one with somebody who gets it',
    blocked: 'Blocked this number',
  },
  website: { no_identity: 'Has never written on the website', blocked: 'Cannot be reached any more' },
};
/** Every reason in the words of a channel; without one in those of bots. */
export const skipWordsOn = (on: string | null | undefined): Record<SkipReason, string> => ({
  ...skipReasons,
  ...skipReasonsOn[on as Channel],
});
/** One reason in the words of a channel; one that nobody knows stays as it is. */
export const skipWords = (reason: string, on: string | null | undefined): string =>
  (skipWordsOn(on) as Record<string, string>)[reason] ?? reason;

/** Whom people block there: "of 100 people, 2 blocked the bot". */
export const whoIsBlocked = (on: string | null | undefined): string => factsOf(on)?.blocked ?? 'the bot';

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
  not_on_platform: 'Not on WhatsApp, or their app cannot receive it',
  marketing_capped: 'Held back by WhatsApp: the person had enough marketing messages',
  marketing_stopped: 'The person told WhatsApp to stop marketing messages from here',
  window_closed: 'The person has not written within 24 hours',
  template_refused: 'The template is not approved or does not fit its values',
  country_restricted: 'WhatsApp does not let this business write to that country',
  platform_experiment: 'Held back by an experiment of WhatsApp',
  did_not_leave: 'It surely did not leave: WhatsApp told of other messages since, and nothing of this one',
} as const;
export type FailureReason = keyof typeof failureReasons;

/** What reads otherwise where nothing is a bot. */
const failureReasonsOn: Partial<Record<Channel, Partial<Record<FailureReason, string>>>> = {
  whatsapp: {
    never_started: 'Has no chat with the number',
    no_rights: 'WhatsApp does not let the number write there',
    media_refused: 'WhatsApp could not use the file',
  },
};
/** Every cause in the words of a channel; without one in those of bots. */
export const failureWordsOn = (on: string | null | undefined): Record<FailureReason, string> => ({
  ...failureReasons,
  ...failureReasonsOn[on as Channel],
});

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
    attempts: z.number().int().meta({ description: 'Tries in all; a retry by hand goes on counting' }),
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
    tested_at: timestamp.nullable().meta({
      description: 'When this person got the campaign’s message as a test as well; null: they did not',
    }),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof delivery>;
