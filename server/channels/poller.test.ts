import { expect, it } from 'vitest';
import { offsetOf } from './poller.ts';

it('reads on where it stopped, but from the beginning once the platform may have numbered anew', () => {
  const now = new Date('2026-11-21T10:00:00Z');
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  expect(offsetOf({ poll_offset: 700, polled_at: null }, now)).toBe(700);
  expect(offsetOf({ poll_offset: 700, polled_at: daysAgo(5.9) }, now)).toBe(700);
  expect(offsetOf({ poll_offset: 700, polled_at: daysAgo(6.1) }, now)).toBe(0);
});
