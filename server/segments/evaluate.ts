// A rule answered for one person in memory, from their facts (facts.ts). The same answer as compile.ts gives in SQL, proven by
// rules.property.test.ts: change both or neither.
import type { Condition, ConditionOf, PropertyTest, Rule } from '../../contract/rules.ts';
import { uuidOf } from '../platform/db/ids.ts';
import type { Segments } from './asked.ts';
import { dayPlus, daysOfYear, type Moment } from './moment.ts';
import { dayOf, fold, isSet } from './values.ts';

/** What is known of one person. Ids are uuids. */
export interface Facts {
  contact: {
    first_name: string | null;
    last_name: string | null;
    email: string | null;
    phone: string | null;
    language: string | null;
    time_zone: string | null;
    external_id: string | null;
    attributes: Record<string, unknown>;
    tags: string[];
    created_at: Date;
    last_seen_at: Date | null;
    last_order_at: Date | null;
    orders_count: number;
    orders_value: number;
  };
  identities: { connection_id: string; channel: string; reachable: boolean }[];
  consents: { channel: string; purpose: string; state: string }[];
  /** One for each line of an order that was neither cancelled nor came back. */
  purchases: { product_id: string; at: Date }[];
  /** When the open carts were last touched. */
  carts: Date[];
  /** Of the names that were asked for. */
  events: ReadonlyMap<string, { at: Date; properties: Record<string, unknown> }[]>;
  /** Messages of campaigns that went out; `sent_at` null where it did not, or nobody knows. */
  deliveries: {
    campaign_id: string;
    sent_at: Date | null;
    replied_at: Date | null;
    clicked_at: Date | null;
  }[];
  /** The static segments they are in. */
  lists: ReadonlySet<string>;
  /** The groups they are in, as far as the platform told. */
  groups: ReadonlySet<string>;
}

export type Predicate = (facts: Facts) => boolean;
type Attribute = ConditionOf<'attribute'>;

/** Read once, ask often: what does not depend on the person is worked out here. */
export function evaluator(rule: Rule, moment: Moment, segments: Segments): Predicate {
  if ('not' in rule) {
    const inner = evaluator(rule.not, moment, segments);
    return (facts) => !inner(facts);
  }
  if ('all' in rule) {
    const inner = rule.all.map((one) => evaluator(one, moment, segments));
    return (facts) => inner.every((one) => one(facts));
  }
  if ('any' in rule) {
    const inner = rule.any.map((one) => evaluator(one, moment, segments));
    return (facts) => inner.some((one) => one(facts));
  }
  return conditionEvaluator(rule, moment, segments);
}

function conditionEvaluator(condition: Condition, moment: Moment, segments: Segments): Predicate {
  switch (condition.field) {
    case 'attribute':
      return attribute(condition, moment);
    case 'tag': {
      const { values } = condition;
      return condition.op === 'any_of'
        ? ({ contact }) => values.some((tag) => contact.tags.includes(tag))
        : ({ contact }) => values.every((tag) => contact.tags.includes(tag));
    }
    case 'orders_count':
    case 'orders_value': {
      const test = numberTest(condition);
      return ({ contact }) => test(contact[condition.field]);
    }
    case 'created_at':
    case 'last_seen_at':
    case 'last_order_at': {
      const test = lifecycle(condition, moment);
      return ({ contact }) => {
        const at = contact[condition.field];
        return at !== null && test(at);
      };
    }
    case 'identity':
    case 'consent':
    case 'bought':
    case 'cart':
    case 'event':
    case 'campaign':
      return factEvaluator(condition, moment);
    case 'segment': {
      const rule = segments.get(condition.segment_id)?.rule;
      if (rule) return evaluator(rule, moment, segments);
      const id = uuidOf('seg', condition.segment_id);
      return ({ lists }) => lists.has(id);
    }
    case 'group': {
      const id = uuidOf('grp', condition.group_id);
      return ({ groups }) => groups.has(id);
    }
    default: {
      const test = condition.op === 'is_set' ? isSet : textTest(condition);
      return ({ contact }) => test(contact[condition.field]);
    }
  }
}

function factEvaluator(
  condition: ConditionOf<'identity' | 'consent' | 'bought' | 'cart' | 'event' | 'campaign'>,
  moment: Moment,
): Predicate {
  switch (condition.field) {
    case 'identity': {
      const { channel, reachable } = condition;
      const connection = condition.connection_id && uuidOf('con', condition.connection_id);
      return ({ identities }) =>
        identities.some(
          (one) =>
            (connection === undefined || one.connection_id === connection) &&
            (channel === undefined || one.channel === channel) &&
            (reachable === undefined || one.reachable === reachable),
        );
    }
    case 'consent': {
      const { channel, purpose, state } = condition;
      return ({ consents }) => {
        const found = consents.find((one) => one.channel === channel && one.purpose === purpose);
        return state === 'none' ? found === undefined : found?.state === state;
      };
    }
    case 'bought': {
      const recent = recently(moment, condition.days);
      return ({ purchases }) =>
        purchases.some((one) => one.product_id === condition.product_id && recent(one.at));
    }
    case 'cart': {
      const before = moment.after.getTime() - condition.idle_hours * 3_600_000;
      return ({ carts }) => carts.some((at) => at.getTime() < before);
    }
    case 'event':
      return event(condition, moment);
    case 'campaign': {
      const { did } = condition;
      const campaign = condition.campaign_id && uuidOf('cmp', condition.campaign_id);
      const recent = recently(moment, condition.days);
      const column = ({ received: 'sent_at', replied: 'replied_at', clicked: 'clicked_at' } as const)[did];
      return ({ deliveries }) =>
        deliveries.some(
          (one) => (campaign === undefined || one.campaign_id === campaign) && recent(one[column]),
        );
    }
  }
}

