// The look and the word of a campaign's status and of its kinds.
import {
  IconAlertTriangle,
  IconArchive,
  IconCheck,
  IconClock,
  IconPencil,
  IconPlayerPause,
  IconX,
} from '@tabler/icons-react';
import type { Campaign, CampaignKind, CampaignStatus } from '../../../contract/campaigns.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';

const looks: Record<CampaignStatus, { tone: BadgeTone; word: string; Icon?: typeof IconCheck }> = {
  draft: { tone: 'mute', word: 'Draft', Icon: IconPencil },
  scheduled: { tone: 'info', word: 'Scheduled', Icon: IconClock },
  sending: { tone: 'brand', word: 'Sending' },
  paused: { tone: 'warn', word: 'Paused', Icon: IconPlayerPause },
  published: { tone: 'ok', word: 'Published', Icon: IconCheck },
  failed: { tone: 'bad', word: 'Failed', Icon: IconAlertTriangle },
  cancelled: { tone: 'mute', word: 'Cancelled', Icon: IconX },
  archived: { tone: 'mute', word: 'Archived', Icon: IconArchive },
};

export const statusWords = Object.entries(looks).map(([value, look]) => ({ value, label: look.word }));

/** Paused before anybody was messaged: it was due and was not sent. */
export function isHeld(campaign: Pick<Campaign, 'status' | 'launched_at'>): boolean {
  return campaign.status === 'paused' && campaign.launched_at === null;
}

/** Opens in the composer; everything else has a report. */
export function isEditable(campaign: Pick<Campaign, 'status' | 'launched_at'>): boolean {
  return campaign.status === 'draft' || campaign.status === 'scheduled' || isHeld(campaign);
}

/** `done` is shown beside Sending and Paused: "Sending 61%". */
export function StatusBadge(props: { status: CampaignStatus; held?: boolean; done?: string | undefined }) {
  const { status, done } = props;
  const { tone, word, Icon } = props.held ? { ...looks.paused, word: 'Held' } : looks[status];
  const figures = done && (status === 'sending' || status === 'paused') ? ` ${done}` : '';
  return (
    <Badge tone={tone} live={status === 'sending'} icon={Icon && <Icon aria-hidden />}>
      {word}
      {figures}
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
