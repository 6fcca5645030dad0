// The Send button: one transaction checks, freezes content and audience into a run, moves the status and adds the job. A
// second click finds the status moved and starts nothing. A campaign with a time of its own is scheduled instead; at its hour
// launch-due.ts comes through here as well.
import type { Campaign, Launched } from '../../contract/campaigns.ts';
import type { Channel } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import { hasVariables } from '../../contract/message.ts';
import type { Reschedule, Schedule } from '../../contract/schedules.ts';
import { countAudience } from '../deliveries/runs/reach.ts';
import { startRun } from '../deliveries/runs/run.ts';
import { lookAtPicture, recallPicture } from '../media/probed.ts';
import { isLoopbackUrl } from '../media/public-address.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { AppError, invalidField, notFound } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { localFrom } from './audience/audience-plan.ts';
import { type CampaignVerb, isAutomated, mayDo, placeOf, whyNot } from './campaign.ts';
import { refuseNobody } from './check/audience.ts';
import { refuseBroken } from './check/details.ts';
import { musts } from './check/musts.ts';
import { besideLaunches } from './launch-lock.ts';
import { eachContent } from './message/contents.ts';
import { sendTestFirst } from './message/test-first.ts';
import { futureInstant, rescheduled, wakeAt } from './schedules/schedule.ts';
import { dateToJudge, type Hour, hourAfter, hourOf, tellSkipped, wasTaken } from './schedules/series.ts';
import { firstHour } from './schedules/zone-plan.ts';
import { campaignRows, getCampaign, toCampaign } from './store.ts';

type SendVerb = 'launch' | 'send_now' | 'launch_due' | 'reschedule';
type Sender = { id: string; channel: Channel };
interface Locked {
  id: string;
  campaign: Campaign;
  releasedFrom: Date | null;
}

/**
 * Sends a draft, or schedules it where it has a time. Throws ILLEGAL_MOVE, CONNECTION_NOT_READY, AUDIENCE_EMPTY,
 * TEMPLATE_INVALID, VALIDATION_FAILED; then nothing has changed.
 */
export async function launchCampaign(ctx: Ctx, id: string): Promise<Launched> {
  const seen = await lookAtPictures(ctx, id, 'launch');
  return inTransaction(ctx, async (ctx) => {
    const locked = await lockFor(ctx, id, 'launch');
    const connection = await checkSendable(ctx, locked.campaign, seen);
    const { schedule } = locked.campaign;
    const future = futureInstant(schedule, ctx.clock.now());
    const at = future && (await beginsAt(ctx, locked.campaign, schedule, future));
    return at ? scheduleIt(ctx, locked, connection, at) : sendOff(ctx, locked, connection);
  });
}

/** Sends a scheduled or held campaign at once, whatever its hour. Throws as launchCampaign does. */
export async function sendNow(ctx: Ctx, id: string): Promise<Launched> {
  const seen = await lookAtPictures(ctx, id, 'send_now');
  return inTransaction(ctx, async (ctx) => {
    const locked = await lockFor(ctx, id, 'send_now');
    const connection = await checkSendable(ctx, locked.campaign, seen);
    return sendOff(ctx, locked, connection, { date: await dateToSendNow(ctx, locked), atOnce: true });
  });
}

/** Gives a scheduled or held campaign another hour; `given` was checked by the contract. Throws as launchCampaign does. */
export async function rescheduleCampaign(ctx: Ctx, id: string, given: Reschedule): Promise<Launched> {
  const seen = await lookAtPictures(ctx, id, 'reschedule');
  return inTransaction(ctx, async (ctx) => {
    const locked = await lockFor(ctx, id, 'reschedule');
    const { schedule, at: future } = rescheduled(locked.campaign.schedule, given, ctx.clock.now());
    const at = await beginsAt(ctx, locked.campaign, schedule, future);
    const campaign = { ...locked.campaign, schedule };
    const connection = await checkSendable(ctx, campaign, seen);
    return scheduleIt(ctx, { ...locked, campaign }, connection, at);
  });
}

