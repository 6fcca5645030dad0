// What the check of automations (triggers/) has to know of one: its words, its delay, where it goes out.
import type { Campaign } from '../../contract/campaigns.ts';
import type { Ctx } from '../platform/context.ts';
import { getCampaign } from './store.ts';

export type Automation = Pick<Campaign, 'kind' | 'version' | 'connection_id' | 'content' | 'settings'> & {
  delayMinutes: number;
};

/** Null: it is switched off, archived or deleted. `id`: uuid. */
export async function automationOn(ctx: Ctx, id: string): Promise<Automation | null> {
  const state = await ctx.db
    .selectFrom('trigger_states')
    .select('enabled_at')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', id)
    .executeTakeFirst();
  if (!state?.enabled_at) return null;
  const { kind, version, connection_id, content, settings, trigger } = await getCampaign(ctx, id);
  return { kind, version, connection_id, content, settings, delayMinutes: trigger?.delay_minutes ?? 0 };
}
