// What a rule may look like, and what people are told of one that may not: at its own place, in words.
import { expect, test } from 'vitest';
import { rule } from './rules.ts';

const problems = (given: unknown) => {
  const read = rule.safeParse(given);
  return read.success ? [] : read.error.issues.map((issue) => [issue.path.join('/'), issue.message]);
};
const vip = { field: 'tag', op: 'any_of', values: ['vip'] };
const nested = (depth: number): unknown => (depth === 1 ? vip : { not: nested(depth - 1) });

test('a rule comes back as it went, nested or not', () => {
  const given = {
    all: [
      vip,
      { not: { any: [{ field: 'attribute', name: 'plan', type: 'text', op: 'is_set' }, vip] } },
      {
        field: 'event',
        name: 'viewed',
        op: 'at_least',
        times: 2,
        days: 30,
        where: [{ property: 'page', op: 'contains', value: 'mug' }],
      },
    ],
  };
  expect(rule.parse(given)).toEqual(given);
});

test.each([
  [null, ''],
  [[], ''],
  [{ all: [] }, 'all'],
  [{ all: [vip], any: [vip] }, 'any'],
  [{ not: [vip] }, 'not'],
  [{ any: [vip, { ...vip, values: [] }] }, 'any/1/values'],
  [{ any: [vip, { not: { field: 'tag', op: 'any', values: ['x'] } }] }, 'any/1/not/op'],
  [{ field: 'colour' }, 'field'],
  [{}, 'field'],
  [{ ...vip, extra: 1 }, ''],
  [{ field: 'attribute', name: 'plan', type: 'money', op: 'equals', value: 1 }, 'type'],
  [{ field: 'attribute', name: 'plan', type: 'number', op: 'contains', value: 1 }, 'op'],
  [{ field: 'attribute', name: 'plan', type: 'date', op: 'on', date: '2026-02-30' }, 'date'],
  [{ field: 'orders_count', op: 'equals', value: Number.NaN }, 'value'],
  [{ field: 'first_name', op: 'equals', value: 'a\0b' }, 'value'],
  [{ field: 'segment', segment_id: 'cmp_x' }, 'segment_id'],
  [{ field: 'event', name: 'x', op: 'at_least', times: 0 }, 'times'],
])('%j is refused at %j', (given, place) => {
  expect(problems(given).map(([path]) => path)).toContain(place);
  for (const [, words] of problems(given)) expect(words).not.toBe('');
});

test('a field nobody knows is answered with those there are', () => {
  expect(problems({ field: 'colour' })[0]?.[1]).toMatch(/^Choose one of .*"tag".*"segment"/);
});

test('eight deep is a rule, nine is none, and a hundred thousand deep does not end the process', () => {
  expect(problems(nested(8))).toEqual([]);
  expect(problems(nested(9))[0]?.[1]).toMatch(/at most 8 deep/);
  let abyss: unknown = vip;
  for (let i = 0; i < 100_000; i++) abyss = { not: abyss };
  expect(problems(abyss)).toHaveLength(1);
});

test('a hundred conditions are a rule; of more, or of a million wrong ones, little is said', () => {
  const many = (n: number, one: unknown = vip) => ({ any: Array.from({ length: n }, () => one) });
  expect(problems(many(100))).toEqual([]);
  expect(problems(many(101)).map(([, words]) => words)).toEqual(['A rule has at most 100 conditions.']);
  expect(problems(many(1_000_000, 1)).length).toBeLessThan(110);
});
