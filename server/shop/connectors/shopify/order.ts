// An order as Shopify tells it, with all that became of it so far: paid, its parcels, refunds.
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
  timeOf,
} from '../payload.ts';
import type { ToldOrder, ToldStep } from '../told.ts';
import { cartTokenOf, nameOf, productOf } from './fields.ts';
import { personOf } from './person.ts';

export function orderOf(order: Payload): ToldOrder {
  const external_id = needed(idOf(order.id), 'The order has no id.');
  const currency = needed(currencyOf(order.currency), `Order ${external_id} has no currency that is known.`);
  const total = needed(
    [order.current_total_price, order.total_price].map(amountOf).find((amount) => Number(amount) > 0) ??
      amountOf(order.total_price),
    `Order ${external_id} has no total.`,
  );
  const delivery = deliveredAt(order);
  const updated_at = latest(timeOf(order.updated_at), timeOf(order.cancelled_at));
  return {
    external_id,
    person: personOf(objectOf(order.customer), order),
    carts: [cartTokenOf(order.cart_token), cartTokenOf(order.checkout_token)].filter((id) => id !== null),
    status: statusOf(order, delivery !== null),
    total: { amount: total, currency },
    items: listOf(order.line_items)
      .map((line) => ({
        product_id: productOf(line),
        variant_id: idOf(line.variant_id),
        name: nameOf(line),
        quantity: quantityOf(line.quantity),
        price: { amount: amountOf(line.price) ?? '0', currency },
      }))
      .filter(({ quantity }) => quantity > 0)
      .slice(0, 500),
    placed_at: needed(
      timeOf(order.processed_at) ?? timeOf(order.created_at),
      `Order ${external_id} has no time at which it was placed.`,
    ),
    delivered_at: delivery,
    ...(updated_at && { updated_at }),
  };
}

/** What was taken back wholly is no purchase; what was taken back in part is one. */
function statusOf(order: Payload, isDelivered: boolean): ToldOrder['status'] {
  const paid = order.financial_status;
  if (paid === 'refunded') return 'returned';
  if (order.cancelled_at || paid === 'voided') return 'cancelled';
  if (isDelivered) return 'delivered';
  return paid === 'paid' || paid === 'partially_refunded' ? 'paid' : 'placed';
}

/** When the last of all its parcels arrived; null: one is on its way, or nobody told. */
function deliveredAt(order: Payload): string | null {
  if (order.fulfillment_status !== 'fulfilled') return null;
  const parcels = listOf(order.fulfillments).filter(
    ({ status }) => status !== 'cancelled' && status !== 'failure' && status !== 'error',
  );
  if (parcels.length === 0 || parcels.some((parcel) => parcel.shipment_status !== 'delivered')) return null;
  return latest(...parcels.map((parcel) => timeOf(parcel.updated_at)));
}

/** A parcel's news: only that it arrived is news here. */
export function parcelStep(parcel: Payload): ToldStep | null {
  if (parcel.shipment_status !== 'delivered' || parcel.status === 'cancelled') return null;
  return {
    external_id: needed(idOf(parcel.order_id), 'The fulfillment names no order.'),
    status: 'delivered',
    at: timeOf(parcel.updated_at),
    pieces: listOf(parcel.line_items).reduce((sum, line) => sum + quantityOf(line.quantity), 0),
  };
}

/** The carrier's own word, for shops that pass it on. */
export function eventStep(event: Payload): ToldStep | null {
  if (event.status !== 'delivered') return null;
  return {
    external_id: needed(idOf(event.order_id), 'The fulfillment event names no order.'),
    status: 'delivered',
    at: timeOf(event.happened_at) ?? timeOf(event.created_at),
    pieces: null,
  };
}

export function refundStep(refund: Payload): ToldStep {
  const back = listOf(refund.transactions)
    .filter(({ kind, status }) => kind === 'refund' && status === 'success')
    .reduce((sum, { amount }) => sum + Number(amountOf(amount) ?? 0), 0);
  return {
    external_id: needed(idOf(refund.order_id), 'The refund names no order.'),
    status: 'returned',
    at: timeOf(refund.processed_at) ?? timeOf(refund.created_at),
    refunded: back.toFixed(3),
  };
}
