import { expect, test } from 'vitest';
import { strayNote } from './stray.ts';

const noted = (values: string[]) => strayNote(values.map((value, n) => ({ line: n + 2, cells: [value] })), 0); // biome-ignore format: one line
const many = (value: (n: number) => string, count = 49) => Array.from({ length: count }, (_, n) => value(n));

test('one cell that is no number among fifty is named with its line', () => {
  expect(noted(many(String).with(16, 'n/a').concat('7'))).toBe(
    '1 of the first 50 values is no number (line 18), so the column is text.',
  );
  expect(noted([...many(() => '24.12.1990', 38), '?', '??', '-', 'x'])).toBe(
    '4 of the first 42 values are no date (lines 40, 41, 42 and 1 more), so the column is text.',
  );
  expect(noted([...many(() => 'yes'), 'maybe'])).toMatch(/is neither yes nor no \(line 51\)/);
});

test('columns of one kind, of codes, of words, and short ones are left in peace', () => {
  expect(noted(many(String))).toBeNull();
  expect(noted([...many((n) => String(n)), '01234', 'x'])).toBeNull();
  expect(noted([...many(String, 25), ...many((n) => `word ${n}`, 25)])).toBeNull();
  expect(noted([...many(String, 8), 'x'])).toBeNull();
  expect(noted(many((n) => `Ann ${n}`))).toBeNull();
});
