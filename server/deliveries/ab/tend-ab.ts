// The life of a run's A/B test: its people are sent their wording at once, everybody else has a row in `planned`, which no claim
// looks at. Once the test is out and its time is over the figures decide, or a person does; then the others are let go with the
// winner. One decision per run, under the run's lock, and not by figures that are still coming in.
import type { Settings } from '../../../contract/campaigns.ts';
import { toWireId } from '../../../contract/ids.ts';
import { type AbStep, type AbTest, type VariantKey, variantKeys } from '../../../contract/variants.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { AppError, invalidField, notFound } from '../../platform/errors.ts';
import { runIsHeld } from '../runs/hold.ts';
import type { RunRef } from '../runs/release.ts';
import { countStates, lockRuns } from '../runs/run.ts';
import { type AbRecord, bestOf, findingOf, freshAb, keyOf } from './ab.ts';
import { countVariants } from './count-variants.ts';
import { runsOfTest } from './whole-test.ts';

export interface AbRun extends RunRef {
  status: string;
  /** Of an automation, which goes on: nobody waits for the winner, and only a person chooses one. */
  goesOn: boolean;
  /** Its workspace was started held, and it was not let go yet. */
  held: boolean;
  campaignId: string;
  connectionId: string;
  expandedAt: Date | null;
  ab: AbTest;
  step: AbStep;
  record: AbRecord;
  winner: number | null;
  winnerAt: Date | null;
}

/** Null: the run has no test. */
export async function readAb(ctx: Pick<BaseCtx, 'db'>, ref: RunRef): Promise<AbRun | null> {
  const row = await ctx.db
    .selectFrom('runs as r')
    .select(runIsHeld.as('held'))
    .select([
      'status',
      'campaign_id',
      'connection_id',
      'expanded_at',
      'settings',
      'ab_step',
      'ab',
      'winner',
      'winner_at',
      'campaign_version',
    ])
    .where('workspace_id', '=', ref.workspaceId)
    .where('id', '=', ref.runId)
    .executeTakeFirst();
  const ab = (row?.settings as Partial<Settings> | undefined)?.ab;
  if (!row?.ab_step || !ab) return null;
  return {
    ...ref,
    status: row.status,
    goesOn: row.campaign_version !== null,
    held: row.held,
    campaignId: row.campaign_id,
    connectionId: row.connection_id,
    expandedAt: row.expanded_at,
    ab,
    step: row.ab_step as AbStep,
    record: { ...freshAb, ...(row.ab as AbRecord | null) },
    winner: row.winner,
    winnerAt: row.winner_at,
  };
}

/**
 * Takes the next step that is due, if one is: job `deliveries.ab`, and the lane whenever it has nothing left to send. Safe to
 * repeat and from several nodes.
 */
export async function tendAb(base: BaseCtx, ref: RunRef): Promise<void> {
  const seen = await readAb(base, ref);
  if (!isTended(seen) || !isDue(seen, base.clock.now())) return;
  await inTransaction(asSystem(base, ref.workspaceId), async (ctx) => {
    await lockRuns(ctx, [ref.runId]);
    const run = await readAb(ctx, ref);
    if (isTended(run)) await step(ctx, run);
  });
}

/** Job `deliveries.tend_held_back`, every minute: whatever wake-up was lost, no test is forgotten. */
export async function tendAbs(base: BaseCtx): Promise<void> {
  const runs = await base.db
    .selectFrom('runs')
    .select(['workspace_id', 'id'])
    .where('ab_step', '=', 'testing')
    .where('status', '=', 'active')
    .where('campaign_version', 'is', null)
    .execute();
  for (const run of runs)
    await tendAb(base, { workspaceId: run.workspace_id, runId: run.id }).catch((error) =>
      base.log.warn({ err: error, run: run.id }, 'an A/B test could not be tended; it is tried again'),
    );
}

function isTended(run: AbRun | null): run is AbRun {
  return (
    run?.status === 'active' && !run.goesOn && !run.held && run.step === 'testing' && run.expandedAt !== null
  );
}

/** A test that waits for its hour, or for a person, has nothing due. */
function isDue({ record }: AbRun, now: Date): boolean {
  return record.sentAt === null || (record.decideAt !== null && now >= new Date(record.decideAt));
}

/** One look under the run's lock. */
async function step(ctx: Ctx, run: AbRun): Promise<void> {
  const waiting = (await countStates(ctx, run.runId)).planned ?? 0;
  if (waiting === 0) return write(ctx, run, { ab_step: 'measuring' });
  const counts = await countVariants(ctx, run);
  if (counts.every(({ people }) => people === 0))
    return settle(ctx, run, 'not_needed', 0, { finding: 'Too few people for a test: all of them get A.' });
  if (counts.some(({ open }) => open > 0)) return;
  const now = ctx.clock.now();
  const { winner } = run.ab;
  if (run.record.sentAt === null) {
    const decideAt = winner.by === 'hand' ? null : new Date(now.getTime() + winner.after_minutes * 60_000);
    await write(ctx, run, {}, { sentAt: now.toISOString(), decideAt: decideAt?.toISOString() ?? null });
    if (decideAt) await wake(ctx, run, decideAt);
    return;
  }
  if (winner.by === 'hand' || now < new Date(run.record.decideAt ?? 0)) return;
  const later = await notBefore(ctx, run, winner.after_minutes);
  if (later > now) return postpone(ctx, run, later);
  const best = bestOf(counts, winner.by);
  await settle(ctx, run, 'decided', best, { finding: findingOf(counts, winner.by, best) });
}

/** So long figures come in after a break: what people did meanwhile is fetched from the platform first. */
const breakMinutes = 30;
/** A look comes every minute: a decision that is later than this was kept from being taken, by a pause or with no node running. */
const lateMs = 5 * 60_000;

