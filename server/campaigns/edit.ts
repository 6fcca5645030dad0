// Changing a draft, with optimistic locking: of two tabs that edit the same version, the second is told.
import { type Campaign, type CampaignPatch, settings as settingsSchema } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { auditEdit, changedFields } from './audit-edit.ts';
import { checkTriggerChange } from './automation.ts';
import { mayDo, placeOf, whyNot } from './campaign.ts';
import { changedSettings, changedTrigger } from './changed.ts';
import { refuseUnsendable, sendersOf } from './check/automation.ts';
import { checkExemption } from './exempt.ts';
import { probePictures } from './launch.ts';
import { eachContent } from './message/contents.ts';
import { checkPaid } from './paid.ts';
import { checkReferences, keptAudience, maySwitch } from './references.ts';
import { movedSchedule, wakeAt } from './schedules/schedule.ts';
import { firstHour } from './schedules/zone-plan.ts';
import { getCampaign } from './store.ts';
import { checkTogether } from './together.ts';

/** Throws VERSION_CONFLICT, CAMPAIGN_LOCKED, VALIDATION_FAILED. The star may be set at any time. */
export async function editCampaign(ctx: Ctx, id: string, patch: CampaignPatch): Promise<Campaign> {
  return inTransaction(ctx, async (ctx) => {
    const row = await ctx.db
      .selectFrom('campaigns')
      .select([
        'version',
        'status',
        'held_at',
        'kind',
        'type',
        'trigger',
        'schedule',
        'connection_id',
        'settings',
        'name',
        'audience',
        'content',
        'featured',
      ])
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound('campaign');
    const { version, featured, ...changes } = patch;
    if (version !== undefined && version !== row.version)
      throw new AppError(
        'VERSION_CONFLICT',
        `You edited version ${version}, the campaign is at version ${row.version} by now. Reload it, or save your text as a copy.`,
      );
    const changesPlan = Object.values(changes).some((value) => value !== undefined);
    const place = placeOf({ status: row.status as Campaign['status'], held: row.held_at !== null });
    if (changesPlan && !mayDo('edit', place)) throw new AppError('CAMPAIGN_LOCKED', whyNot('edit', place));
    const { audience, content, connection_id, type } = changes;
    const saved = settingsSchema.parse(row.settings);
    const settings = changes.settings && changedSettings(saved, changes.settings);
    const changesMessage = [audience, content, settings, connection_id, type].some(
      (value) => value !== undefined,
    );
    const before = row.trigger as Campaign['trigger'];
    checkTriggerChange(row.kind as Campaign['kind'], changes.trigger);
    const trigger = changes.trigger && changedTrigger(row.kind as Campaign['kind'], before, changes.trigger);
    if (changesMessage && place === 'scheduled') mayChangeWhatIsSent(ctx, 'is scheduled');
    if ((changesMessage || trigger) && before?.enabled) mayChangeWhatIsSent(ctx, 'is switched on');
    if (trigger && trigger.enabled !== before?.enabled) maySwitch(ctx);
    if (changes.type || settings)
      checkExemption({
        kind: row.kind as Campaign['kind'],
        type: changes.type ?? (row.type as Campaign['type']),
        settings: settings ?? saved,
      });
    // a draft is stored as it is typed: the check names what contradicts itself, and the launch refuses it
    if (place === 'scheduled' && (settings || changes.schedule))
      checkTogether({
        schedule: changes.schedule ?? (row.schedule as Campaign['schedule']),
        settings: settings ?? saved,
      });
    await checkReferences(ctx, { ...changes, id: toWireId('cmp', id) });
    await eachContent({ settings: changes.settings?.ab ? settings : undefined }, (content) =>
      checkReferences(ctx, { content }),
    );
    if (settings || changes.connection_id) {
      const next = changes.connection_id ? uuidOf('con', changes.connection_id) : row.connection_id;
      await checkPaid(ctx, next, settings ?? saved);
    }
    const moved = changes.schedule
      ? await movedSchedule(ctx, id, place, row.schedule as Campaign['schedule'], changes.schedule)
      : null;
    await ctx.db
      .updateTable('campaigns')
      .set({
        ...(featured === undefined ? {} : { featured }),
        ...(changes.name === undefined ? {} : { name: changes.name }),
        ...(changes.type === undefined ? {} : { type: changes.type }),
        ...(changes.connection_id === undefined
          ? {}
          : { connection_id: changes.connection_id ? uuidOf('con', changes.connection_id) : null }),
        ...(changes.audience ? { audience: JSON.stringify(await keptAudience(ctx, changes.audience)) } : {}),
        ...(changes.content ? { content: JSON.stringify(changes.content) } : {}),
        ...(moved ? { schedule: JSON.stringify(moved.schedule), ...moved.hour } : {}),
        ...(settings ? { settings: JSON.stringify(settings) } : {}),
        ...(trigger
          ? { trigger: JSON.stringify(trigger), ...(trigger.enabled ? { status_reason: null } : {}) }
          : {}),
        version: row.version + 1,
        updated_at: ctx.clock.now(),
      })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    if (place === 'scheduled' && (moved || changes.audience)) await beginAnew(ctx, id);
    const after = await getCampaign(ctx, id);
    if (after.trigger && (changesMessage || trigger || changes.schedule))
      await refuseUnsendable(ctx, after, before?.enabled === true);
    // whoever waits already gets the new words
    if (after.trigger?.enabled && changesMessage)
      await ctx.jobs.enqueue(ctx, 'triggers.check', { workspaceId: ctx.actor.workspaceId, campaignId: id }, { key: `${id} ${after.version}` }); // biome-ignore format: one line
    await auditEdit(ctx, id, changedFields(row, { ...patch, settings, trigger }));
    await ctx.hub.publish(ctx, {
      topic: 'live',
      workspaceId: ctx.actor.workspaceId,
      frame: { type: 'campaign.changed', campaign_id: toWireId('cmp', id) },
    });
    return after;
  });
}

