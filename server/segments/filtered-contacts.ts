// Who a contact filter means: the one answer for the list, its count, bulk actions and exports.
import { type RawBuilder, sql } from 'kysely';
import type { ContactFilter } from '../../contract/contact-filter.ts';
import type { Rule } from '../../contract/rules.ts';
import { plainConditions, type Way } from '../contacts/filter.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { membersWhere, ruleOfSegments } from './membership.ts';
import { checkRule } from './save.ts';
import { segmentRow } from './store.ts';

/**
 * A condition on the contact `c`, for WHERE only; `FROM contacts c WHERE c.workspace_id = …` belongs to whoever asks. An empty filter
 * means everybody. `whole` where all contacts are asked, `each` where a few are (a batch of ids); see `Way`.
 * Throws NOT_FOUND for a segment that is gone, VALIDATION_FAILED for a rule that names what is not there.
 */
export async function filteredContacts(
  ctx: Ctx,
  filter: ContactFilter,
  way: Way = 'whole',
): Promise<RawBuilder<boolean>> {
  const conditions = plainConditions(ctx, filter, way);
  const rules: Rule[] = [];
  if (filter.segment_id) {
    await segmentRow(ctx, uuidOf('seg', filter.segment_id));
    rules.push(await ruleOfSegments(ctx, [filter.segment_id]));
  }
  if (filter.rule) {
    await checkRule(ctx, filter.rule, null);
    rules.push(filter.rule);
  }
  if (rules.length > 0) conditions.push(await membersWhere(ctx, { all: rules }, ctx.clock.now(), way));
  return conditions.length > 0 ? sql<boolean>`(${sql.join(conditions, sql` AND `)})` : sql<boolean>`true`;
}
