// Pause, resume, cancel, retry, archive, delete: the campaign's status and its run move in one transaction.
import { toWireId } from '../../contract/ids.ts';
import { resumeWords } from '../deliveries/canary/canary.ts';
import { resumeCanary } from '../deliveries/canary/tend-canary.ts';
import { tryCircuitNow } from '../deliveries/circuit/keep-circuit.ts';
import { cancelRun, closeRuns, pauseRun, resumeRun, retryFailed } from '../deliveries/runs/run.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { placeOf } from './campaign.ts';
import { readyConnection, sendNow } from './launch.ts';
import { move } from './move.ts';
import { getCampaign } from './store.ts';

async function latestRun(ctx: Ctx, campaignId: string): Promise<string> {
  const run = await findLatestRun(ctx, campaignId);
  if (!run) throw notFound('run');
  return run;
}

async function findLatestRun(ctx: Ctx, campaignId: string): Promise<string | undefined> {
  const run = await ctx.db
    .selectFrom('runs')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', campaignId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return run?.id;
}

export const subject = (id: string) => ({ type: 'campaign', id: toWireId('cmp', id) });

export async function pauseCampaign(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await move(ctx, id, 'pause', 'paused');
    await pauseRun(ctx, await latestRun(ctx, id));
    await audit(ctx, 'campaign.paused', subject(id));
  });
}

/**
 * `left` people will be messaged from here on; none of them has been. `detail` says in words what that means. A campaign
 * that never began is sent now.
 */
export async function resumeCampaign(ctx: Ctx, id: string): Promise<{ left: number; detail: string }> {
  const plan = await getCampaign(ctx, id);
  if (placeOf(plan) === 'held') {
    const { planned } = await sendNow(ctx, id);
    return { left: planned, detail: resumeWords(plan.settings.canary ? 'sampling' : null, null, planned) };
  }
  return inTransaction(ctx, async (ctx) => {
    const connection = await readyConnection(ctx, plan);
    await move(ctx, id, 'resume', 'sending');
    const runId = await latestRun(ctx, id);
    const { left } = await resumeRun(ctx, runId);
    await tryCircuitNow(ctx, connection.id);
    const detail = await resumeCanary(ctx, runId, left);
    await audit(ctx, 'campaign.resumed', subject(id), { left, detail });
    return { left, detail };
  });
}

export async function cancelCampaign(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await move(ctx, id, 'cancel', 'cancelled', { finished_at: ctx.clock.now() });
    const run = await findLatestRun(ctx, id);
    // a scheduled or held one has none yet
    if (run) await cancelRun(ctx, run);
    await audit(ctx, 'campaign.cancelled', subject(id));
  });
}

/** Sends again to those whose send failed. Throws ILLEGAL_MOVE when nobody failed. */
export async function retryFailedOf(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await readyConnection(ctx, await getCampaign(ctx, id));
    await move(ctx, id, 'retry_failed', 'sending', { finished_at: null });
    const count = await retryFailed(ctx, await latestRun(ctx, id));
    if (count === 0)
      throw new AppError(
        'ILLEGAL_MOVE',
        'No delivery of this campaign can be tried again: nothing failed, or only for reasons that stay (deleted accounts, refused content).',
      );
    await audit(ctx, 'campaign.retried', subject(id), { count });
  });
}

/** It is over: whom nobody knows about is counted as sent or written to, but never messaged by it again. */
export async function archiveCampaign(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await move(ctx, id, 'archive', 'archived');
    if (!(await closeRuns(ctx, id)))
      throw new AppError(
        'ILLEGAL_MOVE',
        'Somebody has just sent it again to people whose delivery was unknown. Wait until that is through, or cancel it; then archive it.',
      );
    await audit(ctx, 'campaign.archived', subject(id));
  });
}

/** A draft disappears; what was sent is archived, because its ledger must stay. Throws ILLEGAL_MOVE while it sends. */
export async function deleteCampaign(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const draft = await ctx.db
      .deleteFrom('campaigns')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .where('status', '=', 'draft')
      .returning('name')
      .executeTakeFirst();
    if (draft) await audit(ctx, 'campaign.deleted', subject(id), { name: draft.name });
    else await archiveCampaign(ctx, id);
  });
}

/** Job `campaigns.finish`: its run has come to an end. A campaign that is no longer sending is left alone. */
export async function finishCampaign(
  base: BaseCtx,
  job: { workspaceId: string; runId: string },
): Promise<void> {
  await whileRunIs('finished', base, job, async (ctx, id) => {
    await move(ctx, id, 'finish', 'published', { finished_at: ctx.clock.now() });
    await audit(ctx, 'campaign.published', subject(id));
  });
}

/**
 * Job `campaigns.hold`: its connection broke; the run is paused already. A campaign that was through, with rows sent again and
 * `campaigns.reopen` not there yet, is held like one that is sending, so that it can be resumed.
 */
export async function holdCampaign(
  base: BaseCtx,
  job: { workspaceId: string; runId: string; reason: string },
): Promise<void> {
  await whileRunIs('paused', base, job, async (ctx, id) => {
    await move(ctx, id, 'hold', 'paused', { status_reason: job.reason, finished_at: null });
    await audit(ctx, 'campaign.held', subject(id), { reason: job.reason });
  });
}

/** Job `campaigns.reopen`: rows of its run are sent again, so it is sending and can be paused and cancelled. */
export async function reopenCampaign(
  base: BaseCtx,
  job: { workspaceId: string; runId: string },
): Promise<void> {
  await whileRunIs('active', base, job, async (ctx, id) => {
    await move(ctx, id, 'reopen', 'sending', { finished_at: null });
    await audit(ctx, 'campaign.reopened', subject(id));
  });
}

/** News of a run that has moved on meanwhile (retried, resumed) is old: a job may come late or twice. */
async function whileRunIs(
  status: 'active' | 'finished' | 'paused',
  base: BaseCtx,
  job: { workspaceId: string; runId: string },
  work: (ctx: Ctx, campaignId: string) => Promise<void>,
): Promise<void> {
  try {
    await inTransaction(asSystem(base, job.workspaceId), async (ctx) => {
      const run = await runOf(ctx, job.runId);
      if (!run) return;
      // the campaign first, as everybody who moves both does; only then what the run says is still true
      await ctx.db
        .selectFrom('campaigns')
        .select('id')
        .where('workspace_id', '=', job.workspaceId)
        .where('id', '=', run.campaign_id)
        .forUpdate()
        .execute();
      if ((await runOf(ctx, job.runId))?.status === status) await work(ctx, run.campaign_id);
    });
  } catch (error) {
    // the person was faster (cancelled, archived): their word stands
    if (!(error instanceof AppError && error.code === 'ILLEGAL_MOVE')) throw error;
  }
}

function runOf(ctx: Ctx, runId: string) {
  return ctx.db
    .selectFrom('runs')
    .select(['campaign_id', 'status'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', runId)
    .executeTakeFirst();
}
