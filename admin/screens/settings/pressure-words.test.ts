// The sentences under the settings say exactly what is set.
import { expect, test } from 'vitest';
import { capWords, periodWords, quietWords } from './pressure-words.ts';

test('a cap names its number, its purpose and its period', () => {
  expect(capWords({ purpose: 'marketing', max: 2, period_hours: 24 })).toMatch(
    /^Nobody gets more than 2 marketing messages in 24 hours, over all channels and campaigns\./,
  );
  expect(capWords({ purpose: 'service', max: 1, period_hours: 168 })).toMatch(/1 service message in 7 days,/);
});

test('quiet hours name their window, whose clock, and when a message is given up', () => {
  const words = quietWords({ from: '21:00', to: '09:00', expire_after_hours: 36 }, 'America/New_York');
  expect(words).toMatch(/from 21:00 until 09:00/);
  expect(words).toMatch(/go by New York/);
  expect(words).toMatch(/longer than 36 hours is not sent/);
});

test('a period is in hours until it is whole days', () => {
  expect([1, 24, 36, 48, 50, 720].map(periodWords)).toEqual([
    '1 hour',
    '24 hours',
    '36 hours',
    '2 days',
    '50 hours',
    '30 days',
  ]);
});
