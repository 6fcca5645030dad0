// A webhook of Shopify by its topic. What it is about is said in told.ts; nothing here touches the database.
import { idOf, needed, objectOf, type Payload } from '../payload.ts';
import type { Circumstances, Told } from '../told.ts';
import { cartOf, checkoutOf } from './cart.ts';
import { eventStep, orderOf, parcelStep, refundStep } from './order.ts';
import { personOf } from './person.ts';
import { levelOf, productOf } from './product.ts';

/** Throws BAD_REQUEST, in words, for what cannot be understood. */
export function readShopify(topic: string, payload: Payload, { shopUrl, sentAt }: Circumstances): Told {
  switch (topic) {
    case 'customers/create':
    case 'customers/update':
    case 'customers/enable':
      return { kind: 'customer', person: personOf(payload, null) };
    case 'orders/create':
    case 'orders/updated':
    case 'orders/edited':
    case 'orders/paid':
    case 'orders/fulfilled':
    case 'orders/partially_fulfilled':
    case 'orders/cancelled':
      // an edit may come as what was edited alone
      return objectOf(payload.order_edit)
        ? { kind: 'nothing', words: 'The edit of an order; the order itself follows.' }
        : { kind: 'order', order: orderOf(payload) };
    case 'carts/create':
    case 'carts/update':
      return { kind: 'cart', cart: cartOf(payload) };
    case 'checkouts/create':
    case 'checkouts/update':
      return { kind: 'cart', cart: checkoutOf(payload) };
    case 'fulfillments/create':
    case 'fulfillments/update':
      return stepOr(parcelStep(payload), 'A parcel that has not arrived yet.');
    case 'fulfillment_events/create':
      return stepOr(eventStep(payload), 'News of a parcel on its way.');
    case 'refunds/create':
      return { kind: 'step', step: refundStep(payload) };
    case 'products/create':
    case 'products/update':
      return { kind: 'product', product: productOf(payload, shopUrl) };
    case 'products/delete':
      // nothing but its id
      return {
        kind: 'gone',
        gone: { external_id: needed(idOf(payload.id), 'The product has no id.'), at: sentAt },
      };
    case 'inventory_levels/update':
    case 'inventory_levels/connect': {
      const level = levelOf(payload);
      return level
        ? { kind: 'level', level }
        : { kind: 'nothing', words: 'The stock of an item that is not counted.' };
    }
    default:
      return { kind: 'nothing', words: 'Nothing is done with this topic; it need not be sent.' };
  }
}

function stepOr(step: ReturnType<typeof parcelStep>, words: string): Told {
  return step ? { kind: 'step', step } : { kind: 'nothing', words };
}
