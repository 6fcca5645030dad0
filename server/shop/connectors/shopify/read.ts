// Webhooks of Shopify by their topic. What they are about is said in told.ts; nothing here touches the database.
import { deletedId, meant, objectOf } from '../payload.ts';
import type { Reader, Told } from '../told.ts';
import { cartOf, checkoutOf } from './cart.ts';
import { eventStep, orderOf, parcelStep, refundStep } from './order.ts';
import { personOf } from './person.ts';
import { levelOf, productOf } from './product.ts';

const notOfPeople = ['line_items', 'variants', 'order_id', 'inventory_item_id'];
const notOfCarts = [
  'financial_status',
  'order_number',
  'shipment_status',
  'refund_line_items',
  'tax_exemptions',
];

const customer: Reader = (payload) => ({
  kind: 'customer',
  person: personOf(meant(payload, 'customer', notOfPeople), null),
});
const order: Reader = (payload) =>
  // an edit may come as what was edited alone
  objectOf(payload.order_edit)
    ? { kind: 'nothing', words: 'The edit of an order; the order itself follows.' }
    : { kind: 'order', order: orderOf(meant(payload, 'order', ['abandoned_checkout_url'])) };
const cart: Reader = (payload) => ({ kind: 'cart', cart: cartOf(meant(payload, 'cart', notOfCarts)) });
const checkout: Reader = (payload) => ({
  kind: 'cart',
  cart: checkoutOf(meant(payload, 'checkout', notOfCarts)),
});
const parcel: Reader = (payload) => stepOr(parcelStep(payload), 'A parcel that has not arrived yet.');
const product: Reader = (payload, { shopUrl }) => ({ kind: 'product', product: productOf(payload, shopUrl) });
const level: Reader = (payload) => {
  const level = levelOf(payload);
  return level
    ? { kind: 'level', level }
    : { kind: 'nothing', words: 'The stock of an item that is not counted.' };
};

export const shopifyReaders: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['customers/create', customer],
  ['customers/update', customer],
  ['customers/enable', customer],
  ['orders/create', order],
  ['orders/updated', order],
  ['orders/edited', order],
  ['orders/paid', order],
  ['orders/fulfilled', order],
  ['orders/partially_fulfilled', order],
  ['orders/cancelled', order],
  ['carts/create', cart],
  ['carts/update', cart],
  ['checkouts/create', checkout],
  ['checkouts/update', checkout],
  ['fulfillments/create', parcel],
  ['fulfillments/update', parcel],
  ['fulfillment_events/create', (payload) => stepOr(eventStep(payload), 'News of a parcel on its way.')],
  ['refunds/create', (payload) => ({ kind: 'step', step: refundStep(payload) })],
  ['products/create', product],
  ['products/update', product],
  [
    'products/delete',
    (payload, { sentAt }) => ({
      kind: 'gone',
      gone: { external_id: deletedId(payload, 'product'), at: sentAt },
    }),
  ],
  ['inventory_levels/update', level],
  ['inventory_levels/connect', level],
]);

function stepOr(step: ReturnType<typeof parcelStep>, words: string): Told {
  return step ? { kind: 'step', step } : { kind: 'nothing', words };
}
