// A webhook of WooCommerce by its topic. What it is about is said in told.ts; nothing here touches the database.
import { idOf, needed, type Payload } from '../payload.ts';
import type { Told } from '../told.ts';
import { customerOf, orderOf } from './order.ts';
import { productOf, variationOf } from './product.ts';

/** Throws BAD_REQUEST, in words, for what cannot be understood. */
export function readWooCommerce(topic: string, payload: Payload): Told {
  switch (topic) {
    case 'customer.created':
    case 'customer.updated':
      return { kind: 'customer', person: customerOf(payload) };
    case 'order.created':
    case 'order.updated':
    case 'order.restored': {
      const order = orderOf(payload);
      return order ? { kind: 'order', order } : { kind: 'nothing', words: 'The draft of an order.' };
    }
    case 'order.deleted':
      // nothing but its id
      return {
        kind: 'step',
        step: {
          external_id: needed(idOf(payload.id), 'The order has no id.'),
          status: 'cancelled',
          at: null,
        },
      };
    case 'product.created':
    case 'product.updated':
    case 'product.published':
    case 'product.restored':
      return payload.type === 'variation' || Number(payload.parent_id) > 0
        ? { kind: 'variant', variant: variationOf(payload) }
        : { kind: 'product', product: productOf(payload) };
    case 'product.deleted':
      return {
        kind: 'gone',
        gone: { external_id: needed(idOf(payload.id), 'The product has no id.'), at: null },
      };
    default:
      return { kind: 'nothing', words: 'Nothing is done with this topic; it need not be sent.' };
  }
}
