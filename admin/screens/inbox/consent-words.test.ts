// The history of a consent as the panel shows it.
import { expect, test } from 'vitest';
import type { ConsentChanged } from '../../../contract/consent.ts';
import { repeatsTogether } from './consent-words.ts';

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
