// Long work that survives its process: a row that says how far it is and who works on it. Started, looked at and cancelled
// here; done in run-work.ts.
import type { Selectable } from 'kysely';
import { toWireId } from '../../../contract/ids.ts';
import { type Progress, type WorkKind, type WorkStatus, workPrefixes } from '../../../contract/progress.ts';
import { type Actor, type BaseCtx, type Ctx, inTransaction } from '../context.ts';
import type { DB } from '../db/tables.gen.ts';
import { AppError } from '../errors.ts';

export type WorkRow = Selectable<DB['works']>;

export interface WorkJob {
  workspaceId: string;
  /** uuid */
  id: string;
}

/** The job that does work of a kind, in its module's tasks.ts: "imports.run". */
export const jobOf = (kind: WorkKind) => `${kind}s.run`;

/** Queues it in the caller's transaction, on behalf of the actor; `id` (uuid) is also that of the kind's own row. */
export async function startWork(
  ctx: Ctx,
  given: { kind: WorkKind; id: string; total: number | null },
): Promise<void> {
  const { actor } = ctx;
  const { kind, id, total } = given;
  await inTransaction(ctx, async (ctx) => {
    await ctx.db
      .insertInto('works')
      .values({
        workspace_id: actor.workspaceId,
        id,
        kind,
        status: 'queued',
        total,
        actor_kind: actor.kind,
        actor_id: actor.kind === 'user' ? actor.userId : actor.kind === 'token' ? actor.tokenId : null,
        actor_name: actor.name,
        created_at: ctx.clock.now(),
      })
      .execute();
    await enqueueWork(ctx, kind, { workspaceId: actor.workspaceId, id });
    await tellOfWork(ctx, kind, actor.workspaceId, id);
  });
}

export async function enqueueWork(ctx: BaseCtx, kind: WorkKind, job: WorkJob): Promise<void> {
  await ctx.jobs.enqueue(ctx, jobOf(kind), job, { key: job.id, group: job.workspaceId });
}

/**
 * From now on no further batch is written: one under way is taken back. What was written stays. Throws ILLEGAL_MOVE where it
 * has ended already.
 */
export async function cancelWork(ctx: Ctx, kind: WorkKind, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const row = await ctx.db
      .updateTable('works')
      .set({ status: 'cancelled', finished_at: ctx.clock.now(), claim: null })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .where('status', 'in', ['queued', 'running'])
      .returning('id')
      .executeTakeFirst();
    if (!row) throw new AppError('ILLEGAL_MOVE', 'It has ended already: there is nothing to cancel.');
    await tellOfWork(ctx, kind, ctx.actor.workspaceId, id);
  });
}

export async function tellOfWork(
  ctx: BaseCtx,
  kind: WorkKind,
  workspaceId: string,
  id: string,
): Promise<void> {
  const frame = { type: 'work.changed', kind, id: toWireId(workPrefixes[kind], id) } as const;
  await ctx.hub.publish(ctx, { topic: 'live', workspaceId, frame });
}

/** As the wire shows it. `now`: the finish is told from it. */
export function progressOf(row: WorkRow, now: Date): Progress {
  const { processed, total, pace_base, pace_from, beaten_at } = row;
  const status = row.status as WorkStatus;
  const seconds = pace_from && beaten_at ? (beaten_at.getTime() - pace_from.getTime()) / 1000 : 0;
  const rate = status === 'running' && seconds > 0 ? (processed - pace_base) / seconds : 0;
  const left = total === null ? null : Math.max(0, total - processed);
  return {
    status,
    processed,
    total,
    per_second: rate > 0 ? Number(rate.toPrecision(3)) : null,
    finish_at:
      rate > 0 && left !== null ? new Date(now.getTime() + (left / rate) * 1000).toISOString() : null,
    problem: row.problem,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}

/** Who asked for it, with no scope of theirs: what they may do was judged when they asked. */
export function actorOf(row: WorkRow): Actor {
  const { workspace_id: workspaceId, actor_id, actor_name: name } = row;
  const scopes: ReadonlySet<never> = new Set();
  if (row.actor_kind === 'user' && actor_id)
    return { kind: 'user', workspaceId, userId: actor_id, sessionId: '', name, role: 'operator', scopes };
  if (row.actor_kind === 'token' && actor_id)
    return { kind: 'token', workspaceId, tokenId: actor_id, name, scopes };
  return { kind: 'system', workspaceId, name };
}
