// What a platform's yes is worth, in words: on WhatsApp a message that was taken has not arrived yet.
import type { Channel } from '../../../contract/connections.ts';
import { countedAsSent, type Delivery } from '../../../contract/deliveries.ts';
import { tellsReceipts } from '../../../contract/receipts.ts';
import { channelWord } from '../frame/ChannelTile.tsx';

/** Of a row in state Sent. */
export function acceptedWords({ channel, reason }: Pick<Delivery, 'channel' | 'reason'>): string {
  if (tellsReceipts(channel)) return 'Sent, not delivered yet';
  return reason === countedAsSent ? 'Counted as sent' : `Accepted by ${channelWord(channel)}`;
}

/** Of a campaign that shows no delivery. `channel` null: its connection is gone. */
export function acceptedOfPlanned(channel: Channel | null): string {
  const platform = channel ? channelWord(channel) : 'the platform';
  const why =
    channel && tellsReceipts(channel)
      ? 'Delivery is switched off in the settings of this campaign.'
      : `${platform[0]?.toUpperCase()}${platform.slice(1)} does not report delivery.`;
  return `Accepted by ${platform}, of everybody planned. ${why}`;
}
