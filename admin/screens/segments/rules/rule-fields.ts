// What a condition may ask, as the editor offers it: fields in groups, and for each the verbs with what they ask beside.
// A verb is a part of a condition that is chosen as a whole, with or without `not`.
import type { AttributeType } from '../../../../contract/rules.ts';
import type { Draft } from './rule-tree.ts';

/** One part of a condition that has a control of its own. */
export type Ask =
  | 'name' | 'type' | 'value' | 'values' | 'from' | 'to' | 'date' | 'days' | 'maybe_days' | 'times'
  | 'channel' | 'reachable' | 'connection_id' | 'product_id' | 'idle_hours' | 'campaign_id' | 'segment_id'
  | 'group_id'
  | 'where'; // biome-ignore format: words

export interface Verb {
  label: string;
  negated: boolean;
  /** What choosing it sets. */
  put: Readonly<Record<string, unknown>>;
  asks: readonly Ask[];
}

export interface FieldKind {
  /** Of the picker; an attribute that was declared has a key of its own. */
  key: string;
  group: string;
  label: string;
  /** The condition as it begins. */
  start: Draft;
}

/** A verb and its complement. */
function both(label: string, not: string, put: Record<string, unknown>, asks: readonly Ask[]): Verb[] {
  return [
    { label, negated: false, put, asks },
    { label: not, negated: true, put, asks },
  ];
}

const textVerbs = [
  ...both('is', 'is not', { op: 'equals' }, ['value']),
  ...both('contains', 'does not contain', { op: 'contains' }, ['value']),
  ...both('starts with', 'does not start with', { op: 'starts_with' }, ['value']),
  ...both('is one of', 'is none of', { op: 'in' }, ['values']),
  ...both('is known', 'is not known', { op: 'is_set' }, []),
];
const numberVerbs = [
  ...both('is', 'is not', { op: 'equals' }, ['value']),
  ...both('is more than', 'is not more than', { op: 'greater_than' }, ['value']),
  ...both('is less than', 'is not less than', { op: 'less_than' }, ['value']),
  ...both('is between', 'is not between', { op: 'between' }, ['from', 'to']),
];
const known = both('is known', 'is not known', { op: 'is_set' }, []);

export const attributeVerbs: Record<AttributeType, Verb[]> = {
  text: textVerbs,
  number: [...numberVerbs, ...known],
  boolean: [...both('is', 'is not', { op: 'equals' }, ['value']), ...known],
  date: [
    ...both('is on', 'is not on', { op: 'on' }, ['date']),
    ...both('is before', 'is not before', { op: 'before' }, ['date']),
    ...both('is after', 'is not after', { op: 'after' }, ['date']),
    ...both('is in the last', 'is not in the last', { op: 'last_days' }, ['days']),
    ...both('is in the next', 'is not in the next', { op: 'next_days' }, ['days']),
    ...both('has its day of the year in', 'has not its day of the year in', { op: 'anniversary' }, ['days']),
    ...known,
  ],
  list: [
    ...both('contains', 'does not contain', { op: 'contains' }, ['value']),
    ...both('contains any of', 'contains none of', { op: 'any_of' }, ['values']),
    ...known,
  ],
};

const times = (label: string): Verb[] => [
  ...both('in the last', 'not in the last', { op: 'within_days' }, ['days']),
  ...both('longer ago than', 'not longer ago than', { op: 'before_days' }, ['days']),
  ...both('before', 'not before', { op: 'before' }, ['date']),
  ...both('after', 'not after', { op: 'after' }, ['date']),
  ...both(`${label} at all`, `never ${label}`, { op: 'is_set' }, []),
];
// of whole numbers: "at least 3" is more than 2, and shown-count.ts counts so
const countVerbs = [
  ...both('at least', 'fewer than', { op: 'greater_than' }, ['value']),
  ...both('at most', 'more than', { op: 'less_than' }, ['value']),
  ...both('exactly', 'not exactly', { op: 'equals' }, ['value']),
  ...both('between', 'not between', { op: 'between' }, ['from', 'to']),
];
const eventAsks = ['name', 'times', 'maybe_days', 'where'] as const;
const campaignAsks = ['campaign_id', 'maybe_days'] as const;

