import { expect, test } from 'vitest';
import { accepted } from './accepted.ts';

const of = (planned: number, sent: number, failed = 0, unknown = 0) =>
  accepted({ planned, sent, failed }, unknown);

test('a share only once everybody planned was tried; figures while people are left, skipped or cancelled', () => {
  expect(of(157, 5)).toBe('5 of 157');
  expect(of(2500, 1200, 300)).toBe('1,200 of 2,500');
  expect(of(157, 157)).toBe('100%');
  expect(of(100, 90, 6, 4)).toBe('90.0%');
});
