// HTTP of campaigns: the plan itself. What acts on it (launch, pause, …) is in command-routes.ts.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { campaign, campaignCreate, campaignPatch } from '../../contract/campaigns.ts';
import { delivery, reasonFilter, stateList } from '../../contract/deliveries.ts';
import { wireId } from '../../contract/ids.ts';
import { humanText, pageOf, pageQuery } from '../../contract/lists.ts';
import { listDeliveries } from '../deliveries/reports/log.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { route } from '../platform/http/route.ts';
import { audienceRoutes } from './audience/audience-routes.ts';
import { campaignBulkRoutes } from './bulk/bulk-routes.ts';
import { checkRoutes } from './check-routes.ts';
import { commandRoutes } from './command-routes.ts';
import { deleteCampaign } from './control.ts';
import { createCampaign } from './create.ts';
import { editCampaign } from './edit.ts';
import { exportSendLog } from './export.ts';
import { listRoutes } from './list/list-routes.ts';
import { messageRoutes } from './message/message-routes.ts';
import { reconciliationRoutes } from './reconciliation-routes.ts';
import { reportRoutes } from './report-routes.ts';
import { getCampaign } from './store.ts';
import { variantRoutes } from './variant-routes.ts';

const logQuery = z.object({
  run_id: wireId('run').optional(),
  state: stateList.optional(),
  reason: reasonFilter.optional().meta({ description: 'A code, or "none": rows without a reason' }),
  search: humanText(100).optional(),
});

export function campaignRoutes(app: FastifyInstance): void {
  const tag = 'campaigns';
  listRoutes(app);
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns',
    access: 'campaigns:write',
    tag,
    summary: 'Create a draft',
    body: campaignCreate,
    response: campaign,
    status: 201,
    handler: async ({ ctx, body }) => getCampaign(ctx, await createCampaign(ctx, body)),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id',
    access: 'campaigns:read',
    tag,
    summary: 'One campaign',
    ids: { id: 'cmp' },
    response: campaign,
    handler: ({ ctx, ids }) => getCampaign(ctx, ids.id as string),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/campaigns/:id',
    access: 'campaigns:write',
    tag,
    summary: 'Change a draft; send the version you edited',
    ids: { id: 'cmp' },
    body: campaignPatch,
    response: campaign,
    handler: ({ ctx, ids, body }) => editCampaign(ctx, ids.id as string, body),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/campaigns/:id',
    access: 'campaigns:write',
    tag,
    summary: 'Delete a draft or a campaign that waits for its hour; one that was sent is archived',
    ids: { id: 'cmp' },
    handler: async ({ ctx, ids }) => {
      await deleteCampaign(ctx, ids.id as string);
      return undefined;
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/deliveries',
    access: 'deliveries:read',
    tag,
    summary: 'The send log: each recipient with state and reason',
    ids: { id: 'cmp' },
    query: pageQuery.extend(logQuery.shape),
    response: pageOf(delivery),
    handler: ({ ctx, ids, query }) => listDeliveries(ctx, logFilter(ids.id as string, query), query),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/deliveries.csv',
    access: 'deliveries:read',
    tag,
    summary: 'The send log as CSV',
    ids: { id: 'cmp' },
    query: logQuery,
    produces: 'text/csv',
    handler: async ({ ctx, ids, query, reply }) => {
      const plan = await getCampaign(ctx, ids.id as string);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="send-log-${plan.number}.csv"`)
        .send(exportSendLog(ctx, logFilter(ids.id as string, query)));
    },
  });
  campaignBulkRoutes(app);
  audienceRoutes(app);
  commandRoutes(app);
  checkRoutes(app);
  messageRoutes(app);
  variantRoutes(app);
  reconciliationRoutes(app);
  reportRoutes(app);
}

function logFilter(campaignId: string, query: z.infer<typeof logQuery>) {
  return {
    campaignId,
    runId: query.run_id && uuidOf('run', query.run_id),
    source: 'campaign' as const,
    states: query.state,
    reason: query.reason,
    search: query.search || undefined,
  };
}
