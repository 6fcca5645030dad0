// SQL of orders and carts: their rows, and as the wire shows them.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import { amountText } from '../../contract/money.ts';
import type { Cart, Order } from '../../contract/shop.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { notFound } from '../platform/errors.ts';

/** Amounts are text, as PostgreSQL writes a numeric: a binary number would not keep every one. */
export interface OrderItemRow {
  product_id: string;
  variant_id: string | null;
  name: string | null;
  quantity: number;
  price: string;
}
export interface OrderRow {
  id: string;
  external_id: string | null;
  contact_id: string;
  status: string;
  total: string;
  currency: string;
  placed_at: Date;
  updated_at: Date;
  delivered_at: Date | null;
  items: OrderItemRow[];
}
/** What older writers left out of an item is missing in its JSON. */
export interface CartItemRow {
  product_id: string;
  quantity: number;
  variant_id?: string | null;
  name?: string | null;
  price?: string | number | null;
  url?: string | null;
  image_url?: string | null;
}
export interface CartRow {
  id: string;
  external_id: string | null;
  contact_id: string;
  status: string;
  currency: string | null;
  total: string | null;
  url: string | null;
  items: CartItemRow[];
  updated_at: Date;
}

const selectOrders = (ctx: Ctx) =>
  ctx.db
    .selectFrom('orders as o')
    .select([
      'o.id',
      'o.external_id',
      'o.contact_id',
      'o.status',
      'o.currency',
      'o.placed_at',
      'o.delivered_at',
      'o.updated_at',
    ])
    .select(sql<string>`o.total::text`.as('total'))
    .select(
      sql<OrderItemRow[]>`coalesce((
        SELECT jsonb_agg(jsonb_build_object('product_id', i.product_id, 'variant_id', i.variant_id, 'name', i.name, 'quantity', i.quantity, 'price', i.price::text)
          ORDER BY i.position)
        FROM order_items i WHERE i.workspace_id = o.workspace_id AND i.order_id = o.id), '[]')`.as('items'),
    )
    .where('o.workspace_id', '=', ctx.actor.workspaceId);

const selectCarts = (ctx: Ctx) =>
  ctx.db
    .selectFrom('carts as k')
    .select(['k.id', 'k.external_id', 'k.contact_id', 'k.status', 'k.currency', 'k.url', 'k.updated_at'])
    .select(sql<string | null>`k.total::text`.as('total'))
    .select(sql<CartItemRow[]>`k.items`.as('items'))
    .where('k.workspace_id', '=', ctx.actor.workspaceId);

export async function ordersByExternalId(ctx: Ctx, externalIds: string[]): Promise<Map<string, OrderRow>> {
  const rows = await selectOrders(ctx)
    .where(sql<boolean>`o.external_id = ANY(${externalIds}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.external_id ?? '', row]));
}

export async function cartsByExternalId(ctx: Ctx, externalIds: string[]): Promise<Map<string, CartRow>> {
  const rows = await selectCarts(ctx)
    .where(sql<boolean>`k.external_id = ANY(${externalIds}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.external_id ?? '', row]));
}

/** Throws NOT_FOUND. */
export async function loadOrder(ctx: Ctx, externalId: string): Promise<Order> {
  const row = (await ordersByExternalId(ctx, [externalId])).get(externalId);
  if (!row) throw notFound('order');
  return toOrder(row);
}

/** Throws NOT_FOUND. */
export async function loadCart(ctx: Ctx, externalId: string): Promise<Cart> {
  const row = (await cartsByExternalId(ctx, [externalId])).get(externalId);
  if (!row) throw notFound('cart');
  return toCart(row);
}

interface Filters {
  contact_id?: string | undefined;
  status?: string | undefined;
}

/** Newest placed first. */
export function listOrders(ctx: Ctx, query: PageQuery & Filters): Promise<Page<Order>> {
  let rows = selectOrders(ctx).select('o.id as _id');
  if (query.contact_id) rows = rows.where('o.contact_id', '=', uuidOf('cnt', query.contact_id));
  if (query.status) rows = rows.where('o.status', '=', query.status);
  const order = { column: 'o.placed_at', id: 'o.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(rows, query, order, toOrder);
}

/** Last touched first. */
export function listCarts(ctx: Ctx, query: PageQuery & Filters): Promise<Page<Cart>> {
  let rows = selectCarts(ctx).select('k.id as _id');
  if (query.contact_id) rows = rows.where('k.contact_id', '=', uuidOf('cnt', query.contact_id));
  if (query.status) rows = rows.where('k.status', '=', query.status);
  const order = { column: 'k.updated_at', id: 'k.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(rows, query, order, toCart);
}

function toOrder(row: OrderRow): Order {
  const { currency } = row;
  const money = (amount: string) => ({ amount: amountText(amount, currency), currency });
  return {
    id: toWireId('ord', row.id),
    external_id: row.external_id,
    contact_id: toWireId('cnt', row.contact_id),
    status: row.status as Order['status'],
    total: money(row.total),
    items: row.items.map((item) => ({ ...item, price: money(item.price) })),
    placed_at: row.placed_at.toISOString(),
    delivered_at: row.delivered_at?.toISOString() ?? null,
    updated_at: row.updated_at.toISOString(),
  };
}

function toCart(row: CartRow): Cart {
  const { currency } = row;
  const money = (amount: string | number | null | undefined) =>
    amount == null || currency === null ? null : { amount: amountText(String(amount), currency), currency };
  return {
    id: toWireId('crt', row.id),
    external_id: row.external_id,
    contact_id: toWireId('cnt', row.contact_id),
    status: row.status as Cart['status'],
    items: row.items.map(({ product_id, variant_id, name, quantity, price, url, image_url }) => ({
      product_id,
      variant_id: variant_id ?? null,
      name: name ?? null,
      quantity,
      price: money(price),
      url: url ?? null,
      image_url: image_url ?? null,
    })),
    total: money(row.total),
    url: row.url,
    updated_at: row.updated_at.toISOString(),
  };
}
