// A run is finished when every row has come to an end (unknown rows wait for a person, not for the run).
import { type RawBuilder, sql } from 'kysely';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { lockRuns } from './run.ts';

/** Marks the run finished if it is, and tells the campaigns module by a job in the same transaction. Safe to repeat. */
export async function finishRunIfDone(base: BaseCtx, workspaceId: string, runId: string): Promise<boolean> {
  return inTransaction(asSystem(base, workspaceId), async (ctx) => {
    await lockRuns(ctx, [runId]);
    const result = await sql`
      UPDATE runs SET status = 'finished', finished_at = ${ctx.clock.now()}
      WHERE workspace_id = ${workspaceId} AND id = ${runId} AND status = 'active' AND NOT ongoing AND expanded_at IS NOT NULL
        AND (SELECT coalesce(sum(n), 0) FROM run_counts WHERE run_id = ${runId} AND state IN ('planned', 'queued', 'sending')) = 0`.execute(
      ctx.db,
    );
    if (Number(result.numAffectedRows ?? 0) === 0) {
      await expandFurther(ctx, workspaceId, runId);
      return false;
    }
    await ctx.jobs.enqueue(ctx, 'campaigns.finish', { workspaceId, runId }, { key: runId });
    return true;
  });
}

/** A run with nothing to send that is not written to its end: the node that did it may have died. Chunks never overlap. */
const expandsAgainAfterMs = 5000;

async function expandFurther(ctx: BaseCtx, workspaceId: string, runId: string): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - expandsAgainAfterMs);
  const run = await ctx.db
    .selectFrom('runs')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', runId)
    .where('status', '=', 'active')
    .where('expanded_at', 'is', null)
    .where('created_at', '<', before)
    .executeTakeFirst();
  if (run) await ctx.jobs.enqueue(ctx, 'deliveries.expand', { workspaceId, runId }, { key: runId });
}

/** Of connection `n`: why its runs stop, asked again at the moment they do. A job may come after the connection was mended. */
const doesNotWork = sql<boolean>`(n.deleted_at IS NOT NULL OR n.status <> 'connected')`;

/**
 * The connection broke or was removed: its active runs stop here, and the campaigns module says so on the campaigns. Nothing
 * happens unless `isBad` (of connection `n`) is still true. Also job `deliveries.hold`.
 */
export async function holdRuns(
  base: BaseCtx,
  { workspaceId, connectionId, reason }: { workspaceId: string; connectionId: string; reason: string },
  isBad = doesNotWork,
): Promise<void> {
  await inTransaction(asSystem(base, workspaceId), async (ctx) => {
    const active = ctx.db
      .selectFrom('runs')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .where('connection_id', '=', connectionId)
      .where('status', '=', 'active')
      // what happens in the shop waits for the connection, and is asked again when it goes; nobody could resume a former run of it
      .where('campaign_version', 'is', null);
    const ids = (await active.execute()).map((run) => run.id);
    if (ids.length === 0) return;
    // whoever resumes after mending waits here, or has committed both: then the statement below sees them
    await lockRuns(ctx, ids);
    await pauseRuns(
      ctx,
      ids,
      reason,
      sql`EXISTS (SELECT 1 FROM connections n WHERE n.workspace_id = r.workspace_id AND n.id = r.connection_id AND ${isBad})`,
    );
  });
}

/** Of runs that are locked, those that are active and of which `isSo` (of run `r`) is true: they stop, and their campaigns say why. */
export async function pauseRuns(
  ctx: Ctx,
  ids: string[],
  reason: string,
  isSo: RawBuilder<unknown> = sql`true`,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const held = await sql<{ id: string }>`
    UPDATE runs r SET status = 'paused'
    WHERE r.workspace_id = ${workspaceId} AND r.id = ANY(${ids}::uuid[]) AND r.status = 'active' AND ${isSo}
    RETURNING r.id`.execute(ctx.db);
  for (const run of held.rows)
    await ctx.jobs.enqueue(ctx, 'campaigns.hold', { workspaceId, runId: run.id, reason }, { key: run.id });
}

/** The platform stopped this campaign, and others of the connection go on: its run waits for a person, who is told the reason. Safe to repeat. */
export async function holdRun(
  base: BaseCtx,
  { workspaceId, runId, reason }: { workspaceId: string; runId: string; reason: string },
): Promise<void> {
  await inTransaction(asSystem(base, workspaceId), async (ctx) => {
    await lockRuns(ctx, [runId]);
    await pauseRuns(ctx, [runId], reason);
  });
}
