// HTTP of nodes.
import type { FastifyInstance } from 'fastify';
import { nodeList } from '../../contract/nodes.ts';
import { route } from '../platform/http/route.ts';
import { listNodes } from './list.ts';

/** `answeringId`: this node's own row. */
export function nodeRoutes(app: FastifyInstance, answeringId: string | null): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/nodes',
    access: 'nodes:read',
    tag: 'nodes',
    summary: 'The processes that run this installation: role, heartbeat, lanes',
    response: nodeList,
    handler: ({ ctx }) => listNodes(ctx, answeringId),
  });
}
