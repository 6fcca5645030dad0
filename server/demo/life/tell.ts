// The shop tells Carillon what happened, through the same doors as any shop's program. Each deed has an id of its own, so that
// telling it again after a crash changes nothing.
import { productPut, waitingCreate } from '../../../contract/products.ts';
import { type CartPut, cartPut, eventCreate, orderPut } from '../../../contract/shop.ts';
import type { Ctx } from '../../platform/context.ts';
import { putCarts } from '../../shop/put-carts.ts';
import { putOrders } from '../../shop/put-orders.ts';
import { putProducts } from '../../shop/put-products.ts';
import { recordEvents } from '../../shop/record-events.ts';
import { subscribe } from '../../shop/waiting.ts';
import { money, type Product, products, shop } from '../catalogue.ts';
import { type DemoPerson, people } from '../people.ts';
import { pictureOf } from '../product-picture.ts';
import type { Deed, Item } from './shop.ts';

type Told = Exclude<Deed, { kind: 'press' }>;

/** Throws what the product's doors throw: whoever was erased or merged away is no customer any more. */
export async function tell(ctx: Ctx, deed: Told): Promise<void> {
  switch (deed.kind) {
    case 'look': {
      const { id, name } = productOf(deed.product);
      const event = eventCreate.parse({
        contact: customer(deed.who),
        name: 'product_viewed',
        properties: { product_id: id, title: name, url: pageOf(id) },
        event_id: `life-${deed.number}-look-${deed.look}`,
      });
      await recordEvents(ctx, [event], () => '');
      return;
    }
    case 'cart': {
      const external_id = numberOf(deed);
      await putCarts(ctx, [{ external_id, ...cartOf(ctx, deed, external_id) }], null);
      return;
    }
    case 'subscribe':
      await subscribe(ctx, deed.product, waitingCreate.parse({ contact: customer(deed.who) }));
      return;
    case 'stock':
      await putStock(ctx, { [deed.product]: deed.stock });
      return;
    case 'order': {
      const { order, status } = deed;
      const put = orderPut.parse({
        contact: customer(order.who),
        status,
        total: money(sumOf(order.items)),
        items: order.items.map(({ product, quantity }) => ({
          product_id: product,
          name: productOf(product).name,
          quantity,
          price: money(productOf(product).pence),
        })),
        placed_at: order.placedAt,
      });
      await putOrders(ctx, [{ external_id: numberOf(order), ...put }], null);
      return;
    }
  }
}

/** Products with how many there are of each. */
export async function putStock(ctx: Ctx, stock: Record<string, number>): Promise<void> {
  const list = Object.entries(stock).map(([id, count]) => {
    const { name, pence } = productOf(id);
    const put = { name, price: money(pence), stock: count, url: pageOf(id), image_url: pictureOf(ctx, id) };
    return { external_id: id, ...productPut.parse(put) };
  });
  await putProducts(ctx, list, '/products');
}

function cartOf(ctx: Ctx, deed: Extract<Told, { kind: 'cart' }>, number: string): CartPut {
  return cartPut.parse({
    contact: customer(deed.who),
    status: deed.status,
    items: deed.items.map(({ product, quantity }) => ({
      product_id: product,
      name: productOf(product).name,
      quantity,
      price: money(productOf(product).pence),
      url: pageOf(product),
      image_url: pictureOf(ctx, product),
    })),
    ...(deed.items.length > 0 && { total: money(sumOf(deed.items)) }),
    url: `${shop}/cart/${number}`,
  });
}

/** Of a cart and of the order that comes out of it. */
export const numberOf = ({ who, number }: { who: number; number: number }): string =>
  `${personAt(who).externalId}-L${number}`;
export const personAt = (who: number): DemoPerson => people[who] as DemoPerson;
export const productOf = (id: string): Product => products.find((product) => product.id === id) as Product;

const customer = (who: number) => ({ external_id: personAt(who).externalId });
const pageOf = (product: string) => `${shop}/shop/${product}`;
const sumOf = (items: Item[]) =>
  items.reduce((sum, { product, quantity }) => sum + productOf(product).pence * quantity, 0);
