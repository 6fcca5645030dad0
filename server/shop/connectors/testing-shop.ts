// A shop that delivers: signs as its kind does, and keeps example payloads. Imported by tests only.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { ShopConnectorCreated, ShopKind } from '../../../contract/shop-connectors.ts';
import type { Visitor } from '../../workspaces/testing-visitor.ts';
import { type Payload, parsePayload } from './payload.ts';

/** The bytes as they would come: ids longer than binary numbers are, and all. */
export const fixture = (kind: ShopKind, name: string): Buffer =>
  readFileSync(path.join(import.meta.dirname, kind, 'fixtures', `${name}.json`));
/** The same with other values. */
export const altered = (kind: ShopKind, name: string, change: Payload): Buffer =>
  Buffer.from(JSON.stringify({ ...parsePayload(fixture(kind, name)), ...change }));

export interface TestShop {
  id: string;
  secret: string;
  deliver(
    topic: string,
    body: Buffer,
    headers?: Record<string, string>,
  ): Promise<{ statusCode: number; body: string }>;
  /** The connector as the API shows it. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers by name
  card(): Promise<any>;
}

let delivered = 0;
const secret = 'f00dfeedf00dfeedf00dfeedf00dfeed';

export async function aShop(
  app: FastifyInstance,
  owner: Visitor,
  kind: ShopKind,
  more: object = {},
): Promise<TestShop> {
  const made = await owner.call('POST', '/shop_connectors', { kind, secret, ...more });
  if (made.statusCode !== 201) throw new Error(made.body);
  const { id } = made.json<ShopConnectorCreated>();
  return {
    id,
    secret,
    card: async () => (await owner.call('GET', `/shop_connectors/${id}`)).json(),
    deliver: (topic, body, headers = {}) =>
      app.inject({
        method: 'POST',
        url: `/hooks/${kind}/${id}`,
        headers: { 'content-type': 'application/json', ...headersOf(kind, topic, body, secret), ...headers },
        payload: body,
      }),
  };
}

function headersOf(kind: ShopKind, topic: string, body: Buffer, key: string): Record<string, string> {
  const signature = createHmac('sha256', key).update(body).digest('base64');
  return kind === 'shopify'
    ? {
        'x-shopify-topic': topic,
        'x-shopify-hmac-sha256': signature,
        'x-shopify-shop-domain': 'kiln-row.myshopify.com',
        'x-shopify-api-version': '2026-07',
        'x-shopify-webhook-id': `b54557e4-bdd9-4b37-8a5f-${++delivered}`,
      }
    : {
        'x-wc-webhook-topic': topic,
        'x-wc-webhook-signature': signature,
        'x-wc-webhook-source': 'https://klei.example/',
        'x-wc-webhook-id': '5',
        'x-wc-webhook-delivery-id': `07f3ae${++delivered}`,
      };
}
