// HTTP of the ledger: every outbound row, and settling the unknown ones by hand.
import type { FastifyInstance } from 'fastify';
import { delivery, reasonFilter, stateList } from '../../contract/deliveries.ts';
import { deliveryDetail } from '../../contract/delivery-history.ts';
import { wireId } from '../../contract/ids.ts';
import { pageOf, pageQuery } from '../../contract/lists.ts';
import { settlement } from '../../contract/reconciliation.ts';
import { inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { route } from '../platform/http/route.ts';
import { deliveryWithHistory } from './reports/history.ts';
import { getDelivery, listDeliveries } from './reports/log.ts';
import { countAsSent, resendDelivery } from './settling/reconcile.ts';
import { getSettlement, stopSettlement } from './settling/settlement.ts';

export function deliveryRoutes(app: FastifyInstance): void {
  const tag = 'deliveries';
  route(app, {
    method: 'GET',
    url: '/api/v1/deliveries',
    access: 'deliveries:read',
    tag,
    summary: 'Every outbound message with its state, newest first',
    query: pageQuery.extend({
      campaign_id: wireId('cmp').optional(),
      contact_id: wireId('cnt').optional(),
      run_id: wireId('run').optional(),
      state: stateList.optional(),
      reason: reasonFilter.optional(),
    }),
    response: pageOf(delivery),
    handler: ({ ctx, query }) =>
      listDeliveries(
        ctx,
        {
          campaignId: query.campaign_id && uuidOf('cmp', query.campaign_id),
          contactId: query.contact_id && uuidOf('cnt', query.contact_id),
          runId: query.run_id && uuidOf('run', query.run_id),
          states: query.state,
          reason: query.reason,
        },
        query,
      ),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/deliveries/:id',
    access: 'deliveries:read',
    tag,
    summary: 'One delivery with its history: every try and decision, oldest first',
    ids: { id: 'dlv' },
    response: deliveryDetail,
    handler: ({ ctx, ids }) => deliveryWithHistory(ctx, ids.id as string),
  });
  for (const [verb, summary, act] of [
    ['resend', 'Send an unknown delivery again: it may arrive twice', resendDelivery],
    ['count_as_sent', 'Count an unknown delivery as sent', countAsSent],
  ] as const)
    route(app, {
      method: 'POST',
      url: `/api/v1/deliveries/:id/${verb}`,
      access: 'deliveries:write',
      tag,
      summary,
      ids: { id: 'dlv' },
      response: delivery,
      status: 202,
      handler: async ({ ctx, ids }) => {
        await inTransaction(ctx, (ctx) => act(ctx, ids.id as string));
        return getDelivery(ctx, ids.id as string);
      },
    });
  route(app, {
    method: 'GET',
    url: '/api/v1/settlements/:id',
    access: 'deliveries:read',
    tag,
    summary: 'How far the settling of a run’s unknown deliveries is',
    ids: { id: 'stl' },
    response: settlement,
    handler: ({ ctx, ids }) => getSettlement(ctx, ids.id as string),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/settlements/:id/stop',
    access: 'deliveries:write',
    tag,
    summary: 'Settle no more; what is settled stays settled',
    ids: { id: 'stl' },
    response: settlement,
    status: 202,
    handler: ({ ctx, ids }) => stopSettlement(ctx, ids.id as string),
  });
}
