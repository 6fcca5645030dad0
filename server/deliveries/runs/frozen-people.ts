// The people of a run for segments. They are found once, in one statement at its launch: what afterwards happens to the rules, to
// lists and to what rules ask about people changes nobody's place in it. They wait in parts, which stay until after the run's end.
import { type RawBuilder, sql } from 'kysely';
import type { Audience } from '../../../contract/audience.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { roomFor } from '../../platform/db/in-time.ts';
import { audienceWhere } from './audience.ts';

/** Rows per part; the first is small, for its messages must not wait for ten thousand rows. */
export const partSizes = { first: 1000, next: 10_000 };
/** What a merge left to do may come when the run has just ended, and a retry may begin it again. */
const keptAfterEndMs = 24 * 3_600_000;

const ofRun = (ctx: Ctx, runId: string) => sql`workspace_id = ${ctx.actor.workspaceId} AND run_id = ${runId}`;

/** In the transaction of the launch. Returns them, as a condition on the contact `c`. */
export async function freezePeople(
  ctx: Ctx,
  runId: string,
  audience: Extract<Audience, { segment_ids: string[] }>,
): Promise<RawBuilder<boolean>> {
  const { workspaceId } = ctx.actor;
  const { first, next } = partSizes;
  const people = await audienceWhere(ctx, audience, ctx.clock.now());
  await roomFor(ctx, { gathered: 2 });
  await sql`
    INSERT INTO run_people (workspace_id, run_id, part, contact_ids)
    SELECT ${workspaceId}, ${runId}, part, array_agg(id ORDER BY id) FROM (
      SELECT c.id, CASE WHEN row_number() OVER byAge <= ${first} THEN 0
        ELSE 1 + (row_number() OVER byAge - ${first} - 1) / ${next} END AS part
      FROM contacts c WHERE ${people} WINDOW byAge AS (ORDER BY c.id)
    ) numbered GROUP BY part`.execute(ctx.db);
  return sql<boolean>`c.workspace_id = ${workspaceId} AND c.id IN (
    SELECT unnest(contact_ids) FROM run_people WHERE ${ofRun(ctx, runId)})`;
}

/**
 * Takes the next part, under the run's lock: only the mark is written, not the ids. Who was merged into somebody since is that
 * person now. `isLast`: no further part is left.
 */
export async function takePart(ctx: Ctx, runId: string): Promise<{ ids: string[]; isLast: boolean }> {
  const { workspaceId } = ctx.actor;
  const those = ofRun(ctx, runId);
  const { rows } = await sql<{ ids: string[]; is_last: boolean }>`
    WITH taken AS (
      UPDATE run_people SET taken = true
      WHERE ${those} AND part = (SELECT min(part) FROM run_people WHERE ${those} AND NOT taken)
      RETURNING part, contact_ids
    )
    SELECT taken.part = (SELECT max(part) FROM run_people WHERE ${those}) AS is_last, ARRAY(
        SELECT DISTINCT coalesce(m.contact_id, p.id)::text FROM unnest(taken.contact_ids) AS p (id)
        LEFT JOIN contact_merges m ON m.workspace_id = ${workspaceId} AND m.absorbed_id = p.id AND m.undone_at IS NULL
      ) AS ids
    FROM taken`.execute(ctx.db);
  return { ids: rows[0]?.ids ?? [], isLast: rows[0]?.is_last ?? true };
}

/**
 * Whether this contact, or somebody who is part of them now, stands in a part that was taken: a condition that is the same for
 * every `c`. Whoever stands in a later part comes with it.
 */
export function wasTaken(ctx: Ctx, runId: string, contactId: string): RawBuilder<boolean> {
  return sql<boolean>`EXISTS (
    SELECT 1 FROM run_people WHERE ${ofRun(ctx, runId)} AND taken AND contact_ids && ARRAY(
      SELECT ${contactId}::uuid UNION ALL
      SELECT absorbed_id FROM contact_merges
      WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${contactId} AND undone_at IS NULL))`;
}

/** Job `deliveries.forget_people`, hourly: the lists of runs that ended a day ago. */
export async function forgetPeopleOfEnded(base: BaseCtx): Promise<void> {
  await sql`
    DELETE FROM run_people p USING runs r
    WHERE r.workspace_id = p.workspace_id AND r.id = p.run_id
      AND r.finished_at < ${new Date(base.clock.now().getTime() - keptAfterEndMs)}`.execute(base.db);
}
