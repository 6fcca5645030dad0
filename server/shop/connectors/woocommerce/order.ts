// Customers and orders of WooCommerce. Shapes: its REST API v3, which its webhooks send, looked up 2026-11-22. Times are taken in
// their GMT form: the others are on the clock of the shop, without saying which.
import {
  amountOf,
  currencyOf,
  idOf,
  latest,
  listOf,
  needed,
  objectOf,
  type Payload,
  quantityOf,
  textOf,
  timeOf,
} from '../payload.ts';
import { type Person, personFields, type ToldOrder } from '../told.ts';

export function customerOf(customer: Payload): Person {
  const id = needed(idOf(customer.id), 'The customer has no id.');
  return {
    ...personOf(objectOf(customer.billing), customer, objectOf(customer.shipping)),
    customerId: id,
    typed: [],
    updatedAt: timeOf(customer.date_modified_gmt) ?? timeOf(customer.date_created_gmt),
  };
}

/** `billing` knows best how somebody is reached; the customer's own record knows the name better. */
function personOf(billing: Payload | null, own: Payload | null, shipping: Payload | null): Person {
  const of = (field: string, most: number, from: (Payload | null)[]) =>
    from.reduce<string | null>((found, one) => found ?? (one && textOf(one[field], most)), null);
  const all = [own, billing, shipping];
  return {
    customerId: null,
    firstName: of('first_name', 120, all),
    lastName: of('last_name', 120, all),
    email: of('email', 254, all),
    phone: of('phone', 40, [billing, shipping]),
    language: null,
    country: of('country', 2, [billing, shipping]),
    updatedAt: null,
    typed: personFields,
  };
}

/** Null: it is not placed yet. */
export function orderOf(order: Payload): ToldOrder | null {
  const external_id = needed(idOf(order.id), 'The order has no id.');
  const status = textOf(order.status, 50)?.replace(/^wc-/, '') ?? '';
  if (drafts.has(status)) return null;
  const currency = needed(currencyOf(order.currency), `Order ${external_id} has no currency that is known.`);
  const placed_at = needed(
    timeOf(order.date_created_gmt),
    `Order ${external_id} has no time at which it was placed (date_created_gmt).`,
  );
  const completed = timeOf(order.date_completed_gmt);
  const updated_at = latest(timeOf(order.date_modified_gmt), placed_at);
  const told = statusOf(status, order);
  return {
    external_id,
    person: {
      ...personOf(objectOf(order.billing), null, objectOf(order.shipping)),
      customerId: idOf(order.customer_id),
    },
    carts: [],
    status: told,
    total: {
      amount: needed(amountOf(order.total), `Order ${external_id} has no total.`),
      currency,
    },
    items: listOf(order.line_items)
      .map((line) => {
        const quantity = quantityOf(line.quantity);
        return {
          product_id: idOf(line.product_id) ?? `custom:${(textOf(line.name, 150) ?? 'item').toLowerCase()}`,
          variant_id: idOf(line.variation_id),
          name: textOf(line.name, 300),
          quantity,
          price: { amount: pricePaid(line, quantity), currency },
        };
      })
      .filter(({ quantity }) => quantity > 0)
      .slice(0, 500),
    placed_at,
    delivered_at: told === 'delivered' ? completed : null,
    isDeliveryUndone: completed !== null && told !== 'delivered',
    ...(updated_at && { updated_at }),
  };
}

const drafts = new Set(['checkout-draft', 'auto-draft', 'draft', 'new']);

/**
 * "completed" is what a shop sets when its work on an order is over, which is the nearest that WooCommerce knows to delivered.
 * Statuses of plugins go by whether it was completed or paid.
 */
function statusOf(status: string, order: Payload): ToldOrder['status'] {
  const known = statuses[status];
  if (known) return known;
  if (timeOf(order.date_completed_gmt)) return 'delivered';
  return timeOf(order.date_paid_gmt) ? 'paid' : 'placed';
}
const statuses: Record<string, ToldOrder['status']> = {
  pending: 'placed',
  'on-hold': 'placed',
  processing: 'paid',
  completed: 'delivered',
  cancelled: 'cancelled',
  failed: 'cancelled',
  trash: 'cancelled',
  refunded: 'returned',
};

/** Of one piece, with tax and after discounts, as the customer paid it; `price` of the line is without tax. */
function pricePaid(line: Payload, quantity: number): string {
  const sum = Number(amountOf(line.total) ?? Number.NaN) + Number(amountOf(line.total_tax) ?? 0);
  return amountOf(quantity > 0 && Number.isFinite(sum) ? (sum / quantity).toFixed(2) : line.price) ?? '0';
}
