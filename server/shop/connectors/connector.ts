// A connector's row, and what the wire shows of it. Pure.
import { toWireId } from '../../../contract/ids.ts';
import type { ShopConnector, ShopKind } from '../../../contract/shop-connectors.ts';
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
  received: number;
  passed_over: number;
  last_received_at: Date | null;
  last_topic: string | null;
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

/** What shops are called, and what is set up there, as they name it. */
export const shopFacts: Record<ShopKind, { name: string; needsHttps: boolean; topics: readonly string[] }> = {
  shopify: {
    name: 'Shopify',
    needsHttps: true,
    topics: [
      'Cart creation',
      'Cart update',
      'Checkout creation',
      'Checkout update',
      'Customer creation',
      'Customer update',
      'Fulfillment creation',
      'Fulfillment update',
      'Inventory level update',
      'Order cancellation',
      'Order creation',
      'Order fulfillment',
      'Order payment',
      'Order update',
      'Product creation',
      'Product deletion',
      'Product update',
      'Refund creation',
    ],
  },
  woocommerce: {
    name: 'WooCommerce',
    needsHttps: false,
    topics: [
      'Customer created',
      'Customer updated',
      'Order created',
      'Order updated',
      'Order deleted',
      'Order restored',
      'Product created',
      'Product updated',
      'Product deleted',
      'Product restored',
    ],
  },
};

/** Where the sealed secret of a connector belongs. */
export const secretPlace = (id: string) => `shop_connectors/${id}/secret`;

/** Null: this installation has no address that the shop would take. */
export function hookUrl(config: Config, kind: ShopKind, id: string): string | null {
  const { publicUrl } = config;
  if (!publicUrl || (shopFacts[kind].needsHttps && !publicUrl.startsWith('https://'))) return null;
  return `${publicUrl}/hooks/${kind}/${toWireId('shc', id)}`;
}

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
    webhook_url: hookUrl(config, kind, row.id),
    topics: [...shopFacts[kind].topics],
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
