import { expect, test } from 'vitest';
import type { Connection } from '../../../contract/connections.ts';
import {
  channelsOf,
  delayWords,
  freeName,
  lengthWords,
  noLogWords,
  offWords,
  removeWords,
  sendsOf,
  underName,
} from './automation-words.ts';

test.each([
  [0, 'At once', 'At once'],
  [30, '30 min', '30 min after'],
  [60, '1 h', '1 h after'],
  [90, '90 min', '90 min after'],
  [1440, '1 day', '1 day after'],
  [2880, '2 days', '2 days after'],
])('%i minutes', (minutes, length, delay) => {
  expect([lengthWords(minutes), delayWords(minutes)]).toEqual([length, delay]);
});

test('tiles are the channels that reach: the chosen one, else each that is connected, once', () => {
  const connections = [
    { id: 'con_1', channel: 'whatsapp', status: 'connected' },
    { id: 'con_2', channel: 'telegram', status: 'connected' },
    { id: 'con_3', channel: 'telegram', status: 'connected' },
    { id: 'con_4', channel: 'website', status: 'error' },
  ] as Connection[];
  const any = { connection_id: null, channel: null };
  expect(channelsOf(any, connections)).toEqual(['telegram', 'whatsapp']);
  expect(channelsOf({ connection_id: 'con_1', channel: null }, connections)).toEqual(['whatsapp']);
  // chosen a moment ago, or not loaded yet
  expect(channelsOf({ connection_id: 'con_9', channel: 'telegram' }, undefined)).toEqual(['telegram']);
  expect(channelsOf(any, undefined)).toEqual([]);
});

test('off since when, by the workspace’s calendar', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  const trigger = (enabled: boolean) => ({ enabled, delay_minutes: 60 }) as never;
  const off = (off_since: string | null) =>
    offWords({ trigger: trigger(false), off_since }, 'Europe/London', now);
  expect(off('2026-11-02T08:00:00Z')).toBe('Off since 2 Nov');
  expect(off('2025-07-31T23:30:00Z')).toBe('Off since 1 Aug 2025');
  expect(off('2026-11-20T07:05:00Z')).toBe('Off since 07:05');
  expect(off(null)).toBe('Never on');
  expect(offWords({ trigger: trigger(true), off_since: null }, 'UTC', now)).toBeNull();
});

test('a name that says no kind is said beside it, and a new one is taken by nobody', () => {
  expect(underName('abandoned_cart', 'Abandoned cart ', 'Abandoned cart')).toBe('Cart sitting idle');
  expect(underName('abandoned_cart', 'VIPs', 'Abandoned cart')).toBe('Abandoned cart: cart sitting idle');
  expect(freeName('Abandoned cart', ['Promotion'])).toBe('Abandoned cart');
  expect(freeName('Abandoned cart', ['abandoned cart', 'Abandoned cart 2'])).toBe('Abandoned cart 3');
});

test('what is not read yet, or could not be, is told as neither sent nor not sent', () => {
  const [yes, no, looking, unknown] = [
    sendsOf({ run_id: 'run_1' }, false),
    sendsOf({ run_id: null }, false),
    sendsOf(undefined, false),
    sendsOf(undefined, true),
  ];
  const log = (sends: typeof yes) => noLogWords(sends, 'Post-purchase');
  expect([log(yes), log(unknown)]).toEqual([null, null]);
  expect(log(no)).toBe('Nothing was sent by “Post-purchase” yet');
  expect(log(looking)).toMatch(/^Looking/);
  expect([yes, no, looking, unknown].map((sends) => removeWords(sends).verb)).toEqual([
    'Archive',
    'Delete',
    'Remove',
    'Remove',
  ]);
  expect(removeWords(unknown).text).not.toContain('Nobody has received it');
  // a later look that fails takes nothing back
  expect(sendsOf({ run_id: 'run_1' }, true)).toBe('yes');
});
