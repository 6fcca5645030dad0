// The figures of a run, from the counters that triggers keep, so that they always add up to `planned`.
import { sql } from 'kysely';
import type { Report } from '../../contract/campaigns.ts';
import type { CanaryReport } from '../../contract/canary.ts';
import type { Circuit } from '../../contract/connections.ts';
import { failureReasons, skipReasons } from '../../contract/deliveries.ts';
import { toWireId } from '../../contract/ids.ts';
import { toCircuit } from '../channels/connection.ts';
import type { Ctx } from '../platform/context.ts';
import { canaryReport } from './canary-report.ts';
import { retryableReasons } from './delivery.ts';
import { circuitColumns } from './keep-circuit.ts';
import { countStates } from './run.ts';

/** A rate older than this belongs to the past: nothing is being sent at present. */
const rateFreshMs = 6000;

/** The report of a campaign's latest run; all zero before the first. `ratePerSecond`: what the connection allows. */
export async function runReport(ctx: Ctx, campaignId: string, rateLimit: number | null): Promise<Report> {
  const run = await ctx.db
    .selectFrom('runs')
    .innerJoin('connections', 'connections.id', 'runs.connection_id')
    .selectAll('runs')
    .select(circuitColumns)
    .where('runs.workspace_id', '=', ctx.actor.workspaceId)
    .where('runs.campaign_id', '=', campaignId)
    .orderBy('runs.created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!run) return { ...emptyReport, rate_limit_per_second: rateLimit };
  const counts = await countStates(ctx, run.id);
  const n = (state: string) => counts[state] ?? 0;
  const written = Object.values(counts).reduce((sum, count) => sum + count, 0);
  // while rows are still being written, those to come count as queued
  const planned = run.expanded_at ? written : Math.max(run.planned, written);
  const delivered = n('delivered') + n('read');
  const queued = n('queued') + n('planned') + (run.status === 'cancelled' ? 0 : planned - written);
  const left = queued + n('sending');
  const now = ctx.clock.now();
  const canary = run.canary_step ? await canaryReport(ctx, run.id) : null;
  const trouble = run.status === 'active' || run.status === 'paused' ? toCircuit(run) : null;
  const settings = run.settings as { messages_per_minute?: number | null };
  const limit = Math.min(
    rateLimit ?? Number.POSITIVE_INFINITY,
    settings.messages_per_minute ? settings.messages_per_minute / 60 : Number.POSITIVE_INFINITY,
  );
  const fresh =
    run.rated_at !== null && now.getTime() - run.rated_at.getTime() < rateFreshMs && run.status === 'active';
  const rate = fresh && left > 0 ? run.sends_per_second : 0;
  const pace = rate > 0 ? rate : limit;
  const reasons = await sql<{ state: string; reason: string; count: number; replied: number }>`
    SELECT state, coalesce(reason, '') AS reason, count(*) AS count FROM deliveries
    WHERE run_id = ${run.id} AND workspace_id = ${ctx.actor.workspaceId} AND state IN ('failed', 'skipped', 'unknown')
    GROUP BY 1, 2 ORDER BY 3 DESC, 2`.execute(ctx.db);
  const replied = await sql<{ n: number }>`
    SELECT count(*) AS n FROM deliveries WHERE workspace_id = ${ctx.actor.workspaceId} AND run_id = ${run.id} AND replied_at IS NOT NULL`.execute(
    ctx.db,
  );
  const named = (state: string, words: Record<string, string>) =>
    reasons.rows
      .filter((row) => row.state === state)
      .map((row) => ({ reason: words[row.reason] ?? row.reason, code: row.reason, count: row.count }));
  return {
    ...emptyReport,
    run_id: toWireId('run', run.id),
    planned: run.status === 'cancelled' && !run.expanded_at ? written : planned,
    queued,
    sending: n('sending'),
    sent: n('sent') + delivered,
    failed: n('failed'),
    skipped: n('skipped'),
    unknown: n('unknown'),
    cancelled: n('cancelled'),
    replied: replied.rows[0]?.n ?? 0,
    rate_per_second: Math.round(rate * 10) / 10,
    rate_limit_per_second: Number.isFinite(limit) ? Math.round(limit * 10) / 10 : null,
    started_at: run.created_at.toISOString(),
    finish_at:
      run.status === 'active' && left > 0 && Number.isFinite(pace) && pace > 0
        ? finishAt(now, (left / pace) * 1000, canary, trouble)
        : null,
    finished_at: run.finished_at?.toISOString() ?? null,
    failures: named('failed', failureReasons),
    skips: named('skipped', skipReasons),
    retryable: reasons.rows
      .filter((row) => row.state === 'failed' && retryableReasons.includes(row.reason as never))
      .reduce((sum, row) => sum + row.count, 0),
    canary,
    circuit: trouble,
  };
}

/** Null where nobody can say: while a canary waits for a person or for people, or the platform does not answer. */
function finishAt(
  now: Date,
  sendingMs: number,
  canary: CanaryReport | null,
  circuit: Circuit | null,
): string | null {
  if (circuit) return null;
  if (!canary || canary.settled_at) return new Date(now.getTime() + sendingMs).toISOString();
  if (canary.when_passed === 'ask' || !canary.judge_at) return null;
  return new Date(Math.max(now.getTime(), Date.parse(canary.judge_at)) + sendingMs).toISOString();
}

/** Telegram reports neither delivery nor reading, and clicks are not measured yet: null, never 0. */
const emptyReport: Report = {
  run_id: null,
  planned: 0,
  queued: 0,
  sending: 0,
  sent: 0,
  delivered: null,
  read: null,
  failed: 0,
  skipped: 0,
  unknown: 0,
  cancelled: 0,
  clicked: null,
  replied: 0,
  converted: null,
  rate_per_second: 0,
  rate_limit_per_second: null,
  started_at: null,
  finish_at: null,
  finished_at: null,
  failures: [],
  skips: [],
  retryable: 0,
  canary: null,
  circuit: null,
};
