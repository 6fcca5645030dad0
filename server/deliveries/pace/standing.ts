// Where a run stands at this moment: its sums, its rate, what holds it and when it is through. The report, the limits page
// and the reconciliation all read it here, so that no two of them say different things.
import type { Report } from '../../../contract/campaigns.ts';
import type { CanaryReport } from '../../../contract/canary.ts';
import type { Circuit } from '../../../contract/connections.ts';
import type { RunStatus } from '../../../contract/reconciliation.ts';
import { toCircuit } from '../../channels/connection.ts';
import type { Ctx } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';
import type { AbRecord } from '../ab/ab.ts';
import { canaryReport } from '../canary/canary-report.ts';
import { circuitColumns } from '../circuit/keep-circuit.ts';
import { quietWaves, type Wave } from '../pressure/quiet-rows.ts';
import { type RunFigures, type Sums, sumsOf } from '../reports/reckoning.ts';
import { runIsHeld } from '../runs/hold.ts';
import { countStates } from '../runs/run.ts';
import { type Outlook, runOutlook } from './outlook.ts';
import type { AbWait } from './stage.ts';

/** A rate older than this belongs to the past: nothing is being sent at present. */
const rateFreshMs = 6000;

/** Runs of the workspace with what their connection and their hold say of them. */
export const runRows = (ctx: Ctx) =>
  ctx.db
    .selectFrom('runs as r')
    .innerJoin('connections as n', 'n.id', 'r.connection_id')
    .selectAll('r')
    .select('n.channel')
    .select(circuitColumns)
    .select(runIsHeld.as('held'))
    .where('r.workspace_id', '=', ctx.actor.workspaceId);
export type RunRow = Awaited<ReturnType<ReturnType<typeof runRows>['execute']>>[number];

/** One run of a campaign: the latest, or the one that is meant. Undefined: none yet. Throws NOT_FOUND where it is not its own. */
export async function findRun(
  ctx: Ctx,
  campaignId: string,
  runId: string | null,
): Promise<RunRow | undefined> {
  let query = runRows(ctx).where('r.campaign_id', '=', campaignId);
  if (runId) query = query.where('r.id', '=', runId);
  const run = await query.orderBy('r.created_at', 'desc').limit(1).executeTakeFirst();
  if (!run && runId) throw notFound('run');
  return run;
}

/**
 * The runs that figures of `run` are about, the first one first: itself where `runId` names it, and of an automation all of them
 * otherwise, for each new wording and each connection has one, and what those that are over sent counts as well.
 */
export async function wholeOf(ctx: Ctx, run: RunRow, runId: string | null): Promise<[RunRow, ...RunRow[]]> {
  if (runId || run.campaign_version === null) return [run];
  const runs = await runRows(ctx)
    .where('r.campaign_id', '=', run.campaign_id)
    .where('r.campaign_version', 'is not', null)
    .orderBy('r.created_at')
    .orderBy('r.id')
    .execute();
  const [first = run, ...others] = runs;
  return [first, ...others];
}

export interface Standing {
  figures: RunFigures;
  sums: Sums;
  /** Rows that were sent or may have been: what fills batches. */
  done: number;
  /** Messages per second over the last seconds; 0: nothing is going out. */
  rate: number;
  waves: Wave[];
  canary: CanaryReport | null;
  circuit: Circuit | null;
  outlook: Outlook;
  /** What stands before those who are left, also where a few still go out, one at a time or on trial. */
  obstacle: Report['wait'];
}

/** `published`: what the platform allows, per second; null: not known. */
export async function standingOf(ctx: Ctx, run: RunRow, published: number | null): Promise<Standing> {
  const counts = await countStates(ctx, run.id);
  const status = run.status as RunStatus;
  const figures = {
    status,
    planned: run.planned,
    expanded: run.expanded_at !== null,
    counts,
    isTest: run.ab_step !== null,
  };
  const sums = sumsOf(figures);
  const { left } = sums;
  const now = ctx.clock.now();
  const canary = run.canary_step ? await canaryReport(ctx, run.id) : null;
  const ab = testOf(run, counts);
  const circuit = status === 'active' || status === 'paused' ? toCircuit(run) : null;
  const isFresh = run.rated_at !== null && now.getTime() - run.rated_at.getTime() < rateFreshMs;
  const rate = isFresh && status === 'active' && left > 0 ? run.sends_per_second : 0;
  const waves = left > 0 && status !== 'cancelled' ? await quietWaves(ctx, run.id) : [];
  const done = (counts.sending ?? 0) + sums.sent + sums.failed + sums.unknown;
  const held = run.held && left > 0 && status !== 'cancelled';
  const { outlook, obstacle } = await runOutlook(
    ctx,
    { ...run, held, canary, ab, circuit, left, waves, done, measured: rate },
    published,
  );
  return {
    figures,
    sums,
    done,
    rate,
    waves,
    canary,
    circuit,
    outlook,
    obstacle: held ? { reason: 'held', until: null } : obstacle,
  };
}

/** What everybody beyond an A/B test waits for; null: nothing, or nobody waits. */
function testOf(run: RunRow, counts: Record<string, number>): AbWait | 'ahead' | null {
  if (run.ab_step !== 'testing') return null;
  // who is in the test is known once the rows are written
  if (run.expanded_at === null) return 'ahead';
  if ((counts.planned ?? 0) === 0) return null;
  const open = (counts.queued ?? 0) + (counts.sending ?? 0);
  return { open, decideAt: (run.ab as AbRecord | null)?.decideAt ?? null };
}
