// The look and the word of a delivery's state: report, reconciliation, the log, its filters and the thread use the same.
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconChecks,
  IconClock,
  IconHelpCircle,
  IconLoader,
  IconX,
} from '@tabler/icons-react';
import type { DeliveryState } from '../../../contract/deliveries.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';

const looks: Record<DeliveryState, { tone: BadgeTone; word: string; Icon: typeof IconCheck }> = {
  planned: { tone: 'mute', word: 'Planned', Icon: IconClock },
  queued: { tone: 'mute', word: 'Queued', Icon: IconClock },
  sending: { tone: 'brand', word: 'Sending', Icon: IconLoader },
  sent: { tone: 'ok', word: 'Sent', Icon: IconCheck },
  delivered: { tone: 'ok', word: 'Delivered', Icon: IconCheck },
  read: { tone: 'ok', word: 'Read', Icon: IconChecks },
  failed: { tone: 'bad', word: 'Failed', Icon: IconAlertTriangle },
  skipped: { tone: 'outline', word: 'Skipped', Icon: IconBan },
  unknown: { tone: 'hatch', word: 'Unknown', Icon: IconHelpCircle },
  cancelled: { tone: 'mute', word: 'Cancelled', Icon: IconX },
};

export const deliveryWord = (state: DeliveryState) => looks[state].word;

export const deliveryTone = (state: DeliveryState) => looks[state].tone;

/** Its part of a bar that sums a run up. */
const colors: Record<DeliveryState, string> = {
  planned: 'var(--c-mute-soft)',
  queued: 'var(--c-mute-soft)',
  sending: 'var(--c-brand-mid)',
  sent: 'var(--c-brand)',
  delivered: 'var(--c-brand)',
  read: 'var(--c-brand)',
  failed: 'var(--c-bad)',
  skipped: 'var(--c-series-3)',
  unknown: 'var(--c-warn)',
  cancelled: 'var(--c-series-5)',
};
export const deliveryColor = (state: DeliveryState) => colors[state];

export function DeliveryBadge({ state }: { state: DeliveryState }) {
  const { tone, word, Icon } = looks[state];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {word}
    </Badge>
  );
}
