import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { since } from './times.ts';

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-11-21T12:00:00Z') }));
afterEach(() => void vi.useRealTimers());

test.each([
  ['2026-11-21T11:59:30Z', 'Now'],
  ['2026-11-21T11:51:00Z', '9 min ago'],
  ['2026-11-21T09:00:00Z', '3 h ago'],
  ['2026-11-15T12:00:00Z', '6 d ago'],
  ['2026-07-24T12:00:00Z', '24 Jul 2026'],
])('%s was %s', (iso, words) => expect(since(iso, 'Europe/London')).toBe(words));
