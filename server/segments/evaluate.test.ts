// Days and nights of rules: what "so many days" means where the clocks change and where people are, and that a million people
// can be asked in memory.
import { expect, test } from 'vitest';
import type { Rule } from '../../contract/rules.ts';
import { evaluator, type Facts } from './evaluate.ts';
import { momentOf } from './moment.ts';

const somebody: Facts['contact'] = {
  first_name: 'Ann',
  last_name: null,
  email: null,
  phone: null,
  language: null,
  time_zone: null,
  external_id: null,
  attributes: {},
  tags: [],
  created_at: new Date(0),
  last_seen_at: null,
  last_order_at: null,
  orders_count: 0,
  orders_value: 0,
};
function facts(contact: Partial<Facts['contact']>): Facts {
  return {
    contact: { ...somebody, ...contact },
    identities: [],
    consents: [],
    purchases: [],
    carts: [],
    events: new Map(),
    deliveries: [],
    lists: new Set(),
    groups: new Set(),
  };
}
function holds(rule: Rule, contact: Partial<Facts['contact']>, now: string, zone = 'Europe/London'): boolean {
  return evaluator(rule, momentOf(new Date(now), zone), new Map())(facts(contact));
}
const seen = (text: string) => ({ last_seen_at: new Date(text) });
const within = (days: number): Rule => ({ field: 'last_seen_at', op: 'within_days', days });

test('a day back over the change to winter time has 25 hours, to summer time 23', () => {
  // noon GMT on the Sunday; Saturday's noon was in summer time, 11:00 UTC
  expect(holds(within(1), seen('2026-10-24T11:00:00Z'), '2026-10-25T12:00:00Z')).toBe(true);
  expect(holds(within(1), seen('2026-10-24T10:59:59Z'), '2026-10-25T12:00:00Z')).toBe(false);
  expect(holds(within(1), seen('2026-03-28T12:00:00Z'), '2026-03-29T11:00:00Z')).toBe(true);
  expect(holds(within(1), seen('2026-03-28T11:59:59Z'), '2026-03-29T11:00:00Z')).toBe(false);
  // where clocks do not change it has 24
  expect(holds(within(1), seen('2026-10-24T12:00:00Z'), '2026-10-25T12:00:00Z', 'Asia/Tokyo')).toBe(true);
  expect(holds(within(1), seen('2026-10-24T11:59:59Z'), '2026-10-25T12:00:00Z', 'Asia/Tokyo')).toBe(false);
});

test('a birthday is today where the person is, in their zone, else in the workspace’s', () => {
  const birthday: Rule = { field: 'attribute', name: 'born', type: 'date', op: 'anniversary', days: 0 };
  const born = (day: string, time_zone: string | null) => ({ attributes: { born: day }, time_zone });
  const now = '2026-10-25T10:30:00Z';
  expect(holds(birthday, born('1990-10-26', 'Pacific/Kiritimati'), now)).toBe(true);
  expect(holds(birthday, born('1990-10-24', 'Pacific/Pago_Pago'), now)).toBe(true);
  expect(holds(birthday, born('1990-10-25', null), now)).toBe(true);
  expect(holds(birthday, born('1990-10-26', null), now)).toBe(false);
  // who was born on a leap day is not forgotten in other years
  expect(holds(birthday, born('2004-02-29', null), '2027-02-28T12:00:00Z')).toBe(true);
  expect(holds(birthday, born('2004-02-29', null), '2028-02-28T12:00:00Z')).toBe(false);
});

test('whoever has no value is in the complement, and in it only', () => {
  const rules: Rule[] = [
    within(30),
    { field: 'email', op: 'contains', value: 'x' },
    { field: 'attribute', name: 'score', type: 'number', op: 'less_than', value: 5 },
    { field: 'event', name: 'viewed', op: 'at_least', times: 1 },
  ];
  for (const rule of rules) {
    expect(holds(rule, {}, '2026-10-25T12:00:00Z')).toBe(false);
    expect(holds({ not: rule }, {}, '2026-10-25T12:00:00Z')).toBe(true);
    expect(holds({ not: { not: rule } }, {}, '2026-10-25T12:00:00Z')).toBe(false);
  }
});
