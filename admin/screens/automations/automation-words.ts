// What an automation answers to, in words: one place for cards, editor and figures.
import type { Campaign, CampaignKind } from '../../../contract/campaigns.ts';
import type { Channel, Connection } from '../../../contract/connections.ts';
import { clock } from '../../ui/times.ts';

export const automationKinds = ['abandoned_cart', 'back_in_stock', 'post_purchase'] as const;
export type AutomationKind = (typeof automationKinds)[number];
export const isAutomationKind = (kind: CampaignKind): kind is AutomationKind =>
  (automationKinds as readonly string[]).includes(kind);

interface KindWords {
  /** What it waits for, on its card. */
  when: string;
  countedFrom: string;
  /** Minutes. */
  presets: number[];
}
export const wordsOf: Record<AutomationKind, KindWords> = {
  abandoned_cart: {
    when: 'Cart sitting idle',
    countedFrom: 'Counted from the last change in the cart',
    presets: [30, 60, 240, 1440],
  },
  back_in_stock: {
    when: 'Items return to inventory',
    countedFrom: 'Counted from when the item is back',
    presets: [0, 15, 60, 240],
  },
  post_purchase: {
    when: 'Order marked as delivered',
    countedFrom: 'Counted from the delivery',
    presets: [60, 1440, 2880, 10_080],
  },
};

/** "At once", "30 min", "1 h", "2 days". */
export function lengthWords(minutes: number): string {
  if (minutes === 0) return 'At once';
  if (minutes % 1440 === 0) return minutes === 1440 ? '1 day' : `${minutes / 1440} days`;
  if (minutes % 60 === 0) return `${minutes / 60} h`;
  return `${minutes} min`;
}
/** "At once", "1 h after", "2 days after". */
export const delayWords = (minutes: number) =>
  minutes === 0 ? lengthWords(0) : `${lengthWords(minutes)} after`;

/** Where it goes out: its own connection's channel, else all on which something is connected, each once. */
export function channelsOf(
  { connection_id, channel }: Pick<Campaign, 'connection_id' | 'channel'>,
  connections: Pick<Connection, 'id' | 'channel' | 'status'>[] | undefined,
): Channel[] {
  if (connection_id) {
    const own = connections?.find(({ id }) => id === connection_id)?.channel ?? channel;
    return own ? [own] : [];
  }
  const order: Channel[] = ['telegram', 'whatsapp', 'website'];
  const there = new Set(
    connections?.filter(({ status }) => status === 'connected').map((one) => one.channel),
  );
  return order.filter((one) => there.has(one));
}

/** "2 Nov", with the year where it is another. */
export function shortDay(iso: string, zone: string, now: Date): string {
  const written = (at: Date, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(at);
  const at = new Date(iso);
  const isThisYear = written(at, { year: 'numeric' }) === written(now, { year: 'numeric' });
  return written(at, { day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' }) });
}

/** "14:05" on the day itself. */
const sinceWords = (iso: string, zone: string, now: Date) =>
  shortDay(iso, zone, now) === shortDay(now.toISOString(), zone, now)
    ? clock(iso, zone)
    : shortDay(iso, zone, now);

/** "Off since 2 Nov"; "Never on" where it has not been; null: it is on. */
export function offWords(
  { trigger, off_since }: Pick<Campaign, 'trigger' | 'off_since'>,
  zone: string,
  now: Date,
): string | null {
  if (trigger?.enabled) return null;
  return off_since ? `Off since ${sinceWords(off_since, zone, now)}` : 'Never on';
}

/** Its kind is said beside a name that does not say it. */
export function underName(kind: AutomationKind, name: string, kindName: string): string {
  const { when } = wordsOf[kind];
  if (name.trim().toLowerCase() === kindName.toLowerCase()) return when;
  return `${kindName}: ${when.charAt(0).toLowerCase()}${when.slice(1)}`;
}

/** A name that no other has yet: "Abandoned cart", "Abandoned cart 2". */
export function freeName(kindName: string, taken: string[]): string {
  const names = new Set(taken.map((name) => name.trim().toLowerCase()));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? kindName : `${kindName} ${number}`;
    if (!names.has(name.toLowerCase())) return name;
  }
}

/** Whether anything was sent by it. `looking`: it is being asked; `unknown`: that could not be read. */
export type Sends = 'yes' | 'no' | 'looking' | 'unknown';
export function sendsOf(report: { run_id: string | null } | undefined, failed: boolean): Sends {
  if (report) return report.run_id === null ? 'no' : 'yes';
  return failed ? 'unknown' : 'looking';
}

/** Why there is no send log to go to; null: there is one, or it says itself why it cannot be read. */
export function noLogWords(sends: Sends, name: string): string | null {
  if (sends === 'no') return `Nothing was sent by “${name}” yet`;
  return sends === 'looking' ? `Looking whether anything was sent by “${name}”` : null;
}

/** Taking it away: the server keeps what has sent, whatever the panel knows of it. */
export function removeWords(sends: Sends) {
  const keeps =
    'Nothing more goes out from it. Its report and send log are kept, under Campaigns with the status Archived.';
  const loses = 'Its text and settings are gone for good. Nobody has received it.';
  if (sends === 'yes')
    return { verb: 'Archive', busy: 'Archiving', done: 'Automation archived', text: keeps };
  if (sends === 'no') return { verb: 'Delete', busy: 'Deleting', done: 'Automation deleted', text: loses };
  return {
    verb: 'Remove',
    busy: 'Removing',
    done: 'Automation removed',
    text: 'Whether anything was sent could not be read just now. If so, it goes into the archive with its report and send log; if not, its text and settings are gone for good.',
  };
}
