// The Send button: one transaction checks, freezes content and audience into a run, moves the status and adds the job. A
// second click finds the status moved and starts nothing.
import type { Campaign } from '../../contract/campaigns.ts';
import type { Channel } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import { startRun } from '../deliveries/run.ts';
import { probeImageUrl } from '../media/probe-url.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { AppError, invalidField, notFound } from '../platform/errors.ts';
import { sendableMessage } from '../templates/compile.ts';
import { messagePlace } from '../templates/place.ts';
import { audit } from '../workspaces/audit.ts';
import { isAutomated, mayDo, whyNot } from './campaign.ts';
import { checkReferences } from './references.ts';
import { campaignRows, getCampaign, toCampaign } from './store.ts';

/** Throws ILLEGAL_MOVE, CONNECTION_NOT_READY, AUDIENCE_EMPTY, TEMPLATE_INVALID, VALIDATION_FAILED; then nothing has changed. */
export async function launchCampaign(ctx: Ctx, id: string): Promise<{ run_id: string; planned: number }> {
  const seen = await lookAtPictures(ctx, id);
  return inTransaction(ctx, async (ctx) => {
    const row = await campaignRows(ctx).where('c.id', '=', id).forUpdate('c').executeTakeFirst();
    if (!row) throw notFound('campaign');
    const campaign = toCampaign(row);
    if (isAutomated(campaign.kind))
      throw new AppError(
        'ILLEGAL_MOVE',
        'Automated campaigns send by themselves. Switch this one on with enable.',
      );
    if (!mayDo('launch', campaign.status))
      throw new AppError('ILLEGAL_MOVE', whyNot('launch', campaign.status));
    const connection = await readyConnection(ctx, campaign);
    if (seen !== null && seen !== campaign.version)
      throw new AppError(
        'VERSION_CONFLICT',
        'The campaign was changed while it was being sent off. Look at it once more, then send it.',
      );
    await checkReferences(ctx, campaign);
    sendableMessage(
      campaign.content,
      connection.channel,
      await messagePlace(ctx, campaign.content, connection.id),
    );
    const run = await startRun(ctx, {
      campaignId: id,
      connection,
      content: campaign.content,
      settings: campaign.settings,
      audience: campaign.audience,
    });
    if (run.reachable === 0)
      throw new AppError(
        'AUDIENCE_EMPTY',
        'Nobody in this audience can be reached. People come in by opening the bot and pressing Start; opted-out people stay out.',
      );
    const now = ctx.clock.now();
    await ctx.db
      .updateTable('campaigns')
      .set({
        status: 'sending',
        status_reason: null,
        launched_at: now,
        finished_at: null,
        updated_at: now,
        version: campaign.version + 1,
      })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    await audit(
      ctx,
      'campaign.launched',
      { type: 'campaign', id: campaign.id },
      { name: campaign.name, planned: run.planned },
    );
    await ctx.hub.publish(ctx, {
      topic: 'live',
      workspaceId: ctx.actor.workspaceId,
      frame: { type: 'campaign.changed', campaign_id: campaign.id },
    });
    return { run_id: toWireId('run', run.runId), planned: run.planned };
  });
}

/**
 * Before the transaction, because a slow server of pictures must not hold a database connection: returns the version that
 * was looked at, or null where the campaign cannot be launched anyway and the transaction says why.
 */
async function lookAtPictures(ctx: Ctx, id: string): Promise<number | null> {
  const campaign = await getCampaign(ctx, id);
  if (!mayDo('launch', campaign.status) || !campaign.connection_id) return null;
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
  for (const [index, attachment] of campaign.content.media.entries())
    if ('url' in attachment)
      await probeImageUrl(attachment.url, `/content/media/${index}/url`, { allowLoopback: onThisMachine });
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
  if (connection.status !== 'connected')
    throw new AppError(
      'CONNECTION_NOT_READY',
      `${connection.name}: ${connection.problem ?? 'the connection does not work'} Mend it under Connections, then try again.`,
    );
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
