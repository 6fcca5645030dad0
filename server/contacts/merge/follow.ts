// Ids that were of somebody else once: after a merge they mean whom the person was merged into, until it is undone.
import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';

/** A uuid[] in SQL: these contacts, and whom those of them were merged into that are not there any more. */
export function followedIds(ctx: Pick<Ctx, 'actor'>, ids: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`ARRAY(
    SELECT unnest(${ids}::uuid[]) UNION
    SELECT m.contact_id FROM contact_merges m
    WHERE m.workspace_id = ${ctx.actor.workspaceId} AND m.absorbed_id = ANY(${ids}::uuid[]) AND m.undone_at IS NULL)`;
}

/** Contact (uuid) → whom it was merged into, for those of `ids` that were. */
export async function mergedInto(ctx: Ctx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom('contact_merges')
    .select(['absorbed_id', 'contact_id'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where(sql<boolean>`absorbed_id = ANY(${ids}::uuid[])`)
    .where('undone_at', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.absorbed_id, row.contact_id]));
}

/** External id → the contact (uuid) that had it before a merge, for those that did not stay. */
export async function formerExternalIds(
  ctx: Ctx,
  externalIds: readonly string[],
): Promise<Map<string, string>> {
  if (externalIds.length === 0) return new Map();
  const { rows } = await sql<{ external_id: string; contact_id: string }>`
    SELECT m.external_id, m.contact_id FROM contact_merges m
    WHERE m.workspace_id = ${ctx.actor.workspaceId} AND m.external_id = ANY(${externalIds}::text[]) AND m.undone_at IS NULL`.execute(
    ctx.db,
  );
  return new Map(rows.map((row) => [row.external_id, row.contact_id]));
}
