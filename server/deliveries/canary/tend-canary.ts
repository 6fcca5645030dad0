// The life of a run's canary: draws its people, waits for what they do, judges once, lets the others go or stops the run.
// Everybody beyond the canary has a row in `planned`, which no claim looks at: however many nodes and tries there are, no
// more people than the canary's can be sent or under way. Every step is one transaction under the run's lock.
import { sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Canary, CanaryStep } from '../../../contract/canary.ts';
import { toWireId } from '../../../contract/ids.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { fromStates } from '../delivery.ts';
import type { RunRef } from '../runs/release.ts';
import { countStates, lockRuns } from '../runs/run.ts';
import { stateIn } from '../state-sql.ts';
import {
  type CanaryCounts,
  type CanaryRecord,
  canarySize,
  freshCanary,
  isSettled,
  isWithin,
  judge,
  passedWords,
  resumeWords,
  stoppedWords,
} from './canary.ts';

/**
 * Takes the next step that is due, if one is: job `deliveries.canary`, and the lane whenever it has nothing left to send.
 * Safe to repeat and from several nodes. `hasNews` false: only a look at the clock, for the lane that asks every second.
 */
export async function tendCanary(base: BaseCtx, ref: RunRef, hasNews = true): Promise<void> {
  const seen = await readCanary(base, ref);
  if (!isTended(seen) || !seen.expandedAt) return;
  const isWaiting = seen.step === 'waiting' && base.clock.now() < new Date(seen.record.judgeAt ?? 0);
  if (isWaiting && !hasNews) return;
  await inTransaction(asSystem(base, ref.workspaceId), async (ctx) => {
    await lockRuns(ctx, [ref.runId]);
    const run = await readCanary(ctx, ref);
    if (isTended(run)) await step(ctx, run);
  });
}

/** Job `deliveries.tend_held_back`, every minute: whatever wake-up was lost, no canary is forgotten. */
export async function tendCanaries(base: BaseCtx): Promise<void> {
  const runs = await base.db
    .selectFrom('runs')
    .select(['workspace_id', 'id'])
    .where('canary_step', 'in', ['sampling', 'waiting'])
    .where('status', '=', 'active')
    .execute();
  for (const run of runs)
    await tendCanary(base, { workspaceId: run.workspace_id, runId: run.id }).catch((error) =>
      base.log.warn({ err: error, run: run.id }, 'a canary could not be tended; it is tried again'),
    );
}

interface CanaryRun extends RunRef {
  status: string;
  campaignId: string;
  connectionId: string;
  channel: string;
  expandedAt: Date | null;
  canary: Canary;
  step: CanaryStep;
  record: CanaryRecord;
}

/** Null: the run has no canary. */
export async function readCanary(ctx: Pick<BaseCtx, 'db'>, ref: RunRef): Promise<CanaryRun | null> {
  const row = await ctx.db
    .selectFrom('runs as r')
    .innerJoin('connections as n', 'n.id', 'r.connection_id')
    .select(['r.status', 'r.campaign_id', 'r.connection_id', 'r.expanded_at', 'r.settings', 'r.canary_step'])
    .select(['r.canary', 'n.channel'])
    .where('r.workspace_id', '=', ref.workspaceId)
    .where('r.id', '=', ref.runId)
    .executeTakeFirst();
  const canary = (row?.settings as Partial<Settings> | undefined)?.canary;
  if (!row?.canary_step || !canary) return null;
  return {
    ...ref,
    status: row.status,
    campaignId: row.campaign_id,
    connectionId: row.connection_id,
    channel: row.channel,
    expandedAt: row.expanded_at,
    canary,
    step: row.canary_step as CanaryStep,
    record: { ...freshCanary, ...(row.canary as CanaryRecord | null) },
  };
}

function isTended(run: CanaryRun | null): run is CanaryRun {
  return run?.status === 'active' && (run.step === 'sampling' || run.step === 'waiting');
}

