// New campaigns: by a person, as a copy, or as the defaults of a new workspace.
import { type Campaign, type CampaignCreate, campaignCreate } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import { type Content, content } from '../../contract/message.ts';
import { trigger } from '../../contract/trigger.ts';
import { actingUserId, type Ctx, inTransaction } from '../platform/context.ts';
import { newId, uuidOf } from '../platform/db/ids.ts';
import { invalidField } from '../platform/errors.ts';
import { fillForCampaign } from '../templates/saved/use.ts';
import { audit } from '../workspaces/audit.ts';
import { checkTrigger } from './automation.ts';
import { defaultCampaigns, isAutomated, usualOf } from './campaign.ts';
import { refuseUnsendable } from './check/automation.ts';
import { checkExemption } from './exempt.ts';
import { eachContent } from './message/contents.ts';
import { checkPaid } from './paid.ts';
import { checkReferences, keptAudience, maySwitch, withoutRemoved } from './references.ts';
import { futureInstant, isPast, plannedHour } from './schedules/schedule.ts';
import { getCampaign } from './store.ts';

/** With its message and type: a template's, where it names one. */
type Planned = Omit<CampaignCreate, 'template' | 'type' | 'content'> & {
  type: Campaign['type'];
  content: Content;
  templateId: string | null;
};

async function planned(ctx: Ctx, { template, ...given }: CampaignCreate): Promise<Planned> {
  const usual = usualOf(given.kind);
  if (!template)
    return {
      ...given,
      type: given.type ?? usual?.type ?? 'promotional',
      content: given.content ?? (usual ? contentOf(usual) : noContent),
      templateId: null,
    };
  const { text, media, buttons } = given.content ?? noContent;
  if (text || media.length > 0 || buttons.length > 0)
    throw invalidField('/content', 'Send either content or a template: the template is the message.');
  const { id, type, content } = await fillForCampaign(ctx, template);
  return { ...given, type: given.type ?? type, content, templateId: id };
}

const noContent = content.parse({});
const contentOf = ({ text, picture, button }: (typeof defaultCampaigns)[number]): Content =>
  content.parse({ text, media: picture ? [{ url: picture }] : [], buttons: button ? [button] : [] });

/** Writes a draft and returns its uuid. Throws VALIDATION_FAILED where it names a foreign connection or picture. */
export async function createCampaign(ctx: Ctx, asked: CampaignCreate): Promise<string> {
  return inTransaction(ctx, async (ctx) => {
    const given = await planned(ctx, asked);
    if (isAutomated(given.kind) && given.trigger?.enabled) maySwitch(ctx);
    checkTrigger(given.kind, given.trigger);
    checkExemption(given);
    await checkReferences(ctx, given);
    await eachContent({ settings: given.settings }, (content) => checkReferences(ctx, { content }));
    await checkPaid(ctx, given.connection_id ? uuidOf('con', given.connection_id) : null, given.settings);
    futureInstant(given.schedule, ctx.clock.now());
    const id = await insertCampaign(ctx, given);
    if (given.trigger?.enabled) await refuseUnsendable(ctx, await getCampaign(ctx, id), false);
    return id;
  });
}

/** In the caller's transaction, so that a number is only used up by a campaign that exists: they have no gaps. */
async function insertCampaign(ctx: Ctx, given: Planned): Promise<string> {
  const id = newId();
  const now = ctx.clock.now();
  const workspace_id = ctx.actor.workspaceId;
  const { next_campaign_number } = await ctx.db
    .updateTable('workspaces')
    .set((eb) => ({ next_campaign_number: eb('next_campaign_number', '+', 1) }))
    .where('id', '=', workspace_id)
    .returning('next_campaign_number')
    .executeTakeFirstOrThrow();
  await ctx.db
    .insertInto('campaigns')
    .values({
      workspace_id,
      id,
      number: next_campaign_number - 1,
      kind: given.kind,
      name: given.name,
      type: given.type,
      status: 'draft',
      connection_id: given.connection_id ? uuidOf('con', given.connection_id) : null,
      audience: JSON.stringify(await keptAudience(ctx, given.audience)),
      content: JSON.stringify(given.content),
      schedule: JSON.stringify(given.schedule),
      ...plannedHour(given.schedule),
      settings: JSON.stringify(given.settings),
      trigger: isAutomated(given.kind)
        ? JSON.stringify(
            trigger.parse({
              ...given.trigger,
              delay_minutes: given.trigger?.delay_minutes ?? usualOf(given.kind)?.delayMinutes ?? undefined,
            }),
          )
        : null,
      template_id: given.templateId,
      created_by: actingUserId(ctx),
      created_at: now,
      updated_at: now,
    })
    .execute();
  await audit(
    ctx,
    'campaign.created',
    { type: 'campaign', id: toWireId('cmp', id) },
    { name: given.name, kind: given.kind },
  );
  await ctx.hub.publish(ctx, {
    topic: 'live',
    workspaceId: workspace_id,
    frame: { type: 'campaign.changed', campaign_id: toWireId('cmp', id) },
  });
  return id;
}

/** A draft with the same plan, less what was removed since; what was sent stays with the original. */
export async function duplicateCampaign(ctx: Ctx, id: string): Promise<string> {
  return inTransaction(ctx, async (ctx) => {
    const plan = await withoutRemoved(ctx, await getCampaign(ctx, id));
    return insertCampaign(ctx, {
      ...plan,
      templateId: null,
      // an hour that is over is nothing to plan a copy by
      schedule: isPast(plan.schedule, ctx.clock.now()) ? { mode: 'now' } : plan.schedule,
      // cut between characters, not within one
      name: `${plan.name.slice(0, 113).replace(/[\uD800-\uDBFF]$/, '')} (copy)`,
      trigger: plan.trigger && { ...plan.trigger, enabled: false },
    });
  });
}

/** SC1: abandoned cart, back in stock, post-purchase and a promotion, all disabled. */
export async function createDefaultCampaigns(ctx: Ctx): Promise<void> {
  for (const given of defaultCampaigns)
    await createCampaign(
      ctx,
      campaignCreate.parse({
        kind: given.kind,
        name: given.name,
        type: given.type,
        content: contentOf(given),
        trigger: given.delayMinutes === null ? null : { enabled: false, delay_minutes: given.delayMinutes },
      }),
    );
}
