// A condition as a sentence about one person, and a whole rule as lines: what the editor's rows are called for a screen
// reader, and how a rule reads where it is not edited. What is unfinished reads as "…".
import { factsOf } from '../../../../contract/channel-facts.ts';
import type { Rule } from '../../../../contract/rules.ts';
import { shownCount, verbOf } from './rule-fields.ts';
import { type Draft, draftOf, isGroup, type Row, type Tree, treeOf } from './rule-tree.ts';

/** The name behind an id; undefined: not known (yet). */
export type NameOf = (id: string) => string | undefined;
/** What sentences take from their workspace. */
export interface Wording {
  nameOf: NameOf;
  /** Of the sums of orders: "EUR". */
  currency: string;
}

function quoted(value: unknown): string {
  if (typeof value === 'string' && value !== '') return `“${value}”`;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? amount(value) : '…';
}
const figures = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 20 });
const amount = (value: unknown) => (typeof value === 'number' ? figures.format(value) : '…');
const counted = (value: unknown, one: string, many: string) => `${amount(value)} ${value === 1 ? one : many}`;
const daysOf = (value: unknown) => counted(value, 'day', 'days');
const listed = (values: unknown, join: 'or' | 'and') => {
  const all = Array.isArray(values) ? values.map(quoted) : [];
  if (all.length === 0) return '…';
  return all.length === 1 ? (all[0] ?? '…') : `${all.slice(0, -1).join(', ')} ${join} ${all.at(-1)}`;
};
const dayFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
function dayWords(date: unknown): string {
  const at = typeof date === 'string' ? new Date(`${date}T00:00:00Z`) : null;
  return at && !Number.isNaN(at.getTime()) ? dayFormat.format(at) : '…';
}
const lately = (days: unknown) => (days === undefined ? '' : ` in the last ${daysOf(days)}`);
const idWords = (id: unknown, nameOf: NameOf) =>
  typeof id === 'string' && id !== '' ? `“${nameOf(id) ?? 'a name that is being looked up'}”` : '…';

/** "Ordered at least 3 times". */
export function sentenceOf(draft: Draft, negated: boolean, wording: Wording): string {
  if (draft.field === '') return 'Not begun yet';
  const text = say[draft.field]?.(draft, negated, wording);
  return text === undefined
    ? 'A condition that this page does not know'
    : text[0]?.toUpperCase() + text.slice(1);
}

type Say = (draft: Draft, negated: boolean, wording: Wording) => string;

const labels: Partial<Record<Draft['field'], string>> = {
  first_name: 'first name',
  last_name: 'last name',
  email: 'email',
  phone: 'phone',
  language: 'language',
  time_zone: 'time zone',
  external_id: 'id in your shop',
};

/** A value with its verb: "plan is one of “gold” or “silver”". */
function tested(subject: string, draft: Draft, negated: boolean): string {
  const verb = verbOf(draft, negated)?.label ?? '…';
  switch (draft.op) {
    case 'is_set':
      return `${subject} ${verb}`;
    case 'in':
    case 'any_of':
      return `${subject} ${verb} ${listed(draft.values, 'or')}`;
    case 'between':
      return `${subject} ${verb} ${amount(draft.from)} and ${amount(draft.to)}`;
    case 'on':
    case 'before':
    case 'after':
      return `${subject} ${verb} ${dayWords(draft.date)}`;
    case 'last_days':
    case 'next_days':
      return `${subject} ${verb} ${daysOf(draft.days)}`;
    case 'anniversary':
      return draft.days === 0
        ? `${subject} ${negated ? 'has not' : 'has'} its day of the year today`
        : `${subject} ${verb} ${daysOf(draft.days)}`;
    default:
      return `${subject} ${verb} ${quoted(draft.value)}`;
  }
}

const textField: Say = (draft, negated) => tested(labels[draft.field] ?? draft.field, draft, negated);

/** "Last order in the last 30 days"; of both negations people who never did are part. */
const time =
  (did: string, subject: string): Say =>
  (draft, negated) => {
    const not = negated ? 'not ' : '';
    switch (draft.op) {
      case 'within_days':
        return `${not}${did} in the last ${daysOf(draft.days)}`;
      case 'before_days':
        return `${subject} ${not}longer ago than ${daysOf(draft.days)}`;
      case 'is_set':
        return negated ? `never ${did}` : `${did} at all`;
      default:
        return `${subject} ${not}${draft.op === 'after' ? 'after' : 'before'} ${dayWords(draft.date)}`;
    }
  };

function ordersCount(draft: Draft, negated: boolean): string {
  const verb = verbOf(draft, negated)?.label ?? '…';
  return draft.op === 'between'
    ? `ordered ${verb} ${amount(draft.from)} and ${amount(draft.to)} times`
    : `ordered ${verb} ${counted(shownCount(draft), 'time', 'times')}`;
}

