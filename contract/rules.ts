// The rule language: who is meant, as JSON. A rule is { "all": [ … ] }, { "any": [ … ] }, { "not": rule } or one condition.
// `not` is the complement: whoever has no value is in it. Segments, campaigns and triggers speak it; server/segments/compile.ts
// turns it into SQL, server/segments/evaluate.ts answers it for one person in memory, and a test proves that both agree.
import { z } from 'zod';
import { channel } from './connections.ts';
import { wireId } from './ids.ts';
import { innerWords, movedTo } from './issues.ts';
import { humanText } from './lists.ts';

export const ruleLimits = { depth: 8, conditions: 100 } as const;
export const attributeType = z.enum(['text', 'number', 'boolean', 'date', 'list']);
export type AttributeType = z.infer<typeof attributeType>;

/** Of a union: by what its branches are told apart, so that a wrong word is answered with the right ones. */
function by<const O extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(
  key: string,
  options: O,
) {
  const choices = options.flatMap((option) => [...(option._zod.propValues?.[key] ?? [])].map(String));
  const words = choices.map((choice) => `"${choice}"`).join(', ');
  return z.discriminatedUnion(key, options, {
    error: (issue) => (issue.code === 'invalid_union' ? `Choose one of ${words}.` : undefined),
  });
}

const words = humanText(500, 1);
const manyWords = z.array(words).min(1, 'Name at least one.').max(100);
const days = z.int('Write whole days.').min(1).max(3650);
const day = z.iso
  .date('Write a day like 2026-12-01.')
  .refine((text) => text >= '1900', 'This day is too long ago.')
  .refine((text) => text < '2200', 'This day is too far away.');
const isSet = { op: z.literal('is_set') };
const anyNumber = z.number('Write a number.');

/** The tests of a value of each type, as the fields of a condition beside `field`. */
function textTests<S extends z.core.$ZodLooseShape>(head: S) {
  return by('op', [
    z.strictObject({ ...head, op: z.enum(['equals', 'contains', 'starts_with']), value: words }),
    z.strictObject({ ...head, op: z.literal('in'), values: manyWords }),
    z.strictObject({ ...head, ...isSet }),
  ]);
}
function numberTests<S extends z.core.$ZodLooseShape>(head: S) {
  return [
    z.strictObject({ ...head, op: z.enum(['equals', 'less_than', 'greater_than']), value: anyNumber }),
    z.strictObject({ ...head, op: z.literal('between'), from: anyNumber, to: anyNumber }),
  ] as const;
}

const attributeHead = {
  field: z.literal('attribute'),
  name: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'Attribute names are lower case letters, digits and _.'),
};
const ofType = <T extends AttributeType>(type: T) => ({ ...attributeHead, type: z.literal(type) });
const attributeCondition = by('type', [
  textTests(ofType('text')),
  by('op', [...numberTests(ofType('number')), z.strictObject({ ...ofType('number'), ...isSet })]),
  by('op', [
    z.strictObject({ ...ofType('boolean'), op: z.literal('equals'), value: z.boolean() }),
    z.strictObject({ ...ofType('boolean'), ...isSet }),
  ]),
  by('op', [
    z.strictObject({ ...ofType('date'), op: z.enum(['before', 'on', 'after']), date: day }),
    // today counts, and so does the last of the days: by the calendar of where the person is
    z.strictObject({ ...ofType('date'), op: z.enum(['last_days', 'next_days']), days }),
    // the day of the year comes in so many days; 0: it is today
    z.strictObject({ ...ofType('date'), op: z.literal('anniversary'), days: z.int().min(0).max(365) }),
    z.strictObject({ ...ofType('date'), ...isSet }),
  ]),
  by('op', [
    z.strictObject({ ...ofType('list'), op: z.literal('contains'), value: words }),
    z.strictObject({ ...ofType('list'), op: z.literal('any_of'), values: manyWords }),
    z.strictObject({ ...ofType('list'), ...isSet }),
  ]),
]);

