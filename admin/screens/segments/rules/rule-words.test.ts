// Every condition reads as a sentence, has its verb in the editor, and says what it means.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Condition, Rule } from '../../../../contract/rules.ts';
import { fieldKinds, kindOf, shownCount, storedCount, verbOf, verbsOf, withVerb } from './rule-fields.ts';
import { unfinished } from './rule-problems.ts';
import { type Draft, ruleOf, treeOf } from './rule-tree.ts';
import { linesOf, sentenceOf } from './rule-words.ts';
import { aCondition } from './testing-rules.ts';

const nameOf = (id: string) =>
  ({ seg: 'VIP', cmp: 'Spring sale', con: 'Shop bot', grp: 'Club' })[id.slice(0, 3)];
const wording = { nameOf, currency: 'EUR' };
const say = (condition: object, negated = false) => sentenceOf(condition as Draft, negated, wording);
const kinds = fieldKinds([{ name: 'plan', type: 'text' }]);

test('every condition of the contract can be chosen, has a verb with and without not, and a sentence without a gap', () => {
  fc.assert(
    fc.property(aCondition, fc.boolean(), (given, negated) => {
      const draft = given as unknown as Draft;
      expect(kindOf(draft, kinds)).toBeDefined();
      const verb = verbOf(draft, negated);
      expect(verb, JSON.stringify(given)).toBeDefined();
      const words = say(given, negated);
      expect(words).not.toMatch(/…|undefined|does not know|\[object/);
      expect(words).not.toBe(say(given, !negated));
      // every part of it has a control, so that nothing is kept that nobody can see
      const asked = new Set(verb?.asks.map((ask) => (ask === 'maybe_days' ? 'days' : ask)));
      const shown = [
        'field',
        'purpose',
        ...(draft.field === 'attribute' ? ['name', 'type'] : []),
        ...Object.keys(verb?.put ?? {}),
      ];
      for (const key of Object.keys(given))
        expect(shown.includes(key) || asked.has(key as 'days'), key).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test.each<[object, boolean, string]>([
  [{ field: 'orders_count', op: 'greater_than', value: 2 }, false, 'Ordered at least 3 times'],
  [{ field: 'orders_count', op: 'greater_than', value: 0 }, false, 'Ordered at least 1 time'],
  [{ field: 'orders_count', op: 'less_than', value: 3 }, true, 'Ordered more than 2 times'],
  [{ field: 'orders_count', op: 'equals', value: 0 }, false, 'Ordered exactly 0 times'],
  [{ field: 'orders_value', op: 'less_than', value: 500 }, true, 'Value of all orders is at least 500 EUR'],
  [{ field: 'last_order_at', op: 'within_days', days: 30 }, true, 'Not ordered in the last 30 days'],
  [{ field: 'last_order_at', op: 'is_set' }, true, 'Never ordered'],
  [{ field: 'created_at', op: 'before_days', days: 90 }, false, 'Added longer ago than 90 days'],
  [{ field: 'tag', op: 'any_of', values: ['vip', 'club'] }, false, 'Has any of the tags “vip” or “club”'],
  [{ field: 'tag', op: 'all_of', values: ['vip', 'club'] }, true, 'Has not all of the tags “vip” and “club”'],
  [{ field: 'identity', reachable: true }, false, 'Has an address that can be reached'],
  [{ field: 'identity', channel: 'telegram' }, true, 'Has no Telegram address'],
  [
    { field: 'consent', channel: 'telegram', purpose: 'marketing', state: 'opted_out' },
    false,
    'Opted out of marketing on Telegram',
  ],
  [{ field: 'campaign', did: 'replied', days: 7 }, true, 'Did not reply to any campaign in the last 7 days'],
  [{ field: 'group', group_id: 'seg_x' }, true, 'Is not known to be in the group “VIP”'],
  [{ field: 'segment', segment_id: 'seg_x' }, false, 'Is in the segment “VIP”'],
  [
    {
      field: 'event',
      name: 'viewed',
      op: 'at_least',
      times: 2,
      days: 14,
      where: [{ property: 'page', op: 'contains', value: '/glazes' }],
    },
    false,
    'Event “viewed” at least 2 times in the last 14 days, where page contains “/glazes”',
  ],
  [
    { field: 'attribute', name: 'born', type: 'date', op: 'anniversary', days: 0 },
    false,
    'Attribute born has its day of the year today',
  ],
  [{ field: 'tag', op: 'any_of' }, false, 'Has any of the tags …'],
  [{ field: '' }, false, 'Not begun yet'],
])('%j (not: %s) reads: %s', (condition, negated, words) => {
  expect(say(condition, negated)).toBe(words);
});

test('a rule reads as lines, groups with what stands in them', () => {
  const rule: Rule = {
    all: [
      { field: 'cart', idle_hours: 1 },
      {
        not: {
          any: [
            { field: 'bought', product_id: 'mug' },
            { field: 'orders_count', op: 'equals', value: 2 },
          ],
        },
      },
    ],
  };
  const lines = linesOf(rule, wording);
  expect(lines.map((line) => line.words)).toEqual([
    'Has an open cart left alone for at least 1 hour',
    'None of these',
  ]);
  expect(lines[1]?.inner.map((line) => line.words)).toEqual([
    'Bought the product “mug”',
    'Ordered exactly 2 times',
  ]);
});

test('"at least" and "at most" mean what is stored, also where somebody stored halves', () => {
  const holds = ({ op, value }: { op: string; value: number }, orders: number) =>
    op === 'greater_than' ? orders > value : orders < value;
  for (const value of [-1, 0, 0.5, 1, 2.5, 3])
    for (const orders of [0, 1, 2, 3, 4]) {
      const more: Draft = { field: 'orders_count', op: 'greater_than', value };
      const less: Draft = { field: 'orders_count', op: 'less_than', value };
      expect(holds(more as never, orders)).toBe(orders >= (shownCount(more) ?? Number.NaN));
      expect(holds(less as never, orders)).toBe(orders <= (shownCount(less) ?? Number.NaN));
    }
  for (const op of ['greater_than', 'less_than', 'equals']) {
    const draft: Draft = { field: 'orders_count', op, value: 0 };
    expect(shownCount({ ...draft, value: storedCount(draft, 5) })).toBe(5);
  }
});

test('another verb keeps what it can: one value becomes the first of many, and comes back', () => {
  const is: Draft = { field: 'email', op: 'equals', value: 'ann@shop.example' };
  const verb = (label: string) => verbsOf(is).find((one) => one.label === label)!;
  const many = withVerb(is, verb('is none of'));
  expect(many).toEqual({ field: 'email', op: 'in', values: ['ann@shop.example'] });
  expect(withVerb(many, verb('contains'))).toEqual({
    field: 'email',
    op: 'contains',
    value: 'ann@shop.example',
  });
  expect(withVerb(is, verb('is known'))).toEqual({ field: 'email', op: 'is_set' });
});

test('whatever the verb, the condition can be finished: nothing the contract refuses is left behind', () => {
  fc.assert(
    fc.property(aCondition, fc.nat(), (given, n) => {
      const draft = given as unknown as Draft;
      const verbs = verbsOf(draft);
      const verb = verbs[n % verbs.length]!;
      const next = withVerb(draft, verb);
      const back = verb.negated ? { not: next as unknown as Condition } : (next as unknown as Rule);
      for (const { pointer } of unfinished(ruleOf(treeOf(back)) as Rule)) {
        const key = pointer.split('/').find((part) => part !== '' && part !== 'not') as string;
        // what is missing is asked for by the verb; nothing is too much
        expect(
          verb.asks.map((ask) => (ask === 'maybe_days' ? 'days' : ask)),
          `${pointer} of ${JSON.stringify(next)}`,
        ).toContain(key);
      }
    }),
    { numRuns: 2000 },
  );
});
