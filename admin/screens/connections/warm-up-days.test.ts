import { expect, test } from 'vitest';
import { dayWords, readDays } from './warm-up-days.ts';

test('one number for each day, whatever stands between them', () => {
  for (const text of ['500, 1500, 2500', '500 1500 2500', '500;1500\n2500', '500,1500,2500'])
    expect(readDays(text)).toEqual({ days: [500, 1500, 2500] });
  expect(readDays('1500,250')).toEqual({ days: [1500, 250] });
  expect(readDays('50, 100, 250')).toEqual({ days: [50, 100, 250] });
});

test('a comma that may stand for thousands is asked about, never guessed', () => {
  for (const text of ['1,500, 2,500', '500, 1,500', '50,100', '1,000,000'])
    expect(readDays(text)).toHaveProperty(
      'wrong',
      expect.stringContaining('Write thousands without a comma'),
    );
  expect(readDays('1,500, 2,500')).toHaveProperty(
    'wrong',
    expect.stringMatching(/Is 1,500 one day or 2\?.*1500/),
  );
});

test('nothing, zero and words are refused', () => {
  for (const text of ['', ' , ', '0, 50', 'fifty', '1.5', '-3'])
    expect(readDays(text)).toHaveProperty('wrong', expect.stringContaining('whole numbers from 1 on'));
});

test('the plan is told day by day before it is saved', () => {
  expect(dayWords([500, 1500])).toBe('Day 1: 500 · Day 2: 1,500 · From day 3 on: no limit');
});
