// Two ways of saying what an automation brought, each named: both are true, and they are not the same.
import type { Conversion } from '../../../contract/automations.ts';
import type { Money } from '../../../contract/money.ts';
import { counted, figure, money, share } from '../../ui/numbers.ts';

const sum = ({ amount, currency }: Money) => money(Number(amount), currency);

/** "57 orders after 412 messages, 13.8%", and what they came to. */
export function lastTouchWords({ last_touch }: Pick<Conversion, 'last_touch'>): {
  words: string;
  revenue: string | null;
} {
  const { sent, orders, revenue } = last_touch;
  if (sent === 0) return { words: 'Nothing was sent in this time.', revenue: null };
  return {
    words: `${counted(orders, 'order', 'orders')} after ${counted(sent, 'message', 'messages')}, ${share(orders, sent)}`,
    revenue: revenue.length > 0 ? revenue.map(sum).join(' and ') : null,
  };
}

/** "About 12 orders more, £480.00"; null while it is too early to say. */
export function extraWords({ holdout }: Pick<Conversion, 'holdout'>): string | null {
  if (!holdout?.enough || holdout.extra_orders === null) return null;
  const orders = Math.round(holdout.extra_orders);
  const { extra } = holdout.revenue;
  const people = `${figure(Math.abs(orders))} ${Math.abs(orders) === 1 ? 'person' : 'people'}`;
  const words = orders < 0 ? `About ${people} fewer ordered` : `About ${people} more ordered`;
  return extra && orders > 0 ? `${words}, ${sum(extra)}` : words;
}
