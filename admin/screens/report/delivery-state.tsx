// The look and the word of a delivery's state: the log, its filters and the thread use the same.
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

export function DeliveryBadge({ state }: { state: DeliveryState }) {
  const { tone, word, Icon } = looks[state];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {word}
    </Badge>
  );
}