/** One look under the run's lock. */
async function step(ctx: Ctx, run: CanaryRun): Promise<void> {
  const planned = (await countStates(ctx, run.runId)).planned ?? 0;
  const isFirst = run.record.people === null;
  const people = run.record.people ?? canarySize(run.canary.size, planned);
  // the canary would be everybody, or everybody else was left out meanwhile: there is nothing to hold back
  if (planned === 0 || (isFirst && planned <= people)) return settle(ctx, run, 'not_needed', { people });
  const counts = await countCanary(ctx, run);
  // who was left out at the last moment is no part of the sample: somebody else is drawn in their place
  if (counts.people < people) {
    await draw(ctx, run, people - counts.people);
    return write(ctx, run, 'sampling', { people });
  }
  // a limit that is exceeded already stays so: the others are spared the wait and, while sampling, the message
  const early = judge(counts, run.canary.limits, people);
  if (!isWithin(early))
    return stop(ctx, run, counts, stoppedWords(early, counts, { of: people, channel: run.channel }));
  if (counts.open > 0) return run.step === 'waiting' ? write(ctx, run, 'sampling', unsampled) : undefined;
  if (run.step === 'sampling') return wait(ctx, run);
  if (ctx.clock.now() < new Date(run.record.judgeAt ?? 0)) return;
  await pass(ctx, run, counts);
}

const unsampled = { sampledAt: null, judgeAt: null };

/** Beyond the canary, until it is released. */
const heldBack = stateIn('state', fromStates('queued', ['planned']));

/**
 * By lot, but the same lot for every try: the order of a hash of the rows' own ids. MATERIALIZED, because the planner may run
 * a subquery with LIMIT and FOR UPDATE once per row, and then draws more than the limit.
 */
async function draw(ctx: Ctx, run: CanaryRun, count: number): Promise<void> {
  await sql`
    WITH drawn AS MATERIALIZED (
      SELECT id FROM deliveries WHERE run_id = ${run.runId} AND ${heldBack}
      ORDER BY hashtextextended(id::text, 0), id LIMIT ${count} FOR UPDATE
    )
    UPDATE deliveries d SET state = 'queued', canary = true
    FROM drawn WHERE d.workspace_id = ${run.workspaceId} AND d.id = drawn.id`.execute(ctx.db);
  await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: run.connectionId });
}

async function wait(ctx: Ctx, run: CanaryRun): Promise<void> {
  const now = ctx.clock.now();
  const judgeAt = new Date(now.getTime() + run.canary.wait_minutes * 60_000);
  await write(ctx, run, 'waiting', { sampledAt: now.toISOString(), judgeAt: judgeAt.toISOString() });
  await ctx.jobs.enqueue(
    ctx,
    'deliveries.canary',
    { workspaceId: run.workspaceId, runId: run.runId },
    // a key of its own: a job that waits for its time must not swallow one that is wanted now
    { key: `${run.runId}:${judgeAt.getTime()}`, startAfter: judgeAt },
  );
}

async function pass(ctx: Ctx, run: CanaryRun, counts: CanaryCounts): Promise<void> {
  const judged = { judgedAt: ctx.clock.now().toISOString(), counts };
  const figures = judge(counts, run.canary.limits);
  if (!isWithin(figures))
    return stop(ctx, run, counts, stoppedWords(figures, counts, { channel: run.channel }));
  const finding = passedWords(counts, run.channel);
  if (run.canary.when_passed === 'continue') return settle(ctx, run, 'passed', { ...judged, finding });
  await write(ctx, run, 'passed', { ...judged, finding });
  await hold(ctx, run, `${finding} Everybody else waits for you: resume or cancel.`);
}

async function stop(ctx: Ctx, run: CanaryRun, counts: CanaryCounts, finding: string): Promise<void> {
  await write(ctx, run, 'stopped', { judgedAt: ctx.clock.now().toISOString(), counts, finding });
  await hold(ctx, run, finding);
}

/** The run stops here; the campaigns module says so on the campaign. */
async function hold(ctx: Ctx, run: CanaryRun, reason: string): Promise<void> {
  await ctx.db
    .updateTable('runs')
    .set({ status: 'paused' })
    .where('workspace_id', '=', run.workspaceId)
    .where('id', '=', run.runId)
    .execute();
  await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: run.connectionId });
  const { workspaceId, runId } = run;
  await ctx.jobs.enqueue(ctx, 'campaigns.hold', { workspaceId, runId, reason }, { key: runId });
}

