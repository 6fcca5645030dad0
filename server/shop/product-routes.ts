// HTTP of products and of who waits for them.
import type { FastifyInstance } from 'fastify';
import { pageOf } from '../../contract/lists.ts';
import * as contract from '../../contract/products.ts';
import { externalId } from '../../contract/shop.ts';
import { route } from '../platform/http/route.ts';
import { batchAnswer, batchLimit } from './batch.ts';
import { listProducts, loadProduct } from './products.ts';
import { putProducts } from './put-products.ts';
import { listWaiting, subscribe, unsubscribe } from './waiting.ts';

export function productRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/products',
    access: 'products:read',
    tag: 'Products',
    summary: 'List products, the last changed first',
    query: contract.productQuery,
    response: pageOf(contract.product),
    handler: ({ ctx, query }) => listProducts(ctx, query),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/products/batch',
    access: 'products:write',
    tag: 'Products',
    summary: 'Write up to 1,000 products by external id, all or nothing; the later updated_at wins',
    body: contract.productBatch,
    response: contract.productBatchResult,
    bodyLimit: batchLimit,
    handler: async ({ ctx, body }) => batchAnswer('prd', await putProducts(ctx, body.products, '/products')),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/products/:external_id',
    access: 'products:read',
    tag: 'Products',
    summary: 'Read a product by the shop’s own id of it',
    names: { external_id: externalId },
    response: contract.product,
    handler: ({ ctx, names }) => loadProduct(ctx, names.external_id!),
  });
  route(app, {
    method: 'PUT',
    url: '/api/v1/products/:external_id',
    access: 'products:write',
    tag: 'Products',
    summary:
      'Write a product as it is now; what comes back into stock is told to whoever waits, if that automation is on',
    names: { external_id: externalId },
    body: contract.productPut,
    response: contract.productWritten,
    async handler({ ctx, names, body }) {
      const external_id = names.external_id!;
      const [written] = await putProducts(ctx, [{ ...body, external_id }], null);
      return { ...(await loadProduct(ctx, external_id)), result: written!.result };
    },
  });
  waitingRoutes(app);
}

function waitingRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/products/:external_id/waiting',
    access: 'products:read',
    tag: 'Products',
    summary: 'List who wants a product, the last wish first: subscribed, viewed while sold out, carted',
    names: { external_id: externalId },
    query: contract.waitingQuery,
    response: pageOf(contract.waitingPerson),
    handler: ({ ctx, names, query }) => listWaiting(ctx, names.external_id!, query),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/products/:external_id/waiting',
    access: 'products:write',
    tag: 'Products',
    summary: 'Somebody wants to be told when it is back',
    names: { external_id: externalId },
    body: contract.waitingCreate,
    response: contract.waitingPerson,
    handler: ({ ctx, names, body }) => subscribe(ctx, names.external_id!, body),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/products/:external_id/waiting/:contact_id',
    access: 'products:write',
    tag: 'Products',
    summary: 'Somebody no longer wants to be told',
    names: { external_id: externalId, contact_id: contract.waitingPerson.shape.contact_id },
    async handler({ ctx, names }) {
      await unsubscribe(ctx, names.external_id!, names.contact_id!);
      return undefined;
    },
  });
}
