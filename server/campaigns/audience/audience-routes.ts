// HTTP of a campaign's audience before it is sent: how many, who they are, what sending would take, and why for one person.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { audienceCount, audiencePart, audiencePerson } from '../../../contract/audience.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import { wireId } from '../../../contract/ids.ts';
import { pageOf, pageQuery, timestamp } from '../../../contract/lists.ts';
import type { ZonePlan } from '../../../contract/schedules.ts';
import { sendForecast as sendForecastShape } from '../../../contract/send-forecast.ts';
import { why } from '../../../contract/why.ts';
import { sendForecast } from '../../deliveries/pace/forecast.ts';
import { countAudience, countReach } from '../../deliveries/runs/reach.ts';
import { peopleOfPart } from '../../deliveries/runs/reach-people.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { route } from '../../platform/http/route.ts';
import { needScope } from '../../platform/scopes.ts';
import { campaignConnection } from '../launch.ts';
import { zonePlan } from '../schedules/zone-plan.ts';
import { getCampaign } from '../store.ts';
import { whyOf } from '../why/why.ts';
import { audiencePlan } from './audience-plan.ts';

/** A count is written down for the list this often at most. */
const keepMs = 60_000;

async function planOf(ctx: Ctx, id: string) {
  const campaign = await getCampaign(ctx, id);
  const connection = await campaignConnection(ctx, campaign);
  return { campaign, connection, ...audiencePlan(campaign, connection, ctx.clock.now()) };
}

export function audienceRoutes(app: FastifyInstance): void {
  const tag = 'campaigns';
  const ids = { id: 'cmp' } as const;
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/audience',
    access: 'campaigns:read',
    tag,
    summary: 'How many people the campaign would reach, and who is left out',
    ids,
    response: audienceCount,
    handler: async ({ ctx, ids }) => {
      const { campaign, plan, at } = await planOf(ctx, ids.id as string);
      const count = await countAudience(ctx, plan, at);
      await keepEstimate(ctx, ids.id as string, campaign, count.reachable);
      return count;
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/audience/people',
    access: 'contacts:read',
    tag,
    summary: 'The people behind one figure of the audience',
    ids,
    query: pageQuery.omit({ include: true }).extend({ part: audiencePart }),
    response: pageOf(audiencePerson),
    handler: async ({ ctx, ids, query }) => {
      needScope(ctx, 'campaigns:read');
      const { plan, at } = await planOf(ctx, ids.id as string);
      return peopleOfPart(ctx, plan, at, query);
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/forecast',
    access: 'campaigns:read',
    tag,
    summary: 'What sending it would take: how long, until when, what the platform asks for it',
    ids,
    query: z.object({
      at: timestamp.optional().meta({
        description:
          'As if it began then, or at once where that is past; absent: at its own hour, or at once',
      }),
    }),
    response: sendForecastShape,
    handler: async ({ ctx, ids, query }) => {
      const { campaign, connection, plan, ...hour } = await planOf(ctx, ids.id as string);
      const local =
        campaign.schedule.mode === 'recipient_local' ? await zonePlan(ctx, campaign, connection) : null;
      const at = notPast(ctx, query.at ?? local?.first_at ?? hour.at);
      const { count, countries } = await countReach(ctx, plan, at);
      const hours = local && hoursOf(local, campaign);
      return sendForecast(ctx, { ...plan, count, countries, at, hours });
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/why/:contact_id',
    access: 'deliveries:read',
    tag,
    summary:
      'Why a person gets the message or does not: everything that is asked, in the order in which it decides',
    ids: { id: 'cmp', contact_id: 'cnt' },
    query: z.object({
      run_id: wireId('run').optional(),
      delivery_id: wireId('dlv')
        .optional()
        .meta({ description: 'Of an automation, which sends a person one message for each event' }),
    }),
    response: why,
    handler: ({ ctx, ids, query }) => {
      // it tells of the person, their consent and other campaigns
      needScope(ctx, 'campaigns:read');
      needScope(ctx, 'contacts:read');
      const runId = query.run_id && uuidOf('run', query.run_id);
      const deliveryId = query.delivery_id && uuidOf('dlv', query.delivery_id);
      return whyOf(ctx, ids.id as string, ids.contact_id as string, { runId, deliveryId });
    },
  });
}

function notPast(ctx: Ctx, at: string | Date): Date {
  return new Date(Math.max(ctx.clock.now().getTime(), new Date(at).getTime()));
}

/** When how many are met by their own clock; whose time is over today is left out, or has it on the next day. */
function hoursOf({ data }: ZonePlan, { schedule }: Campaign): { at: Date; n: number }[] {
  const isMet = (passed: boolean) =>
    !passed || (schedule.mode === 'recipient_local' && schedule.passed === 'next_day');
  return data
    .filter(({ passed }) => isMet(passed))
    .map(({ at, people }) => ({ at: new Date(at), n: people }));
}

/** For the list of campaigns, which does not count audiences itself. No change of the plan: its version stays. */
async function keepEstimate(ctx: Ctx, id: string, { status }: Campaign, reachable: number): Promise<void> {
  if (status !== 'draft' && status !== 'scheduled') return;
  const now = ctx.clock.now();
  await ctx.db
    .updateTable('campaigns')
    .set({ estimated_reach: reachable, estimated_at: now })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .where((eb) =>
      eb.or([
        eb('estimated_reach', 'is distinct from', reachable),
        eb('estimated_at', '<', new Date(now.getTime() - keepMs)),
      ]),
    )
    .execute();
}
