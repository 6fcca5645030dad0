// Pure rules of a campaign: statuses, who may do what when, the four defaults of a new workspace.
import {
  type Campaign,
  type CampaignKind,
  type CampaignMove,
  type CampaignStatus,
  campaignMove,
} from '../../contract/campaigns.ts';

/** What people do, and what the jobs do. */
export type CampaignVerb = CampaignMove | 'launch_due' | 'miss' | 'finish' | 'reopen' | 'hold';

/**
 * `held`: paused before anybody was messaged, because its hour was missed or it could not be sent then. No run is under way, so it
 * can still be edited; on the wire its status is `paused`. `automation`: on or off and never sent off, on the wire a `draft`.
 */
export type Place = CampaignStatus | 'held' | 'automation';

/** Without a `kind` it is known to be no automation, or does not matter. */
export function placeOf(campaign: { status: CampaignStatus; held: boolean; kind?: CampaignKind }): Place {
  if (campaign.status === 'draft' && campaign.kind && isAutomated(campaign.kind)) return 'automation';
  return campaign.status === 'paused' && campaign.held ? 'held' : campaign.status;
}

/** Verb → where it is possible. Published and cancelled campaigns are locked: duplicate instead (MB3). */
const possibleIn: Record<CampaignVerb, readonly Place[]> = {
  edit: ['draft', 'scheduled', 'held', 'automation'],
  launch: ['draft'],
  launch_due: ['scheduled'],
  miss: ['scheduled'],
  send_now: ['scheduled', 'held'],
  reschedule: ['scheduled', 'held'],
  pause: ['sending'],
  resume: ['paused', 'held'],
  cancel: ['sending', 'paused', 'scheduled', 'held'],
  cancel_date: ['sending', 'paused'],
  // scheduled: a series between two of its dates
  retry_failed: ['scheduled', 'published', 'failed'],
  resend_unknown: ['scheduled', 'sending', 'paused', 'published', 'failed'],
  archive: ['published', 'failed', 'cancelled', 'automation'],
  restore: ['archived'],
  finish: ['sending', 'paused'],
  reopen: ['scheduled', 'published', 'failed'],
  // through already: a row of it was sent again, and the connection broke before anybody could say so
  hold: ['scheduled', 'sending', 'published', 'failed'],
};

export function mayDo(verb: CampaignVerb, place: Place): boolean {
  return possibleIn[verb].includes(place);
}

/** What a person can do with it now, in the order of `campaignMove`. */
export function movesOf(
  campaign: Pick<Campaign, 'kind' | 'status' | 'held' | 'schedule' | 'occurrences' | 'launched_at'>,
): CampaignMove[] {
  const place = placeOf(campaign);
  return campaignMove.options.filter(
    (verb) =>
      mayDo(verb, place) &&
      (ofAutomations.includes(verb) || !isAutomated(campaign.kind)) &&
      (verb !== 'cancel_date' || hasFurtherDates(campaign)) &&
      (!ofItsRun.includes(verb) || campaign.launched_at !== null),
  );
}

const ofItsRun: CampaignVerb[] = ['retry_failed', 'resend_unknown'];
const ofAutomations: CampaignVerb[] = ['edit', 'archive', 'restore'];

/** Its series has further dates, so the end of a run is not the end of the campaign. */
export function hasFurtherDates(campaign: Pick<Campaign, 'schedule' | 'occurrences'>): boolean {
  return campaign.schedule.mode === 'recurring' && campaign.occurrences?.left !== 0;
}

/** Where a verb starts from, for the WHERE of its UPDATE. */
export function placesFor(verb: CampaignVerb): readonly Place[] {
  return possibleIn[verb];
}

