// The people of a run for segments, or with exclusions. They are found once, in one statement at its launch: what afterwards happens to the rules, to
// lists and to what rules ask about people changes nobody's place in it. They wait in parts, which stay until after the run's end:
// first whom it is meant for, then who is left out, by the cause that the send log tells.
import { sql } from 'kysely';
import type { Audience } from '../../../contract/audience.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { roomFor } from '../../platform/db/in-time.ts';
import { audienceWhere } from './audience.ts';
import { causesOf, leftOutJoin } from './exclusions.ts';
import type { People } from './reach.ts';

/** Rows per part; the first is small, for its messages must not wait for ten thousand rows. */
export const partSizes = { first: 1000, next: 10_000 };
/** What a merge left to do may come when the run has just ended, and a retry may begin it again. */
const keptAfterEndMs = 24 * 3_600_000;

const ofRun = (ctx: Ctx, runId: string) => sql`workspace_id = ${ctx.actor.workspaceId} AND run_id = ${runId}`;

/** In the transaction of the launch. */
export async function freezePeople(ctx: Ctx, runId: string, audience: Audience): Promise<People> {
  const { workspaceId } = ctx.actor;
  const { first, next } = partSizes;
  const now = ctx.clock.now();
  const people = await audienceWhere(ctx, audience, now);
  const causes = await causesOf(ctx, audience.exclude, now);
  await roomFor(ctx, { gathered: 2 });
  await sql`
    INSERT INTO run_people (workspace_id, run_id, part, contact_ids, cause)
    SELECT ${workspaceId}, ${runId}, row_number() OVER (ORDER BY no NULLS FIRST, part) - 1, contact_ids,
      (${causes.map(({ words }) => words)}::text[])[no]
    FROM (
      SELECT no, part, array_agg(id ORDER BY id) AS contact_ids FROM (
        SELECT c.id, left_out.no, CASE WHEN row_number() OVER byAge <= ${first} THEN 0
          ELSE 1 + (row_number() OVER byAge - ${first} - 1) / ${next} END AS part
        FROM contacts c ${leftOutJoin(causes)}
        WHERE ${people} WINDOW byAge AS (PARTITION BY left_out.no ORDER BY c.id)
      ) numbered GROUP BY no, part
    ) parts`.execute(ctx.db);
  const parts = sql`FROM run_people WHERE ${ofRun(ctx, runId)}`;
  return {
    meant: sql<boolean>`c.workspace_id = ${workspaceId} AND c.id IN (SELECT unnest(contact_ids) ${parts} AND cause IS NULL)`,
    total: sql<number>`SELECT coalesce(sum(cardinality(contact_ids)), 0) ${parts}`,
  };
}

export interface Part {
  ids: string[];
  /** Why they are left out; null: it is meant for them. */
  cause: string | null;
  /** No further part is left. */
  isLast: boolean;
}

/**
 * Takes the next part, under the run's lock: only the mark is written, not the ids. Who was merged into somebody since is that
 * person now; and who is left out by one of their names is left out.
 */
export async function takePart(ctx: Ctx, runId: string): Promise<Part> {
  const { workspaceId } = ctx.actor;
  const those = ofRun(ctx, runId);
  const { rows } = await sql<{ ids: string[]; cause: string | null; is_last: boolean }>`
    WITH taken AS (
      UPDATE run_people SET taken = true
      WHERE ${those} AND part = (SELECT min(part) FROM run_people WHERE ${those} AND NOT taken)
      RETURNING part, contact_ids, cause
    )
    SELECT cause, taken.part = (SELECT max(part) FROM run_people WHERE ${those}) AS is_last, ARRAY(
        SELECT DISTINCT coalesce(m.contact_id, p.id)::text FROM unnest(taken.contact_ids) AS p (id)
        LEFT JOIN contact_merges m ON m.workspace_id = ${workspaceId} AND m.absorbed_id = p.id AND m.undone_at IS NULL
      ) AS ids
    FROM taken`.execute(ctx.db);
  const { ids, cause, is_last } = rows[0] ?? { ids: [], cause: null, is_last: true };
  return { ids: cause === null ? await withoutLeftOut(ctx, runId, ids) : ids, cause, isLast: is_last };
}

/** Only a merge can have brought somebody to both sides. */
async function withoutLeftOut(ctx: Ctx, runId: string, ids: string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT DISTINCT m.contact_id::text AS id FROM contact_merges m
    JOIN run_people p ON p.workspace_id = m.workspace_id AND p.run_id = ${runId} AND p.cause IS NOT NULL
      AND p.contact_ids && ARRAY[m.contact_id, m.absorbed_id]
    WHERE m.workspace_id = ${ctx.actor.workspaceId} AND m.contact_id = ANY(${ids}::uuid[]) AND m.undone_at IS NULL`.execute(
    ctx.db,
  );
  const leftOut = new Set(rows.map((row) => row.id));
  return leftOut.size > 0 ? ids.filter((id) => !leftOut.has(id)) : ids;
}

/**
 * Where this contact, or somebody who is part of them now, stands in the run: the cause that leaves them out, `meant` where a
 * part with them was taken, null elsewhere (whoever stands in a later part comes with it).
 */
export async function placeOf(
  ctx: Ctx,
  runId: string,
  contactId: string,
): Promise<{ cause: string } | 'meant' | null> {
  const { rows } = await sql<{ cause: string | null }>`
    SELECT cause FROM run_people WHERE ${ofRun(ctx, runId)} AND (taken OR cause IS NOT NULL) AND contact_ids && ARRAY(
      SELECT ${contactId}::uuid UNION ALL
      SELECT absorbed_id FROM contact_merges
      WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${contactId} AND undone_at IS NULL)
    ORDER BY cause NULLS LAST LIMIT 1`.execute(ctx.db);
  const [found] = rows;
  if (!found) return null;
  return found.cause === null ? 'meant' : { cause: found.cause };
}

/** Job `deliveries.forget_people`, hourly: the lists of runs that ended a day ago. */
export async function forgetPeopleOfEnded(base: BaseCtx): Promise<void> {
  await sql`
    DELETE FROM run_people p USING runs r
    WHERE r.workspace_id = p.workspace_id AND r.id = p.run_id
      AND r.finished_at < ${new Date(base.clock.now().getTime() - keptAfterEndMs)}`.execute(base.db);
}