export const textFields = [
  'first_name',
  'last_name',
  'email',
  'phone',
  'language',
  'time_zone',
  'external_id',
] as const;
const lifecycleHead = { field: z.enum(['created_at', 'last_seen_at', 'last_order_at']) };
const figures = z.enum(['orders_count', 'orders_value']);

const propertyTest = by('op', [
  z.strictObject({
    property: humanText(100, 1),
    op: z.literal('equals'),
    value: z.union([words, anyNumber, z.boolean()], 'Write a text, a number, true or false.'),
  }),
  z.strictObject({ property: humanText(100, 1), op: z.literal('contains'), value: words }),
  z.strictObject({ property: humanText(100, 1), op: z.literal('starts_with'), value: words }),
  z.strictObject({
    property: humanText(100, 1),
    op: z.enum(['less_than', 'greater_than']),
    value: anyNumber,
  }),
]);
export type PropertyTest = z.infer<typeof propertyTest>;

const eventHead = {
  field: z.literal('event'),
  name: humanText(100, 1),
  days: days.optional(),
  where: z.array(propertyTest).max(5).optional(),
};

export const condition = by('field', [
  attributeCondition,
  textTests({ field: z.enum(textFields) }),
  z.strictObject({ field: z.literal('tag'), op: z.enum(['any_of', 'all_of']), values: manyWords }),
  // has an address of which all of this holds
  z.strictObject({
    field: z.literal('identity'),
    connection_id: wireId('con').optional(),
    channel: channel.optional(),
    reachable: z.boolean().optional(),
  }),
  z.strictObject({
    field: z.literal('consent'),
    channel,
    purpose: z.literal('marketing'),
    // none: they were never asked
    state: z.enum(['opted_in', 'opted_out', 'none']),
  }),
  by('op', [
    // days of the workspace's calendar back from now, to the second: over a change of the clocks a day has 23 or 25 hours
    z.strictObject({ ...lifecycleHead, op: z.enum(['within_days', 'before_days']), days }),
    // days of the workspace's time zone; "after" begins with the next day
    z.strictObject({ ...lifecycleHead, op: z.enum(['before', 'after']), date: day }),
    z.strictObject({ ...lifecycleHead, ...isSet }),
  ]),
  by('op', numberTests({ field: figures })),
  z.strictObject({ field: z.literal('bought'), product_id: humanText(200, 1), days: days.optional() }),
  // an open cart that nobody has touched for so long
  z.strictObject({ field: z.literal('cart'), idle_hours: z.int().min(0).max(8760) }),
  by('op', [
    z.strictObject({ ...eventHead, op: z.literal('at_least'), times: z.int().min(1).max(100_000) }),
    z.strictObject({ ...eventHead, op: z.literal('at_most'), times: z.int().min(0).max(100_000) }),
  ]),
  z.strictObject({
    field: z.literal('campaign'),
    did: z.enum(['received', 'replied', 'clicked']),
    campaign_id: wireId('cmp').optional(),
    days: days.optional(),
  }),
  z.strictObject({ field: z.literal('segment'), segment_id: wireId('seg') }),
  // a contact whom the platform has told to be in this group, or who writes there
  z.strictObject({ field: z.literal('group'), group_id: wireId('grp') }),
]).meta({
  id: 'RuleCondition',
  description: 'One thing asked about a person; `field` says what, and which other fields stand beside it.',
});
export type Condition = z.infer<typeof condition>;
/** The conditions on one field. */
export type ConditionOf<F extends Condition['field']> = Condition extends infer C
  ? C extends { field: string }
    ? F extends C['field']
      ? C
      : never
    : never
  : never;
export type Rule = { all: Rule[] } | { any: Rule[] } | { not: Rule } | Condition;