/** What the person can do instead, for the error. */
export function whyNot(verb: CampaignVerb, place: Place): string {
  if (verb === 'launch') {
    if (place === 'sending')
      return 'This campaign is being sent already. Nobody is messaged twice; open its report.';
    if (place === 'scheduled') return 'This campaign is scheduled already. To send it at once, use send_now.';
    if (place === 'held')
      return 'This campaign is held: it was due and was not sent. Send it with send_now, or reschedule it.';
    return `A campaign that is ${place} cannot be sent again. Duplicate it to send a new one.`;
  }
  if (verb === 'edit')
    return `A campaign that is ${place} can no longer be edited. Duplicate it to change a copy.`;
  if (verb === 'cancel_date')
    return 'No date of this campaign is being sent now. To leave one out, name its day in the exceptions of the schedule; to end the series, cancel it with scope "series".';
  if ((verb === 'send_now' || verb === 'reschedule') && place === 'draft')
    return 'This campaign is a draft. Send or schedule it with launch.';
  const who = place === 'automation' ? 'An automation' : `A campaign that is ${place}`;
  return `${who} cannot be ${done[verb]}. ${whatNow[place]}`;
}

/** What cannot be done. */
const done: Record<CampaignVerb, string> = {
  edit: 'edited',
  launch: 'sent',
  launch_due: 'sent at its hour',
  miss: 'held for a missed hour',
  send_now: 'sent with send_now',
  reschedule: 'given another hour',
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
  cancel_date: 'cancelled for one date',
  retry_failed: 'sent again to those who failed',
  resend_unknown: 'sent again to those who are unknown',
  archive: 'archived',
  restore: 'taken out of the archive',
  finish: 'finished',
  hold: 'held',
  reopen: 'reopened',
};

const whatNow: Record<Place, string> = {
  automation: 'Switch it on with enable and off with disable; out of the list it goes with archive.',
  draft: 'Send or schedule it with launch.',
  scheduled: 'Send it at once with send_now, move its hour with reschedule, or end it with cancel.',
  held: 'Send it with send_now, give it another hour with reschedule, or end it with cancel.',
  sending: 'Stop it with pause or cancel, or wait until it is published.',
  paused: 'Go on with resume, or end it with cancel.',
  published: 'It is through: open its report, or duplicate it to send a new one.',
  failed: 'It is over: open its report, or duplicate it to send a new one.',
  cancelled: 'Nothing more goes out from it: duplicate it to send a new one.',
  archived: 'Take it out of the archive with restore, or duplicate it to send a new one.',
};

export function isAutomated(kind: CampaignKind): boolean {
  return kind !== 'broadcast' && kind !== 'bulk_message';
}

/** SC1: what a new workspace starts with, all disabled. Texts use only variables that every contact, cart or order has. */
export const defaultCampaigns: {
  kind: CampaignKind;
  name: string;
  type: 'promotional' | 'follow_up';
  text: string;
  /** Who has no such address gets the message without its picture, or button. */
  picture?: string;
  button?: { text: string; url: string };
  delayMinutes: number | null;
}[] = [
  {
    kind: 'abandoned_cart',
    name: 'Abandoned cart',
    type: 'follow_up',
    text: 'Hi {{ contact.first_name | default: "there" }}, you left something behind:\n\n{{ cart_items }}\n\nYou can pick up where you left off.',
    picture: '{{ cart.photo }}',
    button: { text: 'Finish my order', url: '{{ cart.url }}' },
    delayMinutes: 60,
  },
  {
    kind: 'back_in_stock',
    name: 'Back in stock',
    type: 'follow_up',
    text: 'Good news, {{ contact.first_name | default: "there" }}: this is back in stock.\n\n{{ product_list }}',
    picture: '{{ product.image_url }}',
    button: { text: 'Have a look', url: '{{ product.url }}' },
    delayMinutes: 0,
  },
  {
    kind: 'post_purchase',
    name: 'Post-purchase',
    type: 'follow_up',
    text: 'Hi {{ contact.first_name | default: "there" }}, thank you for your order{% if order.number %} {{ order.number }}{% endif %}. Is everything as you hoped? Just answer here.',
    delayMinutes: 1440,
  },
  {
    kind: 'broadcast',
    name: 'Promotion',
    type: 'promotional',
    text: 'Hi {{ contact.first_name | default: "there" }}, something new is waiting for you in the shop.',
    delayMinutes: null,
  },
];

/** What an automation of this kind starts with; undefined: it is none, or one without a usual text. */
export const usualOf = (kind: CampaignKind): (typeof defaultCampaigns)[number] | undefined =>
  isAutomated(kind) ? defaultCampaigns.find((one) => one.kind === kind) : undefined;
