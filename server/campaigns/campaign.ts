// Pure rules of a campaign: statuses, who may do what when, the four defaults of a new workspace.
import type { CampaignKind, CampaignStatus } from '../../contract/campaigns.ts';

export type CampaignVerb =
  | 'edit'
  | 'launch'
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'retry_failed'
  | 'archive'
  | 'restore'
  | 'finish'
  | 'hold';

/** Verb → the statuses it is possible in. Published and cancelled campaigns are locked: duplicate instead (MB3). */
const possibleIn: Record<CampaignVerb, readonly CampaignStatus[]> = {
  edit: ['draft', 'scheduled'],
  launch: ['draft'],
  pause: ['sending'],
  resume: ['paused'],
  cancel: ['sending', 'paused', 'scheduled'],
  retry_failed: ['published', 'failed'],
  archive: ['published', 'failed', 'cancelled'],
  restore: ['archived'],
  finish: ['sending', 'paused'],
  hold: ['sending'],
};

export function mayDo(verb: CampaignVerb, status: CampaignStatus): boolean {
  return possibleIn[verb].includes(status);
}

/** Statuses a verb starts from, for the WHERE of its UPDATE. */
export function statusesFor(verb: CampaignVerb): CampaignStatus[] {
  return [...possibleIn[verb]];
}

/** What the person can do instead, for the error. */
export function whyNot(verb: CampaignVerb, status: CampaignStatus): string {
  if (verb === 'launch') {
    if (status === 'sending')
      return 'This campaign is being sent already. Nobody is messaged twice; open its report.';
    return `A campaign that is ${status} cannot be sent again. Duplicate it to send a new one.`;
  }
  if (verb === 'edit')
    return `A campaign that is ${status} can no longer be edited. Duplicate it to change a copy.`;
  return `Not possible while the campaign is ${status}; it takes one that is ${possibleIn[verb].join(' or ')}.`;
}

export function isAutomated(kind: CampaignKind): boolean {
  return kind !== 'broadcast' && kind !== 'bulk_message';
}

/** SC1: what a new workspace starts with, all disabled. Texts use only variables that every contact has. */
export const defaultCampaigns: {
  kind: CampaignKind;
  name: string;
  type: 'promotional' | 'follow_up';
  text: string;
  delayMinutes: number | null;
}[] = [
  {
    kind: 'abandoned_cart',
    name: 'Abandoned cart',
    type: 'follow_up',
    text: 'Hi {{ contact.first_name | default: "there" }}, your cart is still here. Shall we keep it for you?',
    delayMinutes: 60,
  },
  {
    kind: 'back_in_stock',
    name: 'Back in stock',
    type: 'follow_up',
    text: 'Good news, {{ contact.first_name | default: "there" }}: what you were waiting for is back.',
    delayMinutes: 0,
  },
  {
    kind: 'post_purchase',
    name: 'Post-purchase',
    type: 'follow_up',
    text: 'Thank you for your order, {{ contact.first_name | default: "there" }}. Is everything as you hoped? Just answer here.',
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
