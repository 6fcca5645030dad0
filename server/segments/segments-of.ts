// In which segments one person is, at this moment: for the contact page.

import { toWireId } from '../../contract/ids.ts';
import type { Rule } from '../../contract/rules.ts';
import type { SegmentsOfContact } from '../../contract/segments.ts';
import type { Ctx } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';
import { evaluator } from './evaluate.ts';
import { loadFacts } from './facts.ts';
import { missingNouns, wrongNouns } from './nouns.ts';
import { askedOf } from './resolve.ts';

/** By name. A segment whose rule names what is gone has nobody in it. Throws NOT_FOUND for a person who is not there. */
export async function segmentsOf(ctx: Ctx, contactId: string): Promise<SegmentsOfContact['data']> {
  const segments = await ctx.db
    .selectFrom('segments')
    .select(['id', 'name', 'rule'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .orderBy('name')
    .orderBy('id')
    .execute();
  const rules = segments.flatMap(({ rule }) => (rule ? [rule as Rule] : []));
  const asked = await askedOf(ctx, rules, ctx.clock.now());
  const facts = (await loadFacts(ctx, [contactId], rules, asked)).get(contactId);
  if (!facts) throw notFound('contact');
  const missing = await missingNouns(ctx, rules);
  const isIn = ({ id, rule }: { id: string; rule: unknown }): boolean => {
    if (!rule) return facts.lists.has(id);
    if (wrongNouns(rule as Rule, missing).length > 0) return false;
    return evaluator(rule as Rule, asked.moment, asked.segments)(facts);
  };
  return segments
    .filter(isIn)
    .map(({ id, name, rule }) => ({ id: toWireId('seg', id), name, kind: rule ? 'rule' : 'static' }));
}
