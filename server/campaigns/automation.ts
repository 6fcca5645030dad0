// What the check of automations (triggers/) has to know of one: its words, its delay, where it goes out.
import {
  type Campaign,
  type CampaignKind,
  type ShopAutomation,
  shopAutomation,
} from '../../contract/campaigns.ts';
import {
  type Trigger,
  type TriggerPatch,
  type TypedTrigger,
  trigger as triggerSchema,
} from '../../contract/trigger.ts';
import type { Ctx } from '../platform/context.ts';
import { invalidField, notFound } from '../platform/errors.ts';
import { isAutomated } from './campaign.ts';
import { changedTrigger } from './changed.ts';
import { getCampaign } from './store.ts';

/** What its check goes by. */
export type AutomationPlan = Pick<Campaign, 'version' | 'connection_id' | 'content' | 'settings'> & {
  kind: ShopAutomation;
  delayMinutes: number;
  coolDownHours: number;
  waiting: Trigger['waiting'];
  unless: Trigger['unless'];
};

/** Whatever happened at this moment or earlier is due `at`. */
export const withDelay = ({ delayMinutes }: AutomationPlan, at: Date): Date =>
  new Date(at.getTime() - delayMinutes * 60_000);

/** Null: it is switched off, archived or deleted. `id`: uuid. */
export async function automationOn(ctx: Ctx, id: string): Promise<AutomationPlan | null> {
  const state = await stateOf(ctx, id);
  return state?.enabled_at ? planOf(await getCampaign(ctx, id)) : null;
}

const stateOf = (ctx: Ctx, id: string) =>
  ctx.db
    .selectFrom('trigger_states')
    .select(['enabled_at', 'checked_at'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', id)
    .executeTakeFirst();

/** Throws VALIDATION_FAILED where a trigger is asked of what has none. One that is off and as usual asks for nothing. */
export function checkTrigger(kind: CampaignKind, trigger: TriggerPatch | null | undefined): void {
  if (!trigger || isAutomated(kind)) return;
  const asks = JSON.stringify(triggerSchema.parse(trigger)) !== JSON.stringify(triggerSchema.parse({}));
  if (asks) throw noTrigger();
}
const noTrigger = () =>
  invalidField(
    '/trigger',
    `Only an automation has a trigger: leave it out, and send this campaign with launch. What goes out by itself is a campaign of the kind ${shopAutomation.options.map((kind) => `"${kind}"`).join(', ')}.`,
  );
/** As above, of a change: there the least word is meant. */
export function checkTriggerChange(kind: CampaignKind, change: TriggerPatch | undefined): void {
  if (change && !isAutomated(kind)) throw noTrigger();
}

function planOf(campaign: Campaign, typed: TypedTrigger = {}): AutomationPlan {
  const { version, connection_id, content, settings } = campaign;
  const { delay_minutes, cool_down_hours, waiting, unless } = changedTrigger(
    campaign.kind,
    campaign.trigger,
    typed,
  );
  return {
    kind: shopAutomation.parse(campaign.kind),
    version,
    connection_id,
    content,
    settings,
    delayMinutes: delay_minutes,
    coolDownHours: cool_down_hours,
    waiting,
    unless,
  };
}

export interface AutomationState extends AutomationPlan {
  enabled: boolean;
  checkedAt: Date | null;
}

/** Also one that is off. Throws NOT_FOUND where the campaign is none. */
export async function automationOf(ctx: Ctx, id: string, typed: TypedTrigger = {}): Promise<AutomationState> {
  const campaign = await getCampaign(ctx, id);
  if (!shopAutomation.safeParse(campaign.kind).success) throw notFound('automation');
  const state = await stateOf(ctx, id);
  return {
    ...planOf(campaign, typed),
    enabled: state?.enabled_at != null,
    checkedAt: state?.checked_at ?? null,
  };
}
