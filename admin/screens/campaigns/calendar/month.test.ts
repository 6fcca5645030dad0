import { expect, test } from 'vitest';
import { besideMonth, dayWords, monthOf, monthWords, weeksOf } from './month.ts';

test('a month is whole weeks from Monday, over the ends of years and leap days', () => {
  const december = weeksOf('2026-12');
  expect(december).toHaveLength(5);
  expect(december[0]).toEqual([
    '2026-11-30',
    '2026-12-01',
    '2026-12-02',
    '2026-12-03',
    '2026-12-04',
    '2026-12-05',
    '2026-12-06',
  ]);
  expect(december.at(-1)?.at(-1)).toBe('2027-01-03');
  expect(weeksOf('2027-02')).toHaveLength(4);
  expect(weeksOf('2028-02').flat()).toContain('2028-02-29');
  // in March and October the clocks change: no day twice, none missed
  for (const month of ['2027-03', '2027-10']) expect(new Set(weeksOf(month).flat()).size % 7).toBe(0);
});

test('the months beside, and an address that is no month', () => {
  expect([besideMonth('2026-12', 1), besideMonth('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
  expect(['2026-13', undefined, 'x', '2027-03'].map((month) => monthOf(month, '2026-11-29'))).toEqual([
    '2026-11',
    '2026-11',
    '2026-11',
    '2027-03',
  ]);
  expect(monthWords('2026-12')).toBe('December 2026');
  expect(dayWords('2026-12-01')).toBe('Tuesday 1 December');
});
