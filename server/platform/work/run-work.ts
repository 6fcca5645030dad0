// Doing long work: one node at a time holds the claim, each batch and its mark are one transaction, and whoever lost the
// claim, or was cancelled, cannot write any more. After a crash the work goes on behind its mark.
import { type RawBuilder, sql } from 'kysely';
import type { WorkKind } from '../../../contract/progress.ts';
import { type BaseCtx, type Ctx, inTransaction } from '../context.ts';
import { isConflict } from '../db/db.ts';
import { newId } from '../db/ids.ts';
import { AppError } from '../errors.ts';
import { actorOf, enqueueWork, tellOfWork, type WorkJob, type WorkRow } from './work.ts';

export interface Work<Mark> {
  /** On behalf of whoever asked for it. */
  ctx: Ctx;
  /** uuid */
  id: string;
  /** Where it stopped; null: at the beginning. */
  mark: Mark | null;
  /** Aborted when it was cancelled, taken over, or this node stops: every further batch throws. */
  signal: AbortSignal;
  /**
   * `write` and the mark it returns are one transaction; `processed` is added to what was done. Returns how many that are now, of
   * all batches that stand. Throws when it is over.
   */
  batch(write: (ctx: Ctx) => Promise<BatchDone<Mark>>): Promise<number>;
}

export interface BatchDone<Mark> {
  processed: number;
  mark: Mark;
  /** Where it is better known by now. */
  total?: number | null;
}

export interface WorkSpec<Mark> {
  kind: WorkKind;
  /** Returns when everything is done. An AppError ends the work, its words are shown; what else it throws is tried again. */
  run(work: Work<Mark>): Promise<void>;
  /** In the transaction that ends it, unless it is cancelled. */
  ended?(ctx: Ctx, id: string, status: 'finished' | 'failed'): Promise<void>;
}

/** Thrown by `batch` when the work is not ours any more. */
class WorkOver extends Error {}

const beatEveryMs = 2000;
/** pg-boss gives a dead node's job to another after ten seconds without a sign: by then the claim is free. */
const silentSeconds = 8;
/** A file that takes the process down each time must not do so for ever. */
const fruitlessAtMost = 5;
const newsEveryMs = 500;

/** The handler of the job `jobOf(kind)`. Returns at once where somebody else works on it, or it has ended. */
export async function runWork<Mark>(base: BaseCtx, job: WorkJob, spec: WorkSpec<Mark>): Promise<void> {
  const row = await claimWork(base, job);
  if (!row) return;
  const ctx: Ctx = { ...base, actor: actorOf(row) };
  if (row.fruitless > fruitlessAtMost) return endWork(ctx, row, spec, 'failed', gaveUp);
  await tellOfWork(ctx, spec.kind, job.workspaceId, job.id);
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, base.jobs.stopping]);
  const beating = beat(ctx, row, over);
  try {
    await spec.run(heldWork<Mark>(ctx, row, signal));
    signal.throwIfAborted();
    await endWork(ctx, row, spec, 'finished', null);
  } catch (error) {
    const { stopping } = base.jobs;
    if (over.signal.aborted || (error instanceof WorkOver && !stopping.aborted)) return;
    if (error instanceof AppError) return await endWork(ctx, row, spec, 'failed', error.message);
    await giveBack(ctx, row, spec.kind, isConflict(error));
    if (!stopping.aborted) throw error;
  } finally {
    over.abort();
    await beating;
  }
}

const gaveUp =
  'It stopped several times at the same place without getting any further. The server log says why; start it again when that is mended.';

/** Null: it has ended, or another node works on it and is alive. Times are the database's own: nodes' clocks may differ. */
async function claimWork(base: BaseCtx, job: WorkJob): Promise<WorkRow | null> {
  const { rows } = await sql<WorkRow>`
    UPDATE works SET status = 'running', claim = ${newId()}, beaten_at = clock_timestamp(), fruitless = fruitless + 1,
      pace_from = clock_timestamp(), pace_base = processed, started_at = coalesce(started_at, ${base.clock.now()})
    WHERE workspace_id = ${job.workspaceId} AND id = ${job.id} AND status IN ('queued', 'running')
      AND (claim IS NULL OR beaten_at < clock_timestamp() - make_interval(secs => ${silentSeconds}))
    RETURNING *`.execute(base.db);
  return rows[0] ?? null;
}