const verbs: Record<Exclude<Draft['field'], 'attribute' | ''>, Verb[]> = {
  first_name: textVerbs,
  last_name: textVerbs,
  email: textVerbs,
  phone: textVerbs,
  language: textVerbs,
  time_zone: textVerbs,
  external_id: textVerbs,
  tag: [
    ...both('has any of', 'has none of', { op: 'any_of' }, ['values']),
    ...both('has all of', 'has not all of', { op: 'all_of' }, ['values']),
  ],
  identity: both('has', 'has not', {}, ['connection_id', 'channel', 'reachable']),
  consent: [
    ...both('opted in on', 'did not opt in on', { state: 'opted_in' }, ['channel']),
    ...both('opted out on', 'did not opt out on', { state: 'opted_out' }, ['channel']),
    ...both('was never asked on', 'was asked on', { state: 'none' }, ['channel']),
  ],
  created_at: times('added'),
  last_seen_at: times('seen'),
  last_order_at: times('ordered'),
  orders_count: countVerbs,
  // nobody's is unknown, so that "not less" is "at least"
  orders_value: [
    ...both('is more than', 'is at most', { op: 'greater_than' }, ['value']),
    ...both('is less than', 'is at least', { op: 'less_than' }, ['value']),
    ...both('is exactly', 'is not exactly', { op: 'equals' }, ['value']),
    ...both('is between', 'is not between', { op: 'between' }, ['from', 'to']),
  ],
  bought: both('bought', 'did not buy', {}, ['product_id', 'maybe_days']),
  cart: both('left alone for', 'not left alone for', {}, ['idle_hours']),
  event: [
    ...both('at least', 'fewer than', { op: 'at_least' }, eventAsks),
    ...both('at most', 'more than', { op: 'at_most' }, eventAsks),
  ],
  campaign: [
    ...both('received', 'did not receive', { did: 'received' }, campaignAsks),
    ...both('replied to', 'did not reply to', { did: 'replied' }, campaignAsks),
    ...both('clicked in', 'did not click in', { did: 'clicked' }, campaignAsks),
  ],
  segment: both('is in', 'is not in', {}, ['segment_id']),
  group: both('is in', 'is not known to be in', {}, ['group_id']),
};

export function verbsOf(draft: Draft): Verb[] {
  if (draft.field === '') return [];
  if (draft.field !== 'attribute') return verbs[draft.field] ?? [];
  return attributeVerbs[draft.type as AttributeType] ?? attributeVerbs.text;
}

/** The verb that a condition has; undefined: a newer server knows one that this panel does not. */
export function verbOf(draft: Draft, negated: boolean): Verb | undefined {
  return verbsOf(draft).find(
    (verb) =>
      verb.negated === negated && Object.entries(verb.put).every(([key, value]) => draft[key] === value),
  );
}

const text = (field: Draft['field']): Draft => ({ field, op: 'equals' });
const group = (name: string, kinds: [string, string, Draft][]): FieldKind[] =>
  kinds.map(([key, label, start]) => ({ key, group: name, label, start }));

