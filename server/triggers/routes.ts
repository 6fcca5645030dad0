// HTTP of the figures of automations; the cards of the last days are of broadcasts too.
import type { FastifyInstance } from 'fastify';
import * as contract from '../../contract/automations.ts';
import { pageOf } from '../../contract/lists.ts';
import { route } from '../platform/http/route.ts';
import { needScope } from '../platform/scopes.ts';
import { backtestOf } from './figures/backtest.ts';
import { conversionOf } from './figures/conversion.ts';
import { daysOf } from './figures/days.ts';
import { checkedPeople, nextCheckOf } from './figures/next-check.ts';
import { recoveredOrders } from './figures/recovered.ts';

export function triggerRoutes(app: FastifyInstance): void {
  const tag = 'automations';
  const ids = { id: 'cmp' } as const;
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/next_check',
    access: 'campaigns:read',
    tag,
    summary: 'What the next check of an automation would do: how many would get it, and why others not',
    ids,
    response: contract.nextCheck,
    handler: ({ ctx, ids }) => nextCheckOf(ctx, ids.id as string),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/next_check/people',
    access: 'contacts:read',
    tag,
    summary: 'Everybody whose delay runs or is over, the first due first, with what would become of them',
    ids,
    query: contract.checkedPeopleQuery,
    response: pageOf(contract.checkedPerson),
    handler: ({ ctx, ids, query }) => {
      needScope(ctx, 'campaigns:read');
      return checkedPeople(ctx, ids.id as string, query);
    },
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/:id/backtest',
    access: 'contacts:read',
    tag,
    summary: 'What an automation would have sent in the last days with these settings, and to whom',
    ids,
    body: contract.backtestInput,
    response: contract.backtest,
    handler: ({ ctx, ids, body }) => {
      needScope(ctx, 'campaigns:read');
      return backtestOf(ctx, ids.id as string, body);
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/recovered',
    access: 'orders:read',
    tag,
    summary:
      'Carts that were bought after their reminder, the latest first, each with its order; or other orders after a message',
    ids,
    query: contract.recoveredQuery,
    response: pageOf(contract.recoveredOrder),
    handler: ({ ctx, ids, query }) => {
      needScope(ctx, 'contacts:read');
      needScope(ctx, 'campaigns:read');
      return recoveredOrders(ctx, ids.id as string, query);
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/conversion',
    access: 'campaigns:read',
    tag,
    summary: 'Orders and revenue by last touch, and against the holdout',
    ids,
    query: contract.conversionQuery,
    response: contract.conversion,
    handler: ({ ctx, ids, query }) => conversionOf(ctx, ids.id as string, query.days),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/days',
    access: 'campaigns:read',
    tag,
    summary: 'What a campaign sent on each of the last days, and what came of it',
    ids,
    query: contract.daysQuery,
    response: contract.campaignDays,
    handler: ({ ctx, ids, query }) => daysOf(ctx, ids.id as string, query.days),
  });
}
