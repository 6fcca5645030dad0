// The look and the word of a campaign's status and of its kinds.
import {
  IconAlertTriangle,
  IconArchive,
  IconCheck,
  IconClock,
  IconHandStop,
  IconHourglass,
  IconPencil,
  IconPlayerPause,
  IconPlugConnectedX,
  IconX,
} from '@tabler/icons-react';
import { type Campaign, type CampaignKind, campaignStatus } from '../../../contract/campaigns.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';
import { connectionWord } from '../connections/connection-state.tsx';
import type { CampaignState } from './state.ts';

const looks: Record<CampaignState, { tone: BadgeTone; word: string; Icon?: typeof IconCheck }> = {
  draft: { tone: 'mute', word: 'Draft', Icon: IconPencil },
  scheduled: { tone: 'info', word: 'Scheduled', Icon: IconClock },
  sending: { tone: 'brand', word: 'Sending' },
  paused: { tone: 'warn', word: 'Paused', Icon: IconPlayerPause },
  waiting: { tone: 'info', word: 'Waiting', Icon: IconHourglass },
  go: { tone: 'warn', word: 'Waits for your go', Icon: IconHandStop },
  silent: { tone: 'warn', word: connectionWord('silent'), Icon: IconPlugConnectedX },
  held: { tone: 'warn', word: 'Held', Icon: IconHandStop },
  published: { tone: 'ok', word: 'Published', Icon: IconCheck },
  failed: { tone: 'bad', word: 'Failed', Icon: IconAlertTriangle },
  cancelled: { tone: 'mute', word: 'Cancelled', Icon: IconX },
  archived: { tone: 'mute', word: 'Archived', Icon: IconArchive },
};

export const statusWords = campaignStatus.options.map((value) => ({ value, label: looks[value].word }));

export function isEditable(campaign: Pick<Campaign, 'moves'>): boolean {
  return campaign.moves.includes('edit');
}

/** It has been sent, once at least: a series between two of its dates has both a report and a composer. */
export function hasReport(campaign: Pick<Campaign, 'moves' | 'launched_at'>): boolean {
  return campaign.launched_at !== null || !isEditable(campaign);
}

/** What opens by its name. */
export function homeOf(campaign: Pick<Campaign, 'moves' | 'launched_at'>) {
  return hasReport(campaign) ? ('/campaigns/$id' as const) : ('/campaigns/$id/edit' as const);
}

export const stateWord = (state: CampaignState) => looks[state].word;

/** `done` is shown beside what is under way and leaves room for it: "Sending 61%", "Paused 61%". */
export function StatusBadge({ state, done }: { state: CampaignState; done?: string | undefined }) {
  const { tone, word, Icon } = looks[state];
  const isUnderWay = ['sending', 'waiting', 'held', 'paused'].includes(state);
  return (
    <Badge tone={tone} live={state === 'sending'} icon={Icon && <Icon aria-hidden />}>
      {word}
      {done && isUnderWay ? ` ${done}` : ''}
    </Badge>
  );
}

export const typeWords: Record<Campaign['type'], string> = {
  promotional: 'Promotional',
  informational: 'Informational',
  event_announcement: 'Event announcement',
  follow_up: 'Follow-up',
  engagement: 'Engagement',
};
export const kindWords: Record<CampaignKind, string> = {
  broadcast: 'Promotion',
  bulk_message: 'Bulk message',
  abandoned_cart: 'Abandoned cart',
  back_in_stock: 'Back in stock',
  post_purchase: 'Post-purchase',
  smart_trigger: 'Smart trigger',
};

/** Kinds that send themselves: they live on the Automations page. */
export function isAutomation(campaign: Pick<Campaign, 'kind'>): boolean {
  return ['abandoned_cart', 'back_in_stock', 'post_purchase', 'smart_trigger'].includes(campaign.kind);
}
