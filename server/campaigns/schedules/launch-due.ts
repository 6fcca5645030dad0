// Job `campaigns.launch_due`, every minute and at the exact moment of each scheduled campaign: what is due goes out once, in
// the transaction that moves its status; what comes too late, or cannot be sent, is held with the reason in words. Where
// pictures of foreign servers must be looked at first, that is a job of its own: a slow server keeps nobody else waiting.
import { sql } from 'kysely';
import type { Campaign } from '../../../contract/campaigns.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { RecurringSchedule } from '../../../contract/schedules.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { audit } from '../../workspaces/audit.ts';
import { checkSendable, lockFor, lookAtPictures, sendOff } from '../launch.ts';
import { move } from '../move.ts';
import { wakeAt, whyMissed, whyNotSent } from './schedule.ts';
import { dateToJudge, hourAfter, lastEnd, tellSkipped, wasTaken } from './series.ts';

const batch = 100;
/** A moment that is this near gets a look of its own: an exact job that was lost, or came before this node's clock was there. */
const soonMs = 60_000;

/**
 * For so long it counts when a campaign was first looked at, and not when its pictures had been looked at. A job that is
 * older has waited for a node to run it: Carillon was away.
 */
const lookCountsMs = 10 * 60_000;

/** Returns how many were sent or held at once. Safe to run on many nodes at once and to be cut off anywhere. */
export async function launchDue(base: BaseCtx): Promise<number> {
  let settled = 0;
  const tried: string[] = [];
  const lookedAt = base.clock.now();
  for (;;) {
    const due = await dueCampaigns(base, tried);
    if (due.length === 0) break;
    for (const { workspace_id, id, has_links } of due) {
      tried.push(id);
      try {
        if (has_links) await enqueueOne(base, { workspaceId: workspace_id, campaignId: id }, lookedAt);
        else if (await settleDue(asSystem(base, workspace_id), id, lookedAt)) settled += 1;
      } catch (error) {
        // one campaign must not keep the others from their hour; it stays scheduled and is tried again
        base.log.error({ err: error, campaign: toWireId('cmp', id) }, 'a due campaign could not be launched');
      }
    }
  }
  await lookAgainSoon(base);
  return settled;
}

interface Due {
  workspace_id: string;
  id: string;
  /** It shows pictures of other servers. */
  has_links: boolean;
}

/** Due, and its workspace not held, the longest waiting first. */
async function dueCampaigns(base: BaseCtx, tried: string[]): Promise<Due[]> {
  const rows = await sql<Due>`
    SELECT c.workspace_id, c.id, (jsonb_path_exists(c.content, '$.media[*].url') OR jsonb_path_exists(c.settings, '$.ab.variants[*].content.media[*].url')) AS has_links FROM campaigns c JOIN workspaces w ON w.id = c.workspace_id
    WHERE c.status = 'scheduled' AND c.scheduled_at <= ${base.clock.now()}
      AND (w.held_at IS NULL OR c.released_from = w.held_at) AND c.id <> ALL(${tried}::uuid[])
    ORDER BY c.scheduled_at, c.id LIMIT ${batch}`.execute(base.db);
  return rows.rows;
}

interface OneDue {
  workspaceId: string;
  campaignId: string;
}

/** One waiting job for each campaign, which keeps the moment of the first look. */
function enqueueOne(base: BaseCtx, one: OneDue, lookedAt: Date): Promise<void> {
  const job = { ...one, lookedAt: lookedAt.toISOString() };
  return base.jobs.enqueue(base, 'campaigns.launch_one', job, {
    key: one.campaignId,
    group: one.workspaceId,
  });
}

/** Job `campaigns.launch_one`. Safe to repeat. Throws UNAVAILABLE when too many pictures are being looked at: tried again. */
export async function launchOne(base: BaseCtx, job: OneDue & { lookedAt: string }): Promise<void> {
  const now = base.clock.now();
  const lookedAt = new Date(job.lookedAt);
  const counts = now.getTime() - lookedAt.getTime() <= lookCountsMs;
  await settleDue(asSystem(base, job.workspaceId), job.campaignId, counts ? lookedAt : now);
}

