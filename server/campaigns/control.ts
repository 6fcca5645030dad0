// Pause, resume, cancel, retry, archive, restore, delete: the campaign's status and its run move in one transaction.
import type { Campaign, CancelScope } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import { resumeAb } from '../deliveries/ab/tend-ab.ts';
import { resumeWords } from '../deliveries/canary/canary.ts';
import { resumeCanary } from '../deliveries/canary/tend-canary.ts';
import { tryCircuitNow } from '../deliveries/circuit/keep-circuit.ts';
import { giveGo } from '../deliveries/runs/go.ts';
import { cancelRun, closeRuns, pauseRun, resumeRun, retryFailed } from '../deliveries/runs/run.ts';
import { whyFailed } from '../deliveries/runs/why-failed.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { templateOf } from '../whatsapp-templates/message-place.ts';
import { audit } from '../workspaces/audit.ts';
import { hasFurtherDates, isAutomated, placeOf } from './campaign.ts';
import { readyConnection, sendNow } from './launch.ts';
import { move } from './move.ts';
import { maySwitch } from './references.ts';
import { wakeAt } from './schedules/schedule.ts';
import { getCampaign } from './store.ts';
import { switchOff } from './switch-off.ts';

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

/** Its runs under way, the latest first. A series may have one of an earlier date, whose rows are sent again. */
async function runsUnderWay(
  ctx: Ctx,
  campaignId: string,
  statuses: ('active' | 'paused')[] = ['active', 'paused'],
): Promise<string[]> {
  const runs = await ctx.db
    .selectFrom('runs')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', campaignId)
    .where('status', 'in', statuses)
    .orderBy('created_at', 'desc')
    .execute();
  return runs.map((run) => run.id);
}

export const subject = (id: string) => ({ type: 'campaign', id: toWireId('cmp', id) });

export async function pauseCampaign(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await move(ctx, id, 'pause', 'paused');
    for (const run of await runsUnderWay(ctx, id, ['active'])) await pauseRun(ctx, run);
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
    await refuseStoppedTemplates(ctx, connection.id, plan);
    await move(ctx, id, 'resume', 'sending');
    const paused = await runsUnderWay(ctx, id, ['paused']);
    let left = 0;
    for (const run of paused) {
      left += (await resumeRun(ctx, run)).left;
      await giveGo(ctx, run);
      await resumeAb(ctx, run);
    }
    await tryCircuitNow(ctx, connection.id);
    const detail = await resumeCanary(ctx, paused[0] ?? (await latestRun(ctx, id)), left);
    await audit(ctx, 'campaign.resumed', subject(id), { left, detail });
    return { left, detail };
  });
}

/** What WhatsApp stopped would be stopped again by the next message. */
async function refuseStoppedTemplates(ctx: Ctx, connectionId: string, plan: Campaign): Promise<void> {
  const contents = [plan.content, ...(plan.settings.ab?.variants ?? []).map(({ content }) => content)];
  for (const content of contents) {
    const found = await templateOf(ctx, content, connectionId);
    if (found?.cannotSend)
      throw new AppError('ILLEGAL_MOVE', `Template ${content.whatsapp?.template?.name}: ${found.cannotSend}`);
  }
}

/**
 * For good. `date`: of a series that has further dates only what is under way; the next one goes out as planned. Throws
 * ILLEGAL_MOVE.
 */
export async function cancelCampaign(ctx: Ctx, id: string, scope: CancelScope = 'series'): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await lockStatus(ctx, id);
    const campaign = await getCampaign(ctx, id);
    if (scope === 'date' && hasFurtherDates(campaign)) return cancelDate(ctx, id, campaign);
    await move(ctx, id, 'cancel', 'cancelled', {
      finished_at: ctx.clock.now(),
      ...(campaign.occurrences ? { occurrences_left: 0 } : {}),
    });
    for (const run of await runsUnderWay(ctx, id)) await cancelRun(ctx, run);
    await audit(ctx, 'campaign.cancelled', subject(id));
  });
}

/** The row's hour was moved to its next date when this run began. */
async function cancelDate(ctx: Ctx, id: string, { scheduled_at }: Campaign): Promise<void> {
  await move(ctx, id, 'cancel_date', 'scheduled');
  const runs = await runsUnderWay(ctx, id);
  for (const run of runs) await cancelRun(ctx, run);
  if (scheduled_at) await wakeAt(ctx, id, new Date(scheduled_at));
  const run_ids = runs.map((run) => toWireId('run', run));
  await audit(ctx, 'campaign.date_cancelled', subject(id), { run_ids, next_at: scheduled_at });
}

/** Sends again to those whose send failed. Throws ILLEGAL_MOVE when nobody failed. */
export async function retryFailedOf(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await readyConnection(ctx, await getCampaign(ctx, id));
    await move(ctx, id, 'retry_failed', 'sending', { finished_at: null });
    const run = await findLatestRun(ctx, id);
    if (run && (await runOf(ctx, run))?.status === 'cancelled')
      throw new AppError(
        'ILLEGAL_MOVE',
        'The last date of this campaign was cancelled, so nothing is sent for it any more. Its next date goes out as planned.',
      );
    const count = run ? await retryFailed(ctx, run) : 0;
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
    const { kind, status, status_reason } = await lockStatus(ctx, id);
    if (isAutomated(kind)) await retire(ctx, id);
    await move(ctx, id, 'archive', 'archived', { archived_from: status, status_reason });
    if (!(await closeRuns(ctx, id)))
      throw new AppError(
        'ILLEGAL_MOVE',
        'Somebody has just sent it again to people whose delivery was unknown. Wait until that is through, or cancel it; then archive it.',
      );
    await audit(ctx, 'campaign.archived', subject(id));
  });
}

