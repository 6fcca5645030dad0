// What a schedule means before it is saved, and what a campaign's schedule means for the people it reaches.
import type { FastifyInstance } from 'fastify';
import { pageOf, pageQuery } from '../../../contract/lists.ts';
import {
  campaignRun,
  schedulePreview,
  schedulePreviewInput,
  zonePlan as zonePlanShape,
} from '../../../contract/schedules.ts';
import { route } from '../../platform/http/route.ts';
import { campaignConnection } from '../launch.ts';
import { listRuns } from '../runs-of.ts';
import { getCampaign } from '../store.ts';
import { previewSchedule } from './preview-schedule.ts';
import { zonePlan } from './zone-plan.ts';

export function scheduleRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'POST',
    url: '/api/v1/schedules/preview',
    access: 'campaigns:read',
    tag: 'campaigns',
    summary: 'The next dates of a schedule, and how it reads in words',
    body: schedulePreviewInput,
    response: schedulePreview,
    handler: async ({ ctx, body }) => previewSchedule(body.schedule, body.limit, ctx.clock.now()),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/zones',
    access: 'campaigns:read',
    tag: 'campaigns',
    summary: 'Who is met when, by time zone; empty unless it goes by everybody’s own clock',
    ids: { id: 'cmp' },
    response: zonePlanShape,
    handler: async ({ ctx, ids }) => {
      const campaign = await getCampaign(ctx, ids.id as string);
      const isChosen = campaign.connection_id !== null;
      return zonePlan(ctx, campaign, isChosen ? await campaignConnection(ctx, campaign) : null);
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/runs',
    access: 'campaigns:read',
    tag: 'campaigns',
    summary: 'Its runs, the latest first: one, or of a series one for each date',
    ids: { id: 'cmp' },
    query: pageQuery,
    response: pageOf(campaignRun),
    handler: ({ ctx, ids, query }) => listRuns(ctx, ids.id as string, query),
  });
}
