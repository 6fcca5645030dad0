// The figures of automations in words: what came of the last days, whom the next check would reach.
import type { CampaignDays, LeftOut, NextCheck } from '../../../contract/automations.ts';
import { eventReasonWords } from '../../../contract/automations.ts';
import type { Money } from '../../../contract/money.ts';
import { counted, figure, money, people, share } from '../../ui/numbers.ts';
import type { AutomationKind } from './automation-words.ts';

/** "£2,318", "£12.50": pence only where the sum is small; the largest currency, and how many more there are. */
export function revenueWords(sums: Money[]): string {
  const [most, ...others] = sums;
  if (!most || Number(most.amount) === 0) return '–';
  const amount = Number(most.amount);
  const words = money(amount, most.currency);
  // short on a card: nobody reads pence behind hundreds
  const short = amount >= 100 ? words.replace(/\.\d+$/, '') : words;
  return others.length > 0 ? `${short} +${others.length}` : short;
}
/** All of them, for a title: "£2,318.50 and €40.00". */
export const revenueWhole = (sums: Money[]): string =>
  sums.map((sum) => money(Number(sum.amount), sum.currency)).join(' and ');

interface Result {
  label: string;
  value: string;
  /** It is no figure but says why there is none. */
  words?: boolean;
  /** What the short value leaves out. */
  whole: string | undefined;
}
/** The four of a card. Without a message nothing is known of what came of it. */
export function resultsOf({ total }: CampaignDays): Result[] {
  const none = total.sent === 0;
  const clicked = total.clicked === null ? 'Not counted' : share(total.clicked, total.sent);
  return [
    { label: 'Sent', value: none ? '–' : figure(total.sent), whole: undefined },
    {
      label: 'Clicked',
      value: none ? '–' : clicked,
      words: !none && total.clicked === null,
      whole: none ? undefined : total.clicked === null ? 'No link in it is counted' : people(total.clicked),
    },
    { label: 'Orders', value: none ? '–' : figure(total.orders), whole: undefined },
    {
      label: 'Revenue',
      value: none ? '–' : revenueWords(total.revenue),
      whole: none || total.revenue.length === 0 ? undefined : revenueWhole(total.revenue),
    },
  ];
}

/** "Sent on each day: Mon 16 Nov 4, …; most on Tue 17 Nov, 12", for who cannot see the bars. */
export function daysInWords(days: { date: string; count: number }[]): string {
  const all = days.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return `Nothing sent on any of these ${days.length} days`;
  return `Sent by day: ${days.map(({ date, count }) => `${dayWords(date)} ${figure(count)}`).join(', ')}`;
}
/** "Mon 16 Nov": a calendar date, in no zone. */
export function dayWords(date: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  })
    .format(new Date(`${date}T00:00:00Z`))
    .replace(',', '');
}

const dueNouns: Record<AutomationKind, [one: string, many: string]> = {
  abandoned_cart: ['idle cart', 'idle carts'],
  back_in_stock: ['person waiting for what is back', 'people waiting for what is back'],
  post_purchase: ['delivered order', 'delivered orders'],
};
/** Short, for a sentence; the long words stand beside each person. */
const shortReasons: Record<string, string> = {
  already_reminded: 'already reminded',
  already_decided: 'on their way already',
  cart_bought: 'bought',
  cart_emptied: 'emptied',
  order_returned: 'returned',
  changed_hands: 'somebody else’s now',
  holdout: 'in the holdout',
  opted_out: 'opted out',
  frequency_cap: 'at their cap',
  no_identity: 'not reachable',
  blocked: 'blocked us',
  sold_out: 'sold out',
  offer_today: 'had an offer today',
  later_cart: 'left a later cart',
  reminded_lately: 'reminded lately',
  delay_runs: 'still waiting',
  event_gone: 'gone',
  already_bought: 'bought',
};
/** "23 idle carts. 3 already reminded, 1 bought." */
export function checkWords(kind: AutomationKind, check: NextCheck): string {
  const [one, many] = dueNouns[kind];
  // of what is back, `due` counts products
  const due = kind === 'back_in_stock' ? check.looked_at : check.due;
  const parts = [due === 0 ? 'Nothing is due then.' : `${counted(due, one, many)}.`];
  const left = leftOutWords(check.left_out);
  if (left) parts.push(`${left}.`);
  if (check.under_way)
    parts.push(`Some are told already, ${counted(check.under_way.people, 'person is', 'people are')} next.`);
  if (check.looked_at < due) parts.push(`The first ${figure(check.looked_at)} were looked at.`);
  const running = check.events - check.due;
  if (running > 0)
    parts.push(`${counted(running, 'delay', 'delays')} still ${running === 1 ? 'runs' : 'run'}.`);
  return parts.join(' ');
}
/** "3 already reminded, 1 bought"; empty where nobody is left out. */
export const leftOutWords = (rows: Pick<LeftOut, 'reason' | 'count'>[]): string =>
  rows
    .map(({ reason, count }) => {
      const words = shortReasons[reason] ?? eventReasonWords(reason);
      return `${figure(count)} ${shortReasons[reason] ? words : words.charAt(0).toLowerCase() + words.slice(1)}`;
    })
    .join(', ');

const waitingNouns: Record<AutomationKind, [one: string, many: string]> = {
  abandoned_cart: ['waiting cart is', 'waiting carts are'],
  back_in_stock: ['item that is back is', 'items that are back are'],
  post_purchase: ['delivered order is', 'delivered orders are'],
};
/** "6 waiting carts are dropped: they get no message, …": what switching it off throws away; null: nobody waits. */
export function droppedWords(
  kind: AutomationKind,
  { events, queued }: Pick<NextCheck, 'events' | 'queued'>,
): string | null {
  const [one, many] = waitingNouns[kind];
  const parts = [
    events > 0 &&
      `${counted(events, one, many)} dropped: no message goes out for ${events === 1 ? 'it' : 'them'}, also when it is on again.`,
    queued > 0 &&
      `${counted(queued, 'message is', 'messages are')} decided and not sent yet: ${queued === 1 ? 'it does not go' : 'none goes'} out, also when it is on again.`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(' ') : null;
}
