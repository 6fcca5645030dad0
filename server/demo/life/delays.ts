// The automations of the demo shop: switched on when it first comes to life, and with delays that somebody can wait for.
import { type Campaign, type CampaignKind, campaignPatch } from '../../../contract/campaigns.ts';
import { shortDelayMinutes } from '../../../contract/demo.ts';
import { toWireId } from '../../../contract/ids.ts';
import { defaultCampaigns, isAutomated } from '../../campaigns/campaign.ts';
import { editCampaign, toggleCampaign } from '../../campaigns/edit.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { shop } from '../catalogue.ts';

export type Delays = Record<string, number>;

/** As far as the life of the demo shop needs to know one. */
export interface DemoAutomation {
  id: string;
  kind: CampaignKind;
  name: string;
  content: Campaign['content'];
  trigger: NonNullable<Campaign['trigger']>;
}

/** Of this workspace, the oldest first. */
export async function automationsOf(ctx: Ctx): Promise<DemoAutomation[]> {
  const rows = await ctx.db
    .selectFrom('campaigns')
    .select(['id', 'kind', 'name', 'content', 'trigger'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('status', '=', 'draft')
    .where('trigger', 'is not', null)
    .orderBy('created_at')
    .limit(50)
    .execute();
  return rows
    .map((row) => ({ ...row, id: toWireId('cmp', row.id) }) as DemoAutomation)
    .filter(({ kind }) => isAutomated(kind));
}

/** Returns the delays as they were. What waits a minute or less anyway stays as it is. */
export async function shortenDelays(ctx: Ctx): Promise<Delays> {
  const before: Delays = {};
  for (const { id, trigger } of await automationsOf(ctx)) {
    if (trigger.delay_minutes <= shortDelayMinutes) continue;
    before[id] = trigger.delay_minutes;
    await wait(ctx, id, shortDelayMinutes);
  }
  return before;
}

/** Whose delay somebody has changed meanwhile keeps it. */
export async function restoreDelays(ctx: Ctx, before: Delays): Promise<void> {
  for (const { id, trigger } of await automationsOf(ctx))
    if (before[id] !== undefined && trigger.delay_minutes === shortDelayMinutes)
      await wait(ctx, id, before[id]);
}

async function wait(ctx: Ctx, id: DemoAutomation['id'], delay_minutes: number): Promise<void> {
  await editCampaign(ctx, uuidOf('cmp', id), campaignPatch.parse({ trigger: { delay_minutes } }));
}

/** Once, when the shop comes to life. */
export async function switchOn(ctx: Ctx): Promise<void> {
  for (const automation of await automationsOf(ctx)) {
    const uuid = uuidOf('cmp', automation.id);
    const content = withOneAddress(automation);
    if (content) await editCampaign(ctx, uuid, campaignPatch.parse({ content }));
    if (!automation.trigger.enabled) await toggleCampaign(ctx, uuid, true);
  }
}

/** Pages of the shop that have one address for all, so that presses are counted. */
const pages: Partial<Record<CampaignKind, string>> = {
  abandoned_cart: `${shop}/cart`,
  back_in_stock: `${shop}/shop`,
};

/** Only where the message is still the default's. */
function withOneAddress({ kind, content }: DemoAutomation): Campaign['content'] | null {
  const own = defaultCampaigns.find((one) => one.kind === kind)?.button;
  const url = pages[kind];
  const [button] = content.buttons;
  if (!own || !url || content.buttons.length !== 1 || button?.url !== own.url) return null;
  return { ...content, buttons: [{ ...button, url }] };
}
