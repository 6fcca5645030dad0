// Conditions on what stands in the contact's own row, as SQL. They may be NULL: compile.ts sees to that.
import { type RawBuilder, sql } from 'kysely';
import type { Condition, ConditionOf } from '../../contract/rules.ts';
import type { Asked } from './asked.ts';
import { dayPlus, daysOfYear, type Moment } from './moment.ts';
import { dayAtSql, fold, foldSql, holdsSql, isSetSql, numberAtSql, textAtSql } from './values.ts';

type Attribute = ConditionOf<'attribute'>;
type Sql = RawBuilder<unknown>;

export function plainCondition(condition: Condition, asked: Asked): Sql {
  switch (condition.field) {
    case 'attribute':
      return attribute(condition, asked);
    case 'tag': {
      const tags = sql`${condition.values}::text[]`;
      return condition.op === 'any_of' ? sql`c.tags && ${tags}` : sql`c.tags @> ${tags}`;
    }
    case 'orders_count':
    case 'orders_value':
      return numberTest(sql.ref(`c.${condition.field}`), condition);
    case 'created_at':
    case 'last_seen_at':
    case 'last_order_at':
      return lifecycle(condition, asked);
    case 'first_name':
    case 'last_name':
    case 'email':
    case 'phone':
    case 'language':
    case 'time_zone':
    case 'external_id':
      return textField(condition);
    default:
      throw new Error(`no column answers ${condition.field}`);
  }
}

function textField(condition: ConditionOf<'first_name'>): Sql {
  const column = sql.ref(`c.${condition.field}`);
  if (condition.op === 'is_set') return sql`${column} <> ''`;
  if (condition.op === 'in') return sql`${column} = ANY(${condition.values}::text[])`;
  const { op, value } = condition;
  return op === 'equals' ? sql`${column} = ${value}` : partOfText(column, op, value);
}

export function partOfText(text: Sql, op: 'contains' | 'starts_with', value: string): Sql {
  const part = sql`${fold(value)}::text`;
  return op === 'contains'
    ? sql`position(${part} in ${foldSql(text)}) > 0`
    : sql`starts_with(${foldSql(text)}, ${part})`;
}

export type NumberTest =
  | { op: 'equals' | 'less_than' | 'greater_than'; value: number }
  | { op: 'between'; from: number; to: number };
const signs = { equals: sql`=`, less_than: sql`<`, greater_than: sql`>` };
type ToSql = (number: number) => Sql;
const asNumeric: ToSql = (number) => sql`${number}::numeric`;
export function numberTest(number: Sql, test: NumberTest, toSql: ToSql = asNumeric): Sql {
  return test.op === 'between'
    ? sql`${number} BETWEEN ${toSql(test.from)} AND ${toSql(test.to)}`
    : sql`${number} ${signs[test.op]} ${toSql(test.value)}`;
}

function lifecycle(condition: ConditionOf<'created_at'>, { moment }: Asked): Sql {
  const column = sql.ref(`c.${condition.field}`);
  // no upper bound: of the last time only the last is known, and who was seen since is not to fall out of a frozen audience
  switch (condition.op) {
    case 'within_days':
      return sql`${column} >= ${moment.ago(condition.days)}`;
    case 'before_days':
      return sql`${column} < ${moment.ago(condition.days)}`;
    case 'before':
      return sql`${column} < ${moment.startOf(condition.date)}`;
    case 'after':
      return sql`${column} >= ${moment.startOf(condition.date, 1)}`;
    case 'is_set':
      return sql`${column} IS NOT NULL`;
  }
}

const json = 'c.attributes';
function attribute(condition: Attribute, asked: Asked): Sql {
  const { name } = condition;
  if (condition.op === 'is_set') return isSetSql(json, name);
  switch (condition.type) {
    case 'text':
      return attributeText(condition);
    case 'number':
      return condition.op === 'equals'
        ? holdsSql(json, name, condition.value)
        : numberAtSql(json, name, (value, toJson) => numberTest(value, condition, toJson));
    case 'boolean':
      return holdsSql(json, name, condition.value);
    case 'list':
      if (condition.op === 'contains') return holdsSql(json, name, [condition.value]);
      return either(condition.values.map((value) => holdsSql(json, name, [value])));
    case 'date':
      return date(condition, asked);
  }
}

function attributeText(condition: Exclude<Extract<Attribute, { type: 'text' }>, { op: 'is_set' }>): Sql {
  const { name } = condition;
  if (condition.op === 'in') return either(condition.values.map((value) => holdsSql(json, name, value)));
  const { op, value } = condition;
  return op === 'equals'
    ? holdsSql(json, name, value)
    : textAtSql(json, name, (text) => partOfText(text, op, value));
}

/** Text of a day sorts as the day does; behind the day may stand a time: "U" is the letter after its "T". */
function date(
  condition: Exclude<Extract<Attribute, { type: 'date' }>, { op: 'is_set' }>,
  { moment, zones }: Asked,
): Sql {
  const where = (roughly: (text: Sql) => Sql, exactly: (day: Sql) => Sql) =>
    dayAtSql(json, condition.name, roughly, exactly);
  const todays = [...new Set([null, ...zones].map((zone) => moment.today(zone)))].sort();
  const span = (from: (today: string) => string, to: (today: string) => string) =>
    where(
      (text) => sql`${text} BETWEEN ${from(todays[0] as string)} AND ${`${to(todays.at(-1) as string)}U`}`,
      (day) => perDay(moment, zones, (today) => sql`${day} BETWEEN ${from(today)} AND ${to(today)}`),
    );
  switch (condition.op) {
    case 'before':
      return where(
        (text) => sql`${text} < ${condition.date}`,
        () => sql`true`,
      );
    case 'on':
      return where(
        (text) => sql`starts_with(${text}, ${condition.date})`,
        () => sql`true`,
      );
    case 'after':
      return where(
        (text) => sql`${text} > ${condition.date}`,
        (day) => sql`${day} > ${condition.date}`,
      );
    case 'last_days':
      return span(
        (today) => dayPlus(today, -condition.days),
        (today) => today,
      );
    case 'next_days':
      return span(
        (today) => today,
        (today) => dayPlus(today, condition.days),
      );
    case 'anniversary': {
      const among = (day: Sql, days: string[]) => sql`substr(${day}, 6, 5) = ANY(${days}::text[])`;
      const daysFrom = (today: string) => daysOfYear(today, condition.days);
      return where(
        (text) => among(text, [...new Set(todays.flatMap(daysFrom))]),
        (day) => perDay(moment, zones, (today) => among(day, daysFrom(today))),
      );
    }
  }
}

/** At any moment it is one of at most three days on earth: each person's test is that of the day where they are. */
function perDay(moment: Moment, zones: Asked['zones'], test: (today: string) => Sql): Sql {
  const usual = moment.today(null);
  const others = Map.groupBy(
    zones.filter((zone) => zone !== null && moment.today(zone) !== usual) as string[],
    (zone) => moment.today(zone),
  );
  if (others.size === 0) return test(usual);
  const branches = [...others].map(
    ([today, there]) => sql`WHEN c.time_zone = ANY(${there}::text[]) THEN ${test(today)}`,
  );
  return sql`CASE ${sql.join(branches, sql` `)} ELSE ${test(usual)} END`;
}

const either = (tests: Sql[]): Sql => sql.join(tests, sql` OR `);
