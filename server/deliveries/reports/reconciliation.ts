// What became of everybody a run planned: figures, groups and what would happen next, all of one instant.
import { sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { countedAsSent } from '../../../contract/deliveries.ts';
import { toWireId } from '../../../contract/ids.ts';
import {
  neverLeft,
  resendAfterSeconds as resendAfterSecondsOf,
  settledByReceipt,
  tellsReceipts,
} from '../../../contract/receipts.ts';
import type { Reconciliation, RunStatus } from '../../../contract/reconciliation.ts';
import { adapterOf } from '../../channels/registry.ts';
import { type Ctx, inSnapshot } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';
import { runRows, standingOf } from '../pace/standing.ts';
import { resendRefusal } from '../settling/settle.ts';
import { latestSettlement, unknownSince } from '../settling/settlement.ts';
import { groupsOf, policyOf, type ReasonCount, type RunDetails, resumeOf } from './reckoning.ts';
import { tallyOf } from './tallies.ts';

const runsShown = 100;

/** Of one run of the campaign, the latest unless named; all zero before the first. Throws NOT_FOUND for another's run. */
export function reconcile(ctx: Ctx, campaignId: string, runId: string | null): Promise<Reconciliation> {
  return inSnapshot(ctx, async (ctx) => {
    const run = await findRun(ctx, campaignId, runId);
    if (runId && !run) throw notFound('run of this campaign');
    const base = { campaign_id: toWireId('cmp', campaignId), at: ctx.clock.now().toISOString() };
    if (!run) return { ...base, ...nothing };
    const published = adapterOf(run.channel as Channel).pace.perSecond;
    const { figures, sums: all, obstacle } = await standingOf(ctx, run, published);
    const { notWritten: _n, delivered: _d, read: _r, ...sums } = all;
    const details = await detailsOf(ctx, run.id);
    const resendAfterSeconds =
      figures.status === 'cancelled' || run.held_answer_at
        ? null
        : resendAfterSecondsOf((run.settings as Settings).unknown?.resend_after_seconds, run.channel);
    const tallies = await tallyOf(ctx, run.id);
    return {
      ...base,
      run: {
        id: toWireId('run', run.id),
        status: figures.status,
        started_at: run.created_at.toISOString(),
        finished_at: run.finished_at?.toISOString() ?? null,
      },
      runs: await listRuns(ctx, campaignId),
      ...sums,
      groups: groupsOf(figures, details, run.channel),
      resume: resumeOf({ status: figures.status, resendAfterSeconds, wait: obstacle }, sums, details.again),
      policy: policyOf(resendAfterSeconds, {
        tells: tellsReceipts(run.channel),
        holds: run.held_answer_at !== null,
        settled: tallies.settled_by_receipt ?? 0,
        neverLeft: tallies.never_left ?? 0,
      }),
      settlement: await latestSettlement(ctx, run.id),
      resend_refusal: await resendRefusal(ctx, { runId: run.id, connectionId: run.connection_id }),
    };
  });
}

const nothing = {
  run: null,
  runs: [],
  planned: 0,
  sent: 0,
  failed: 0,
  skipped: 0,
  unknown: 0,
  left: 0,
  cancelled: 0,
  groups: [],
  resume: { count: 0, words: 'Nothing was sent yet, so there is nothing to reconcile.', wait: null },
  policy: policyOf(null, { tells: false, settled: 0, neverLeft: 0 }),
  settlement: null,
  resend_refusal: null,
} satisfies Partial<Reconciliation>;

function findRun(ctx: Ctx, campaignId: string, runId: string | null) {
  let query = runRows(ctx).where('r.campaign_id', '=', campaignId);
  if (runId) query = query.where('r.id', '=', runId);
  return query.orderBy('r.created_at', 'desc').limit(1).executeTakeFirst();
}

async function listRuns(ctx: Ctx, campaignId: string): Promise<Reconciliation['runs']> {
  const { rows } = await sql<{
    id: string;
    status: string;
    created_at: Date;
    planned: number;
    unknown: number;
  }>`
    SELECT r.id, r.status, r.created_at, r.planned,
      (SELECT coalesce(sum(n), 0)::bigint FROM run_counts c WHERE c.run_id = r.id AND c.state = 'unknown') AS unknown
    FROM runs r WHERE r.workspace_id = ${ctx.actor.workspaceId} AND r.campaign_id = ${campaignId}
    ORDER BY r.created_at DESC LIMIT ${runsShown}`.execute(ctx.db);
  return rows.map((run) => ({
    id: toWireId('run', run.id),
    status: run.status as RunStatus,
    started_at: run.created_at.toISOString(),
    planned: run.planned,
    unknown: run.unknown,
  }));
}

async function detailsOf(ctx: Ctx, runId: string): Promise<RunDetails> {
  const ofRun = sql`workspace_id = ${ctx.actor.workspaceId} AND run_id = ${runId}`;
  const reasons = await sql<ReasonCount>`
    SELECT state, reason, count(*) AS count FROM deliveries
    -- the run was found in this workspace: by its id alone the index answers without the rows
    WHERE run_id = ${runId} AND state IN ('failed', 'skipped', 'unknown') GROUP BY 1, 2`.execute(ctx.db);
  const times = await sql<{ reason: string | null; first: Date; last: Date }>`
    SELECT reason, min(${unknownSince}) AS first, max(${unknownSince}) AS last
    FROM deliveries WHERE ${ofRun} AND state = 'unknown' GROUP BY 1`.execute(ctx.db);
  const putOff = sql`${ofRun} AND state = 'queued' AND due_at > ${ctx.clock.now()} AND unknown_at IS NULL`;
  const again = sql`${ofRun} AND state = 'queued' AND unknown_at IS NOT NULL`;
  const others = await sql<Omit<RunDetails, 'reasons' | 'unknownTimes'>>`
    SELECT
      (SELECT count(*) FROM deliveries WHERE ${ofRun} AND reason = ${sql.lit(countedAsSent)}
        AND state IN ('sent', 'delivered', 'read')) AS "countedAsSent",
      (SELECT count(*) FROM deliveries WHERE ${ofRun} AND reason = ${sql.lit(settledByReceipt)}
        AND state IN ('sent', 'delivered', 'read')) AS "settledByReceipt",
      (SELECT count(*) FROM deliveries WHERE ${putOff} AND quiet_since IS NOT NULL) AS quiet,
      (SELECT count(*) FROM deliveries WHERE ${putOff} AND quiet_since IS NULL) AS later,
      (SELECT count(*) FROM deliveries WHERE ${again} AND reason IS DISTINCT FROM ${sql.lit(neverLeft)}) AS again,
      (SELECT count(*) FROM deliveries WHERE ${again} AND reason = ${sql.lit(neverLeft)}) AS "neverLeft"`.execute(
    ctx.db,
  );
  const counts = others.rows[0];
  if (!counts) throw new Error('a count has no row');
  return {
    ...counts,
    reasons: reasons.rows,
    unknownTimes: new Map(times.rows.map(({ reason, first, last }) => [reason, { first, last }])),
  };
}
