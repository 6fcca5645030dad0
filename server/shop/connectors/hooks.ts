// Where shops deliver: /hooks/shopify/{id}, /hooks/woocommerce/{id}. The signature is over the bytes and is judged before anything
// reads them. Signed and not understood is answered with 200: sent again it would be understood no better, and shops end a webhook
// that keeps failing (Shopify after 8 tries, WooCommerce after 5; looked up 2026-11-22).
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { fromWireId } from '../../../contract/ids.ts';
import type { ShopKind } from '../../../contract/shop-connectors.ts';
import type { BaseCtx } from '../../platform/context.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { type ConnectorRow, secretPlace } from './connector.ts';
import { textOf, timeOf } from './payload.ts';
import { findAnywhere } from './store.ts';
import { takeWebhook } from './take.ts';

/** A product with 2,000 variants is about 3 MB. */
const bodyLimitBytes = 8 * 1024 * 1024;
/** "webhook_id=12". */
const pingLimitBytes = 200;

interface Door {
  signature: string;
  topic: string;
  source: string;
}
const doors: Record<ShopKind, Door> = {
  shopify: {
    signature: 'x-shopify-hmac-sha256',
    topic: 'x-shopify-topic',
    source: 'x-shopify-shop-domain',
  },
  woocommerce: {
    signature: 'x-wc-webhook-signature',
    topic: 'x-wc-webhook-topic',
    source: 'x-wc-webhook-source',
  },
};

interface Params {
  id: string;
}

export function shopHookRoutes(app: FastifyInstance): void {
  const { base } = app;
  const refusals = createRefusals(base);

  async function connectorAt(kind: ShopKind, params: Params): Promise<ConnectorRow> {
    const id = fromWireId('shc', params.id);
    const connector = id && (await findAnywhere(base, id));
    if (!connector || connector.kind !== kind) throw notFound('shop connector');
    return connector;
  }

  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setChildLoggerFactory((logger) => logger);

    for (const kind of Object.keys(doors) as ShopKind[])
      scope.post<{ Params: Params; Body: Buffer }>(
        `/hooks/${kind}/:id`,
        {
          schema: { hide: true },
          bodyLimit: bodyLimitBytes,
          helmet: false,
          // before the body is read: anybody can send megabytes without a signature
          async onRequest(request) {
            const connector = await connectorAt(kind, request.params as Params);
            if (headerOf(request.headers, doors[kind].signature) === null && !isPing(kind, request))
              throw refusals.refuse(connector, 'The webhook is not signed.');
          },
        },
        async (request, reply) => {
          const connector = await connectorAt(kind, request.params);
          const body = request.body ?? Buffer.alloc(0);
          // WooCommerce asks whether anybody is there when a webhook is saved, without a signature
          if (isPing(kind, request)) return reply.send({});
          const { signature, topic, source } = doors[kind];
          if (!isSigned(base, connector, body, headerOf(request.headers, signature)))
            throw refusals.refuse(
              connector,
              connector.secret
                ? 'The signature does not fit. Enter the key that the shop signs with at the connector anew.'
                : 'No key is known yet. Enter the key that the shop signs with at the connector.',
            );
          await takeWebhook(base, connector, {
            topic: headerOf(request.headers, topic)?.slice(0, 100) ?? 'without a topic',
            source: textOf(headerOf(request.headers, source), 200),
            sentAt: timeOf(headerOf(request.headers, 'x-shopify-triggered-at')),
            isTest: headerOf(request.headers, 'x-shopify-test') === 'true',
            body,
          });
          return reply.send({});
        },
      );
  });
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A form of one number; nothing of it is believed or written down. */
function isPing(kind: ShopKind, { headers }: FastifyRequest): boolean {
  return (
    kind === 'woocommerce' &&
    headerOf(headers, doors.woocommerce.signature) === null &&
    (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded') &&
    Number(headers['content-length'] ?? Number.NaN) <= pingLimitBytes
  );
}

function isSigned(base: BaseCtx, connector: ConnectorRow, body: Buffer, given: string | null): boolean {
  if (!connector.secret || given === null) return false;
  const secret = base.secrets.open(connector.secret, secretPlace(connector.id));
  const wanted = createHmac('sha256', secret).update(body).digest();
  const signature = Buffer.from(given, 'base64');
  return signature.length === wanted.length && timingSafeEqual(signature, wanted);
}

const writeEveryMs = 60_000;

/** Whoever refuses says so at the connector, once a minute: anybody may be knocking. */
function createRefusals(base: BaseCtx) {
  const writtenAt = new Map<string, number>();
  return {
    refuse(connector: ConnectorRow, words: string): AppError {
      const now = base.clock.elapsedMs();
      if (now - (writtenAt.get(connector.id) ?? Number.NEGATIVE_INFINITY) >= writeEveryMs) {
        writtenAt.set(connector.id, now);
        base.db
          .updateTable('shop_connectors')
          .set({ refused_at: base.clock.now() })
          .where('workspace_id', '=', connector.workspace_id)
          .where('id', '=', connector.id)
          .execute()
          .catch((error) => {
            writtenAt.delete(connector.id);
            base.log.info({ err: error }, 'a refused webhook could not be written down');
          });
      }
      return new AppError('UNAUTHENTICATED', words);
    },
  };
}