/** An automation that goes into the archive is off, also once it comes back; whoever still waited is not written to. */
async function retire(ctx: Ctx, id: string): Promise<void> {
  const { trigger } = await getCampaign(ctx, id);
  if (trigger?.enabled) {
    maySwitch(ctx);
    await switchOff(ctx, id, null);
  }
  await endRuns(ctx, id, await runsUnderWay(ctx, id));
}

/** Of an automation: their rows that wait are cancelled, and what happens later begins others. */
async function endRuns(ctx: Ctx, id: string, runs: string[]): Promise<void> {
  if (runs.length === 0) return;
  for (const run of runs) await cancelRun(ctx, run);
  await ctx.db
    .updateTable('runs')
    .set({ ongoing: false })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', id)
    .where('id', 'in', runs)
    .execute();
}

/**
 * Back into the list as what it was, with why. Nobody is messaged by that, later either: whom nobody knows about stays a person's
 * decision, though the campaign's settings once said to send again by itself. Throws ILLEGAL_MOVE.
 */
export async function restoreCampaign(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const { archived_from, finished_at, status_reason } = await lockStatus(ctx, id);
    const to = archived_from ?? (await statusBeforeArchive(ctx, id));
    await move(ctx, id, 'restore', to as Campaign['status'], {
      archived_from: null,
      finished_at,
      status_reason,
    });
    await audit(ctx, 'campaign.restored', subject(id), { status: to });
  });
}

/** Of a campaign that was archived before anybody noted it: what its latest run came to. */
async function statusBeforeArchive(ctx: Ctx, id: string): Promise<'published' | 'cancelled'> {
  const run = await findLatestRun(ctx, id);
  return run && (await runOf(ctx, run))?.status === 'finished' ? 'published' : 'cancelled';
}

/**
 * The campaign under its row lock, which lets rows of its run be written meanwhile: whoever writes them holds the run, and we
 * may want that one next. Throws NOT_FOUND.
 */
async function lockStatus(ctx: Ctx, id: string) {
  const row = await ctx.db
    .selectFrom('campaigns')
    .select([
      'kind',
      'status',
      'status_reason',
      'name',
      'launched_at',
      'held_at',
      'archived_from',
      'finished_at',
    ])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('campaign');
  const { kind, status } = row as Pick<Campaign, 'kind' | 'status'>;
  return { ...row, kind, status, held: row.held_at !== null };
}

/**
 * A draft disappears, and so does what is scheduled or held and was never sent. What was sent is archived, because its ledger
 * must stay; a series that goes on is cancelled first. Throws ILLEGAL_MOVE while it sends, FORBIDDEN where nothing may be cancelled.
 */
export async function deleteCampaign(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const { name, ...row } = await lockStatus(ctx, id);
    const place = placeOf(row);
    const waits = place === 'scheduled' || place === 'held';
    if (waits) mayStop(ctx);
    if (place === 'automation' && (await getCampaign(ctx, id)).trigger?.enabled) maySwitch(ctx);
    if (await findLatestRun(ctx, id)) {
      if (waits) await cancelCampaign(ctx, id);
      return archiveCampaign(ctx, id);
    }
    // cancelled before its hour: it was decided about, and stays to be read
    if (place !== 'draft' && place !== 'automation' && !waits) return archiveCampaign(ctx, id);
    await ctx.db
      .deleteFrom('campaigns')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    await audit(ctx, 'campaign.deleted', subject(id), { name, status: place });
    await ctx.hub.publish(ctx, {
      topic: 'live',
      workspaceId: ctx.actor.workspaceId,
      frame: { type: 'campaign.changed', campaign_id: toWireId('cmp', id) },
    });
  });
}

/** What is scheduled goes out unless somebody stops it: that is for whoever may cancel. */
function mayStop(ctx: Ctx): void {
  if (ctx.actor.kind === 'system' || ctx.actor.scopes.has('campaigns:send')) return;
  throw new AppError(
    'FORBIDDEN',
    'This campaign is scheduled: deleting it needs the scope "campaigns:send", as cancelling it does. Ask somebody who may send.',
  );
}

/** Job `campaigns.finish`: its run has come to an end; where nobody got it and every message failed, it has failed. A campaign that is no longer sending is left alone. */
export async function finishCampaign(
  base: BaseCtx,
  job: { workspaceId: string; runId: string },
): Promise<void> {
  await whileRunIs('finished', base, job, async (ctx, id) => {
    if ((await runsUnderWay(ctx, id)).length > 0) return;
    const campaign = await getCampaign(ctx, id);
    // the former words of an automation: it goes on with others
    if (campaign.trigger) return;
    // a series goes on: the row's hour was moved to its next date when this run began
    if (hasFurtherDates(campaign) && campaign.scheduled_at) {
      await move(ctx, id, 'finish', 'scheduled');
      return wakeAt(ctx, id, new Date(campaign.scheduled_at));
    }
    const failed = await whyFailed(ctx, job.runId);
    const to = failed ? 'failed' : 'published';
    await move(ctx, id, 'finish', to, { finished_at: ctx.clock.now(), status_reason: failed });
    await audit(ctx, `campaign.${to}`, subject(id), failed ? { reason: failed } : {});
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
    const { trigger } = await getCampaign(ctx, id);
    // an automation that the platform stopped is off
    if (trigger) {
      await endRuns(ctx, id, [job.runId]);
      return switchOff(ctx, id, job.reason);
    }
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
