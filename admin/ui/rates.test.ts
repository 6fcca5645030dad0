import { expect, test } from 'vitest';
import { messagesPer, rateWords } from './rates.ts';

test.each([
  [30, '30 per second'],
  [20.94, '20.9 per second'],
  [1000, '1,000 per second'],
  [1, '1 per second'],
  [0.5, '30 per minute'],
  [1 / 60, '1 per minute'],
  // as the server rounds it
  [0.0167, '1 per minute'],
  [0.000278, '1 per hour'],
  [0.00001, 'under 0.1 per hour'],
  [0, '0 per second'],
])('%d a second is %s', (perSecond, words) => {
  expect(rateWords(perSecond)).toBe(words);
});

test('with what is counted', () => {
  expect([30, 1, 1 / 60].map(messagesPer)).toEqual([
    '30 messages per second',
    '1 message per second',
    '1 message per minute',
  ]);
});

test('short, where there is no room', () => {
  expect([30, 1 / 60, 0].map((rate) => rateWords(rate, 'short'))).toEqual(['30/s', '1/min', '0/s']);
});
