// Incoming webhooks: verify, store raw once, answer 200. What an update means is nobody's business here; the inbound worker
// of the connection takes it from the table. Anything but 2xx makes the platform send it again, the whole of it: so is answered
// what could not be let in for one of the connections it is for, and what was stored for the others is then known already.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { fromWireId } from '../../contract/ids.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { createArrivals } from './arrivals.ts';
import type { Webhook } from './channel.ts';
import { type HookAccount, hookAccounts } from './hook-accounts.ts';
import { storeReceipts } from './receipts.ts';
import { adapterOf } from './registry.ts';
import { storeUpdates } from './updates.ts';

/** Telegram sends a few kB, WhatsApp up to 3 MB (Cloud API, webhooks, 2026-11-20). */
const bodyLimitBytes = 3 * 1024 * 1024;

const notTheirSecret =
  'A part of this webhook is for a number whose own app secret does not fit its signature. Enter the app secret of that connection anew. The other parts are stored.';

interface Params {
  channel: string;
  connection_id: string;
}

export function webhookRoutes(app: FastifyInstance): void {
  const { base } = app;
  const accounts = hookAccounts(base);
  const arrivals = createArrivals(base);

  async function accountAt({ channel, connection_id }: Params): Promise<HookAccount> {
    const id = fromWireId('con', connection_id);
    const account = id ? await accounts.find(id) : null;
    if (!account || account.channel !== channel) throw notFound('connection');
    return account;
  }

  async function store(of: HookAccount, webhook: Webhook): Promise<void> {
    await storeReceipts(base, of, webhook.receipts);
    if (webhook.updates.length > 0) await storeUpdates(base, of, webhook.updates);
  }

  function refuse(account: HookAccount): AppError {
    arrivals.refused(account);
    return new AppError(
      'UNAUTHENTICATED',
      'The secret of this webhook is wrong. Press "Test" on the connection to register it anew.',
    );
  }

  /** Before the body is read: anybody can send 3 MB to an invented address, or without a signature, and none of it is kept. */
  async function turnAway(request: FastifyRequest): Promise<void> {
    const account = await accountAt(request.params as Params);
    if (!adapterOf(account.channel).admits(request.headers, account.secrets)) throw refuse(account);
  }

  app.register(async (scope) => {
    // the signature is over the bytes, so nothing may parse them before
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    // thousands a second: no logger for each, and no headers for a page that nobody looks at
    scope.setChildLoggerFactory((logger) => logger);

    scope.post<{ Params: Params; Body: Buffer }>(
      '/hooks/:channel/:connection_id',
      { schema: { hide: true }, bodyLimit: bodyLimitBytes, helmet: false, onRequest: turnAway },
      async (request, reply) => {
        const account = await accountAt(request.params);
        const adapter = adapterOf(account.channel);
        const body = request.body ?? Buffer.alloc(0);
        const isSigned = ({ secrets }: HookAccount) => adapter.verify(request.headers, body, secrets);
        if (!isSigned(account)) throw refuse(account);
        const webhook = adapter.split(parseJson(body));
        if (!webhook) throw new AppError('BAD_REQUEST', 'The body is not an update of this platform.');
        const { parts, refused } = await accounts.route(account, webhook, isSigned);
        for (const [of, part] of parts) {
          await store(of, part);
          arrivals.arrived(of);
        }
        for (const of of refused)
          of.workspaceId === account.workspaceId ? arrivals.missed(of) : arrivals.refused(of);
        if (refused.length > 0) throw new AppError('UNAUTHENTICATED', notTheirSecret);
        return reply.send({});
      },
    );

    // the platform asks whether the address is ours before it delivers there
    scope.get<{ Params: Params; Querystring: Record<string, string> }>(
      '/hooks/:channel/:connection_id',
      { schema: { hide: true } },
      async (request, reply) => {
        const account = await accountAt(request.params);
        const answer = adapterOf(account.channel).handshake?.(request.query, account.secrets);
        if (answer == null)
          throw new AppError('FORBIDDEN', 'The verify token is not the one of this connection.');
        return reply.type('text/plain').send(answer);
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
