import { expect, test } from 'vitest';
import { lastCount } from './last-count.ts';

test('a count is said with its age, in the zone that is asked for', () => {
  const counted_at = '2026-01-05T23:30:00.000Z';
  expect(lastCount({ count: 39, counted_at }, 'Europe/Berlin')).toBe('39 people as of 6 Jan 2026, 00:30');
  expect(lastCount({ count: null, counted_at: null }, 'UTC')).toBe('');
});