interface Reading {
  issue(path: PropertyKey[], message: string): void;
  /** zod's own issues of one condition, moved to where it stands. */
  issues(path: PropertyKey[], found: readonly z.core.$ZodIssue[]): void;
  conditions: number;
}

/** By hand, so that a wrong word has its own place, and a rule a thousand deep is refused and not followed. */
function readRule(given: unknown, path: PropertyKey[], depth: number, reading: Reading): Rule | null {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    reading.conditions += 1;
    reading.issue(
      path,
      'A rule is { "all": [ … ] }, { "any": [ … ] }, { "not": … } or a condition with a "field".',
    );
    return null;
  }
  if (depth > ruleLimits.depth) {
    reading.issue(path, `Rules stand at most ${ruleLimits.depth} deep in each other.`);
    return null;
  }
  const join = (['all', 'any', 'not'] as const).find((word) => Object.hasOwn(given, word));
  if (!join) return readCondition(given, path, reading);
  const others = Object.keys(given).filter((key) => key !== join);
  for (const other of others)
    reading.issue([...path, other], `Nothing stands beside "${join}": put it into a rule of its own.`);
  const inner = (given as Record<string, unknown>)[join];
  if (join === 'not') {
    const rule = readRule(inner, [...path, 'not'], depth + 1, reading);
    return rule && { not: rule };
  }
  if (!Array.isArray(inner) || inner.length === 0) {
    reading.issue([...path, join], 'Send a list with at least one rule.');
    return null;
  }
  const rules: Rule[] = [];
  for (const [index, one] of inner.entries()) {
    if (reading.conditions > ruleLimits.conditions) break;
    const rule = readRule(one, [...path, join, index], depth + 1, reading);
    if (rule) rules.push(rule);
  }
  return join === 'all' ? { all: rules } : { any: rules };
}

function readCondition(given: object, path: PropertyKey[], reading: Reading): Rule | null {
  reading.conditions += 1;
  if (reading.conditions > ruleLimits.conditions) {
    if (reading.conditions === ruleLimits.conditions + 1)
      reading.issue(path, `A rule has at most ${ruleLimits.conditions} conditions.`);
    return null;
  }
  const read = condition.safeParse(given, { reportInput: true, error: innerWords });
  if (read.success) return read.data;
  reading.issues(path, read.error.issues);
  return null;
}

const nested = { $ref: '#/components/schemas/Rule' };
const joined = (join: string, inner: object) => ({
  type: 'object',
  required: [join],
  properties: { [join]: inner },
  additionalProperties: false,
});
/** JSON Schema of a rule, for the API reference: what `readRule` takes. */
export const ruleSchema = {
  description:
    'Who is meant: { "all": [ … ] }, { "any": [ … ] }, { "not": rule } or a condition, e.g. { "field": "tag", "op": "any_of", "values": ["vip"] }. `not` is everybody else: whoever has no value is in it. At most 8 deep, 100 conditions.',
  anyOf: [
    joined('all', { type: 'array', minItems: 1, items: nested }),
    joined('any', { type: 'array', minItems: 1, items: nested }),
    joined('not', nested),
    { $ref: '#/components/schemas/RuleCondition' },
  ],
};

/** A rule in a request. At most 8 deep and 100 conditions; wrong places are named one by one. */
export const rule = z
  .unknown()
  .transform((given, ctx): Rule => {
    let wrong = false;
    const reading: Reading = {
      conditions: 0,
      issue: (path, message) => {
        wrong = true;
        ctx.addIssue({ code: 'custom', path, message, input: given });
      },
      issues: (path, found) => {
        wrong = true;
        for (const issue of found) ctx.addIssue(movedTo(path, issue));
      },
    };
    const read = readRule(given, [], 1, reading);
    return wrong || read === null ? z.NEVER : read;
  })
  .meta({ $ref: '#/components/schemas/Rule' });
/** The same in an answer. */
export const storedRule = z.record(z.string(), z.unknown());
