import { expect, test } from 'vitest';
import { countries } from './countries.ts';

test('every country once, by name, with its present letters', () => {
  const list = countries();
  const codes = list.map(({ value }) => value);
  expect(new Set(codes).size).toBe(codes.length);
  expect(list.length).toBeGreaterThan(230);
  expect(list).toContainEqual({ value: 'GB', label: 'United Kingdom (GB)' });
  // no unions, no countries of former times
  for (const code of ['EU', 'UN', 'DD', 'SU', 'YU', 'UK', 'ZZ']) expect(codes).not.toContain(code);
  expect(list[0]?.label.startsWith('A')).toBe(true);
});
