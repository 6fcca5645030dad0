// HTTP of bulk actions on campaigns.
import type { FastifyInstance } from 'fastify';
import { campaignBulk, campaignBulkCreate } from '../../../contract/campaign-bulk.ts';
import { pageOf, pageQuery } from '../../../contract/lists.ts';
import { route } from '../../platform/http/route.ts';
import {
  cancelCampaignBulk,
  getCampaignBulk,
  listCampaignBulks,
  startCampaignBulk,
} from './campaign-bulk.ts';

export function campaignBulkRoutes(app: FastifyInstance): void {
  const tag = 'campaigns';
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/bulk',
    access: 'campaigns:write',
    tag,
    summary:
      'Delete, archive, restore, duplicate or feature many campaigns, or change their status; pausing, resuming and cancelling need `campaigns:send` too',
    body: campaignBulkCreate,
    response: campaignBulk,
    status: 202,
    handler: ({ ctx, body }) => startCampaignBulk(ctx, body),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/bulk',
    access: 'campaigns:read',
    tag,
    summary: 'List bulk actions on campaigns, newest first',
    query: pageQuery,
    response: pageOf(campaignBulk),
    handler: ({ ctx, query }) => listCampaignBulks(ctx, query),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/bulk/:id',
    access: 'campaigns:read',
    tag,
    summary: 'Read a bulk action on campaigns: how far it is, and which refused',
    ids: { id: 'cbk' },
    response: campaignBulk,
    handler: ({ ctx, ids }) => getCampaignBulk(ctx, ids.id!),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/bulk/:id/cancel',
    access: 'campaigns:write',
    tag,
    summary: 'Stop a bulk action on campaigns; what is done stays done',
    ids: { id: 'cbk' },
    response: campaignBulk,
    handler: ({ ctx, ids }) => cancelCampaignBulk(ctx, ids.id!),
  });
}
