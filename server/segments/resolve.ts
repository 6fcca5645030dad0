// Segments that name segments: all that a rule means, loaded once, and what of it cannot be.

import { sql } from 'kysely';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { type Condition, type Rule, ruleLimits } from '../../contract/rules.ts';
import type { Ctx } from '../platform/context.ts';
import type { Asked, Segments } from './asked.ts';
import { asksForZones } from './compile.ts';
import { momentOf } from './moment.ts';

/** The segments that a rule names itself, each with the path to its condition. */
export function* namedSegments(
  rule: Rule,
  path: PropertyKey[] = [],
): Generator<{ id: string; path: PropertyKey[] }> {
  if ('not' in rule) yield* namedSegments(rule.not, [...path, 'not']);
  else if ('all' in rule || 'any' in rule) {
    const word = 'all' in rule ? 'all' : 'any';
    const inner = 'all' in rule ? rule.all : rule.any;
    for (const [index, one] of inner.entries()) yield* namedSegments(one, [...path, word, index]);
  } else if ((rule as Condition).field === 'segment') {
    const { segment_id } = rule as Extract<Condition, { segment_id: string }>;
    yield { id: segment_id, path: [...path, 'segment_id'] };
  }
}

/** Everything that these rules name, however far down; a segment that is gone is missing. */
export async function loadSegments(ctx: Ctx, rules: readonly Rule[]): Promise<Segments> {
  const known = new Map<string, { rule: Rule | null }>();
  let wanted = namedIn(rules, known);
  while (wanted.length > 0) {
    const rows = await ctx.db
      .selectFrom('segments')
      .select(['id', 'rule'])
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where(
        'id',
        'in',
        wanted.map((id) => fromWireId('seg', id) as string),
      )
      .execute();
    const found = rows.map((row) => ({ id: toWireId('seg', row.id), rule: row.rule as Rule | null }));
    for (const { id, rule } of found) known.set(id, { rule });
    wanted = namedIn(
      found.flatMap(({ rule }) => rule ?? []),
      known,
    );
  }
  return known;
}

const namedIn = (rules: readonly Rule[], known: Segments): string[] => [
  ...new Set(
    rules.flatMap((rule) => [...namedSegments(rule)].map(({ id }) => id)).filter((id) => !known.has(id)),
  ),
];

/** Everything that answering these rules at `now` takes. */
export async function askedOf(ctx: Ctx, rules: readonly Rule[], now: Date): Promise<Asked> {
  const { workspaceId } = ctx.actor;
  const segments = await loadSegments(ctx, rules);
  const { time_zone } = await ctx.db
    .selectFrom('workspaces')
    .select('time_zone')
    .where('id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  const zones = rules.some((rule) => asksForZones(rule, segments)) ? await zonesOfPeople(ctx) : [];
  return { workspaceId, moment: momentOf(now, time_zone), zones, segments };
}

/** Jumps from zone to zone through the index: a few dozen steps among a million people. */
async function zonesOfPeople(ctx: Ctx): Promise<string[]> {
  const next = (after: ReturnType<typeof sql>) => sql`
    SELECT min(time_zone) AS zone FROM contacts WHERE workspace_id = ${ctx.actor.workspaceId} AND time_zone > ${after}`;
  const found = await sql<{ zone: string }>`
    WITH RECURSIVE zones AS (
      ${next(sql`''`)}
      UNION ALL
      SELECT (${next(sql`zones.zone`)}) FROM zones WHERE zones.zone IS NOT NULL
    )
    SELECT zone FROM zones WHERE zone IS NOT NULL`.execute(ctx.db);
  return found.rows.map((row) => row.zone);
}

/** What is wrong with the segments that a rule of the segment `self` names; null: nothing. Pointers begin at the rule. */
export function wrongSegment(
  rule: Rule,
  segments: Segments,
  self: string | null,
): { path: PropertyKey[]; detail: string } | null {
  for (const { id, path } of namedSegments(rule)) {
    if (id === self) return { path, detail: 'A segment cannot ask for itself.' };
    const inner = segments.get(id);
    if (!inner) return { path, detail: 'There is no such segment.' };
    if (inner.rule && self && reaches(inner.rule, segments, self))
      return { path, detail: 'That segment asks for this one: they would ask for each other for ever.' };
  }
  const detail = tooLarge(rule, segments);
  return detail === null ? null : { path: [], detail };
}

/** Of a rule with everything that its segments ask. */
const mostConditions = ruleLimits.conditions * 5;
const deepestNesting = 8;

/** Null: what a rule means with the segments it names can be asked at once. */
export function tooLarge(rule: Rule, segments: Segments): string | null {
  if (nesting(rule, segments, new Map()) > deepestNesting)
    return `Segments ask for segments at most ${deepestNesting} deep.`;
  return conditionCount(rule, segments) > mostConditions
    ? `With the segments it names, the rule has more than ${mostConditions} conditions.`
    : null;
}

/** How many segments stand in each other below the rule. `known`: of those looked at already. */
function nesting(rule: Rule, segments: Segments, known: Map<string, number>): number {
  let deepest = 0;
  for (const { id } of namedSegments(rule)) {
    const inner = segments.get(id)?.rule;
    const depth = known.get(id) ?? 1 + (inner ? nesting(inner, segments, known) : 0);
    known.set(id, depth);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

export function reaches(rule: Rule, segments: Segments, id: string): boolean {
  for (const named of namedSegments(rule)) {
    if (named.id === id) return true;
    const inner = segments.get(named.id)?.rule;
    if (inner && reaches(inner, segments, id)) return true;
  }
  return false;
}

/** Stops counting where it is too many: segments of segments of segments multiply. */
function conditionCount(rule: Rule, segments: Segments): number {
  if ('not' in rule) return conditionCount(rule.not, segments);
  const inner = 'all' in rule ? rule.all : 'any' in rule ? rule.any : null;
  if (inner) {
    let count = 0;
    for (const one of inner) {
      count += conditionCount(one, segments);
      if (count > mostConditions) return count;
    }
    return count;
  }
  const condition = rule as Condition;
  const named = condition.field === 'segment' ? segments.get(condition.segment_id)?.rule : null;
  return named ? conditionCount(named, segments) : 1;
}