/** When the figures are there: every message of the test, also one that was tried again, has had its time, and no break was just now. */
async function notBefore(ctx: Ctx, run: AbRun, afterMinutes: number): Promise<Date> {
  const { last } = await ctx.db
    .selectFrom('deliveries')
    .select((eb) => eb.fn.max('sent_at').as('last'))
    .where('workspace_id', '=', run.workspaceId)
    .where('run_id', '=', run.runId)
    .where('variant', 'is not', null)
    .executeTakeFirstOrThrow();
  const allHadTime = (last?.getTime() ?? 0) + afterMinutes * 60_000;
  const isLate = ctx.clock.now().getTime() - new Date(run.record.decideAt ?? 0).getTime() > lateMs;
  return new Date(Math.max(allHadTime, isLate ? afterBreak(ctx, afterMinutes) : 0));
}

const afterBreak = (ctx: Ctx, afterMinutes: number) =>
  ctx.clock.now().getTime() + Math.min(afterMinutes, breakMinutes) * 60_000;

async function postpone(ctx: Ctx, run: AbRun, decideAt: Date): Promise<void> {
  await write(ctx, run, {}, { decideAt: decideAt.toISOString() });
  await wake(ctx, run, decideAt);
}

/** The run goes on after a pause or a hold, in the caller's transaction: what people did meanwhile comes in before the figures decide. */
export async function resumeAb(ctx: Ctx, runId: string): Promise<void> {
  await lockRuns(ctx, [runId]);
  const run = await readAb(ctx, { workspaceId: ctx.actor.workspaceId, runId });
  if (run?.step !== 'testing' || run.ab.winner.by === 'hand' || run.record.decideAt === null) return;
  const decideAt = afterBreak(ctx, run.ab.winner.after_minutes);
  if (decideAt > new Date(run.record.decideAt).getTime()) await postpone(ctx, run, new Date(decideAt));
}

/** The same for all tests of the workspace, or of one campaign, as they are let go from a hold. */
export async function resumeAbs(ctx: Ctx, campaignId?: string): Promise<void> {
  let runs = ctx.db
    .selectFrom('runs')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('ab_step', '=', 'testing')
    .where('status', '=', 'active')
    .orderBy('id');
  if (campaignId) runs = runs.where('campaign_id', '=', campaignId);
  for (const { id } of await runs.execute()) await resumeAb(ctx, id);
}

/**
 * A person decides, whenever they like while the test runs. In the caller's transaction, under the campaign's lock. Throws
 * ILLEGAL_MOVE when it is decided already, VALIDATION_FAILED for a variant that the test does not have.
 */
export async function pickWinnerOf(ctx: Ctx, runId: string, variant: VariantKey): Promise<void> {
  const ref = { workspaceId: ctx.actor.workspaceId, runId };
  const seen = await readAb(ctx, ref);
  if (!seen) throw notFound('A/B test');
  const runs = await runsOfTest(ctx, seen);
  await lockRuns(ctx, runs);
  const run = (await readAb(ctx, ref)) as AbRun;
  const index = variantKeys.indexOf(variant);
  if (index > run.ab.variants.length)
    throw invalidField('/variant', `This test has the variants a to ${keyOf(run.ab.variants.length)}.`);
  if (run.step !== 'testing' || !['active', 'paused'].includes(run.status))
    throw new AppError('ILLEGAL_MOVE', whyNotPicked(run));
  const chosen = {
    decidedBy: ctx.actor.name,
    finding: `${ctx.actor.name} chose ${variant.toUpperCase()}.`,
  };
  if (!run.goesOn) return settle(ctx, run, 'decided', index, chosen);
  const winner = { ab_step: 'decided' as const, winner: index, winner_at: ctx.clock.now() };
  for (const id of runs) await write(ctx, { ...run, runId: id }, winner, chosen);
}

function whyNotPicked({ step, winner }: AbRun): string {
  if (step === 'decided' && winner !== null)
    return `The test is decided: ${keyOf(winner).toUpperCase()} goes to everybody else already.`;
  if (step === 'testing') return 'This run has ended: nobody waits for a winner any more.';
  return 'Nobody waits for a winner: everybody of this run was part of the test.';
}

/** From here on everybody beyond the test is messaged. */
async function settle(
  ctx: Ctx,
  run: AbRun,
  to: 'decided' | 'not_needed',
  winner: number,
  change: Partial<AbRecord>,
): Promise<void> {
  await write(ctx, run, { ab_step: to, winner, winner_at: ctx.clock.now() }, change);
  const { workspaceId, runId } = run;
  await ctx.jobs.enqueue(ctx, 'deliveries.release', { workspaceId, runId }, { key: runId });
}

async function wake(ctx: Ctx, { workspaceId, runId }: AbRun, at: Date): Promise<void> {
  // a key of its own: a job that waits for its time must not swallow one that is wanted now
  const options = { key: `${runId}:${at.getTime()}`, startAfter: at };
  await ctx.jobs.enqueue(ctx, 'deliveries.ab', { workspaceId, runId }, options);
}

async function write(
  ctx: Ctx,
  run: AbRun,
  columns: { ab_step?: AbStep; winner?: number; winner_at?: Date },
  change: Partial<AbRecord> = {},
): Promise<void> {
  await ctx.db
    .updateTable('runs')
    .set({ ...columns, ab: JSON.stringify({ ...run.record, ...change }) })
    .where('workspace_id', '=', run.workspaceId)
    .where('id', '=', run.runId)
    .execute();
  await ctx.hub.publish(ctx, {
    topic: 'live',
    workspaceId: run.workspaceId,
    frame: { type: 'campaign.changed', campaign_id: toWireId('cmp', run.campaignId) },
  });
}
