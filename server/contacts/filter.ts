// Who a filter means, as conditions on the contact `c`. Segments and rules stand above contacts and are handed in by
// whoever asks: `filteredContacts` in segments/ is the one that knows everything.
import { type RawBuilder, sql } from 'kysely';
import type { ContactFilter } from '../../contract/contact-filter.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { termsOf, textBranches, textHolds } from './search.ts';

/**
 * whole: a million people are asked, and what other tables know of them is gathered once.
 * each: a few people are asked, and for each it is looked up.
 */
export type Way = 'whole' | 'each';

/** All of a filter as one condition, for WHERE only. Throws NOT_FOUND where it names a segment that is not there. */
export type FilterContacts = (ctx: Ctx, filter: ContactFilter, way: Way) => Promise<RawBuilder<boolean>>;

/** What contacts know by themselves: everything but `segment_id` and `rule`. */
export function plainConditions(ctx: Ctx, filter: ContactFilter, way: Way): RawBuilder<boolean>[] {
  const conditions: RawBuilder<boolean>[] = [];
  const terms = termsOf(filter.search);
  if (terms.length > 0) conditions.push(way === 'each' ? textHolds(ctx, terms) : foundByText(ctx, terms));
  if (filter.tags?.length) conditions.push(sql`c.tags @> ${filter.tags}::text[]`);
  if (filter.connection_id !== undefined || filter.reachable !== undefined)
    conditions.push(hasIdentity(ctx, filter, way));
  if (filter.consent) conditions.push(hasConsent(ctx, filter.consent, way));
  return conditions;
}

function foundByText(ctx: Ctx, terms: readonly string[]): RawBuilder<boolean> {
  const branches = textBranches(ctx, terms).map(
    (branch) =>
      sql`SELECT c.id FROM contacts c WHERE c.workspace_id = ${ctx.actor.workspaceId} AND ${branch}`,
  );
  return sql<boolean>`c.id IN (${sql.join(branches, sql` UNION ALL `)})`;
}

/** A planner that expects few would gather all of them first; OFFSET 0 has each looked up. */
const lookedUp = (way: Way) => (way === 'whole' ? sql`` : sql`OFFSET 0`);

/** `reachable: false` alone: whoever has no chat at all cannot be reached either. */
function hasIdentity(ctx: Ctx, { connection_id, reachable }: ContactFilter, way: Way): RawBuilder<boolean> {
  const { workspaceId } = ctx.actor;
  const which = connection_id ? sql`AND i.connection_id = ${uuidOf('con', connection_id)}` : sql``;
  const identity = (more: RawBuilder<unknown>) => sql<boolean>`EXISTS (
    SELECT 1 FROM identities i JOIN connections n ON n.workspace_id = i.workspace_id AND n.id = i.connection_id AND n.deleted_at IS NULL
    WHERE i.workspace_id = ${workspaceId} AND i.contact_id = c.id ${which} ${more} ${lookedUp(way)})`;
  if (reachable === undefined) return identity(sql``);
  if (reachable) return identity(sql`AND i.reachable`);
  return connection_id
    ? identity(sql`AND NOT i.reachable`)
    : sql<boolean>`NOT ${identity(sql`AND i.reachable`)}`;
}

function hasConsent(ctx: Ctx, state: NonNullable<ContactFilter['consent']>, way: Way): RawBuilder<boolean> {
  const given = (more: RawBuilder<unknown>) => sql<boolean>`EXISTS (
    SELECT 1 FROM consents s WHERE s.workspace_id = ${ctx.actor.workspaceId} AND s.contact_id = c.id
      AND s.purpose = 'marketing' ${more} ${lookedUp(way)})`;
  return state === 'none' ? sql<boolean>`NOT ${given(sql``)}` : given(sql`AND s.state = ${state}`);
}
