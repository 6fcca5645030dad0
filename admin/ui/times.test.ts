import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { momentIn, since } from './times.ts';

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-11-21T12:00:00Z') }));
afterEach(() => void vi.useRealTimers());

test.each([
  ['2026-11-21T11:59:30Z', 'Now'],
  ['2026-11-21T11:51:00Z', '9 min ago'],
  ['2026-11-21T09:00:00Z', '3 h ago'],
  ['2026-11-15T12:00:00Z', '6 d ago'],
  ['2026-07-24T12:00:00Z', '24 Jul 2026'],
])('%s was %s', (iso, words) => expect(since(iso, 'Europe/London')).toBe(words));

test('no word for a day crosses zones: it is still Saturday in London when it is Sunday in Tokyo', () => {
  vi.setSystemTime(new Date('2026-11-21T17:58:00Z'));
  const tokyo = '2026-11-22T00:00:00Z';
  expect(momentIn(tokyo, 'Asia/Tokyo', 'Europe/London')).toBe('Sun 22 Nov, 09:00');
  expect(momentIn('2026-11-21T20:00:00Z', 'Europe/London', 'Europe/London')).toBe('Today, 20:00');
  expect(momentIn('2027-11-21T20:00:00Z', 'Asia/Tokyo', 'Europe/London')).toBe('22 Nov 2027, 05:00');
});
