// HTTP of what a shop tells: events, orders, carts (products: product-routes.ts).
import type { FastifyInstance } from 'fastify';
import { pageOf } from '../../contract/lists.ts';
import * as contract from '../../contract/shop.ts';
import { route } from '../platform/http/route.ts';
import { batchAnswer, batchLimit } from './batch.ts';
import { productRoutes } from './product-routes.ts';
import { putCarts } from './put-carts.ts';
import { putOrders } from './put-orders.ts';
import { eventNames, recordEvents } from './record-events.ts';
import { listCarts, listOrders, loadCart, loadOrder } from './store.ts';

export function shopRoutes(app: FastifyInstance): void {
  eventRoutes(app);
  orderRoutes(app);
  cartRoutes(app);
  productRoutes(app);
}

function eventRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'POST',
    url: '/api/v1/events',
    access: 'events:write',
    tag: 'Events',
    summary:
      'Record what somebody did: one event, or a list of up to 1,000, all or nothing; each event_id once',
    body: contract.eventsBody,
    response: contract.eventsResult,
    bodyLimit: batchLimit,
    handler: ({ ctx, body }) => recordEvents(ctx, body.events, (index) => (body.isList ? `/${index}` : '')),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/events/names',
    access: 'events:read',
    tag: 'Events',
    summary: 'The names of events that were recorded, each with its last time',
    response: contract.eventNames,
    handler: async ({ ctx }) => ({ data: await eventNames(ctx) }),
  });
}

function orderRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/orders',
    access: 'orders:read',
    tag: 'Orders',
    summary: 'List orders, the newest first',
    query: contract.orderQuery,
    response: pageOf(contract.order),
    handler: ({ ctx, query }) => listOrders(ctx, query),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/orders/batch',
    access: 'orders:write',
    tag: 'Orders',
    summary: 'Write up to 1,000 orders by external id, all or nothing; the later updated_at wins',
    body: contract.orderBatch,
    response: contract.orderBatchResult,
    bodyLimit: batchLimit,
    handler: async ({ ctx, body }) => batchAnswer('ord', await putOrders(ctx, body.orders, '/orders')),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/orders/:external_id',
    access: 'orders:read',
    tag: 'Orders',
    summary: 'Read an order by the shop’s own id of it',
    names: { external_id: contract.externalId },
    response: contract.order,
    handler: ({ ctx, names }) => loadOrder(ctx, names.external_id!),
  });
  route(app, {
    method: 'PUT',
    url: '/api/v1/orders/:external_id',
    access: 'orders:write',
    tag: 'Orders',
    summary: 'Write an order as it is now; the same again changes nothing, an older updated_at loses',
    names: { external_id: contract.externalId },
    body: contract.orderPut,
    response: contract.orderWritten,
    async handler({ ctx, names, body }) {
      const external_id = names.external_id!;
      const [written] = await putOrders(ctx, [{ ...body, external_id }], null);
      return { ...(await loadOrder(ctx, external_id)), result: written!.result };
    },
  });
}

function cartRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/carts',
    access: 'carts:read',
    tag: 'Carts',
    summary: 'List carts, the last touched first',
    query: contract.cartQuery,
    response: pageOf(contract.cart),
    handler: ({ ctx, query }) => listCarts(ctx, query),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/carts/batch',
    access: 'carts:write',
    tag: 'Carts',
    summary: 'Write up to 1,000 carts by external id, all or nothing; the later updated_at wins',
    body: contract.cartBatch,
    response: contract.cartBatchResult,
    bodyLimit: batchLimit,
    handler: async ({ ctx, body }) => batchAnswer('crt', await putCarts(ctx, body.carts, '/carts')),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/carts/:external_id',
    access: 'carts:read',
    tag: 'Carts',
    summary: 'Read a cart by the shop’s own id of it',
    names: { external_id: contract.externalId },
    response: contract.cart,
    handler: ({ ctx, names }) => loadCart(ctx, names.external_id!),
  });
  route(app, {
    method: 'PUT',
    url: '/api/v1/carts/:external_id',
    access: 'carts:write',
    tag: 'Carts',
    summary: 'Write a cart as it is now; the same again changes nothing, an older updated_at loses',
    names: { external_id: contract.externalId },
    body: contract.cartPut,
    response: contract.cartWritten,
    async handler({ ctx, names, body }) {
      const external_id = names.external_id!;
      const [written] = await putCarts(ctx, [{ ...body, external_id }], null);
      return { ...(await loadCart(ctx, external_id)), result: written!.result };
    },
  });
}
