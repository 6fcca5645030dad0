// A rule goes into the editor and comes out of it meaning the same, whatever it is nested in.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Rule, ruleLimits, rule as ruleSchema } from '../../../../contract/rules.ts';
import {
  depthAt,
  draftOf,
  isGroup,
  readTree,
  rowOf,
  rowsOf,
  ruleOf,
  type Tree,
  treeOf,
  withAdded,
  withJoin,
  withRow,
} from './rule-tree.ts';
import { aCondition, aRule } from './testing-rules.ts';

const vip: Rule = { field: 'tag', op: 'any_of', values: ['vip'] };
const late: Rule = { field: 'cart', idle_hours: 24 };

/** Whether a rule holds where each condition is true or false as `truth` says, by what it is. */
function holds(rule: Rule, truth: (condition: string) => boolean): boolean {
  if ('not' in rule) return !holds(rule.not, truth);
  if ('all' in rule) return rule.all.every((one) => holds(one, truth));
  if ('any' in rule) return rule.any.some((one) => holds(one, truth));
  return truth(key(rule));
}
/** The same whatever the order of its keys. */
const key = (condition: object) =>
  JSON.stringify(Object.entries(condition).sort(([a], [b]) => (a < b ? -1 : 1)));
const conditions = (rule: Rule): string[] =>
  'not' in rule
    ? conditions(rule.not)
    : 'all' in rule
      ? rule.all.flatMap(conditions)
      : 'any' in rule
        ? rule.any.flatMap(conditions)
        : [key(rule)];

test('every condition of the contract comes back as it went, alone and turned round', () => {
  fc.assert(
    fc.property(aCondition, (condition) => {
      expect(ruleSchema.safeParse(condition).success).toBe(true);
      expect(ruleOf(treeOf(condition))).toEqual(condition);
      expect(ruleOf(treeOf({ not: condition }))).toEqual({ not: condition });
    }),
    { numRuns: 2000 },
  );
});

test('nested rules keep their conditions, their order and their meaning', () => {
  fc.assert(
    fc.property(aRule, fc.integer(), (given, seed) => {
      const back = ruleOf(treeOf(given)) as Rule;
      expect(conditions(back)).toEqual(conditions(given));
      for (let bit = 0; bit < 8; bit++) {
        const truth = (text: string) => ((hash(text) ^ seed) >> bit) % 2 === 0;
        expect(holds(back, truth)).toBe(holds(given, truth));
      }
    }),
    { numRuns: 2000 },
  );
});
const hash = (text: string) => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, 7);

test('only a double not and an all around one condition fall away, and what came out once stays as it is', () => {
  fc.assert(
    fc.property(aRule, (given) => {
      const once = ruleOf(treeOf(given)) as Rule;
      expect(ruleOf(treeOf(once))).toEqual(once);
      const doubleNot = /"not":\{"not"/.test(JSON.stringify(given));
      const loneAll = 'all' in given && given.all.length === 1;
      if (!doubleNot && !loneAll) expect(once).toEqual(given);
    }),
    { numRuns: 2000 },
  );
});

test.each<[Rule, Rule]>([
  [{ not: { not: vip } }, vip],
  [{ all: [vip] }, vip],
  [{ all: [{ not: vip }] }, { not: vip }],
  [{ any: [vip] }, { any: [vip] }],
  [{ not: { all: [vip] } }, { not: { all: [vip] } }],
  [{ all: [{ any: [vip] }] }, { all: [{ any: [vip] }] }],
  [
    { not: { any: [vip, { not: { all: [late, vip] } }] } },
    { not: { any: [vip, { not: { all: [late, vip] } }] } },
  ],
])('%j comes out as %j', (given, expected) => {
  expect(ruleOf(treeOf(given))).toEqual(expected);
});

test('nothing asked is no rule', () => {
  expect(treeOf(null).rules).toEqual([]);
  expect(ruleOf(treeOf(null))).toBeNull();
});

test('each row and group is known by where it stands in the rule', () => {
  fc.assert(
    fc.property(aRule, (given) => {
      const tree = treeOf(given);
      const { rule, places } = readTree(tree);
      const byId = new Map([...places].map(([pointer, id]) => [id, pointer]));
      for (const row of rowsOf(tree)) {
        const found = at(rule as Rule, byId.get(row.id ?? '') ?? 'nowhere');
        expect(row.negated ? (found as { not: unknown }).not : found).toEqual(draftOf(row));
      }
      expect(new Set(places.values()).size).toBe(places.size);
    }),
    { numRuns: 500 },
  );
});
const at = (rule: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], rule);

test('one row is exchanged, and everything else stays the very object it was', () => {
  const tree = treeOf({ all: [{ any: [vip, late] }, late] });
  const [group, other] = tree.rules;
  if (!group || !isGroup(group) || !other) throw new Error('a group, then a row');
  const [first, second] = group.rules;
  const next = withRow(tree, { ...rowOf({ field: 'cart', idle_hours: 1 }), id: first?.id });
  expect(ruleOf(next)).toEqual({ all: [{ any: [{ field: 'cart', idle_hours: 1 }, late] }, late] });
  expect(next.rules[1]).toBe(other);
  expect((next.rules[0] as Tree).rules[1]).toBe(second);
  expect(withRow(tree, { ...rowOf({ field: 'tag' }), id: 'nobody' })).toBe(tree);
});

test('a group may be added exactly where the contract takes the rule with it', () => {
  const nest = (depth: number, not: boolean): Tree => {
    const inner = depth > 1 ? [nest(depth - 1, !not)] : [];
    return {
      id: `g${depth}`,
      combinator: 'any',
      ...(not && { not }),
      rules: [rowOf(vip as never), ...inner],
    };
  };
  for (const deepest of [1, 2, 3, 4, 5])
    for (const not of [true, false]) {
      const tree = nest(deepest, not);
      const path = Array.from({ length: deepest - 1 }, () => 1);
      const added: Tree = { id: 'new', combinator: 'all', rules: [rowOf(late as never)] };
      const rule = ruleOf(withAdded(tree, 'g1', added));
      expect(JSON.stringify(rule)).toContain('idle_hours');
      expect(ruleSchema.safeParse(rule).success).toBe(depthAt(tree, path) + 2 <= ruleLimits.depth);
    }
});

test('a group is joined otherwise, and the others stay as they are', () => {
  const tree = treeOf({ all: [{ any: [vip, late] }, { any: [late] }] });
  const id = tree.rules[0]?.id ?? '';
  expect(ruleOf(withJoin(tree, id, 'all', true))).toEqual({
    all: [{ not: { all: [vip, late] } }, { any: [late] }],
  });
  expect(ruleOf(withJoin(withJoin(tree, id, 'all', true), id, 'any', false))).toEqual(ruleOf(tree));
});
