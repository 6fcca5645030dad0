import { expect, test } from 'vitest';
import type { CampaignDays, NextCheck } from '../../../contract/automations.ts';
import { checkWords, daysInWords, dayWords, droppedWords, resultsOf, revenueWords } from './figures-words.ts';

const total = (own: Partial<CampaignDays['total']>) =>
  ({
    time_zone: 'UTC',
    days: [],
    total: { sent: 0, clicked: 0, orders: 0, revenue: [], ...own },
  }) as CampaignDays;
const values = (own: Partial<CampaignDays['total']>) => resultsOf(total(own)).map(({ value }) => value);

test('what nobody was sent has no result, and what is not counted is not zero', () => {
  expect(values({})).toEqual(['–', '–', '–', '–']);
  expect(
    values({ sent: 412, clicked: 128, orders: 57, revenue: [{ amount: '2318.00', currency: 'GBP' }] }),
  ).toEqual(['412', '31.1%', '57', '£2,318']);
  expect(values({ sent: 3, clicked: null })).toEqual(['3', 'Not counted', '0', '–']);
});

test('revenue is short on a card, and hides neither small sums nor other currencies', () => {
  expect(revenueWords([{ amount: '12.50', currency: 'GBP' }])).toBe('£12.50');
  expect(
    revenueWords([
      { amount: '1240.90', currency: 'EUR' },
      { amount: '40.00', currency: 'USD' },
    ]),
  ).toBe('€1,240 +1');
  expect(revenueWords([])).toBe('–');
});

const check = (own: Partial<NextCheck>): NextCheck =>
  ({ due: 23, looked_at: 23, events: 23, left_out: [], ...own }) as NextCheck;

test('the check as one reads it', () => {
  const left_out = [
    { reason: 'already_reminded', words: '', count: 3 },
    { reason: 'cart_bought', words: '', count: 1 },
  ];
  expect(checkWords('abandoned_cart', check({ left_out }))).toBe(
    '23 idle carts. 3 already reminded, 1 bought.',
  );
  expect(checkWords('post_purchase', check({ due: 1, looked_at: 1, events: 2 }))).toBe(
    '1 delivered order. 1 delay still runs.',
  );
  expect(checkWords('abandoned_cart', check({ due: 20_000, looked_at: 10_000, events: 20_000 }))).toBe(
    '20,000 idle carts. The first 10,000 were looked at.',
  );
  const under_way = { since: '2026-11-20T09:00:00Z', products: 1, people: 2 };
  expect(checkWords('back_in_stock', check({ due: 1, looked_at: 2, events: 1, under_way }))).toBe(
    '2 people waiting for what is back. Some are told already, 2 people are next.',
  );
  // a reason that has no short word is still a reason
  expect(
    checkWords('abandoned_cart', check({ left_out: [{ reason: 'window_closed', words: '', count: 2 }] })),
  ).toMatch(/^23 idle carts\. 2 has not written within 24 hours/);
});

test('bars are told day by day', () => {
  expect(dayWords('2026-11-16')).toBe('Mon 16 Nov');
  expect(
    daysInWords([
      { date: '2026-11-16', count: 4 },
      { date: '2026-11-17', count: 0 },
    ]),
  ).toBe('Sent by day: Mon 16 Nov 4, Tue 17 Nov 0');
  expect(daysInWords([{ date: '2026-11-16', count: 0 }])).toBe('Nothing sent on any of these 1 days');
});

test('switched off it says what is dropped, and asks nothing where nobody waits', () => {
  const said = (events: number, queued = 0) => droppedWords('abandoned_cart', check({ events, queued }));
  expect(said(0)).toBeNull();
  expect(said(6)).toBe(
    '6 waiting carts are dropped: no message goes out for them, also when it is on again.',
  );
  expect(said(1, 2)).toBe(
    '1 waiting cart is dropped: no message goes out for it, also when it is on again. 2 messages are decided and not sent yet: none goes out, also when it is on again.',
  );
  expect(droppedWords('post_purchase', check({ events: 0, queued: 1 }))).toBe(
    '1 message is decided and not sent yet: it does not go out, also when it is on again.',
  );
});
