// Settling all unknown rows of a run, or those of one cause: a person agrees to a number, and exactly the rows that were
// unknown at that moment are settled, in chunks that survive a restart and can be stopped. Each row is looked at once.
import { type RawBuilder, sql } from 'kysely';
import { roundedRate } from '../../../contract/forecast.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Settlement, SettlementVerb } from '../../../contract/reconciliation.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { AppError, invalidField, notFound } from '../../platform/errors.ts';
import { audit } from '../../workspaces/audit.ts';
import { lockRuns } from '../runs/run.ts';
import { resendRefusal, sendOn, settleRows, showInThreads } from './settle.ts';

const chunkSize = 2000;
/** Since when a row is unknown. */
export const unknownSince = sql<Date>`coalesce(unknown_at, claimed_at, created_at)`;

export interface SettlementStart {
  campaignId: string;
  runId: string;
  verb: SettlementVerb;
  /** Only those of one cause; "none": those without one. */
  reason: string | null;
  /** What the person saw. */
  expected: number;
}

/**
 * Begins in the caller's transaction and settles the first chunk there; a job does the rest. Throws NUMBER_CHANGED when not
 * exactly `expected` rows are unknown, ILLEGAL_MOVE when nothing would send them or somebody is settling them already.
 */
export async function startSettlement(ctx: Ctx, start: SettlementStart): Promise<Settlement> {
  const run = await ctx.db
    .selectFrom('runs')
    .select(['connection_id'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', start.campaignId)
    .where('id', '=', start.runId)
    .executeTakeFirst();
  if (!run)
    throw invalidField('/run_id', 'This is no run of this campaign. Take the id from its reconciliation.');
  // two people at once stand in line here; the second one finds another number
  await lockRuns(ctx, [start.runId]);
  await refuseSecond(ctx, start.runId);
  if (start.verb === 'resend') {
    const refusal = await resendRefusal(ctx, { runId: start.runId, connectionId: run.connection_id });
    if (refusal) throw new AppError('ILLEGAL_MOVE', refusal);
  }
  const now = ctx.clock.now();
  const { count, last } = await unknownNow(ctx, start.runId, start.reason);
  if (count !== start.expected) throw numberChanged(start.expected, count);
  const id = newId();
  const { actor } = ctx;
  await ctx.db
    .insertInto('settlements')
    .values({
      workspace_id: actor.workspaceId,
      id,
      run_id: start.runId,
      verb: start.verb,
      reason: start.reason,
      status: 'active',
      expected: start.expected,
      // another node's clock may be ahead of ours
      until: last && last > now ? last : now,
      actor_kind: actor.kind,
      actor_id: actor.kind === 'user' ? actor.userId : actor.kind === 'token' ? actor.tokenId : null,
      actor_name: actor.name,
      created_at: now,
    })
    .execute();
  await settleNext(ctx, id, chunkSize);
  return getSettlement(ctx, id);
}

/** Job `deliveries.settle`: the next chunk. Safe to repeat: the rows and the mark how far it got move together. */
export async function continueSettlement(
  base: BaseCtx,
  job: { workspaceId: string; settlementId: string },
  size = chunkSize,
): Promise<void> {
  await inTransaction(asSystem(base, job.workspaceId), (ctx) => settleNext(ctx, job.settlementId, size));
}

async function settleNext(ctx: Ctx, id: string, size: number): Promise<void> {
  const of = await settlements(ctx).where('id', '=', id).where('status', '=', 'active').executeTakeFirst();
  if (!of) return;
  // the run before its rows: a cancel that is under way is waited for, and then seen
  await lockRuns(ctx, [of.run_id]);
  const job = await ctx.db
    .selectFrom('settlements as s')
    .innerJoin('runs as r', (join) =>
      join.onRef('r.workspace_id', '=', 's.workspace_id').onRef('r.id', '=', 's.run_id'),
    )
    .selectAll('s')
    .select(['r.campaign_id', 'r.connection_id'])
    .where('s.workspace_id', '=', ctx.actor.workspaceId)
    .where('s.id', '=', id)
    .where('s.status', '=', 'active')
    .forUpdate('s')
    .executeTakeFirst();
  if (!job) return;
  const isRefused =
    job.verb === 'resend' &&
    (await resendRefusal(ctx, { runId: job.run_id, connectionId: job.connection_id })) !== null;
  const ids = isRefused ? [] : await nextRows(ctx, job, size);
  const which = sql`d.workspace_id = ${ctx.actor.workspaceId} AND d.id = ANY(${ids}::uuid[])`;
  const settled =
    ids.length > 0 ? await settleRows(ctx, which, job.verb as SettlementVerb, job.actor_name) : [];
  if (settled.length > 0) {
    if (job.verb === 'resend') await sendOn(ctx, settled);
    else await showInThreads(ctx, settled.map((row) => row.id)); // biome-ignore format: one thought
  }
  const isOver = ids.length < size;
  await ctx.db
    .updateTable('settlements')
    .set({
      done: sql`done + ${settled.length}`,
      ...(ids.length > 0 ? { cursor: ids.at(-1) } : {}),
      ...(isOver ? { status: isRefused ? 'stopped' : 'finished', finished_at: ctx.clock.now() } : {}),
    })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .execute();
  if (!isOver)
    await ctx.jobs.enqueue(
      ctx,
      'deliveries.settle',
      { workspaceId: ctx.actor.workspaceId, settlementId: id },
      { key: id },
    );
  await ctx.hub.publish(ctx, {
    topic: 'live',
    workspaceId: ctx.actor.workspaceId,
    frame: {
      type: 'run.progressed',
      campaign_id: toWireId('cmp', job.campaign_id),
      run_id: toWireId('run', job.run_id),
    },
  });
}

/**
 * Rows behind the mark that were unknown when the person agreed: one that turns unknown again after it was resent is behind
 * the mark, or too new. Locked ones are just being settled by a late answer or by hand.
 */
async function nextRows(
  ctx: Ctx,
  job: { run_id: string; reason: string | null; until: Date; cursor: string | null },
  size: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM deliveries
    WHERE workspace_id = ${ctx.actor.workspaceId} AND run_id = ${job.run_id} AND state = 'unknown'
      AND ${unknownSince} <= ${job.until}
      ${withReason(job.reason)}
      ${job.cursor ? sql`AND id > ${job.cursor}` : sql``}
    ORDER BY id LIMIT ${size} FOR UPDATE SKIP LOCKED`.execute(ctx.db);
  return rows.map((row) => row.id);
}

/** What is settled stays settled. Throws ILLEGAL_MOVE when it is over. */
export async function stopSettlement(ctx: Ctx, id: string): Promise<Settlement> {
  return inTransaction(ctx, async (ctx) => {
    const stopped = await ctx.db
      .updateTable('settlements')
      .set({ status: 'stopped', finished_at: ctx.clock.now() })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .where('status', '=', 'active')
      .returning(['done', 'expected', 'run_id'])
      .executeTakeFirst();
    if (!stopped)
      throw new AppError('ILLEGAL_MOVE', 'This settling is over already. There is nothing left to stop.');
    const run = toWireId('run', stopped.run_id);
    await audit(
      ctx,
      'settlement.stopped',
      { type: 'settlement', id: toWireId('stl', id) },
      { run, done: stopped.done, expected: stopped.expected },
    );
    return getSettlement(ctx, id);
  });
}

export async function getSettlement(ctx: Ctx, id: string): Promise<Settlement> {
  const row = await settlements(ctx).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('settlement');
  return toSettlement(ctx, row);
}

export async function latestSettlement(ctx: Ctx, runId: string): Promise<Settlement | null> {
  const row = await settlements(ctx)
    .where('run_id', '=', runId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? toSettlement(ctx, row) : null;
}

function settlements(ctx: Ctx) {
  return ctx.db.selectFrom('settlements').selectAll().where('workspace_id', '=', ctx.actor.workspaceId);
}
type SettlementRow = Awaited<ReturnType<ReturnType<typeof settlements>['executeTakeFirstOrThrow']>>;

function toSettlement(ctx: Ctx, row: SettlementRow): Settlement {
  const now = ctx.clock.now().getTime();
  const seconds = ((row.finished_at?.getTime() ?? now) - row.created_at.getTime()) / 1000;
  const rate = seconds > 0 && row.done > 0 ? row.done / seconds : null;
  return {
    id: toWireId('stl', row.id),
    run_id: toWireId('run', row.run_id),
    verb: row.verb as SettlementVerb,
    reason: row.reason,
    status: row.status as Settlement['status'],
    expected: row.expected,
    done: row.done,
    by: row.actor_name,
    created_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
    rate_per_second: rate === null ? null : roundedRate(rate),
    finish_at:
      row.status === 'active' && rate !== null
        ? new Date(now + ((row.expected - row.done) / rate) * 1000).toISOString()
        : null,
  };
}

async function refuseSecond(ctx: Ctx, runId: string): Promise<void> {
  const other = await settlements(ctx)
    .where('run_id', '=', runId)
    .where('status', '=', 'active')
    .executeTakeFirst();
  if (other)
    throw new AppError(
      'ILLEGAL_MOVE',
      `${other.actor_name} is settling this run at this moment: ${other.done} of ${other.expected} are done. Wait until it is over, or stop it.`,
    );
}

async function unknownNow(
  ctx: Ctx,
  runId: string,
  reason: string | null,
): Promise<{ count: number; last: Date | null }> {
  const { rows } = await sql<{ count: number; last: Date | null }>`
    SELECT count(*) AS count, max(${unknownSince}) AS last FROM deliveries
    WHERE workspace_id = ${ctx.actor.workspaceId} AND run_id = ${runId} AND state = 'unknown'
      ${withReason(reason)}`.execute(ctx.db);
  return rows[0] ?? { count: 0, last: null };
}

/** Null: whatever their reason; "none": those without one, as in the send log. */
function withReason(reason: string | null): RawBuilder<unknown> {
  if (reason === null) return sql``;
  return reason === 'none' ? sql`AND reason IS NULL` : sql`AND reason = ${reason}`;
}

function numberChanged(expected: number, count: number): AppError {
  const now =
    count === 0 ? 'nobody is any more' : count === 1 ? '1 person is now' : `${count} people are now`;
  const detail = `${expected} ${expected === 1 ? 'person was' : 'people were'} unknown when you looked, ${now}. Nothing was done: look again, then decide.`;
  return new AppError('NUMBER_CHANGED', detail, { errors: [{ pointer: '/expected', detail }] });
}