/** The campaign under its row lock, so that of two clicks, nodes or jobs the second sees what the first has done. */
export async function lockFor(ctx: Ctx, id: string, verb: SendVerb): Promise<Locked> {
  await besideLaunches(ctx, id);
  const row = await campaignRows(ctx).where('c.id', '=', id).forUpdate('c').executeTakeFirst();
  if (!row) throw notFound('campaign');
  const campaign = toCampaign(row);
  if (isAutomated(campaign.kind))
    throw new AppError(
      'ILLEGAL_MOVE',
      'Automated campaigns send by themselves. Switch this one on with enable.',
    );
  const place = placeOf(campaign);
  if (!mayDo(verb as CampaignVerb, place)) throw new AppError('ILLEGAL_MOVE', whyNot(verb, place));
  return { id, campaign, releasedFrom: row.released_from };
}

/** Everything that must be right before anybody is messaged. `seen`: the version whose pictures were looked at. */
export async function checkSendable(ctx: Ctx, campaign: Campaign, seen: number | null): Promise<Sender> {
  const connection = await readyConnection(ctx, campaign);
  if (seen !== null && seen !== campaign.version) throw changedMeanwhile();
  for (const must of musts) await must.holds(ctx, { campaign, connection });
  return connection;
}

/** A campaign that meets everybody by their own clock begins with the earliest of them. */
async function beginsAt(ctx: Ctx, campaign: Campaign, schedule: Schedule, at: Date): Promise<Date> {
  return schedule.mode === 'recipient_local' ? firstHour(ctx, campaign, schedule) : at;
}

/** Of a series: the date that is brought forward, or the latest of those missed; null where that one was sent before. */
async function dateToSendNow(ctx: Ctx, { id, campaign }: Locked): Promise<Date | null> {
  if (campaign.schedule.mode !== 'recurring' || !campaign.scheduled_at) return null;
  const dueAt = new Date(campaign.scheduled_at);
  const date = dateToJudge(campaign.schedule, dueAt, ctx.clock.now());
  await tellSkipped(ctx, campaign, dueAt, date);
  return (await wasTaken(ctx, id, date)) ? null : date;
}

/** Starts the run, in the transaction that moves the status. `date`: of the series; `atOnce`: whatever the schedule says. */
export async function sendOff(
  ctx: Ctx,
  { id, campaign, releasedFrom }: Locked,
  connection: Sender,
  {
    lateMs = null,
    date = null,
    atOnce = false,
  }: { lateMs?: number | null; date?: Date | null; atOnce?: boolean } = {},
): Promise<Launched> {
  const now = ctx.clock.now();
  // by everybody's own clock: counted from the hour that was promised and not from a late start
  const local = atOnce ? null : localFrom(campaign, new Date(campaign.scheduled_at ?? now));
  const run = await startRun(ctx, {
    campaignId: id,
    connection,
    content: campaign.content,
    settings: campaign.settings,
    audience: campaign.audience,
    releasedFrom,
    occurrenceAt: date,
    recipientLocal: local,
  });
  if (!run.reachesAnybody) refuseNobody(await countAudience(ctx, { ...campaign, connection, local }, now));
  const { schedule, occurrences } = campaign;
  const isSeries = schedule.mode === 'recurring';
  // brought forward: by its list and calendar it went out when it did
  const hour =
    isSeries && date ? hourAfter(schedule, date) : atOnce && !isSeries ? { scheduled_at: now } : {};
  const waitsFor = await sendTestFirst(ctx, campaign, connection, run.runId);
  const status = waitsFor ? 'paused' : 'sending';
  await write(ctx, id, campaign, {
    status,
    status_reason: waitsFor,
    launched_at: now,
    finished_at: null,
    ...hour,
    ...(isSeries && date ? { occurrences_done: (occurrences?.done ?? 0) + 1 } : {}),
  });
  await audit(
    ctx,
    'campaign.launched',
    { type: 'campaign', id: campaign.id },
    {
      name: campaign.name,
      planned: run.planned,
      ...(date ? { date: date.toISOString() } : {}),
      ...(lateMs === null ? {} : { late_seconds: Math.round(lateMs / 1000) }),
    },
  );
  return {
    run_id: toWireId('run', run.runId),
    planned: run.planned,
    status,
    scheduled_at: atOnce && !isSeries ? now.toISOString() : campaign.scheduled_at,
  };
}

async function scheduleIt(
  ctx: Ctx,
  { id, campaign }: Locked,
  connection: Sender,
  at: Date,
): Promise<Launched> {
  const count = await countAudience(ctx, { ...campaign, connection, local: localFrom(campaign, at) }, at);
  refuseNobody(count);
  await write(ctx, id, campaign, {
    status: 'scheduled',
    schedule: JSON.stringify(campaign.schedule),
    ...hourOf(campaign.schedule, at),
  });
  await wakeAt(ctx, id, at);
  await audit(
    ctx,
    'campaign.scheduled',
    { type: 'campaign', id: campaign.id },
    { name: campaign.name, scheduled_at: at.toISOString(), ...campaign.schedule },
  );
  return { run_id: null, planned: count.total, status: 'scheduled', scheduled_at: at.toISOString() };
}

