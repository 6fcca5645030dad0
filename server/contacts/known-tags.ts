// The tags there are in a workspace, for suggestions. A trigger writes down each that is new (migrations/0024); this reads and forgets.
import { sql } from 'kysely';
import type { KnownTags, TagQuery } from '../../contract/contacts.ts';
import type { BaseCtx, Ctx } from '../platform/context.ts';
import { containing } from '../platform/db/pages.ts';

/** Those that begin with `search` first, then those that hold it; at most `limit`. */
export async function knownTags(ctx: Ctx, { search = '', limit }: TagQuery): Promise<KnownTags> {
  const inside = containing(search);
  const { rows } = await sql<{ name: string }>`
    SELECT tag AS name FROM known_tags WHERE workspace_id = ${ctx.actor.workspaceId} AND tag ILIKE ${inside}
    ORDER BY NOT tag ILIKE ${inside.slice(1)}, lower(tag), tag LIMIT ${limit}`.execute(ctx.db);
  return { data: rows };
}

const atOnce = 500;

/**
 * Job `contacts.forget_tags`, daily: tags that nobody has any more. A write of that very instant may have taken its tag for known:
 * then it is suggested again from the next time it is given to anybody.
 */
export async function forgetUnusedTags(base: BaseCtx): Promise<void> {
  let after = { workspace_id: '00000000-0000-0000-0000-000000000000', tag: '' };
  for (;;) {
    const { rows } = await sql<typeof after>`
      SELECT workspace_id, tag FROM known_tags WHERE (workspace_id, tag) > (${after.workspace_id}::uuid, ${after.tag})
      ORDER BY workspace_id, tag LIMIT ${atOnce}`.execute(base.db);
    for (const known of rows) await forgetIfUnused(base, known);
    if (rows.length < atOnce) return;
    after = rows[rows.length - 1]!;
  }
}

/** Materialized: planned as if all of them were wanted, which leads a rare tag through its index; read until the first of here. */
async function forgetIfUnused(base: BaseCtx, known: { workspace_id: string; tag: string }): Promise<void> {
  await sql`
    WITH holders AS MATERIALIZED (SELECT workspace_id FROM contacts WHERE tags @> ARRAY[${known.tag}::text])
    DELETE FROM known_tags WHERE workspace_id = ${known.workspace_id} AND tag = ${known.tag}
      AND NOT EXISTS (SELECT FROM holders h WHERE h.workspace_id = ${known.workspace_id})`.execute(base.db);
}
