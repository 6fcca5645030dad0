import { expect, test } from 'vitest';
import type { Conversion } from '../../../contract/automations.ts';
import { extraWords, lastTouchWords } from './conversion-words.ts';

const gbp = (amount: string) => ({ amount, currency: 'GBP' });

test('by last touch: orders, of how many messages, and what they came to', () => {
  const last = (own: Partial<Conversion['last_touch']>) =>
    lastTouchWords({ last_touch: { sent: 412, people: 400, orders: 57, rate: 13.8, revenue: [], ...own } });
  expect(last({ revenue: [gbp('2318.00'), { amount: '40.00', currency: 'EUR' }] })).toEqual({
    words: '57 orders after 412 messages, 13.8%',
    revenue: '£2,318.00 and €40.00',
  });
  // rounded as the funnel beside it
  expect(last({ sent: 81, orders: 33, rate: 40.74 }).words).toBe('33 orders after 81 messages, 40.7%');
  expect(last({ orders: 1, sent: 1, rate: 100 }).words).toBe('1 order after 1 message, 100%');
  expect(last({ sent: 0, orders: 0, rate: 0 })).toEqual({
    words: 'Nothing was sent in this time.',
    revenue: null,
  });
});

test('against the holdout nothing is claimed before there is enough, and less is said as less', () => {
  const holdout = (own: object) =>
    extraWords({
      holdout: {
        enough: true,
        extra_orders: 12.4,
        revenue: { held_out_per_person: gbp('1.00'), sent_per_person: gbp('2.00'), extra: gbp('480.00') },
        ...own,
      } as Conversion['holdout'],
    });
  expect(holdout({})).toBe('About 12 people more ordered, £480.00');
  expect(holdout({ enough: false })).toBeNull();
  expect(holdout({ extra_orders: null })).toBeNull();
  expect(holdout({ extra_orders: -3.2 })).toBe('About 3 people fewer ordered');
  expect(extraWords({ holdout: null })).toBeNull();
});