function event(condition: ConditionOf<'event'>, moment: Moment): Predicate {
  const { name, op, times } = condition;
  const recent = recently(moment, condition.days);
  const tests = (condition.where ?? []).map(propertyTest);
  const enough = op === 'at_least' ? times : times + 1;
  return ({ events }) => {
    let count = 0;
    for (const one of events.get(name) ?? []) {
      if (!recent(one.at) || !tests.every((test) => test(one.properties))) continue;
      count += 1;
      if (count >= enough) break;
    }
    return count >= enough === (op === 'at_least');
  };
}

function propertyTest(test: PropertyTest): (properties: Record<string, unknown>) => boolean {
  const { property } = test;
  if (test.op === 'equals') return (properties) => own(properties, property) === test.value;
  if (test.op === 'contains' || test.op === 'starts_with') {
    const holds = textTest(test);
    return (properties) => holds(own(properties, property));
  }
  const compare = numberTest(test);
  return (properties) => compare(own(properties, property));
}

/** Of what happened, and of nothing that is yet to come. */
function recently(moment: Moment, days: number | undefined): (at: Date | null) => boolean {
  const from = days === undefined ? Number.NEGATIVE_INFINITY : moment.ago(days).getTime();
  const to = moment.after.getTime();
  return (at) => at !== null && at.getTime() >= from && at.getTime() < to;
}

function lifecycle(condition: ConditionOf<'created_at'>, moment: Moment): (at: Date) => boolean {
  const before = (end: Date) => (at: Date) => at < end;
  const since = (start: Date) => (at: Date) => at >= start;
  switch (condition.op) {
    case 'is_set':
      return () => true;
    case 'within_days':
      return since(moment.ago(condition.days));
    case 'before_days':
      return before(moment.ago(condition.days));
    case 'before':
      return before(moment.startOf(condition.date));
    case 'after':
      return since(moment.startOf(condition.date, 1));
  }
}

/** A key like "constructor" is nobody's attribute. */
const own = (record: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

type Test = (value: unknown) => boolean;

function attribute(condition: Attribute, moment: Moment): Predicate {
  const { name } = condition;
  if (condition.op !== 'is_set' && condition.type === 'date') {
    const test = dateTest(condition, moment);
    return ({ contact }) => {
      const day = dayOf(own(contact.attributes, name));
      return day !== null && test(day, contact.time_zone);
    };
  }
  const test = condition.op === 'is_set' ? isSet : attributeTest(condition as Plain);
  return ({ contact }) => test(own(contact.attributes, name));
}

type Plain = Exclude<Exclude<Attribute, { type: 'date' }>, { op: 'is_set' }>;
function attributeTest(condition: Plain): Test {
  switch (condition.type) {
    case 'text':
      return textTest(condition);
    case 'number':
      return numberTest(condition);
    case 'boolean':
      return (value) => value === condition.value;
    case 'list': {
      const wanted = condition.op === 'contains' ? [condition.value] : condition.values;
      return (value) => Array.isArray(value) && wanted.some((one) => value.includes(one));
    }
  }
}

type DateCondition = Exclude<Extract<Attribute, { type: 'date' }>, { op: 'is_set' }>;
function dateTest(condition: DateCondition, moment: Moment): (day: string, zone: string | null) => boolean {
  switch (condition.op) {
    case 'before':
      return (day) => day < condition.date;
    case 'on':
      return (day) => day === condition.date;
    case 'after':
      return (day) => day > condition.date;
    case 'last_days':
      return perDay(moment, (today) => {
        const first = dayPlus(today, -condition.days);
        return (day) => day >= first && day <= today;
      });
    case 'next_days':
      return perDay(moment, (today) => {
        const last = dayPlus(today, condition.days);
        return (day) => day >= today && day <= last;
      });
    case 'anniversary':
      return perDay(moment, (today) => {
        const days = new Set(daysOfYear(today, condition.days));
        return (day) => days.has(day.slice(5));
      });
  }
}

function perDay(
  moment: Moment,
  make: (today: string) => (day: string) => boolean,
): (day: string, zone: string | null) => boolean {
  const tests = new Map<string, (day: string) => boolean>();
  return (day, zone) => {
    const today = moment.today(zone);
    let test = tests.get(today);
    if (!test) {
      test = make(today);
      tests.set(today, test);
    }
    return test(day);
  };
}

type TextTest =
  | { op: 'equals' | 'contains' | 'starts_with'; value: string }
  | { op: 'in'; values: readonly string[] };
function textTest(test: TextTest): Test {
  if (test.op === 'in') {
    const values = new Set<unknown>(test.values);
    return (value) => typeof value === 'string' && values.has(value);
  }
  if (test.op === 'equals') return (value) => value === test.value;
  const part = fold(test.value);
  return test.op === 'contains'
    ? (value) => typeof value === 'string' && fold(value).includes(part)
    : (value) => typeof value === 'string' && fold(value).startsWith(part);
}

type NumberTest =
  | { op: 'equals' | 'less_than' | 'greater_than'; value: number }
  | { op: 'between'; from: number; to: number };
function numberTest(test: NumberTest): Test {
  switch (test.op) {
    case 'equals':
      return (value) => typeof value === 'number' && value === test.value;
    case 'less_than':
      return (value) => typeof value === 'number' && value < test.value;
    case 'greater_than':
      return (value) => typeof value === 'number' && value > test.value;
    case 'between':
      return (value) => typeof value === 'number' && value >= test.from && value <= test.to;
  }
}
