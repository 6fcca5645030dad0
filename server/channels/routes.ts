// HTTP of connections.
import type { FastifyInstance } from 'fastify';
import {
  type Channel,
  connection,
  connectionCreate,
  connectionPatch,
  connectionTest,
  connectionWebhook,
} from '../../contract/connections.ts';
import { pageOf, pageQuery } from '../../contract/lists.ts';
import { route } from '../platform/http/route.ts';
import { changeConnection } from './change-connection.ts';
import { connect } from './connect.ts';
import { toConnection } from './connection.ts';
import { disconnect } from './disconnect.ts';
import { adapterOf } from './registry.ts';
import { pageOfConnections, readConnection } from './store.ts';
import { testConnection } from './test-connection.ts';
import { webhookSetup } from './webhook-setup.ts';

const tag = 'Connections';
const ids = { id: 'con' } as const;
const toWire = (row: Parameters<typeof toConnection>[0]) =>
  toConnection(row, adapterOf(row.channel as Channel));

export function connectionRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/connections',
    access: 'connections:read',
    tag,
    summary: 'List connections, newest first',
    query: pageQuery,
    response: pageOf(connection),
    handler: ({ ctx, query }) => pageOfConnections(ctx, query, toWire),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/connections',
    access: 'connections:write',
    tag,
    summary: 'Connect a bot or a number; its token is checked with the platform first',
    body: connectionCreate,
    response: connection,
    status: 201,
    handler: ({ ctx, body }) => connect(ctx, body),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/connections/:id',
    access: 'connections:read',
    tag,
    summary: 'Read a connection',
    ids,
    response: connection,
    handler: async ({ ctx, ids }) => toWire(await readConnection(ctx, ids.id!)),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/connections/:id',
    access: 'connections:write',
    tag,
    summary: 'Rename a connection or give it a new token of the same account',
    ids,
    body: connectionPatch,
    response: connection,
    handler: ({ ctx, ids, body }) => changeConnection(ctx, ids.id!, body),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/connections/:id',
    access: 'connections:write',
    tag,
    summary: 'Remove a connection; nothing is sent or received through it any more',
    ids,
    handler: async ({ ctx, ids }) => {
      await disconnect(ctx, ids.id!);
      return undefined;
    },
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/connections/:id/test',
    access: 'connections:write',
    tag,
    summary: 'Ask the platform whether the connection works',
    ids,
    response: connectionTest,
    handler: ({ ctx, ids }) => testConnection(ctx, ids.id!),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/connections/:id/webhook',
    access: 'connections:write',
    tag,
    summary: 'Read where the platform is to deliver, for setting it up by hand',
    ids,
    response: connectionWebhook,
    handler: ({ ctx, ids }) => webhookSetup(ctx, ids.id!),
  });
}
