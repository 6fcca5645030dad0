// HTTP of the campaign list and what is asked of many campaigns at once.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { calendarQuery, campaignCalendar } from '../../../contract/calendar.ts';
import {
  campaignCounts,
  campaignFilterQuery,
  campaignPage,
  campaignQuery,
} from '../../../contract/campaign-list.ts';
import { wireId } from '../../../contract/ids.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { route } from '../../platform/http/route.ts';
import { campaignCalendar as calendarOf } from './calendar.ts';
import { countByFacet } from './counts.ts';
import { exportCampaigns } from './csv.ts';
import { listCampaigns } from './list.ts';

const idsAtMost = 200;
const csvQuery = campaignFilterQuery.extend({
  sort: campaignQuery.shape.sort,
  ids: z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(
      z
        .array(wireId('cmp'))
        .min(1, 'Name at least one campaign, or leave ids out.')
        .max(idsAtMost, `At most ${idsAtMost} campaigns by their ids; for more use the filters.`),
    )
    .optional()
    .meta({ description: 'These alone, whatever the filters: cmp_…,cmp_…' }),
});

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
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/calendar',
    access: 'campaigns:read',
    tag,
    summary: 'What went out and what will, between two days; dates of repeating campaigns one by one',
    query: calendarQuery,
    response: campaignCalendar,
    handler: ({ ctx, query }) => calendarOf(ctx, query),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns.csv',
    access: 'campaigns:read',
    tag,
    summary: 'The campaign list as CSV',
    query: csvQuery,
    produces: 'text/csv',
    handler: async ({ ctx, query: { ids, sort, ...filter }, reply }) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="campaigns.csv"')
        .send(exportCampaigns(ctx, { ids: ids?.map((id) => uuidOf('cmp', id)) ?? null, filter, sort })),
  });
}
