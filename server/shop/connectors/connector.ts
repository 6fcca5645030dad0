// A connector's row, and what the wire shows of it. Pure.
import { toWireId } from '../../../contract/ids.ts';
import type { ShopConnector, ShopKind, ShopSubject, ShopSystem } from '../../../contract/shop-connectors.ts';
import type { Config } from '../../platform/config.ts';

export interface ConnectorRow {
  workspace_id: string;
  id: string;
  kind: string;
  name: string;
  shop_url: string | null;
  source: string | null;
  secret: Buffer | null;
  id_prefix: string;
  /** The first webhook that is written down decides it. */
  id_prefix_open: boolean;
  /** Whose it is, is decided: something was written down of what it told. */
  has_written: boolean;
  /** What the shop sells in; null: not known yet. */
  currency: string | null;
  received: number;
  passed_over: number;
  last_received_at: Date | null;
  last_topic: string | null;
  /** By topic, those that are set up for us alone. */
  topics_at: unknown;
  passed_topic: string | null;
  passed_detail: string | null;
  passed_at: Date | null;
  problem_topic: string | null;
  problem_detail: string | null;
  problem_at: Date | null;
  refused_at: Date | null;
  version: number;
  created_at: Date;
}

type TopicFacts = readonly [name: string, topic: string, subject: ShopSubject];

/** What shops are called, and what is set up there, as their pages name it and as their webhooks do. */
export const shopFacts: Record<
  ShopKind,
  { name: string; needsHttps: boolean; topics: readonly TopicFacts[] }
> = {
  shopify: {
    name: 'Shopify',
    needsHttps: true,
    topics: [
      ['Customer creation', 'customers/create', 'customers'],
      ['Customer update', 'customers/update', 'customers'],
      ['Cart creation', 'carts/create', 'carts'],
      ['Cart update', 'carts/update', 'carts'],
      ['Checkout creation', 'checkouts/create', 'carts'],
      ['Checkout update', 'checkouts/update', 'carts'],
      ['Order creation', 'orders/create', 'orders'],
      ['Order update', 'orders/updated', 'orders'],
      ['Order payment', 'orders/paid', 'orders'],
      ['Order fulfillment', 'orders/fulfilled', 'orders'],
      ['Order cancellation', 'orders/cancelled', 'orders'],
      ['Fulfillment creation', 'fulfillments/create', 'orders'],
      ['Fulfillment update', 'fulfillments/update', 'orders'],
      ['Refund creation', 'refunds/create', 'orders'],
      ['Product creation', 'products/create', 'products'],
      ['Product update', 'products/update', 'products'],
      ['Product deletion', 'products/delete', 'products'],
      ['Inventory level update', 'inventory_levels/update', 'products'],
    ],
  },
  woocommerce: {
    name: 'WooCommerce',
    needsHttps: false,
    topics: [
      ['Customer created', 'customer.created', 'customers'],
      ['Customer updated', 'customer.updated', 'customers'],
      ['Order created', 'order.created', 'orders'],
      ['Order updated', 'order.updated', 'orders'],
      ['Order deleted', 'order.deleted', 'orders'],
      ['Order restored', 'order.restored', 'orders'],
      ['Product created', 'product.created', 'products'],
      ['Product updated', 'product.updated', 'products'],
      ['Product deleted', 'product.deleted', 'products'],
      ['Product restored', 'product.restored', 'products'],
    ],
  },
};

/** Where the sealed secret of a connector belongs. */
export const secretPlace = (id: string) => `shop_connectors/${id}/secret`;

/** Null: the shop reaches this installation; else what is missing, in words. */
function unreachable({ publicUrl }: Config, kind: ShopKind): string | null {
  const { name, needsHttps } = shopFacts[kind];
  if (!publicUrl)
    return `This installation does not know the address under which ${name} reaches it. Set PUBLIC_URL${needsHttps ? ' to its https address' : ''} and start Carillon again.`;
  if (needsHttps && !publicUrl.startsWith('https://'))
    return `${name} delivers to https addresses only, and the address of this installation is ${publicUrl}. Set PUBLIC_URL to an https address and start Carillon again.`;
  return null;
}

/** What can be connected here, and what not for want of an address. */
export const systemsOf = (config: Config): ShopSystem[] =>
  (Object.keys(shopFacts) as ShopKind[]).map((kind) => {
    const whyNot = unreachable(config, kind);
    return { kind, name: shopFacts[kind].name, is_reachable: whyNot === null, why_not: whyNot };
  });

/** Null: this installation has no address that the shop would take. */
export const hookUrl = (config: Config, kind: ShopKind, id: string): string | null =>
  unreachable(config, kind) ? null : `${config.publicUrl}/hooks/${kind}/${toWireId('shc', id)}`;

const noted = (topic: string | null, detail: string | null, at: Date | null) =>
  topic === null || detail === null || at === null ? null : { topic, detail, at: at.toISOString() };

export function toConnector(config: Config, row: ConnectorRow): ShopConnector {
  const kind = row.kind as ShopKind;
  const problem = noted(row.problem_topic, row.problem_detail, row.problem_at);
  return {
    id: toWireId('shc', row.id),
    kind,
    name: row.name,
    shop_url: row.shop_url ?? row.source,
    id_prefix: row.id_prefix,
    currency: row.currency,
    webhook_url: hookUrl(config, kind, row.id),
    topics: shopFacts[kind].topics.map(([name, topic, subject]) => {
      const at = (row.topics_at as Record<string, string>)[topic];
      return { name, topic, subject, last_at: at ? new Date(at).toISOString() : null };
    }),
    has_secret: row.secret !== null,
    status: problem ? 'problem' : row.last_received_at ? 'receiving' : 'waiting',
    problem,
    last_received_at: row.last_received_at?.toISOString() ?? null,
    last_topic: row.last_topic,
    refused_at: row.refused_at?.toISOString() ?? null,
    received: row.received,
    passed_over: row.passed_over,
    last_passed_over: noted(row.passed_topic, row.passed_detail, row.passed_at),
    version: row.version,
    created_at: row.created_at.toISOString(),
  };
}
