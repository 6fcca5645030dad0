// Segments as an audience: who is in any of them, as a condition on the contact `c`.
import { type RawBuilder, sql } from 'kysely';
import type { Rule } from '../../contract/rules.ts';
import type { Way } from '../contacts/filter.ts';
import type { Ctx } from '../platform/context.ts';
import type { Segments } from './asked.ts';
import { compileRule } from './compile.ts';
import { askedOf, loadSegments } from './resolve.ts';

/** What these segments mean at this moment, as one rule that no later change of a segment reaches; lists keep their members. */
export async function ruleOfSegments(ctx: Ctx, segmentIds: readonly string[]): Promise<Rule> {
  const any: Rule = { any: segmentIds.map((segment_id) => ({ field: 'segment', segment_id }) as const) };
  return inlined(any, await loadSegments(ctx, [any]));
}

/** Without the names of segments: only lists are still named. */
export function inlined(rule: Rule, segments: Segments): Rule {
  if ('not' in rule) return { not: inlined(rule.not, segments) };
  if ('all' in rule) return { all: rule.all.map((one) => inlined(one, segments)) };
  if ('any' in rule) return { any: rule.any.map((one) => inlined(one, segments)) };
  const inner = rule.field === 'segment' ? segments.get(rule.segment_id)?.rule : null;
  return inner ? inlined(inner, segments) : rule;
}

/** Of whom the rule holds at `now`. For WHERE only, as compileRule's. */
export async function membersWhere(ctx: Ctx, rule: Rule, now: Date, way: Way): Promise<RawBuilder<boolean>> {
  const { joins, where } = compileRule(rule, await askedOf(ctx, [rule], now), way);
  if (way === 'each') return where;
  // a level of its own: the joins must not meet those of whoever asks
  return sql<boolean>`c.id IN (SELECT c.id FROM contacts c ${joins} WHERE c.workspace_id = ${ctx.actor.workspaceId} AND ${where})`;
}
