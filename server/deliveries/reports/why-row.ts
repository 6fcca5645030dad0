// What a row of the ledger says about its person: the verdict, in words, and which question decided it. Pure.
import type { Channel } from '../../../contract/connections.ts';
import {
  countedAsSent,
  type Delivery,
  failureWordsOn,
  type SkipReason,
  skipReasons,
  skipWords,
  unknownReasons,
} from '../../../contract/deliveries.ts';
import { tellsReceipts } from '../../../contract/receipts.ts';
import type { Why, WhyKey } from '../../../contract/why.ts';

/** Which question each reason to leave somebody out is the answer to. */
export const askedBy: Record<SkipReason, WhyKey> = {
  merged: 'audience',
  excluded: 'exclusion',
  no_identity: 'address',
  blocked: 'address',
  deactivated: 'address',
  contact_erased: 'address',
  opted_out: 'consent',
  frequency_cap: 'cap',
  quiet_hours_expired: 'quiet',
  local_time_passed: 'quiet',
  holdout: 'holdout',
  window_closed: 'address',
  no_marketing_in_country: 'address',
  invalid_number: 'address',
  not_on_platform: 'address',
  cart_bought: 'event',
  sold_out: 'event',
  already_bought: 'event',
  offer_today: 'event',
  later_cart: 'event',
  reminded_lately: 'event',
  cart_emptied: 'event',
  order_returned: 'event',
  changed_hands: 'event',
  automation_off: 'event',
  connection_removed: 'address',
};

export interface RowVerdict extends Pick<Why, 'verdict' | 'headline' | 'explanation'> {
  /** The question that decided it; null: all were answered yes. */
  decided: { key: WhyKey; outcome: 'no' | 'waits' } | null;
}

const got: Partial<Record<Delivery['state'], string>> = {
  sent: 'They got it: the platform accepted it',
  delivered: 'They got it: it arrived',
  read: 'They got it and read it',
};

/** A platform that tells delivery has not told it yet: accepted is not arrived. */
function acceptedOnly(row: Pick<Delivery, 'channel' | 'reason'>): string {
  if (row.reason === countedAsSent) return 'Counted as sent; not delivered yet';
  return `${platforms[row.channel]} accepted it; not delivered yet`;
}
const platforms: Record<Channel, string> = {
  telegram: 'Telegram',
  whatsapp: 'WhatsApp',
  website: 'The website',
};

/** `waitsForQuiet`: the row waits for the end of quiet hours. */
export function verdictOfRow(
  row: Delivery,
  { waitsForQuiet, isPaused, hasCanary }: { waitsForQuiet: boolean; isPaused: boolean; hasCanary: boolean },
): RowVerdict {
  switch (row.state) {
    case 'sent':
    case 'delivered':
    case 'read':
      if (row.state === 'sent' && tellsReceipts(row.channel))
        return { verdict: 'sent', headline: acceptedOnly(row), explanation: null, decided: null };
      return { verdict: 'got', headline: got[row.state] as string, explanation: null, decided: null };
    case 'skipped':
      return {
        verdict: 'skipped',
        headline:
          row.reason && row.reason in skipReasons
            ? skipWords(row.reason, row.channel)
            : 'Left out on purpose',
        explanation: row.detail,
        decided: { key: askedBy[row.reason as SkipReason] ?? 'send', outcome: 'no' },
      };
    case 'cancelled':
      return {
        verdict: 'skipped',
        headline: 'The campaign was cancelled before their turn',
        explanation: row.detail,
        decided: { key: 'send', outcome: 'no' },
      };
    case 'failed':
      return {
        verdict: 'failed',
        headline: wordOf(failureWordsOn(row.channel), row.reason) ?? 'The platform refused it',
        explanation: row.detail,
        decided: { key: 'send', outcome: 'no' },
      };
    case 'unknown':
      return {
        verdict: 'unknown',
        headline: 'It may have arrived: nobody knows',
        explanation: wordOf(unknownReasons, row.reason) ?? row.detail,
        decided: { key: 'send', outcome: 'waits' },
      };
    case 'planned':
      return {
        verdict: 'waiting',
        headline: hasCanary
          ? 'They wait until the first messages have gone well'
          : 'They wait for the winner of the test',
        explanation: null,
        decided: { key: hasCanary ? 'canary' : 'variant', outcome: 'waits' },
      };
    default:
      return waitsForQuiet
        ? {
            verdict: 'waiting',
            headline: 'They wait for the end of their quiet hours',
            explanation: null,
            decided: { key: 'quiet', outcome: 'waits' },
          }
        : {
            verdict: 'waiting',
            headline: isPaused ? 'They wait: the campaign is paused' : 'They wait for their turn',
            explanation: row.detail,
            decided: { key: 'send', outcome: 'waits' },
          };
  }
}

const wordOf = (words: Record<string, string>, reason: string | null) => (reason ? words[reason] : undefined);
