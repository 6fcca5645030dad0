// The history of a consent as the panel shows it.
import { expect, test } from 'vitest';
import type { ConsentChanged } from '../../../contract/consent.ts';
import { channelsInWords, repeatsTogether, stillReached } from './consent-words.ts';

const no = (at: string, wording = '/stop'): ConsentChanged => ({
  channel: 'telegram',
  purpose: 'marketing',
  state: 'opted_out',
  source: 'message',
  wording,
  reason: null,
  by: null,
  at,
});

test('the same said again is one line with its count; other words between are a line of their own', () => {
  const lines = repeatsTogether([no('5'), no('4'), no('3', 'enough'), no('2'), no('1')]);
  expect(lines.map(({ row, times, first }) => [row.at, times, first])).toEqual([
    ['5', 2, '4'],
    ['3', 1, '3'],
    ['2', 2, '1'],
  ]);
});

test('campaigns still reach a person where they have an address that works and have not opted out', () => {
  const at = (channel: 'telegram' | 'whatsapp' | 'website', reachable = true) => ({ channel, reachable });
  const out = (channel: 'telegram' | 'whatsapp') => ({ channel, state: 'opted_out' });
  const person = (identities: unknown[], consent: unknown[]) =>
    stillReached({ identities, consent } as unknown as Parameters<typeof stillReached>[0]);
  const both = [at('telegram'), at('whatsapp'), at('whatsapp')];
  expect(person(both, [])).toEqual(['telegram', 'whatsapp']);
  expect(person(both, [out('telegram')])).toEqual(['whatsapp']);
  expect(person(both, [out('telegram'), out('whatsapp')])).toEqual([]);
  expect(person([at('telegram'), at('whatsapp', false)], [out('telegram')])).toEqual([]);
  expect(channelsInWords(['telegram', 'whatsapp'])).toBe('Telegram and WhatsApp');
});
