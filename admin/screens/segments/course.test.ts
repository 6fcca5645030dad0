// The drawing of a segment over time tells what the checks said.
import { expect, test } from 'vitest';
import type { SegmentCheck } from '../../../contract/segments.ts';
import { courseOf } from './course.ts';

const check = (
  hour: number,
  cause: SegmentCheck['cause'],
  count: number,
  entered = 0,
  left = 0,
): SegmentCheck => ({
  at: `2026-11-20T${String(hour).padStart(2, '0')}:00:00.000Z`,
  cause,
  count,
  entered,
  left,
});

test('nothing was counted: nothing to draw', () => {
  expect(courseOf([], null, 100, 50)).toBeNull();
});

test('steps from the oldest to the last count; the first count and a changed rule are nobody’s coming', () => {
  const checks = [check(20, 'people', 5, 1, 6), check(15, 'rule', 10, 8, 0), check(10, 'first', 2, 2, 0)];
  const course = courseOf(checks, '2026-11-21T06:00:00.000Z', 100, 50);
  expect(course).toMatchObject({
    highest: 10,
    entered: 1,
    left: 6,
    busiest: 6,
    turns: [{ x: 25, entered: 8, left: 0 }],
  });
  expect(course?.bars).toEqual([{ x: 50, entered: 1, left: 6 }]);
  expect(course?.line).toBe('M0 40H0V40H25V0H50V25H100');
});

test('one count alone is a level line', () => {
  expect(courseOf([check(10, 'first', 3, 3)], null, 100, 50)?.line).toBe('M0 0H0V0H100');
});
