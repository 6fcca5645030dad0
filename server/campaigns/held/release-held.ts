// A person's word about what a held workspace would send: let one campaign or the replies go, give them up, or release all.
import type { CampaignStatus } from '../../../contract/campaigns.ts';
import type { Held, HeldDiscard, HeldRelease } from '../../../contract/held.ts';
import { toWireId } from '../../../contract/ids.ts';
import { resumeAbs } from '../../deliveries/ab/tend-ab.ts';
import { cancelDirect, leaveUnknownToPeople, releaseRuns, wakeLanes } from '../../deliveries/runs/hold.ts';
import { type Ctx, inTransaction } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { audit } from '../../workspaces/audit.ts';
import { mayDo, placeOf } from '../campaign.ts';
import { cancelCampaign } from '../control.ts';
import { listHeld } from './held.ts';

/** With `all` everything goes and the hold is over. Throws ILLEGAL_MOVE where nothing is held, VALIDATION_FAILED. */
export async function releaseHeld(ctx: Ctx, choice: HeldRelease): Promise<Held> {
  await inTransaction(ctx, async (ctx) => {
    const heldAt = await lockHold(ctx);
    if (choice.all) await endHold(ctx);
    for (const campaign of await chosen(ctx, choice)) {
      await ctx.db
        .updateTable('campaigns')
        .set({ released_from: heldAt })
        .where('workspace_id', '=', ctx.actor.workspaceId)
        .where('id', '=', campaign.id)
        .execute();
      await releaseRuns(ctx, campaign.id);
      await resumeAbs(ctx, campaign.id);
      await audit(ctx, 'campaign.released', subject(campaign.id), { name: campaign.name });
    }
    if (choice.all) await resumeAbs(ctx);
    if (choice.direct) {
      await workspace(ctx, { direct_released_from: heldAt });
      await audit(ctx, 'workspace.replies_released', null);
    }
    await tell(ctx);
  });
  return listHeld(ctx);
}

/** What was waiting of these is not sent any more. Throws ILLEGAL_MOVE where nothing is held, VALIDATION_FAILED. */
export async function discardHeld(ctx: Ctx, choice: HeldDiscard): Promise<Held> {
  await inTransaction(ctx, async (ctx) => {
    await lockHold(ctx);
    for (const campaign of await chosen(ctx, choice)) {
      await leaveUnknownToPeople(ctx, campaign.id);
      if (mayDo('cancel', placeOf(campaign))) await cancelCampaign(ctx, campaign.id);
      await audit(ctx, 'campaign.discarded', subject(campaign.id), { name: campaign.name });
    }
    if (choice.direct)
      await audit(ctx, 'workspace.replies_discarded', null, { count: await cancelDirect(ctx) });
    await tell(ctx);
  });
  return listHeld(ctx);
}

async function endHold(ctx: Ctx): Promise<void> {
  await workspace(ctx, { held_at: null, direct_released_from: null });
  await audit(ctx, 'workspace.released', { type: 'workspace', id: toWireId('wsp', ctx.actor.workspaceId) });
}

/** Since when; under the row's lock, so that a launch at this moment sees the hold before or after, not half of it. */
async function lockHold(ctx: Ctx): Promise<Date> {
  const row = await ctx.db
    .selectFrom('workspaces')
    .select('held_at')
    .where('id', '=', ctx.actor.workspaceId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  if (row.held_at) return row.held_at;
  throw new AppError(
    'ILLEGAL_MOVE',
    'This workspace is not held: it sends. To stop a campaign, pause or cancel it.',
  );
}

async function chosen(ctx: Ctx, choice: HeldDiscard) {
  const wanted = choice.campaign_ids ?? [];
  if (wanted.length === 0) return [];
  const rows = await ctx.db
    .selectFrom('campaigns')
    .select(['id', 'name', 'status', 'held_at'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', 'in', [...new Set(wanted.map((id) => uuidOf('cmp', id)))])
    .execute();
  wanted.forEach((id, index) => {
    if (!rows.some((row) => row.id === uuidOf('cmp', id)))
      throw invalidField(
        `/campaign_ids/${index}`,
        'This campaign is not there any more. Load the list again.',
      );
  });
  return rows.map((row) => ({ ...row, status: row.status as CampaignStatus, held: row.held_at !== null }));
}

async function workspace(
  ctx: Ctx,
  change: { held_at?: null; direct_released_from: Date | null },
): Promise<void> {
  await ctx.db.updateTable('workspaces').set(change).where('id', '=', ctx.actor.workspaceId).execute();
}

async function tell(ctx: Ctx): Promise<void> {
  await wakeLanes(ctx);
  await ctx.jobs.enqueue(ctx, 'campaigns.launch_due', {}, { key: `released ${ctx.actor.workspaceId}` });
  await ctx.hub.publish(ctx, {
    topic: 'live',
    workspaceId: ctx.actor.workspaceId,
    frame: { type: 'workspace.changed' },
  });
}

const subject = (id: string) => ({ type: 'campaign', id: toWireId('cmp', id) });
