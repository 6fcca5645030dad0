// HTTP of the limits page. Apart from the connections' own routes: what waits is known here, above them.
import type { FastifyInstance } from 'fastify';
import { connectionTried } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import { limits } from '../../contract/limits.ts';
import { inTransaction } from '../platform/context.ts';
import { route } from '../platform/http/route.ts';
import { audit } from '../workspaces/audit.ts';
import { tryCircuitNow } from './circuit/keep-circuit.ts';
import { connectionLimits } from './pace/limits.ts';

export function limitsRoutes(app: FastifyInstance): void {
  const tag = 'Connections';
  const ids = { id: 'con' } as const;
  route(app, {
    method: 'GET',
    url: '/api/v1/connections/:id/limits',
    access: 'connections:read',
    tag,
    summary: 'How fast a connection may send, how fast it does, and what holds it',
    ids,
    response: limits,
    handler: ({ ctx, ids }) => connectionLimits(ctx, ids.id as string),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/connections/:id/try_now',
    access: 'connections:write',
    tag,
    summary:
      'Ask a platform that did not answer again at once, by a call that reaches nobody; no effect while it answers',
    ids,
    response: connectionTried,
    handler: ({ ctx, ids }) =>
      inTransaction(ctx, async (ctx) => {
        const id = ids.id as string;
        const circuit = await tryCircuitNow(ctx, id);
        if (circuit)
          await audit(ctx, 'connection.tried_again', { type: 'connection', id: toWireId('con', id) });
        return { circuit };
      }),
  });
}
