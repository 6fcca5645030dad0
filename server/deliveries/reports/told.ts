// What a report may say of a campaign's messages after they were sent: what the platform tells, and the campaign asks to be tracked.
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { tellsReceipts } from '../../../contract/receipts.ts';

export interface Told {
  delivered: boolean;
  read: boolean;
}

/** Runs from before there was tracking are tracked. */
export function toldOf(
  channel: Channel | null,
  settings: Partial<Pick<Settings, 'track_delivery' | 'track_read'>>,
): Told {
  const does = channel !== null && tellsReceipts(channel);
  return {
    delivered: does && settings.track_delivery !== false,
    read: does && settings.track_read !== false,
  };
}