/** Scheduled by everybody's own clock: whose zone is the earliest depends on the audience and on the time. */
async function beginAnew(ctx: Ctx, id: string): Promise<void> {
  const campaign = await getCampaign(ctx, id);
  if (campaign.schedule.mode !== 'recipient_local') return;
  const scheduled_at = await firstHour(ctx, campaign, campaign.schedule);
  await ctx.db
    .updateTable('campaigns')
    .set({ scheduled_at })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .execute();
  await wakeAt(ctx, id, scheduled_at);
}

/** The toggle of an automated campaign. Throws ILLEGAL_MOVE for a broadcast, and where it could not be sent what launch would. */
export async function toggleCampaign(ctx: Ctx, id: string, enabled: boolean): Promise<void> {
  const seen = await getCampaign(ctx, id);
  // before the transaction, because a slow server of pictures must not hold a database connection
  if (enabled && seen.trigger)
    for (const connection of await sendersOf(ctx, seen)) await probePictures(ctx, seen, connection, 'lately');
  await inTransaction(ctx, async (ctx) => {
    const campaign = await getCampaign(ctx, id);
    if (!campaign.trigger)
      throw new AppError(
        'ILLEGAL_MOVE',
        'Only automated campaigns are switched on and off. Send this one with launch.',
      );
    await editCampaign(ctx, id, { trigger: { enabled } });
    await audit(ctx, enabled ? 'campaign.enabled' : 'campaign.disabled', {
      type: 'campaign',
      id: campaign.id,
    });
  });
}

/** It goes out at its hour with nobody looking again: whoever changes it decides what is sent, and to whom. */
function mayChangeWhatIsSent(ctx: Ctx, because: 'is scheduled' | 'is switched on'): void {
  if (ctx.actor.kind === 'system' || ctx.actor.scopes.has('campaigns:send')) return;
  throw new AppError(
    'FORBIDDEN',
    `This campaign ${because} and goes out by itself: changing it needs the scope "campaigns:send". Ask somebody who may send.`,
  );
}
