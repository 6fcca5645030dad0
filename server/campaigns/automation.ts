// What the check of automations (triggers/) has to know of one: its words, its delay, where it goes out.
import { type Campaign, type ShopAutomation, shopAutomation } from '../../contract/campaigns.ts';
import { type Trigger, trigger as triggerSchema } from '../../contract/trigger.ts';
import type { Ctx } from '../platform/context.ts';
import { getCampaign } from './store.ts';

export type Automation = Pick<Campaign, 'version' | 'connection_id' | 'content' | 'settings'> & {
  kind: ShopAutomation;
  delayMinutes: number;
  coolDownHours: number;
  waiting: Trigger['waiting'];
};

/** Whatever happened at this moment or earlier is due `at`. */
export const withDelay = ({ delayMinutes }: Automation, at: Date): Date =>
  new Date(at.getTime() - delayMinutes * 60_000);

/** Null: it is switched off, archived or deleted. `id`: uuid. */
export async function automationOn(ctx: Ctx, id: string): Promise<Automation | null> {
  const state = await ctx.db
    .selectFrom('trigger_states')
    .select('enabled_at')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', id)
    .executeTakeFirst();
  if (!state?.enabled_at) return null;
  const campaign = await getCampaign(ctx, id);
  const { version, connection_id, content, settings } = campaign;
  const { delay_minutes, cool_down_hours, waiting } = campaign.trigger ?? triggerSchema.parse({});
  return {
    kind: shopAutomation.parse(campaign.kind),
    version,
    connection_id,
    content,
    settings,
    delayMinutes: delay_minutes,
    coolDownHours: cool_down_hours,
    waiting,
  };
}
