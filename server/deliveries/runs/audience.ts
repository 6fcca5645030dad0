// Who is in an audience.
import { type RawBuilder, sql } from 'kysely';
import type { Audience } from '../../../contract/audience.ts';
import { followedIds } from '../../contacts/merge/follow.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { membersWhere, ruleOfSegments } from '../../segments/membership.ts';

/** Whether its people are found once, at the launch, and written down; else they are walked through as they stand. */
export const isFrozen = (audience: Audience): boolean =>
  'segment_ids' in audience || audience.exclude !== undefined;

/** `c` is the contact; exclusions are not looked at (exclusions.ts). Everybody who existed at `at`, and of segments: who is in them at `at`. */
export async function audienceWhere(ctx: Ctx, audience: Audience, at: Date): Promise<RawBuilder<boolean>> {
  const there = sql`c.workspace_id = ${ctx.actor.workspaceId} AND c.created_at <= ${at}`;
  if ('contact_ids' in audience)
    return sql<boolean>`${there} AND c.id = ANY(${chosenIds(ctx, audience.contact_ids)})`;
  if (!('segment_ids' in audience)) return sql<boolean>`${there}`;
  const rule = await ruleOfSegments(ctx, audience.segment_ids);
  return sql<boolean>`${there} AND ${await membersWhere(ctx, rule, at, 'whole')}`;
}

/** The contacts (uuid[]) that were chosen one by one, and whom they were merged into since. */
export const chosenIds = (ctx: Ctx, ids: string[]) => followedIds(ctx, sql`${chosenUuids(ids)}`);
const chosenUuids = (ids: string[]) => ids.map((id) => uuidOf('cnt', id));

/** The time zones of these `c`, as their contacts name them. */
export async function zonesOf(ctx: Ctx, people: RawBuilder<boolean>): Promise<(string | null)[]> {
  const found = await sql<{ zone: string | null }>`
    SELECT DISTINCT c.time_zone AS zone FROM contacts c WHERE ${people}`.execute(ctx.db);
  return found.rows.map((row) => row.zone);
}
