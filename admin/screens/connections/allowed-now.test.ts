import { expect, test } from 'vitest';
import type { Circuit } from '../../../contract/connections.ts';
import { allowedNow } from './allowed-now.ts';

const limits = {
  allowed_per_second: 30,
  rate_limited: { last_hour: 0, last_at: null, until: null },
  wait: null,
};
const works = { status: 'connected', circuit: null } as const;
const circuit = (state: Circuit['state']): Circuit => ({
  state,
  since: '2026-11-21T08:00:00.000Z',
  reason: 'It is down.',
  next_try_at: state === 'open' ? '2026-11-21T08:03:22.000Z' : null,
  pauses_at: null,
});
const now = (connection: Parameters<typeof allowedNow>[0], more: object = {}) =>
  allowedNow(connection, { ...limits, ...more }, 'Europe/London');

test('a connection that works may send at its rate, also a slow one', () => {
  expect(now(works)).toEqual({ value: '30 per second' });
  expect(now(works, { allowed_per_second: 0.5 })).toEqual({ value: '30 per minute' });
});

test('where nothing goes, no rate is shown, but until when', () => {
  expect(now({ ...works, circuit: circuit('open') })).toEqual({
    value: 'Nothing',
    more: 'asked again at 08:03:22',
  });
  const until = '2026-11-21T08:10:05.000Z';
  expect(now(works, { rate_limited: { last_hour: 1, last_at: until, until } })).toEqual({
    value: 'Nothing',
    more: 'until 08:10:05',
  });
  expect(now({ ...works, status: 'error' }).value).toBe('Nothing');
  expect(now(works, { wait: { reason: 'held', until: null } }).value).toBe('Nothing');
});

test('a platform that answers again gets one message at a time', () => {
  expect(now({ ...works, circuit: circuit('half_open') }).value).toBe('One at a time');
});
