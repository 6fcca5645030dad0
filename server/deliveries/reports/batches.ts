// How far each batch of a run is. Which batch a row went out in stands with the row, so a retry that goes out later is counted where
// it went.
import { sql } from 'kysely';
import type { Batches, BatchProgress } from '../../../contract/batches.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import type { DeliveryState } from '../../../contract/deliveries.ts';
import type { Ctx } from '../../platform/context.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { findRun, type RunRow } from '../pace/standing.ts';
import { countStates } from '../runs/run.ts';
import { sumsOf } from './reckoning.ts';

type Counts = Partial<Record<DeliveryState, number>>;

/** `tells`: what the platform reports, and the campaign asks to be tracked. Throws NOT_FOUND, ILLEGAL_MOVE (not sent in batches). */
export async function runBatches(
  ctx: Ctx,
  of: { campaignId: string; runId: string | null },
  tells: { delivered: boolean; read: boolean },
  page: { from: number; limit: number },
): Promise<Batches> {
  const run = await findRun(ctx, of.campaignId, of.runId);
  if (!run) throw notFound('run');
  const { batch } = run.settings as Partial<Settings>;
  if (!batch)
    throw new AppError('ILLEGAL_MOVE', 'This run is not sent in batches, so there are none to show.');
  const counts = await countStates(ctx, run.id);
  const figures = {
    status: run.status as never,
    planned: run.planned,
    expanded: run.expanded_at !== null,
    counts,
  };
  const sums = sumsOf(figures);
  const done = sums.sent + sums.failed + sums.unknown;
  const latest = await latestBatch(ctx, run.id);
  const left = run.status === 'cancelled' ? 0 : sums.left;
  const total = Math.max(latest, Math.ceil((done + left) / batch.size));
  const found = await batchCounts(ctx, run.id, page);
  const current = Math.max(1, Math.min(total, Math.max(latest, left > 0 ? run.batch : latest)));
  const size = batch.size;
  const data: BatchProgress[] = [];
  for (let number = page.from; number < page.from + page.limit && number <= total; number++) {
    const own = found.get(number) ?? {};
    const n = (...states: DeliveryState[]) => states.reduce((sum, state) => sum + (own[state] ?? 0), 0);
    const people = n('sending', 'sent', 'delivered', 'read', 'failed', 'unknown');
    data.push({
      number,
      first: (number - 1) * size + 1,
      last: Math.min(number * size, Math.max(done + left, (number - 1) * size + people)),
      ...stateOf(run, { number, current, people, underWay: n('sending'), size, left }, ctx.clock.now()),
      people,
      sending: n('sending'),
      sent: n('sent', 'delivered', 'read'),
      delivered: tells.delivered ? n('delivered', 'read') : null,
      read: tells.read ? n('read') : null,
      failed: n('failed'),
      unknown: n('unknown'),
    });
  }
  const next = page.from + page.limit;
  return { ...batch, total, current, data, next_from: next <= total ? next : null };
}

function stateOf(
  run: RunRow,
  at: { number: number; current: number; people: number; underWay: number; size: number; left: number },
  now: Date,
): Pick<BatchProgress, 'state' | 'begins_at'> {
  const is = (state: BatchProgress['state'], begins_at: Date | null = null) => ({
    state,
    begins_at: begins_at?.toISOString() ?? null,
  });
  if (at.number > at.current) return is('waiting');
  const isFull = at.people >= at.size;
  if (at.underWay === 0 && (isFull || at.number < at.current || at.left === 0)) return is('done');
  if (run.status === 'paused' || run.status === 'cancelled') return is('stopped');
  if (at.people === 0 && run.batch === at.number && run.batch_due_at && run.batch_due_at > now)
    return is('pausing', run.batch_due_at);
  return is('sending');
}

async function latestBatch(ctx: Ctx, runId: string): Promise<number> {
  const { rows } = await sql<{ n: number | null }>`
    SELECT max(batch) AS n FROM deliveries
    WHERE workspace_id = ${ctx.actor.workspaceId} AND run_id = ${runId} AND batch IS NOT NULL`.execute(
    ctx.db,
  );
  return rows[0]?.n ?? 0;
}

/** Rows that wait again (put off, deferred, retried) are in no batch until they are claimed anew. */
async function batchCounts(
  ctx: Ctx,
  runId: string,
  { from, limit }: { from: number; limit: number },
): Promise<Map<number, Counts>> {
  const { rows } = await sql<{ batch: number; state: DeliveryState; n: number }>`
    SELECT batch, state, count(*) AS n FROM deliveries
    WHERE workspace_id = ${ctx.actor.workspaceId} AND run_id = ${runId} AND batch >= ${from} AND batch < ${from + limit}
      AND state <> 'queued'
    GROUP BY 1, 2`.execute(ctx.db);
  const found = new Map<number, Counts>();
  for (const { batch, state, n } of rows) found.set(batch, { ...found.get(batch), [state]: n });
  return found;
}
