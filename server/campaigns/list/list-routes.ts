// HTTP of the campaign list and what is asked of many campaigns at once.
import type { FastifyInstance } from 'fastify';
import {
  campaignCounts,
  campaignFilterQuery,
  campaignPage,
  campaignQuery,
} from '../../../contract/campaign-list.ts';
import { route } from '../../platform/http/route.ts';
import { countByFacet } from './counts.ts';
import { listCampaigns } from './list.ts';

export function listRoutes(app: FastifyInstance): void {
  const tag = 'campaigns';
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns',
    access: 'campaigns:read',
    tag,
    summary:
      'Campaigns, featured ones first, with the figures of their latest run; archived ones only when asked for',
    query: campaignQuery,
    response: campaignPage,
    handler: ({ ctx, query }) => listCampaigns(ctx, query),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/counts',
    access: 'campaigns:read',
    tag,
    summary: 'How many campaigns there are by platform and by status, each without its own filter',
    query: campaignFilterQuery,
    response: campaignCounts,
    handler: ({ ctx, query }) => countByFacet(ctx, query),
  });
}
