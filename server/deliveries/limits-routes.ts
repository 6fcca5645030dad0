// HTTP of the limits page. Apart from the connections' own routes: what waits is known here, above them.
import type { FastifyInstance } from 'fastify';
import { limits } from '../../contract/limits.ts';
import { route } from '../platform/http/route.ts';
import { connectionLimits } from './limits.ts';

export function limitsRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/connections/:id/limits',
    access: 'connections:read',
    tag: 'Connections',
    summary: 'How fast a connection may send, how fast it does, and what holds it',
    ids: { id: 'con' },
    response: limits,
    handler: ({ ctx, ids }) => connectionLimits(ctx, ids.id as string),
  });
}
