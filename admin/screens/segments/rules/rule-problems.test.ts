// What is wrong stands beside the condition it concerns, in words for somebody who fills in fields.
import { expect, test } from 'vitest';
import { toWireId } from '../../../../contract/ids.ts';
import type { Rule } from '../../../../contract/rules.ts';
import { placeProblems, unfinished } from './rule-problems.ts';
import { isGroup, readTree, rowOf, type Tree, treeOf } from './rule-tree.ts';

const vip: Rule = { field: 'tag', op: 'any_of', values: ['vip'] };
const inSegment: Rule = {
  field: 'segment',
  segment_id: toWireId('seg', '01890a5d-ac96-774b-bcce-b302099a8057'),
};

function placed(tree: Tree, ...pointers: string[]) {
  const { places } = readTree(tree);
  return placeProblems(
    pointers.map((pointer) => ({ pointer, detail: pointer })),
    places,
    '/rule',
  );
}

test('a pointer of the server leads to the innermost row, through groups and negations', () => {
  const tree = treeOf({ all: [vip, { not: { any: [vip, { not: inSegment }] } }] });
  const [first, group] = tree.rules;
  if (!group || !isGroup(group)) throw new Error('a group');
  const found = placed(
    tree,
    '/rule/all/0/values/0',
    '/rule/all/1/not/any/1/not/segment_id',
    '/rule/all/1/not/any',
    '/rule',
    '/name',
  );
  expect(found).toEqual({
    placed: [
      { node: first?.id, key: 'values/0', detail: '/rule/all/0/values/0' },
      { node: group.rules[1]?.id, key: 'segment_id', detail: '/rule/all/1/not/any/1/not/segment_id' },
      { node: group.id, key: 'any', detail: '/rule/all/1/not/any' },
    ],
    elsewhere: ['/rule'],
  });
});

test('a rule of one condition has its problems at that condition', () => {
  const tree = treeOf({ not: vip });
  expect(placed(tree, '/rule/not/values').placed).toEqual([
    { node: tree.rules[0]?.id, key: 'values', detail: '/rule/not/values' },
  ]);
});

test.each<[object, string, string]>([
  [{ field: '' }, 'field', 'Choose what the condition is about.'],
  [{ field: 'tag', op: 'any_of' }, 'values', 'Write at least one, each followed by Enter.'],
  [
    { field: 'tag', op: 'any_of', values: [] },
    'values',
    'Write from 1 to 100 of them, each with at most 500 characters.',
  ],
  [{ field: 'email', op: 'equals', value: '' }, 'value', 'Write a value.'],
  [{ field: 'created_at', op: 'within_days' }, 'days', 'Write a number of days.'],
  [
    { field: 'created_at', op: 'within_days', days: 0 },
    'days',
    'Write whole days: up to 3,650, and up to 365 for a day of the year.',
  ],
  [{ field: 'segment' }, 'segment_id', 'Choose a segment.'],
  [{ field: 'group' }, 'group_id', 'Choose a group.'],
  [{ field: 'event', name: '', op: 'at_least', times: 1 }, 'name', 'Write the name.'],
  [
    {
      field: 'event',
      name: 'x',
      op: 'at_least',
      times: 1,
      where: [{ property: 'p', op: 'equals', value: '' }],
    },
    'where/0/value',
    'Write a value.',
  ],
  [{ field: 'campaign', did: 'received', days: '' }, 'days', 'Write a number of days.'],
  [
    { field: 'attribute', name: 'My Plan', type: 'text', op: 'is_set' },
    'name',
    'Attribute names are lower case letters, digits and _.',
  ],
  [{ field: 'orders_value', op: 'between', from: 1 }, 'to', 'Write the upper number.'],
  [{ field: 'created_at', op: 'before', date: '1200-01-01' }, 'date', 'This day is too long ago.'],
])('%j lacks %s: %s', (condition, key, words) => {
  const tree: Tree = { id: 'root', combinator: 'any', rules: [rowOf(condition as never)] };
  const { rule, places } = readTree(tree);
  expect(placeProblems(unfinished(rule as Rule), places).placed).toEqual([
    { node: tree.rules[0]?.id, key, detail: words },
  ]);
});

test('an empty group says so at itself', () => {
  const tree: Tree = {
    id: 'root',
    combinator: 'all',
    rules: [rowOf(vip as never), { id: 'inner', combinator: 'any', rules: [] }],
  };
  const { rule, places } = readTree(tree);
  expect(placeProblems(unfinished(rule as Rule), places).placed).toEqual([
    { node: 'inner', key: 'any', detail: 'Add a condition to this group, or remove the group.' },
  ]);
});

test('a whole rule has nothing missing', () => {
  expect(unfinished({ any: [vip, { not: inSegment }] })).toEqual([]);
});