function heldWork<Mark>(ctx: Ctx, row: WorkRow, signal: AbortSignal): Work<Mark> {
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    ctx,
    id: row.id,
    mark: row.mark as Mark | null,
    signal,
    batch: (write) =>
      inTransaction(ctx, async (ctx) => {
        if (signal.aborted) throw new WorkOver();
        await refuseGone(ctx);
        const { processed, mark, total } = await write(ctx);
        // last in the transaction, so that cancelling need not wait for the batch: who comes first wins
        const { rows } = await sql<{ processed: number }>`
          UPDATE works SET processed = processed + ${processed}, mark = ${JSON.stringify(mark)}::jsonb, fruitless = 0,
            beaten_at = clock_timestamp(), total = ${total === undefined ? sql`total` : total}
          WHERE workspace_id = ${row.workspace_id} AND id = ${row.id} AND claim = ${row.claim} AND status = 'running'
          RETURNING processed`.execute(ctx.db);
        if (!rows[0]) throw new WorkOver();
        const now = ctx.clock.elapsedMs();
        if (now >= toldAt + newsEveryMs) {
          toldAt = now;
          await tellOfWork(ctx, row.kind as WorkKind, row.workspace_id, row.id);
        }
        return rows[0].processed;
      }),
  };
}

/** A token that was taken back, or somebody who was put out, does nothing more by what they began. Throws FORBIDDEN: the work ends with these words. */
async function refuseGone({ actor, db, clock }: Ctx): Promise<void> {
  if (actor.kind === 'system') return;
  const { workspaceId } = actor;
  const isMember = (user: RawBuilder<unknown>) =>
    sql`EXISTS (SELECT FROM memberships m WHERE m.workspace_id = ${workspaceId} AND m.user_id = ${user})`;
  const { rows } =
    actor.kind === 'token'
      ? await sql`SELECT 1 FROM api_tokens t WHERE t.workspace_id = ${workspaceId} AND t.id = ${actor.tokenId}
          AND (t.revoked_at IS NOT NULL OR t.expires_at <= ${clock.now()}
            OR (t.created_by IS NOT NULL AND NOT ${isMember(sql`t.created_by`)}))`.execute(db)
      : await sql`SELECT 1 FROM users u WHERE u.id = ${actor.userId} AND NOT ${isMember(sql`u.id`)}`.execute(
          db,
        );
  if (rows.length === 0) return;
  const who =
    actor.kind === 'token'
      ? 'The API token that began this is not valid'
      : 'Whoever began this is not in this workspace';
  throw new AppError('FORBIDDEN', `${who} any more. What was done stays; the rest was left.`);
}

/** While it goes on, so that long reading between two batches is not taken for death; hears of cancelling as well. */
async function beat(ctx: Ctx, row: WorkRow, over: AbortController): Promise<void> {
  while (!over.signal.aborted) {
    await ctx.clock.sleep(beatEveryMs, over.signal);
    if (over.signal.aborted) return;
    try {
      const { rows } = await sql`
        UPDATE works SET beaten_at = clock_timestamp()
        WHERE workspace_id = ${row.workspace_id} AND id = ${row.id} AND claim = ${row.claim} AND status = 'running'
        RETURNING 1`.execute(ctx.db);
      if (rows.length === 0) over.abort();
    } catch (error) {
      ctx.log.warn({ err: error }, 'a sign of life of long work could not be written; it is tried again');
    }
  }
}

async function endWork<Mark>(
  ctx: Ctx,
  row: WorkRow,
  spec: WorkSpec<Mark>,
  status: 'finished' | 'failed',
  problem: string | null,
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const ended = await ctx.db
      .updateTable('works')
      .set({ status, problem, finished_at: ctx.clock.now(), claim: null })
      .where('workspace_id', '=', row.workspace_id)
      .where('id', '=', row.id)
      .where('claim', '=', row.claim)
      .returning('id')
      .executeTakeFirst();
    if (!ended) return;
    await spec.ended?.(ctx, row.id, status);
    await tellOfWork(ctx, spec.kind, row.workspace_id, row.id);
  });
}

/** To another node at once when this one stops; after a failure the job itself is tried again. Meeting others is not its fault. */
async function giveBack(ctx: Ctx, row: WorkRow, kind: WorkKind, metOthers: boolean): Promise<void> {
  const isStopping = ctx.jobs.stopping.aborted;
  await inTransaction(ctx, async (ctx) => {
    await ctx.db
      .updateTable('works')
      .set((eb) => ({
        claim: null,
        ...((isStopping || metOthers) && { fruitless: eb('fruitless', '-', 1) }),
      }))
      .where('workspace_id', '=', row.workspace_id)
      .where('id', '=', row.id)
      .where('claim', '=', row.claim)
      .execute();
    if (isStopping) await enqueueWork(ctx, kind, { workspaceId: row.workspace_id, id: row.id });
  });
}

/** Job `works.revive`, every minute: work that nobody does, whatever became of its job. */
export async function reviveWorks(base: BaseCtx): Promise<void> {
  const { rows } = await sql<{ workspace_id: string; id: string; kind: WorkKind }>`
    SELECT workspace_id, id, kind FROM works WHERE status IN ('queued', 'running')
      AND (claim IS NULL OR beaten_at < clock_timestamp() - make_interval(secs => ${silentSeconds}))`.execute(
    base.db,
  );
  for (const { workspace_id, id, kind } of rows)
    await enqueueWork(base, kind, { workspaceId: workspace_id, id });
}