async function write(
  ctx: Ctx,
  id: string,
  campaign: Campaign,
  change:
    | ({
        status: 'sending' | 'paused';
        status_reason: string | null;
        launched_at: Date;
        finished_at: null;
        occurrences_done?: number;
      } & Partial<Hour>)
    | ({ status: 'scheduled'; schedule: string } & Hour),
): Promise<void> {
  await ctx.db
    .updateTable('campaigns')
    .set({
      status_reason: null,
      ...change,
      held_at: null,
      updated_at: ctx.clock.now(),
      version: campaign.version + 1,
    })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .execute();
  await ctx.hub.publish(ctx, {
    topic: 'live',
    workspaceId: ctx.actor.workspaceId,
    frame: { type: 'campaign.changed', campaign_id: campaign.id },
  });
}

/**
 * Before the transaction, because a slow server of pictures must not hold a database connection: returns the version that
 * was looked at, or null where the campaign cannot be launched anyway and the transaction says why.
 */
export async function lookAtPictures(ctx: Ctx, id: string, verb: SendVerb): Promise<number | null> {
  const campaign = await getCampaign(ctx, id);
  if (!mayDo(verb, placeOf(campaign)) || !campaign.connection_id) return null;
  // of many at once (bulk/run-bulk.ts) each was looked at before the transaction that it is in by now
  const looking = ctx.db.isTransaction ? 'looked_before' : 'now';
  await probePictures(ctx, campaign, await readyConnection(ctx, campaign), looking);
  return campaign.version;
}

/** now: each is asked for; lately: unless it was a short while ago; known: nobody is asked; looked_before: somebody must have asked. */
type Looking = 'now' | 'lately' | 'known' | 'looked_before';

/** A picture by URL is looked at before anybody is sent it. Throws MEDIA_UNREACHABLE at its field; VERSION_CONFLICT where nobody looked. */
export async function probePictures(
  ctx: Ctx,
  campaign: Campaign,
  connection: { sandbox: boolean },
  looking: Looking = 'now',
): Promise<void> {
  const allowLoopback = connection.sandbox || isLoopbackUrl(ctx.config.telegramApiRoot);
  const ask = { allowLoopback, workspaceId: ctx.actor.workspaceId, now: ctx.clock.now() };
  await eachContent(campaign, async ({ media }) => {
    for (const [index, attachment] of media.entries()) {
      // one that is filled in for each person has no address yet
      if (!('url' in attachment) || hasVariables(attachment.url)) continue;
      const pointer = `/content/media/${index}/url`;
      if (looking !== 'now' && recallPicture(attachment.url, pointer, ask)) continue;
      if (looking === 'looked_before') throw changedMeanwhile();
      if (looking !== 'known') await lookAtPicture(attachment.url, pointer, ask);
    }
  });
}

const changedMeanwhile = () =>
  new AppError(
    'VERSION_CONFLICT',
    'The campaign was changed while it was being sent off. Look at it once more, then send it.',
  );

/** The connection of a campaign, able to send. Throws VALIDATION_FAILED (none chosen) or CONNECTION_NOT_READY. */
export async function readyConnection(
  ctx: Ctx,
  campaign: Campaign,
): Promise<{ id: string; channel: Channel; sandbox: boolean }> {
  const connection = await campaignConnection(ctx, campaign);
  refuseBroken(connection);
  return connection;
}

/** The connection of a campaign in whatever state. Throws VALIDATION_FAILED when none is chosen or it was removed. */
export async function campaignConnection(ctx: Ctx, campaign: Campaign) {
  if (!campaign.connection_id)
    throw invalidField('/connection_id', 'Choose the connection that sends this campaign.');
  const row = await ctx.db
    .selectFrom('connections')
    .select(['id', 'channel', 'status', 'problem', 'name', 'sandbox'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', uuidOf('con', campaign.connection_id))
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!row)
    throw invalidField('/connection_id', 'The connection of this campaign was removed. Choose another one.');
  return { ...row, channel: row.channel as Channel };
}
