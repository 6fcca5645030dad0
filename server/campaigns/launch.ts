// The Send button: one transaction checks, freezes content and audience into a run, moves the status and adds the job. A
// second click finds the status moved and starts nothing. A campaign with a time of its own is scheduled instead; at its hour
// launch-due.ts comes through here as well.
import type { Campaign, Launched } from '../../contract/campaigns.ts';
import type { Channel } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Reschedule } from '../../contract/schedules.ts';
import { countAudience } from '../deliveries/runs/reach.ts';
import { startRun } from '../deliveries/runs/run.ts';
import { probeImageUrl } from '../media/probe-url.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { AppError, invalidField, notFound } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { type CampaignVerb, isAutomated, mayDo, placeOf, whyNot } from './campaign.ts';
import { refuseNobody } from './check/audience.ts';
import { refuseBroken } from './check/details.ts';
import { musts } from './check/musts.ts';
import { eachContent } from './contents.ts';
import { futureInstant, wakeAt } from './schedule.ts';
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
    const at = futureInstant(locked.campaign.schedule, ctx.clock.now());
    return at ? scheduleIt(ctx, locked, connection, at) : sendOff(ctx, locked, connection);
  });
}

/** Sends a scheduled or held campaign at once, whatever its hour. Throws as launchCampaign does. */
export async function sendNow(ctx: Ctx, id: string): Promise<Launched> {
  const seen = await lookAtPictures(ctx, id, 'send_now');
  return inTransaction(ctx, async (ctx) => {
    const locked = await lockFor(ctx, id, 'send_now');
    return sendOff(ctx, locked, await checkSendable(ctx, locked.campaign, seen));
  });
}

/** Gives a scheduled or held campaign another hour; `given` was checked by the contract. Throws as launchCampaign does. */
export async function rescheduleCampaign(ctx: Ctx, id: string, given: Reschedule): Promise<Launched> {
  const seen = await lookAtPictures(ctx, id, 'reschedule');
  return inTransaction(ctx, async (ctx) => {
    const locked = await lockFor(ctx, id, 'reschedule');
    const schedule = 'schedule' in given ? given.schedule : { mode: 'at' as const, ...given };
    const at = futureInstant(
      schedule,
      ctx.clock.now(),
      'schedule' in given ? '/schedule/local' : '/local',
    ) as Date;
    const connection = await checkSendable(ctx, locked.campaign, seen);
    return scheduleIt(ctx, { ...locked, campaign: { ...locked.campaign, schedule } }, connection, at);
  });
}

/** The campaign under its row lock, so that of two clicks, nodes or jobs the second sees what the first has done. */
export async function lockFor(ctx: Ctx, id: string, verb: SendVerb): Promise<Locked> {
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
  if (seen !== null && seen !== campaign.version)
    throw new AppError(
      'VERSION_CONFLICT',
      'The campaign was changed while it was being sent off. Look at it once more, then send it.',
    );
  for (const must of musts) await must.holds(ctx, { campaign, connection });
  return connection;
}

/** Starts the run, in the transaction that moves the status. */
export async function sendOff(
  ctx: Ctx,
  { id, campaign, releasedFrom }: Locked,
  connection: Sender,
  lateMs: number | null = null,
): Promise<Launched> {
  const run = await startRun(ctx, {
    campaignId: id,
    connection,
    content: campaign.content,
    settings: campaign.settings,
    audience: campaign.audience,
    releasedFrom,
  });
  if (!run.reachesAnybody)
    refuseNobody(await countAudience(ctx, { ...campaign, connection }, ctx.clock.now()));
  const now = ctx.clock.now();
  await write(ctx, id, campaign, { status: 'sending', launched_at: now, finished_at: null });
  await audit(
    ctx,
    'campaign.launched',
    { type: 'campaign', id: campaign.id },
    {
      name: campaign.name,
      planned: run.planned,
      ...(lateMs === null ? {} : { late_seconds: Math.round(lateMs / 1000) }),
    },
  );
  return {
    run_id: toWireId('run', run.runId),
    planned: run.planned,
    status: 'sending',
    scheduled_at: campaign.scheduled_at,
  };
}

async function scheduleIt(
  ctx: Ctx,
  { id, campaign }: Locked,
  connection: Sender,
  at: Date,
): Promise<Launched> {
  const count = await countAudience(ctx, { ...campaign, connection }, at);
  refuseNobody(count);
  await write(ctx, id, campaign, {
    status: 'scheduled',
    schedule: JSON.stringify(campaign.schedule),
    scheduled_at: at,
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
    | { status: 'sending'; launched_at: Date; finished_at: null }
    | { status: 'scheduled'; schedule: string; scheduled_at: Date },
): Promise<void> {
  await ctx.db
    .updateTable('campaigns')
    .set({ ...change, status_reason: null, updated_at: ctx.clock.now(), version: campaign.version + 1 })
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
  await probePictures(ctx, campaign, await readyConnection(ctx, campaign));
  return campaign.version;
}

/** A picture by URL is looked at before anybody is sent it. Throws MEDIA_UNREACHABLE at its field. */
export async function probePictures(
  ctx: Ctx,
  campaign: Campaign,
  connection: { sandbox: boolean },
): Promise<void> {
  const onThisMachine = connection.sandbox || isLoopbackUrl(ctx.config.telegramApiRoot);
  await eachContent(campaign, async ({ media }) => {
    for (const [index, attachment] of media.entries())
      if ('url' in attachment)
        await probeImageUrl(attachment.url, `/content/media/${index}/url`, { allowLoopback: onThisMachine });
  });
}

function isLoopbackUrl(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

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
