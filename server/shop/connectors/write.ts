// What a webhook told, written down the way the API writes it: the newest account wins, the same again changes nothing.
import { toWireId } from '../../../contract/ids.ts';
import { type CartPut, cartPut, type OrderPut, orderPut } from '../../../contract/shop.ts';
import type { Ctx } from '../../platform/context.ts';
import { alone } from '../alone.ts';
import { productsByExternalId } from '../products.ts';
import { putCarts } from '../put-carts.ts';
import { putOrders } from '../put-orders.ts';
import { type CartRow, cartsByExternalId, type OrderRow, ordersByExternalId } from '../store.ts';
import { checked } from './checked.ts';
import type { ConnectorRow } from './connector.ts';
import { noteSelling } from './currency.ts';
import { contactOf } from './customers.ts';
import { wasDeleted } from './deletions.ts';
import { justAfter } from './payload.ts';
import type { Told, ToldCart, ToldOrder, ToldStep } from './told.ts';
import { writeGone, writeLevel, writeProduct, writeVariant } from './write-products.ts';

export type Connector = Pick<ConnectorRow, 'id' | 'id_prefix' | 'currency'>;

/** In a transaction. Null: written, or known already; else why there was nothing to write down. */
export async function writeTold(ctx: Ctx, connector: Connector, told: Told): Promise<string | null> {
  switch (told.kind) {
    case 'customer': {
      const contact = await contactOf(ctx, connector, told.person, { carts: [], order: null });
      return contact ? null : 'A customer without an id, a phone number or an email address.';
    }
    case 'order':
      return writeOrder(ctx, connector, told.order);
    case 'cart':
      return writeCart(ctx, connector, told.cart);
    case 'step':
      return writeStep(ctx, connector, told.step);
    case 'product':
      return writeProduct(ctx, connector, told.product);
    case 'variant':
      return writeVariant(ctx, connector, told.variant);
    case 'gone':
      return writeGone(ctx, connector, told.gone);
    case 'level':
      return writeLevel(ctx, connector, told.level);
    case 'nothing':
      return told.words;
  }
}

async function writeOrder(ctx: Ctx, connector: Connector, order: ToldOrder): Promise<string | null> {
  // in this order everywhere: orders, carts, people
  await alone(ctx, 'orders');
  await alone(ctx, 'carts');
  const fullId = connector.id_prefix + order.external_id;
  const before = (await ordersByExternalId(ctx, [fullId])).get(fullId);
  if (!before && (await wasDeleted(ctx, connector, 'order', order.external_id, order.updated_at)))
    return 'News of an order whose deletion came before them.';
  const { person, carts, external_id: _, status, isDeliveryUndone, ...rest } = order;
  const ids = carts.map((id) => connector.id_prefix + id);
  const made = [...(await cartsByExternalId(ctx, ids)).values()];
  const purchase = {
    carts: made.flatMap((cart) => cart.external_id ?? []),
    order: fullId,
  };
  const contact = (await contactOf(ctx, connector, person, purchase)) ?? holderOf(made[0]);
  await closeCarts(ctx, made, order);
  if (!contact)
    return 'An order of nobody who could be written to: no customer, phone number or email address.';
  const items = rest.items.map((item) => ({ ...item, product_id: connector.id_prefix + item.product_id }));
  const isKept = before?.status === 'delivered' && !isDeliveryUndone && tellsNoDelivery.has(status);
  await putOne(ctx, fullId, { ...rest, status: isKept ? 'delivered' : status, items, contact });
  await noteSelling(ctx, connector, order.total.currency);
  return null;
}

/** Shops go on saying so of what somebody else told the delivery of: a parcel's news, or the API. */
const tellsNoDelivery: ReadonlySet<string> = new Set(['placed', 'paid']);

const holderOf = (row: CartRow | OrderRow | undefined) => row && { id: toWireId('cnt', row.contact_id) };

async function putOne(ctx: Ctx, external_id: string, given: OrderPut): Promise<void> {
  await putOrders(ctx, [{ ...checked(orderPut, given, 'The order'), external_id }], null);
}

