// What a merge of two contacts, or its undo, leaves to do in runs that are under way: nobody is missed because two became one
// at the wrong moment. Jobs that contacts/merge/ enqueues; safe to repeat.
import { type RawBuilder, sql } from 'kysely';
import type { Audience } from '../../../contract/audience.ts';
import { besideMerges } from '../../contacts/merge/merge-lock.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { atOnce, fromStates } from '../delivery.ts';
import { tell } from '../reports/attempts.ts';
import { type Settled, sendOn } from '../settling/settle.ts';
import { stateIn } from '../state-sql.ts';
import { audienceWhere, isFrozen } from './audience.ts';
import { lockRunToWrite, writeRows } from './expand.ts';
import { placeOf } from './frozen-people.ts';
import { lockRuns } from './run.ts';

/**
 * Job `deliveries.expand_person`: a run that has passed this person asks once more whether it is meant for them. Who has a row
 * of the run keeps that one; a run that was cancelled is left alone.
 */
export async function expandPerson(
  base: BaseCtx,
  job: { workspaceId: string; runId: string; contactId: string },
): Promise<void> {
  await inTransaction(asSystem(base, job.workspaceId), async (ctx) => {
    await besideMerges(ctx);
    const run = await lockRunToWrite(ctx, job.runId)
      .where('runs.status', 'in', ['active', 'paused', 'finished'])
      // nobody gets an automation's message without an event
      .where('runs.campaign_version', 'is', null)
      .executeTakeFirst();
    if (!run) return;
    const { people, cause } = await meantWhere(ctx, job, {
      audience: run.audience as Audience,
      at: run.created_at,
    });
    const among = (id: RawBuilder<unknown>) => sql`AND ${id} = ${job.contactId}`;
    await writeRows(ctx, job.runId, run, {
      people: sql<boolean>`${people} ${among(sql`c.id`)}`,
      among,
      cause,
    });
    const { rows } = await sql<Settled>`
      SELECT id, run_id, connection_id FROM deliveries
      WHERE contact_id = ${job.contactId} AND run_id = ${job.runId} AND state = 'queued'`.execute(ctx.db);
    await sql`
      UPDATE runs SET planned = (SELECT coalesce(sum(n), 0) FROM run_counts WHERE run_id = runs.id)
      WHERE workspace_id = ${job.workspaceId} AND id = ${job.runId} AND expanded_at IS NOT NULL`.execute(
      ctx.db,
    );
    if (rows.length > 0) await sendOn(ctx, rows);
  });
}

/** A run that found its people at its launch asks those: only they, wherever they are by now and whoever came since. */
async function meantWhere(
  ctx: Ctx,
  of: { runId: string; contactId: string },
  { audience, at }: { audience: Audience; at: Date },
): Promise<{ people: RawBuilder<boolean>; cause: string | null }> {
  if (!isFrozen(audience)) return { people: await audienceWhere(ctx, audience, at), cause: null };
  const place = await placeOf(ctx, of.runId, of.contactId);
  const ours = sql<boolean>`c.workspace_id = ${ctx.actor.workspaceId}`;
  if (place === null) return { people: sql<boolean>`${ours} AND false`, cause: null };
  return { people: ours, cause: place === 'meant' ? null : place.cause };
}

/**
 * Job `deliveries.untwin`: rows that were left out because two contacts were one, and are two again, wait once more, as far as
 * their run is still under way. Days later nobody would understand the message.
 */
export async function untwin(
  base: BaseCtx,
  job: { workspaceId: string; ids: string[]; by: string },
): Promise<void> {
  await inTransaction(asSystem(base, job.workspaceId), async (ctx) => {
    const of = await sql<{ run_id: string }>`
      SELECT DISTINCT run_id FROM deliveries WHERE workspace_id = ${job.workspaceId} AND id = ANY(${job.ids}::uuid[])`.execute(
      ctx.db,
    );
    await lockRuns(
      ctx,
      of.rows.map((row) => row.run_id),
    );
    const { rows } = await sql<Settled>`
      WITH back AS (
        UPDATE deliveries d SET state = 'queued', reason = NULL, detail = NULL, claim = NULL, due_at = CASE WHEN d.quiet_since IS NULL THEN d.due_at ELSE ${atOnce} END, quiet_since = NULL
        WHERE d.workspace_id = ${job.workspaceId} AND d.id = ANY(${job.ids}::uuid[]) AND d.twin_of IS NULL
          AND ${stateIn('d.state', fromStates('queued', ['skipped']))} AND d.reason = 'merged'
          AND EXISTS (SELECT 1 FROM runs r WHERE r.workspace_id = d.workspace_id AND r.id = d.run_id AND r.status IN ('active', 'paused'))
        RETURNING d.workspace_id, d.id, d.run_id, d.connection_id, d.attempts
      ), told AS (${tell('back', 'retried', ctx.clock.now(), { actor: job.by, node: null })})
      SELECT id, run_id, connection_id FROM back`.execute(ctx.db);
    if (rows.length > 0) await sendOn(ctx, rows);
  });
}
