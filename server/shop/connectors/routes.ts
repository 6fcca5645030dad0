// HTTP of shop connectors. What shops deliver comes in at hooks.ts.
import type { FastifyInstance } from 'fastify';
import { pageOf, pageQuery } from '../../../contract/lists.ts';
import * as contract from '../../../contract/shop-connectors.ts';
import type { Ctx } from '../../platform/context.ts';
import { route } from '../../platform/http/route.ts';
import { changeShop, connectShop, disconnectShop, newSecret } from './connect-shop.ts';
import { systemsOf, toConnector } from './connector.ts';
import { listConnectors, readConnector, removedShops } from './store.ts';

const tag = 'Shop connectors';
const ids = { id: 'shc' } as const;
const connectorOf = async (ctx: Ctx, id: string) => toConnector(ctx.config, await readConnector(ctx, id));

export function shopConnectorRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/shop_connectors',
    access: 'connections:read',
    tag,
    summary: 'List shop connectors, newest first',
    query: pageQuery,
    response: pageOf(contract.shopConnector),
    handler: ({ ctx, query }) => listConnectors(ctx, query),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/shop_connectors',
    access: 'connections:write',
    tag,
    summary: 'Connect a Shopify or WooCommerce shop; the answer says where it is to deliver, and what',
    body: contract.shopConnectorCreate,
    response: contract.shopConnectorCreated,
    status: 201,
    handler: ({ ctx, body }) => connectShop(ctx, body),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/shop_systems',
    access: 'connections:read',
    tag,
    summary: 'Which shop systems can be connected, and whether they reach this installation',
    response: contract.shopSystems,
    handler: async ({ ctx }) => ({ data: systemsOf(ctx.config) }),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/removed_shops',
    access: 'connections:read',
    tag,
    summary:
      'List shops whose connector was removed, and the prefix with which each is connected again as itself',
    response: contract.removedShops,
    handler: async ({ ctx }) => ({ data: await removedShops(ctx) }),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/shop_connectors/:id',
    access: 'connections:read',
    tag,
    summary: 'Read a shop connector: when it was last told something, and what was not understood',
    ids,
    response: contract.shopConnector,
    handler: ({ ctx, ids }) => connectorOf(ctx, ids.id!),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/shop_connectors/:id',
    access: 'connections:write',
    tag,
    summary: 'Rename a shop connector, or give it the key that the shop signs with',
    ids,
    body: contract.shopConnectorPatch,
    response: contract.shopConnector,
    async handler({ ctx, ids, body }) {
      await changeShop(ctx, ids.id!, body);
      return connectorOf(ctx, ids.id!);
    },
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/shop_connectors/:id/secret',
    access: 'connections:write',
    tag,
    summary: 'Make a new secret for a WooCommerce shop, shown this once; the old one ends at once',
    ids,
    response: contract.shopConnectorCreated,
    async handler({ ctx, ids }) {
      const secret = await newSecret(ctx, ids.id!);
      return { ...(await connectorOf(ctx, ids.id!)), secret };
    },
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/shop_connectors/:id',
    access: 'connections:write',
    tag,
    summary: 'Remove a shop connector; what came through it stays',
    ids,
    handler: async ({ ctx, ids }) => {
      await disconnectShop(ctx, ids.id!);
      return undefined;
    },
  });
}
