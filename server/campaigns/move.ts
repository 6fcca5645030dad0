// The one UPDATE that moves a campaign's status, by the table in campaign.ts.
import type { Campaign } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Ctx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { type CampaignVerb, placeOf, placesFor, whyNot } from './campaign.ts';
import { getCampaign } from './store.ts';

/** Moves the status if `verb` allows it, in the caller's transaction. Throws ILLEGAL_MOVE with what is possible instead. */
export async function move(
  ctx: Ctx,
  id: string,
  verb: CampaignVerb,
  to: Campaign['status'],
  extra: {
    status_reason?: string | null;
    finished_at?: Date | null;
    archived_from?: string | null;
    scheduled_at?: Date;
    occurrences_left?: number | null;
  } = {},
): Promise<void> {
  const moved = await ctx.db
    .updateTable('campaigns')
    .set((eb) => ({
      status: to,
      status_reason: null,
      held_at: verb === 'miss' ? ctx.clock.now() : null,
      ...extra,
      updated_at: ctx.clock.now(),
      version: eb('version', '+', 1),
    }))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .where((eb) =>
      eb.or(
        placesFor(verb).map((place) =>
          place === 'automation'
            ? eb.and([eb('status', '=', 'draft'), eb('trigger', 'is not', null)])
            : place === 'held'
              ? eb.and([eb('status', '=', 'paused'), eb('held_at', 'is not', null)])
              : place === 'paused'
                ? eb.and([eb('status', '=', place), eb('held_at', 'is', null)])
                : eb('status', '=', place),
        ),
      ),
    )
    .returning('id')
    .executeTakeFirst();
  if (!moved) throw new AppError('ILLEGAL_MOVE', whyNot(verb, placeOf(await getCampaign(ctx, id))));
  const campaign_id = toWireId('cmp', id);
  await ctx.hub.publish(ctx, {
    topic: 'live',
    workspaceId: ctx.actor.workspaceId,
    frame: { type: 'campaign.changed', campaign_id },
  });
}
