// Webhooks of WooCommerce by their topic. What they are about is said in told.ts; nothing here touches the database.
import { deletedId, meant } from '../payload.ts';
import type { Reader } from '../told.ts';
import { customerOf, orderOf } from './order.ts';
import { productOf, variationOf } from './product.ts';

const customer: Reader = (payload) => ({
  kind: 'customer',
  person: customerOf(meant(payload, 'customer', ['line_items', 'price', 'code'])),
});
const order: Reader = (payload) => {
  const order = orderOf(payload);
  return order ? { kind: 'order', order } : { kind: 'nothing', words: 'The draft of an order.' };
};
const product: Reader = (payload) =>
  payload.type === 'variation' || Number(payload.parent_id) > 0
    ? { kind: 'variant', variant: variationOf(payload) }
    : { kind: 'product', product: productOf(payload) };

export const wooCommerceReaders: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['customer.created', customer],
  ['customer.updated', customer],
  ['order.created', order],
  ['order.updated', order],
  ['order.restored', order],
  [
    'order.deleted',
    (payload) => ({
      kind: 'step',
      step: { external_id: deletedId(payload, 'order'), status: 'cancelled', at: null, isDeletion: true },
    }),
  ],
  ['product.created', product],
  ['product.updated', product],
  ['product.published', product],
  ['product.restored', product],
  [
    'product.deleted',
    (payload) => ({ kind: 'gone', gone: { external_id: deletedId(payload, 'product'), at: null } }),
  ],
]);