export const freeAttribute: FieldKind = {
  key: 'attribute',
  group: 'Attributes',
  label: 'Another attribute',
  start: { field: 'attribute', type: 'text', op: 'equals' },
};
const before: FieldKind[] = group('Profile', [
  ['first_name', 'First name', text('first_name')],
  ['last_name', 'Last name', text('last_name')],
  ['email', 'Email', text('email')],
  ['phone', 'Phone', text('phone')],
  ['language', 'Language', text('language')],
  ['time_zone', 'Time zone', text('time_zone')],
  ['external_id', 'Id in your shop', text('external_id')],
]);
const after: FieldKind[] = [
  ...group('Tags', [['tag', 'Tags', { field: 'tag', op: 'any_of' }]]),
  ...group('Reach', [['identity', 'Address', { field: 'identity', reachable: true }]]),
  ...group('Consent', [
    [
      'consent',
      'Consent',
      { field: 'consent', channel: 'telegram', purpose: 'marketing', state: 'opted_in' },
    ],
  ]),
  ...group('Lifecycle', [
    ['created_at', 'Added', { field: 'created_at', op: 'within_days', days: 30 }],
    ['last_seen_at', 'Last seen', { field: 'last_seen_at', op: 'within_days', days: 30 }],
    ['last_order_at', 'Last order', { field: 'last_order_at', op: 'within_days', days: 30 }],
  ]),
  ...group('Shop', [
    ['orders_count', 'Number of orders', { field: 'orders_count', op: 'greater_than', value: 0 }],
    ['orders_value', 'Value of orders', { field: 'orders_value', op: 'greater_than' }],
    ['bought', 'Product bought', { field: 'bought' }],
    ['cart', 'Open cart', { field: 'cart', idle_hours: 24 }],
  ]),
  ...group('Events', [['event', 'Event', { field: 'event', op: 'at_least', times: 1, days: 30 }]]),
  ...group('Campaigns', [['campaign', 'Campaign', { field: 'campaign', did: 'received', days: 30 }]]),
  ...group('Segments', [['segment', 'Segment', { field: 'segment' }]]),
  ...group('Groups', [['group', 'Telegram group', { field: 'group' }]]),
];

export interface DeclaredAttribute {
  name: string;
  type: AttributeType;
}

/** All that can be asked, in the order of the picker. */
export function fieldKinds(declared: readonly DeclaredAttribute[]): FieldKind[] {
  const attributes = declared.map(({ name, type }) => ({
    key: `attribute:${name}`,
    group: 'Attributes',
    label: name,
    start: { field: 'attribute', name, type, ...firstPut(type) } as Draft,
  }));
  return [...before, ...attributes, freeAttribute, ...after];
}

const firstPut = (type: AttributeType) => attributeVerbs[type][0]?.put;

/** The kind that a condition is of. An attribute is the declared one only where its type is the declared one. */
export function kindOf(draft: Draft, kinds: readonly FieldKind[]): FieldKind | undefined {
  if (draft.field !== 'attribute') return kinds.find((kind) => kind.key === draft.field);
  const named = kinds.find((kind) => kind.key === `attribute:${String(draft.name)}`);
  return named && named.start.type === draft.type ? named : freeAttribute;
}

/** What stays with a condition whatever its verb. */
const heads: Partial<Record<Draft['field'], readonly string[]>> = {
  attribute: ['name', 'type'],
  consent: ['purpose'],
};
const keyOf = (ask: Ask) => (ask === 'maybe_days' ? 'days' : ask);

/** The condition with another verb: what both verbs ask is kept, and a single value becomes the first of many. */
export function withVerb(draft: Draft, verb: Verb): Draft {
  const next: Draft = { field: draft.field };
  for (const key of [...(heads[draft.field] ?? []), ...verb.asks.map(keyOf)])
    if (draft[key] !== undefined) next[key] = draft[key];
  const { value, values } = draft;
  if (verb.asks.includes('values') && !next.values && typeof value === 'string' && value !== '')
    next.values = [value];
  if (verb.asks.includes('value') && next.value === undefined && Array.isArray(values))
    next.value = values[0];
  if (verb.asks.includes('from') && next.from === undefined && value !== undefined) next.from = value;
  if (verb.asks.includes('value') && next.value === undefined && draft.from !== undefined)
    next.value = draft.from;
  return { ...next, ...verb.put };
}

/** An attribute of another type begins anew, under the same name. */
export function withType(draft: Draft, type: AttributeType): Draft {
  return { field: 'attribute', name: draft.name, type, ...firstPut(type) };
}

/** Orders are whole: more than 2 is shown and typed as "at least 3", less than 3 as "at most 2". */
export function shownCount(draft: Draft): number | undefined {
  const { value, op } = draft;
  if (typeof value !== 'number') return undefined;
  return op === 'greater_than' ? Math.floor(value) + 1 : op === 'less_than' ? Math.ceil(value) - 1 : value;
}
export function storedCount(draft: Draft, shown: number): number {
  return draft.op === 'greater_than' ? shown - 1 : draft.op === 'less_than' ? shown + 1 : shown;
}