function address(draft: Draft, negated: boolean, { nameOf }: Wording): string {
  const kind = draft.channel === undefined ? '' : `${channelName(draft.channel)} `;
  const reach =
    draft.reachable === undefined ? '' : draft.reachable ? ' that can be reached' : ' that cannot be reached';
  const where = draft.connection_id === undefined ? '' : ` on ${idWords(draft.connection_id, nameOf)}`;
  return `has ${negated ? 'no' : kind === '' ? 'an' : 'a'} ${kind}address${where}${reach}`;
}
const channelName = (channel: unknown) => factsOf(String(channel))?.name ?? '…';

function consent(draft: Draft, negated: boolean): string {
  const on = `marketing on ${channelName(draft.channel)}`;
  if (draft.state === 'none') return negated ? `was asked about ${on}` : `was never asked about ${on}`;
  const way = draft.state === 'opted_in' ? 'in to' : 'out of';
  return negated ? `did not opt ${way} ${on}` : `opted ${way} ${on}`;
}

const operators: Record<string, string> = {
  equals: 'is',
  contains: 'contains',
  starts_with: 'starts with',
  less_than: 'is less than',
  greater_than: 'is more than',
};
function event(draft: Draft, negated: boolean): string {
  const often = `${verbOf(draft, negated)?.label ?? '…'} ${counted(draft.times, 'time', 'times')}`;
  const where = (Array.isArray(draft.where) ? (draft.where as Record<string, unknown>[]) : []).map(
    ({ property, op, value }) => `${property || '…'} ${operators[String(op)] ?? '…'} ${quoted(value)}`,
  );
  return `event ${quoted(draft.name)} ${often}${lately(draft.days)}${where.length > 0 ? `, where ${where.join(' and ')}` : ''}`;
}

function campaign(draft: Draft, negated: boolean, { nameOf }: Wording): string {
  const verb = verbOf(draft, negated)?.label ?? '…';
  const which = draft.campaign_id === undefined ? 'any campaign' : idWords(draft.campaign_id, nameOf);
  return `${verb} ${which}${lately(draft.days)}`;
}

const say: Partial<Record<string, Say>> = {
  first_name: textField,
  last_name: textField,
  email: textField,
  phone: textField,
  language: textField,
  time_zone: textField,
  external_id: textField,
  attribute: (draft, negated) =>
    tested(`attribute ${typeof draft.name === 'string' && draft.name ? draft.name : '…'}`, draft, negated),
  tag: (draft, negated) =>
    `${negated ? 'has not' : 'has'} ${draft.op === 'all_of' ? 'all' : 'any'} of the tags ${listed(draft.values, draft.op === 'all_of' ? 'and' : 'or')}`,
  identity: address,
  consent,
  created_at: time('added', 'added'),
  last_seen_at: time('seen', 'last seen'),
  last_order_at: time('ordered', 'last order'),
  orders_count: ordersCount,
  orders_value: (draft, negated, { currency }) =>
    `${tested('value of all orders', draft, negated)} ${currency}`,
  bought: (draft, negated) =>
    `${negated ? 'did not buy' : 'bought'} the product ${quoted(draft.product_id)}${lately(draft.days)}`,
  cart: (draft, negated) =>
    `${negated ? 'has no open cart' : 'has an open cart'} left alone for at least ${counted(draft.idle_hours, 'hour', 'hours')}`,
  event,
  campaign,
  segment: (draft, negated, { nameOf }) =>
    `is ${negated ? 'not ' : ''}in the segment ${idWords(draft.segment_id, nameOf)}`,
  group: (draft, negated, { nameOf }) =>
    `is ${negated ? 'not known to be ' : ''}in the group ${idWords(draft.group_id, nameOf)}`,
};

export const groupWords = (group: Pick<Tree, 'combinator' | 'not'>): string => {
  if (group.combinator === 'all') return group.not ? 'Not all of these' : 'All of these';
  return group.not ? 'None of these' : 'Any of these';
};

/** A rule to be read: conditions as sentences, groups as headings with what stands below them. */
export interface Line {
  id: string;
  words: string;
  inner: Line[];
}
export function linesOf(rule: Rule, wording: Wording): Line[] {
  const tree = treeOf(rule);
  const line = (node: Row | Tree): Line =>
    isGroup(node)
      ? { id: node.id ?? '', words: groupWords(node), inner: node.rules.map(line) }
      : { id: node.id ?? '', words: sentenceOf(draftOf(node), node.negated === true, wording), inner: [] };
  return tree.combinator === 'all' && !tree.not ? tree.rules.map(line) : [line(tree)];
}
