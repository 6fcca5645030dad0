import { expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { backoffMs, offsetOf } from './poller.ts';

it('reads on where it stopped, but from the beginning once the platform may have numbered anew', () => {
  const now = new Date('2026-11-21T10:00:00Z');
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  expect(offsetOf({ poll_offset: 700, polled_at: null }, now)).toBe(700);
  expect(offsetOf({ poll_offset: 700, polled_at: daysAgo(5.9) }, now)).toBe(700);
  expect(offsetOf({ poll_offset: 700, polled_at: daysAgo(6.1) }, now)).toBe(0);
});

it('waits as the platform asks, an hour at most; and a wait of months is no wait of a millisecond', async () => {
  const asked = (retryAfterMs: number) =>
    backoffMs(1, new AppError('PLATFORM_UNREACHABLE', 'Later.', { retryAfterMs }));
  expect(asked(120_000)).toBeGreaterThanOrEqual(120_000);
  expect(asked(1e10)).toBeGreaterThanOrEqual(3_600_000);
  expect(asked(1e10)).toBeLessThan(3_660_000);
  const stopping = new AbortController();
  let isAwake = false;
  const sleeping = systemClock.sleep(1e10, stopping.signal).then(() => (isAwake = true));
  await systemClock.sleep(20);
  expect(isAwake).toBe(false);
  stopping.abort();
  await sleeping;
});
