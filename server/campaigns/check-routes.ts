// HTTP of the check before sending.
import type { FastifyInstance } from 'fastify';
import { campaignCheck } from '../../contract/checks.ts';
import { route } from '../platform/http/route.ts';
import { checkCampaign } from './check.ts';

export function checkRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/check',
    access: 'campaigns:read',
    tag: 'campaigns',
    summary: 'Every problem that keeps the campaign from being sent, and what is worth knowing before',
    ids: { id: 'cmp' },
    response: campaignCheck,
    handler: ({ ctx, ids }) => checkCampaign(ctx, ids.id as string),
  });
}
