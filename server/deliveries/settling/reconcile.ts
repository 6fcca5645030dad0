// Settling one row by hand, and many by the campaign's own policy. A whole run's unknown rows: settlement.ts.
import { sql } from 'kysely';
import { toWireId } from '../../../contract/ids.ts';
import { neverLeft, tellsReceipts } from '../../../contract/receipts.ts';
import { type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { audit } from '../../workspaces/audit.ts';
import { runIsHeld } from '../runs/hold.ts';
import { lockRuns } from '../runs/run.ts';
import { resendRefusal, type Settled, sendOn, settleRows, showInThreads } from './settle.ts';
import { maySendAgain, windowSeconds } from './window.ts';

/**
 * In the caller's transaction: the row waits again and its run is active again. Throws ILLEGAL_MOVE unless the row is
 * `unknown`, and when nothing would send it.
 */
export async function resendDelivery(ctx: Ctx, id: string): Promise<void> {
  // the run first: a cancel that is under way is waited for, and then seen
  const runId = await runOfDelivery(ctx, id);
  if (runId) await lockRuns(ctx, [runId]);
  const row = await settleOne(ctx, id, 'resend');
  // better said now than queued for ever; the move is undone with the transaction
  const refusal = await resendRefusal(ctx, { runId: row.run_id, connectionId: row.connection_id });
  if (refusal) throw new AppError('ILLEGAL_MOVE', refusal);
  await sendOn(ctx, [row]);
  await audit(ctx, 'delivery.resent', { type: 'delivery', id: toWireId('dlv', id) });
}

/** The person is counted as reached. Throws ILLEGAL_MOVE unless the row is `unknown`. */
export async function countAsSent(ctx: Ctx, id: string): Promise<void> {
  await settleOne(ctx, id, 'count_as_sent');
  await showInThreads(ctx, [id]);
  await audit(ctx, 'delivery.counted_as_sent', { type: 'delivery', id: toWireId('dlv', id) });
}

async function settleOne(ctx: Ctx, id: string, verb: 'resend' | 'count_as_sent'): Promise<Settled> {
  const which = sql`d.workspace_id = ${ctx.actor.workspaceId} AND d.id = ${id}`;
  const [row] = await settleRows(ctx, which, verb, ctx.actor.name);
  if (!row)
    throw new AppError(
      'ILLEGAL_MOVE',
      'Only a delivery in state "unknown" can be settled by hand. This one has been settled already.',
    );
  return row;
}

async function runOfDelivery(ctx: Ctx, id: string): Promise<string | null> {
  const row = await ctx.db
    .selectFrom('deliveries')
    .select('run_id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.run_id ?? null;
}

const chunkSize = 2000;
/** Below the job's expiry; what is left is the next minute's. */
const workAtMostMs = 40_000;

/**
 * Job `deliveries.resend_unknown`, every minute: campaigns whose policy allows it send their old unknown rows again, a chunk
 * of one run at a time; where the platform tells of every message, those that surely never left (window.ts). Returns how many rows. Safe to run twice at once.
 */
export async function resendUnknownByPolicy(base: BaseCtx, size = chunkSize): Promise<number> {
  const endAt = base.clock.elapsedMs() + workAtMostMs;
  let resent = 0;
  for (const runId of await runsToResend(base))
    try {
      for (let moved = size; moved === size && base.clock.elapsedMs() < endAt; resent += moved)
        moved = await inTransaction(base, (base) => resendChunk(base, runId, size));
    } catch (error) {
      // one run must not keep the others waiting; it is tried again in a minute
      base.log.error({ err: error, run: toWireId('run', runId) }, 'unknown rows could not be sent again');
    }
  return resent;
}

/** Of run `r`: its policy resends, and something would send it. */
const resends = sql`r.status IN ('active', 'finished') AND NOT ${runIsHeld} AND ${windowSeconds} IS NOT NULL
  AND EXISTS (SELECT 1 FROM connections n WHERE n.workspace_id = r.workspace_id AND n.id = r.connection_id AND n.deleted_at IS NULL)`;

/** Of row `d` of run `r`. Three tries in all: answers that always get lost must not become a message a minute. */
const isDue = (now: Date) => sql`d.run_id = r.id AND d.state = 'unknown' AND d.attempts - d.uncounted < 3
  AND d.claimed_at < ${now}::timestamptz - make_interval(secs => ${windowSeconds}) AND ${maySendAgain(now)}`;

async function runsToResend(base: BaseCtx): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT r.id FROM runs r
    WHERE ${resends} AND EXISTS (SELECT 1 FROM deliveries d WHERE ${isDue(base.clock.now())})`.execute(
    base.db,
  );
  return rows.map((row) => row.id);
}

/** The run first, and asked again under its lock; one that is locked elsewhere has its turn in a minute. */
async function resendChunk(base: BaseCtx, runId: string, size: number): Promise<number> {
  const { rows: runs } = await sql<{ workspace_id: string; channel: string }>`
    SELECT r.workspace_id, (SELECT n.channel FROM connections n WHERE n.workspace_id = r.workspace_id AND n.id = r.connection_id) AS channel
    FROM runs r WHERE r.id = ${runId} AND ${resends} FOR UPDATE OF r SKIP LOCKED`.execute(base.db);
  const [run] = runs;
  if (!run) return 0;
  // a statement of its own: as a part of the UPDATE its LIMIT would count for each row it is joined to
  const { rows: due } = await sql<{ id: string }>`
    SELECT d.id FROM runs r JOIN deliveries d ON ${isDue(base.clock.now())}
    WHERE r.id = ${runId} LIMIT ${size} FOR UPDATE OF d SKIP LOCKED`.execute(base.db);
  if (due.length === 0) return 0;
  const which = sql`d.workspace_id = ${run.workspace_id} AND d.id = ANY(${due.map((row) => row.id)}::uuid[])`;
  const verb = tellsReceipts(run.channel) ? neverLeft : 'resend';
  const rows = await settleRows(base, which, verb, 'The campaign’s settings');
  if (rows.length > 0) await sendOn(base, rows);
  return rows.length;
}
