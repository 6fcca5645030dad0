// A rule as SQL over the contact `c`. Negation is carried down to the conditions and each says IS NOT TRUE for itself, so
// that NULL never decides: whoever has no value is in the complement. Above the conditions stand only AND and OR.
import { type RawBuilder, sql } from 'kysely';
import type { Condition, Rule } from '../../contract/rules.ts';
import type { Way } from '../contacts/filter.ts';
import type { Asked, Segments } from './asked.ts';
import { type Fact, factOf } from './compile-facts.ts';
import { plainCondition } from './compile-values.ts';

export interface Compiled {
  /** To stand after FROM contacts c. */
  joins: RawBuilder<unknown>;
  /** How many joins those are: each may take a piece of work_mem. */
  gathered: number;
  /** For WHERE only. To ask for the others, compile { not: rule }: NOT of this would lose whoever has no value. */
  where: RawBuilder<boolean>;
}

export function compileRule(rule: Rule, asked: Asked, way: Way): Compiled {
  const joins: RawBuilder<unknown>[] = [];
  /** A fact of another table: the condition that `c` has it. */
  const has = (fact: Fact, isNegated: boolean, isTop: boolean): RawBuilder<boolean> => {
    const found = sql`SELECT x.contact_id FROM ${fact.from} WHERE x.workspace_id = ${asked.workspaceId} AND ${fact.where}`;
    const enough = fact.atLeast > 1 ? sql`HAVING count(*) >= ${fact.atLeast}` : sql``;
    if (way === 'each' || (isTop && fact.atLeast === 1)) {
      const exists = sql`EXISTS (${found} AND x.contact_id = c.id ${fact.atLeast > 1 ? sql`GROUP BY x.contact_id ${enough}` : sql``})`;
      return isNegated ? sql<boolean>`NOT ${exists}` : sql<boolean>`${exists}`;
    }
    const name = `f${joins.length}`;
    const perPerson = fact.onePerPerson ? sql`` : sql`GROUP BY x.contact_id ${enough}`;
    joins.push(
      sql`LEFT JOIN (${found} ${perPerson}) AS ${sql.table(name)} ON ${sql.ref(`${name}.contact_id`)} = c.id`,
    );
    return isNegated
      ? sql<boolean>`${sql.ref(`${name}.contact_id`)} IS NULL`
      : sql<boolean>`${sql.ref(`${name}.contact_id`)} IS NOT NULL`;
  };
  const leaf = (condition: Condition, isNegated: boolean, isTop: boolean): RawBuilder<boolean> => {
    if (condition.field === 'segment') {
      const segment = asked.segments.get(condition.segment_id);
      if (segment?.rule) return compile(segment.rule, isNegated, isTop);
    }
    const fact = factOf(condition, asked);
    if (fact) return has(fact, isNegated !== fact.isAbsent, isTop);
    const plain = plainCondition(condition, asked);
    return isNegated ? sql<boolean>`(${plain}) IS NOT TRUE` : sql<boolean>`(${plain})`;
  };
  const compile = (part: Rule, isNegated: boolean, isTop: boolean): RawBuilder<boolean> => {
    if ('not' in part) return compile(part.not, !isNegated, isTop);
    const inner = 'all' in part ? part.all : 'any' in part ? part.any : null;
    if (!inner) return leaf(part as Condition, isNegated, isTop);
    const isAnd = 'all' in part !== isNegated;
    return sql<boolean>`(${sql.join(
      inner.map((one) => compile(one, isNegated, isTop && (isAnd || inner.length === 1))),
      isAnd ? sql` AND ` : sql` OR `,
    )})`;
  };
  const where = compile(rule, false, true);
  return { joins: sql`${sql.join(joins, sql` `)}`, gathered: joins.length, where };
}

/** Every condition of a rule, those of its segments included. */
export function* conditionsOf(rule: Rule, segments: Segments): Generator<Condition> {
  if ('not' in rule) yield* conditionsOf(rule.not, segments);
  else if ('all' in rule) for (const one of rule.all) yield* conditionsOf(one, segments);
  else if ('any' in rule) for (const one of rule.any) yield* conditionsOf(one, segments);
  else {
    const inner = rule.field === 'segment' ? segments.get(rule.segment_id)?.rule : null;
    if (inner) yield* conditionsOf(inner, segments);
    else yield rule;
  }
}

/** Whether it depends on what day it is where people are. */
export function asksForZones(rule: Rule, segments: Segments): boolean {
  for (const one of conditionsOf(rule, segments))
    if (one.field === 'attribute' && ['last_days', 'next_days', 'anniversary'].includes(one.op)) return true;
  return false;
}
