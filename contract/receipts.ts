// Receipts: what a platform tells of each message after it took it. They settle what was unknown, and their absence proves,
// after a while, that a message never left.
import { factsOf } from './channel-facts.ts';

/** `reason` of a sent row that was unknown until a receipt proved it. */
export const settledByReceipt = 'settled_by_receipt';
/** `reason` of a waiting row of which no receipt came while others did. */
export const neverLeft = 'never_left';

/** How long a receipt is waited for where a campaign does not say it. */
export const receiptWindowSeconds = 900;

/** After how long an unknown send is sent again by itself; null: a person decides. Left out of the settings: as the channel does it. */
export function resendAfterSeconds(setting: number | null | undefined, channel: string): number | null {
  if (setting !== undefined) return setting;
  return tellsReceipts(channel) ? receiptWindowSeconds : null;
}

export function tellsReceipts(channel: string): boolean {
  return factsOf(channel)?.tellsReceipts ?? false;
}
