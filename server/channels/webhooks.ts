// Incoming webhooks: verify, store raw once, answer 200. What an update means is nobody's business here; the inbound worker
// of the connection takes it from the table. Anything but 2xx makes the platform send it again.
import type { FastifyInstance } from 'fastify';
import type { Channel } from '../../contract/connections.ts';
import { fromWireId } from '../../contract/ids.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { adapterOf } from './registry.ts';
import { findAnywhere } from './store.ts';
import { storeUpdates } from './updates.ts';

/** An update of the Bot API is a few kB; a long message with entities stays below 100 kB. */
const bodyLimitBytes = 1024 * 1024;

export function webhookRoutes(app: FastifyInstance): void {
  app.register(async (scope) => {
    // the signature is over the bytes, so nothing may parse them before
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post<{ Params: { channel: string; connection_id: string }; Body: Buffer }>(
      '/hooks/:channel/:connection_id',
      { schema: { hide: true }, bodyLimit: bodyLimitBytes },
      async (request, reply) => {
        const { channel, connection_id } = request.params;
        const id = fromWireId('con', connection_id);
        const connection = id ? await findAnywhere(app.base, id) : undefined;
        if (!connection || connection.channel !== channel) throw notFound('connection');
        const adapter = adapterOf(connection.channel as Channel);
        const body = request.body ?? Buffer.alloc(0);
        if (!adapter.verify(request.headers, body, connection.webhook_secret))
          throw new AppError(
            'UNAUTHENTICATED',
            'The secret of this webhook is wrong. Press "Test" on the connection to register it anew.',
          );
        const raw = parseJson(body);
        const key = adapter.updateKey(raw);
        if (key === null) throw new AppError('BAD_REQUEST', 'The body is not an update of this platform.');
        const of = { workspaceId: connection.workspace_id, connectionId: connection.id };
        await storeUpdates(app.base, of, [{ key, raw }]);
        return reply.send({});
      },
    );
  });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AppError('MALFORMED_JSON', 'The body could not be parsed. Send one update as JSON.');
  }
}
