// Carts and checkouts of Shopify: one cart, told twice. A cart names nobody and no currency; a checkout names both, and the way back.
import {
  addressOf,
  amountOf,
  currencyOf,
  idOf,
  listOf,
  needed,
  objectOf,
  type Payload,
  quantityOf,
  timeOf,
} from '../payload.ts';
import type { ToldCart, ToldItem } from '../told.ts';
import { cartTokenOf, nameOf, productOf } from './fields.ts';
import { personOf } from './person.ts';

export function cartOf(cart: Payload): ToldCart {
  const id = needed(cartTokenOf(cart.token) ?? cartTokenOf(cart.id), 'The cart has no token.');
  const lines = listOf(cart.line_items);
  const updated_at = timeOf(cart.updated_at);
  return {
    ids: [id],
    person: null,
    status: 'open',
    items: itemsOf(lines),
    currency: currencyIn(lines),
    total: null,
    ...(updated_at && { updated_at }),
  };
}

export function checkoutOf(checkout: Payload): ToldCart {
  const ids = [cartTokenOf(checkout.cart_token), cartTokenOf(checkout.token), idOf(checkout.id)].filter(
    (id) => id !== null,
  );
  if (ids.length === 0) needed(null, 'The checkout has no token.');
  const currency = currencyOf(checkout.currency) ?? currencyOf(checkout.presentment_currency);
  const total = amountOf(checkout.total_price);
  const updated_at = timeOf(checkout.updated_at);
  return {
    ids,
    person: personOf(objectOf(checkout.customer), checkout),
    status: checkout.completed_at ? 'ordered' : 'open',
    items: itemsOf(listOf(checkout.line_items)),
    currency,
    total: currency && total ? { amount: total, currency } : null,
    url: addressOf(checkout.abandoned_checkout_url),
    ...(updated_at && { updated_at }),
  };
}

function itemsOf(lines: Payload[]): ToldItem[] {
  return lines
    .map((line) => ({
      product_id: productOf(line),
      variant_id: idOf(line.variant_id),
      name: nameOf(line),
      quantity: quantityOf(line.quantity),
      price: amountOf(line.price),
      image_url: addressOf(objectOf(line.featured_image)?.url) ?? addressOf(line.image_url),
    }))
    .filter(({ quantity }) => quantity > 0)
    .slice(0, 200);
}

/** In later versions of Shopify's API each price has its currency beside it. */
function currencyIn(lines: Payload[]): string | null {
  for (const line of lines) {
    const money = objectOf(objectOf(line.price_set ?? line.line_price_set)?.shop_money);
    const found = money && currencyOf(money.currency_code);
    if (found) return found;
  }
  return null;
}
