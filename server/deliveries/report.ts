// The figures of a run, from the counters that triggers keep, so that they always add up to `planned`.
import { sql } from 'kysely';
import type { Report } from '../../contract/campaigns.ts';
import type { CanaryReport } from '../../contract/canary.ts';
import type { Circuit } from '../../contract/connections.ts';
import { failureReasons, skipReasons } from '../../contract/deliveries.ts';
import { toWireId } from '../../contract/ids.ts';
import type { RunStatus } from '../../contract/reconciliation.ts';
import { toCircuit } from '../channels/connection.ts';
import type { Ctx } from '../platform/context.ts';
import { canaryReport } from './canary-report.ts';
import { retryableReasons } from './delivery.ts';
import { circuitColumns } from './keep-circuit.ts';
import { runOutlook } from './outlook.ts';
import { quietSummary, quietWaves } from './quiet-rows.ts';
import { sumsOf } from './reckoning.ts';
import { countStates } from './run.ts';

/** A rate older than this belongs to the past: nothing is being sent at present. */
const rateFreshMs = 6000;

/** The report of a campaign's latest run; all zero before the first. `rateLimit`: what the platform publishes, per second. */
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
  const status = run.status as RunStatus;
  const sums = sumsOf({ status, planned: run.planned, expanded: run.expanded_at !== null, counts });
  const { left } = sums;
  const now = ctx.clock.now();
  const canary = run.canary_step ? await canaryReport(ctx, run.id) : null;
  const trouble = run.status === 'active' || run.status === 'paused' ? toCircuit(run) : null;
  const fresh =
    run.rated_at !== null && now.getTime() - run.rated_at.getTime() < rateFreshMs && run.status === 'active';
  const rate = fresh && left > 0 ? run.sends_per_second : 0;
  const waves = left > 0 && run.status !== 'cancelled' ? await quietWaves(ctx, run.id) : [];
  const outlook = await runOutlook(
    ctx,
    {
      ...run,
      left,
      waves,
      done: n('sending') + sums.sent + sums.failed + sums.unknown,
      measured: rate,
      notBefore: earliest(now, canary, trouble),
    },
    rateLimit,
  );
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
    ...outlook,
    run_id: toWireId('run', run.id),
    planned: sums.planned,
    queued: left - n('sending'),
    sending: n('sending'),
    sent: sums.sent,
    failed: sums.failed,
    skipped: sums.skipped,
    unknown: sums.unknown,
    cancelled: sums.cancelled,
    replied: replied.rows[0]?.n ?? 0,
    rate_per_second: Math.round(rate * 10) / 10,
    started_at: run.created_at.toISOString(),
    finished_at: run.finished_at?.toISOString() ?? null,
    failures: named('failed', failureReasons),
    skips: named('skipped', skipReasons),
    quiet: quietSummary(waves),
    retryable: reasons.rows
      .filter((row) => row.state === 'failed' && retryableReasons.includes(row.reason as never))
      .reduce((sum, row) => sum + row.count, 0),
    canary,
    circuit: trouble,
  };
}

/** When what waits may go at the earliest; null where nobody can say: a canary asks, the platform does not answer. */
function earliest(now: Date, canary: CanaryReport | null, circuit: Circuit | null): Date | null {
  if (circuit) return null;
  if (!canary || canary.settled_at) return now;
  return canary.when_passed === 'ask' || !canary.judge_at ? null : new Date(canary.judge_at);
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
  batch: null,
  wait: null,
  failures: [],
  skips: [],
  quiet: null,
  retryable: 0,
  canary: null,
  circuit: null,
};