/** From here on everybody is messaged. */
async function settle(
  ctx: Ctx,
  run: CanaryRun,
  to: CanaryStep,
  change: Partial<CanaryRecord>,
): Promise<void> {
  await write(ctx, run, to, { ...change, settledAt: ctx.clock.now().toISOString() });
  const { workspaceId, runId } = run;
  await ctx.jobs.enqueue(ctx, 'deliveries.release', { workspaceId, runId }, { key: runId });
}

async function write(ctx: Ctx, run: CanaryRun, to: CanaryStep, change: Partial<CanaryRecord>): Promise<void> {
  await ctx.db
    .updateTable('runs')
    .set({ canary_step: to, canary: JSON.stringify({ ...run.record, ...change }) })
    .where('workspace_id', '=', run.workspaceId)
    .where('id', '=', run.runId)
    .execute();
  await ctx.hub.publish(ctx, {
    topic: 'live',
    workspaceId: run.workspaceId,
    frame: { type: 'campaign.changed', campaign_id: toWireId('cmp', run.campaignId) },
  });
}

/**
 * What happened to the people of a canary, from their rows, addresses and consents as they stand. A person was reachable
 * and not opted out when the row was claimed, so whoever is not any more has become so since.
 */
export async function countCanary(ctx: Pick<BaseCtx, 'db'>, ref: RunRef): Promise<CanaryCounts> {
  const rows = await sql<{
    people: number;
    open: number;
    failed: number;
    unknown: number;
    blocked: number;
    opted_out: number;
  }>`
    SELECT count(*) AS people,
      count(*) FILTER (WHERE d.state IN ('queued', 'sending')) AS open,
      count(*) FILTER (WHERE d.state = 'failed' AND NOT blocked) AS failed,
      count(*) FILTER (WHERE d.state = 'unknown' AND NOT blocked) AS unknown,
      count(*) FILTER (WHERE blocked) AS blocked,
      count(*) FILTER (WHERE d.state <> 'queued' AND k.state = 'opted_out' AND k.at >= d.claimed_at) AS opted_out
    FROM deliveries d
    LEFT JOIN identities i ON i.workspace_id = d.workspace_id AND i.contact_id = d.contact_id AND i.connection_id = d.connection_id
    LEFT JOIN consents k ON k.workspace_id = d.workspace_id AND k.contact_id = d.contact_id AND k.channel = d.channel AND k.purpose = 'marketing'
    CROSS JOIN LATERAL (SELECT d.state NOT IN ('queued', 'sending')
      AND ((d.state = 'failed' AND d.reason = 'blocked') OR coalesce(NOT i.reachable AND i.unreachable_reason = 'blocked', false)) AS blocked) b
    WHERE d.workspace_id = ${ref.workspaceId} AND d.run_id = ${ref.runId} AND d.canary
      AND d.state NOT IN ('skipped', 'cancelled')`.execute(ctx.db);
  const { opted_out, ...counts } = rows.rows[0] ?? {
    people: 0,
    open: 0,
    failed: 0,
    unknown: 0,
    blocked: 0,
    opted_out: 0,
  };
  return { ...counts, optedOut: opted_out };
}

/**
 * A person resumes the run, in their transaction: a canary that was stopped is overridden, one that has passed and asked
 * lets the others go, one that was paused in the middle goes on. Returns what that means, in words.
 */
export async function resumeCanary(ctx: Ctx, runId: string, left: number): Promise<string> {
  const ref = { workspaceId: ctx.actor.workspaceId, runId };
  const run = await readCanary(ctx, ref);
  if (!run) return resumeWords(null, null, left);
  const words = resumeWords(run.step, run.record, left);
  if (!isSettled(run.step, run.record)) {
    if (run.step === 'stopped' || run.step === 'passed')
      await settle(ctx, run, run.step === 'stopped' ? 'overridden' : 'passed', { settledBy: ctx.actor.name });
    else await ctx.jobs.enqueue(ctx, 'deliveries.canary', ref, { key: runId });
  }
  return words;
}