/** True when this call sent or held it; false when somebody else was faster. How late it is, is judged from `lookedAt`. */
async function settleDue(ctx: Ctx, id: string, lookedAt: Date): Promise<boolean> {
  try {
    const seen = await lookAtPictures(ctx, id, 'launch_due');
    return await inTransaction(ctx, async (ctx) => {
      const heldAt = await heldSince(ctx);
      const locked = await lockFor(ctx, id, 'launch_due');
      const dueAt = dueMoment(ctx, locked.campaign);
      const isHeld = heldAt !== null && heldAt.getTime() !== locked.releasedFrom?.getTime();
      if (!dueAt || isHeld) return false;
      const now = ctx.clock.now();
      const date = dateToJudge(locked.campaign.schedule, dueAt, now);
      await tellSkipped(ctx, locked.campaign, dueAt, date);
      const repeats = locked.campaign.schedule.mode === 'recurring';
      if (repeats && (await wasTaken(ctx, id, date))) return passOver(ctx, locked.campaign, id, date);
      const missed = whyMissed(
        locked.campaign,
        date,
        lookedAt,
        repeats ? await readySince(ctx, id, date) : date,
      );
      if (missed) await holdIt(ctx, id, 'campaign.missed', missed, date);
      else {
        const connection = await checkSendable(ctx, locked.campaign, seen);
        const lateMs = now.getTime() - date.getTime();
        await sendOff(ctx, locked, connection, { lateMs, date: repeats ? date : null });
      }
      return true;
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'UNAVAILABLE') throw error;
    // moved, edited or deleted meanwhile: the person's word stands, and the next look sees what they made of it
    if (['ILLEGAL_MOVE', 'VERSION_CONFLICT', 'NOT_FOUND'].includes(error.code)) return false;
    if (error.code === 'AUDIENCE_EMPTY' && (await passOverEmpty(ctx, id, error.message))) return true;
    return holdBroken(ctx, id, error.message);
  }
}

/** The run before may still have been under way at that hour: what waited for its end is not late. */
async function readySince(ctx: Ctx, id: string, date: Date): Promise<Date> {
  const ended = await lastEnd(ctx, id);
  return ended && ended > date ? ended : date;
}

/** That date had its run (brought forward by a person, say): on to the next, or the series is over. */
async function passOver(ctx: Ctx, campaign: Campaign, id: string, date: Date): Promise<boolean> {
  const hour = hourAfter(campaign.schedule as RecurringSchedule, date);
  if (hour.occurrences_left === 0)
    await move(ctx, id, 'launch_due', 'published', { ...hour, finished_at: ctx.clock.now() });
  else {
    await move(ctx, id, 'launch_due', 'scheduled', { ...hour });
    await wakeAt(ctx, id, hour.scheduled_at);
  }
  return true;
}

/** A date of a series on which there is nobody to reach: none the less the next one comes. False: it is no series. */
async function passOverEmpty(ctx: Ctx, id: string, reason: string): Promise<boolean> {
  return inTransaction(ctx, async (ctx) => {
    const { campaign } = await lockFor(ctx, id, 'launch_due');
    const dueAt = dueMoment(ctx, campaign);
    if (campaign.schedule.mode !== 'recurring' || !dueAt) return false;
    const date = dateToJudge(campaign.schedule, dueAt, ctx.clock.now());
    await tellSkipped(ctx, campaign, dueAt, date);
    await audit(
      ctx,
      'campaign.occurrence_skipped',
      { type: 'campaign', id: campaign.id },
      { dates: [date.toISOString()], count: 1, reason },
    );
    return passOver(ctx, campaign, id, date);
  });
}

function dueMoment(ctx: Ctx, campaign: { scheduled_at: string | null }): Date | null {
  const at = campaign.scheduled_at ? new Date(campaign.scheduled_at) : null;
  return at && at <= ctx.clock.now() ? at : null;
}

/**
 * Asked again inside the transaction: a hold that came between the look and the launch counts. The workspace before the
 * campaign, as whoever releases or gives up what is held locks them.
 */
async function heldSince(ctx: Ctx): Promise<Date | null> {
  const { held_at } = await ctx.db
    .selectFrom('workspaces')
    .select('held_at')
    .where('id', '=', ctx.actor.workspaceId)
    .forShare()
    .executeTakeFirstOrThrow();
  return held_at;
}

/** It could not be sent at its hour (connection broken, nobody to reach, message faulty): held, nothing is lost. */
function holdBroken(ctx: Ctx, id: string, detail: string): Promise<boolean> {
  return inTransaction(ctx, async (ctx) => {
    const { campaign } = await lockFor(ctx, id, 'launch_due');
    const dueAt = dueMoment(ctx, campaign);
    if (!dueAt) return false;
    const date = dateToJudge(campaign.schedule, dueAt, ctx.clock.now());
    await tellSkipped(ctx, campaign, dueAt, date);
    await holdIt(ctx, id, 'campaign.not_sent', whyNotSent(campaign, date, detail), date);
    return true;
  });
}

async function holdIt(ctx: Ctx, id: string, action: string, reason: string, date: Date): Promise<void> {
  await move(ctx, id, 'miss', 'paused', { status_reason: reason, scheduled_at: date });
  await audit(ctx, action, { type: 'campaign', id: toWireId('cmp', id) }, { reason });
}

async function lookAgainSoon(base: BaseCtx): Promise<void> {
  const now = base.clock.now();
  const next = await base.db
    .selectFrom('campaigns')
    .select('scheduled_at')
    .where('status', '=', 'scheduled')
    .where('scheduled_at', '>', now)
    .where('scheduled_at', '<=', new Date(now.getTime() + soonMs))
    .orderBy('scheduled_at')
    .limit(1)
    .executeTakeFirst();
  if (next?.scheduled_at)
    await base.jobs.enqueue(
      base,
      'campaigns.launch_due',
      {},
      { key: `soon ${next.scheduled_at.toISOString()}`, startAfter: next.scheduled_at },
    );
}