/** What the order was made of is not left lying: nobody is reminded of it, also where the shop does not tell of the cart again. */
async function closeCarts(ctx: Ctx, carts: CartRow[], order: ToldOrder): Promise<void> {
  for (const cart of carts) {
    if (cart.status !== 'open') continue;
    const at = new Date(Math.max(Date.parse(order.placed_at), cart.updated_at.getTime()));
    await putCarts(ctx, [{ ...asPut(cart), status: 'ordered', updated_at: at.toISOString() }], null);
  }
}

async function writeCart(ctx: Ctx, connector: Connector, cart: ToldCart): Promise<string | null> {
  await alone(ctx, 'carts');
  const ids = cart.ids.map((id) => connector.id_prefix + id);
  const stored = await cartsByExternalId(ctx, ids);
  const before = ids.map((id) => stored.get(id)).find((row) => row !== undefined);
  const purchase = { carts: before?.external_id ? [before.external_id] : [], order: null };
  const told = cart.person && (await contactOf(ctx, connector, cart.person, purchase));
  const contact = told ?? holderOf(before);
  if (!contact)
    return cart.person
      ? 'A cart of nobody who could be written to: no customer, phone number or email address yet.'
      : 'A cart that nobody is known of yet; it counts from the checkout on.';
  const currency = cart.currency ?? before?.currency ?? null;
  const { ids: _, person: __, items, currency: ___, url, ...rest } = cart;
  const productIds = items.map(({ product_id }) => connector.id_prefix + product_id);
  const products = await productsByExternalId(ctx, productIds);
  const given: CartPut = {
    ...rest,
    // shops begin another cart after an order: what comes of this one is late
    status: before?.status === 'ordered' ? 'ordered' : cart.status,
    contact,
    items: items.map(({ price, ...item }, n) => ({
      ...item,
      product_id: productIds[n]!,
      price: price && currency ? { amount: price, currency } : null,
      // what a reminder shows: carts and checkouts come without pages and pictures
      url: item.url ?? products.get(productIds[n]!)?.url ?? null,
      image_url: item.image_url ?? products.get(productIds[n]!)?.image_url ?? null,
    })),
    url: url ?? before?.url ?? null,
  };
  const external_id = before?.external_id ?? ids[0]!;
  await putCarts(ctx, [{ ...checked(cartPut, given, 'The cart'), external_id }], null);
  if (currency) await noteSelling(ctx, connector, currency);
  return null;
}

/** A stored cart as it is sent. */
function asPut(row: CartRow): CartPut & { external_id: string } {
  const { currency } = row;
  const money = (amount: string | number | null | undefined) =>
    amount == null || currency === null ? null : { amount: String(amount), currency };
  return {
    external_id: row.external_id!,
    contact: { id: toWireId('cnt', row.contact_id) },
    status: row.status as CartPut['status'],
    items: row.items.map(({ price, ...item }) => ({ ...item, price: money(price) })),
    total: money(row.total),
    url: row.url,
  };
}

async function writeStep(ctx: Ctx, connector: Connector, step: ToldStep): Promise<string | null> {
  await alone(ctx, 'orders');
  const external_id = connector.id_prefix + step.external_id;
  const row = (await ordersByExternalId(ctx, [external_id])).get(external_id);
  if (!row) return 'News of an order that is not known here: it was placed before the shop was connected.';
  if (step.refunded != null && Number(step.refunded) < Number(row.total))
    return 'A refund of a part of an order; it stays a purchase.';
  const pieces = row.items.reduce((sum, item) => sum + item.quantity, 0);
  if (step.pieces != null && step.pieces < pieces)
    return 'One parcel of several arrived; the order counts as delivered with the last one.';
  // what was taken back or called off is not delivered by a parcel's late news
  if (step.status === 'delivered' && (row.status === 'returned' || row.status === 'cancelled'))
    return 'A parcel of an order that was cancelled or returned.';
  const { currency } = row;
  await putOne(ctx, external_id, {
    contact: { id: toWireId('cnt', row.contact_id) },
    status: step.status,
    total: { amount: row.total, currency },
    items: row.items.map(({ price, ...item }) => ({ ...item, price: { amount: price, currency } })),
    placed_at: row.placed_at.toISOString(),
    ...(step.status === 'delivered' && step.at ? { delivered_at: step.at } : {}),
    updated_at: step.at ?? justAfter(row.updated_at),
  });
  return null;
}
