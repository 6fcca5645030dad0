// The event that a preview or a test message is about: the person's own cart, order or what they wait for, else an invented one.
// Invented things have pictures in a preview alone: a platform could not fetch them.
import { sql } from 'kysely';
import type { CampaignKind } from '../../contract/campaigns.ts';
import { examplePictures } from '../../contract/example-pictures.ts';
import type { Ctx } from '../platform/context.ts';
import {
  type EventCart,
  type EventOrder,
  type EventProduct,
  type ShopEvent,
  sampleCart,
  sampleEvent,
  sampleOrder,
  sampleProducts,
} from './shop-scope.ts';

interface Invented {
  cart: EventCart;
  products: EventProduct[];
}
const bare: Invented = { cart: sampleCart, products: sampleProducts };
const { bowls, mug } = examplePictures;
export const withPictures: Invented = {
  cart: {
    ...sampleCart,
    items: sampleCart.items.map((item, index) => ({ ...item, image_url: [bowls, mug][index] })),
  },
  products: sampleProducts.map((product, index) => ({ ...product, image_url: [mug, bowls][index] ?? null })),
};

/**
 * `kind` null: not known, so whatever a message may read is there. Null: messages of this kind are about no event. What is invented
 * costs what it would in the workspace's currency.
 */
export async function exampleEvent(
  ctx: Ctx,
  kind: CampaignKind | null,
  contactId: string | null,
  invented = bare,
): Promise<ShopEvent | null> {
  const own = kind !== null && contactId !== null ? await ownEvent(ctx, kind, contactId) : undefined;
  if (own) return own;
  const { currency } = await ctx.db
    .selectFrom('workspaces')
    .select('currency')
    .where('id', '=', ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  const cart = { ...invented.cart, currency };
  const order = { ...sampleOrder, currency };
  const products = invented.products.map((product) => ({ ...product, currency }));
  if (kind === null) return { ...sampleEvent, cart, order, products };
  if (kind === 'abandoned_cart') return { kind, invented: true, cart };
  if (kind === 'post_purchase') return { kind, invented: true, order };
  if (kind === 'back_in_stock') return { kind, invented: true, products };
  return null;
}

async function ownEvent(ctx: Ctx, kind: CampaignKind, contactId: string): Promise<ShopEvent | undefined> {
  if (kind === 'abandoned_cart') {
    const cart = await cartOf(ctx, contactId);
    return cart && { kind, cart };
  }
  if (kind === 'post_purchase') {
    const order = await orderOf(ctx, contactId);
    return order && { kind, order };
  }
  if (kind !== 'back_in_stock') return undefined;
  const products = await wishesOf(ctx, contactId);
  return products && { kind, products };
}

/** What they wait for, there or not, the last wish first. Undefined: nothing. */
async function wishesOf(ctx: Ctx, contactId: string): Promise<EventProduct[] | undefined> {
  const { rows } = await sql<{ product: EventProduct }>`
    SELECT to_jsonb(p) || '{"variants": []}' AS product FROM products p
    JOIN (SELECT i.product_id, max(i.at) AS at FROM product_interest i
      WHERE i.workspace_id = ${ctx.actor.workspaceId} AND i.contact_id = ${contactId} GROUP BY i.product_id) w ON w.product_id = p.id
    WHERE p.workspace_id = ${ctx.actor.workspaceId} ORDER BY w.at DESC, p.id LIMIT 3`.execute(ctx.db);
  return rows.length > 0 ? rows.map((row) => row.product) : undefined;
}

/** Their latest one that is open and holds something, as the message has it. */
async function cartOf(ctx: Ctx, contactId: string): Promise<EventCart | undefined> {
  const { rows } = await sql<{ cart: EventCart }>`
    SELECT cart_with_products(k.workspace_id, to_jsonb(k)) AS cart FROM carts k
    WHERE k.workspace_id = ${ctx.actor.workspaceId} AND k.contact_id = ${contactId}
      AND k.status = 'open' AND jsonb_array_length(k.items) > 0
    ORDER BY k.updated_at DESC, k.id DESC LIMIT 1`.execute(ctx.db);
  return rows[0]?.cart;
}

/** Their latest one, a delivered one before others. */
async function orderOf(ctx: Ctx, contactId: string): Promise<EventOrder | undefined> {
  const { rows } = await sql<{ order: EventOrder }>`
    SELECT order_with_products(o.workspace_id, to_jsonb(o) || jsonb_build_object('items', coalesce((
      SELECT jsonb_agg(to_jsonb(i) ORDER BY i.position) FROM order_items i
      WHERE i.workspace_id = o.workspace_id AND i.order_id = o.id), '[]'))) AS "order"
    FROM orders o
    WHERE o.workspace_id = ${ctx.actor.workspaceId} AND o.contact_id = ${contactId}
    ORDER BY (o.status = 'delivered') DESC, o.placed_at DESC, o.id DESC LIMIT 1`.execute(ctx.db);
  return rows[0]?.order;
}
