// The figures of a run, from the counters that triggers keep, so that they always add up to `planned`.
import { sql } from 'kysely';
import type { Report, Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { type FailureReason, failureWordsOn, skipWordsOn } from '../../../contract/deliveries.ts';
import { roundedRate } from '../../../contract/forecast.ts';
import { toWireId } from '../../../contract/ids.ts';
import { tellsReceipts } from '../../../contract/receipts.ts';
import { type FailureGroup, failureGroups, groupOfFailure } from '../../../contract/report-parts.ts';
import type { Ctx } from '../../platform/context.ts';
import { variantsReport } from '../ab/ab-report.ts';
import { holdoutReport } from '../ab/holdout-report.ts';
import { findRun, type RunRow, standingOf, wholeOf } from '../pace/standing.ts';
import { quietSummary } from '../pressure/quiet-rows.ts';
import { goOf } from '../runs/go.ts';
import { isRetryable, retryLater } from '../runs/retryable.ts';
import { countStates } from '../runs/run.ts';
import { findingsOf } from './findings.ts';
import { type Sums, sumsOf } from './reckoning.ts';
import { conversions, tallyOf } from './tallies.ts';
import { testedInRun } from './tested.ts';
import { type Told, toldOf } from './told.ts';

/**
 * The report of one run of a campaign, the latest unless `runId` names another; all zero before the first. Of an automation without
 * `runId` all its runs together: each new wording and each connection has one, and none of them is over. `rateLimit`: what
 * the platform publishes, per second. Throws NOT_FOUND for a run of another campaign.
 */
export async function runReport(
  ctx: Ctx,
  campaignId: string,
  rateLimit: number | null,
  runId: string | null = null,
): Promise<Report> {
  const run = await findRun(ctx, campaignId, runId);
  if (!run) return { ...emptyReport, rate_limit_per_second: rateLimit };
  const standing = await standingOf(ctx, run, rateLimit);
  const { waves, outlook, rate } = standing;
  const whole = await wholeOf(ctx, run, runId);
  const ids = whole.map(({ id }) => id);
  // in words of no channel where there are several
  const channel = whole.every((one) => one.channel === run.channel) ? run.channel : null;
  const counts = ids.length === 1 ? standing.figures.counts : await countStates(ctx, ...ids);
  const sums = sumsOf({ ...standing.figures, counts });
  const sending = counts.sending ?? 0;
  const later = retryLater(ctx.clock.now());
  const reasons = await sql<{
    state: string;
    reason: string;
    count: number;
    again: number;
    later: number;
    later_from: Date | null;
  }>`
    SELECT state, coalesce(reason, '') AS reason, count(*) AS count,
      count(*) FILTER (WHERE state = 'failed' AND ${isRetryable(ctx.clock.now())}) AS again,
      ${later.count} AS later, ${later.from} AS later_from FROM deliveries d
    WHERE run_id = ANY(${ids}::uuid[]) AND workspace_id = ${ctx.actor.workspaceId} AND state IN ('failed', 'skipped', 'unknown')
    GROUP BY 1, 2 ORDER BY 3 DESC, 2`.execute(ctx.db);
  const tallies = await tallyOf(ctx, ...ids);
  const receipts = await receiptsOf(ctx, whole, sums);
  const named = (state: string, words: Record<string, string>) =>
    reasons.rows
      .filter((row) => row.state === state)
      .map((row) => ({ reason: words[row.reason] ?? row.reason, code: row.reason, count: row.count }));
  const failures = named('failed', failureWordsOn(channel)).map((row) => {
    const group: FailureGroup = groupOfFailure[row.code as FailureReason] ?? 'other';
    return { ...row, group, group_words: failureGroups[group] };
  });
  return {
    ...emptyReport,
    ...outlook,
    run_id: toWireId('run', run.id),
    run_status: standing.figures.status,
    planned: sums.planned,
    queued: sums.left - sending,
    sending,
    sent: sums.sent,
    ...receipts,
    failed: sums.failed,
    skipped: sums.skipped,
    unknown: sums.unknown,
    cancelled: sums.cancelled,
    clicked: whole.every(({ link_base }) => link_base === null) ? null : (tallies.clicked ?? 0),
    replied: tallies.replied ?? 0,
    ...(await conversions(ctx, ids, tallies.converted ?? 0)),
    rate_per_second: roundedRate(rate),
    started_at: whole[0].created_at.toISOString(),
    finished_at: run.finished_at?.toISOString() ?? null,
    failures,
    skips: named('skipped', skipWordsOn(channel)),
    quiet: quietSummary(waves),
    // nobody is sent what was cancelled
    retryable:
      standing.figures.status === 'cancelled' ? 0 : reasons.rows.reduce((sum, row) => sum + row.again, 0),
    retry_later: standing.figures.status === 'cancelled' ? null : laterOf(reasons.rows),
    go: await goOf(ctx, run),
    also_tested: await testedInRun(ctx, campaignId, run.id),
    canary: standing.canary,
    variants: await variantsReport(ctx, run.id, standing.figures.counts.planned ?? 0),
    holdout: await holdoutReport(ctx, run, sums.sent),
    circuit: standing.circuit,
    findings: findingsOf({
      channel: run.channel,
      failures,
      sent: sums.sent,
      unknown: sums.unknown,
      campaignId,
      settles: tellsReceipts(run.channel),
    }),
  };
}

/** Of those runs whose platform tells it: what another does not tell is not "not delivered yet". */
async function receiptsOf(
  ctx: Ctx,
  whole: RunRow[],
  sums: Sums,
): Promise<Pick<Report, 'delivered' | 'pending' | 'read'>> {
  const sumsWhere = async (what: keyof Told) => {
    const ids = whole.flatMap(({ id, channel, settings }) =>
      toldOf(channel as Channel, settings as Settings)[what] ? id : [],
    );
    if (ids.length === 0) return null;
    if (ids.length === whole.length) return sums;
    return sumsOf({
      status: 'active',
      planned: 0,
      expanded: true,
      counts: await countStates(ctx, ...ids),
      isTest: false,
    });
  };
  const [delivered, read] = [await sumsWhere('delivered'), await sumsWhere('read')];
  return {
    delivered: delivered?.delivered ?? null,
    pending: delivered && delivered.sent - delivered.delivered,
    read: read?.read ?? null,
  };
}

function laterOf(rows: { later: number; later_from: Date | null }[]): Report['retry_later'] {
  const found = rows.find((row) => row.later > 0);
  return found?.later_from ? { count: Number(found.later), from: found.later_from.toISOString() } : null;
}

/** What a platform does not tell, or the campaign does not track, is null, never 0. */
const emptyReport: Report = {
  run_id: null,
  run_status: null,
  planned: 0,
  queued: 0,
  sending: 0,
  sent: 0,
  delivered: null,
  pending: null,
  read: null,
  failed: 0,
  skipped: 0,
  unknown: 0,
  cancelled: 0,
  clicked: null,
  replied: 0,
  converted: null,
  converted_value: null,
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
  retry_later: null,
  go: null,
  also_tested: 0,
  canary: null,
  variants: null,
  holdout: null,
  circuit: null,
  findings: [],
};
