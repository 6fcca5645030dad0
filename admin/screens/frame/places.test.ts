import { expect, test } from 'vitest';
import { isComposer } from './places.ts';

test('the rail is the composer’s: where a segment is edited the sidebar stays', () => {
  expect(isComposer('/campaigns/cmp_1/edit')).toBe(true);
  expect(isComposer('/segments/seg_1/edit')).toBe(false);
  expect(isComposer('/campaigns/cmp_1')).toBe(false);
});
