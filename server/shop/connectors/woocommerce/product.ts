// Products of WooCommerce. A product with variations is told in pieces: itself with the ids of its variations, and each variation as
// a product of its own that names its parent.
import {
  addressOf,
  amountOf,
  idOf,
  listOf,
  needed,
  objectOf,
  type Payload,
  piecesOf,
  textOf,
  timeOf,
} from '../payload.ts';
import type { ToldProduct, ToldVariant } from '../told.ts';

export function productOf(product: Payload): ToldProduct {
  const external_id = needed(idOf(product.id), 'The product has no id.');
  const variations = Array.isArray(product.variations) ? product.variations.map(idOf) : [];
  return {
    external_id,
    name: needed(textOf(product.name, 300), `Product ${external_id} has no name.`),
    url: addressOf(product.permalink),
    image_url: addressOf(listOf(product.images)[0]?.src),
    price: amountOf(product.price),
    stock: stockOf(product),
    variants: [],
    // what is known of each stays as it is
    variantIds: variations.filter((id) => id !== null),
    status: statusOf(product),
    at: timeOf(product.date_modified_gmt) ?? timeOf(product.date_created_gmt),
  };
}

export function variationOf(variation: Payload): ToldVariant {
  const id = needed(idOf(variation.id), 'The variation has no id.');
  const options = listOf(variation.attributes).flatMap(({ option }) => textOf(option, 100) ?? []);
  return {
    product: needed(idOf(variation.parent_id), `Variation ${id} names no product.`),
    productName: textOf(variation.name, 300) ?? `Product ${idOf(variation.parent_id)}`,
    url: addressOf(variation.permalink)?.split('?')[0] ?? null,
    image_url: addressOf(objectOf(variation.image)?.src),
    variant: {
      id,
      name: options.join(', ').slice(0, 300) || textOf(variation.name, 300),
      price: amountOf(variation.price),
      stock: statusOf(variation) === 'gone' ? 0 : stockOf(variation),
    },
    at: timeOf(variation.date_modified_gmt) ?? timeOf(variation.date_created_gmt),
  };
}

/** Null: not counted, or sold on when there is none left. */
function stockOf(product: Payload): number | null {
  const isSoldOn =
    product.backorders_allowed === true || product.backorders === 'yes' || product.backorders === 'notify';
  const pieces = piecesOf(product.stock_quantity);
  if (product.manage_stock === true && pieces !== null) return isSoldOn ? null : Math.max(0, pieces);
  return product.stock_status === 'outofstock' ? 0 : null;
}

const statusOf = ({ status }: Payload): 'active' | 'gone' =>
  status === undefined || status === 'publish' ? 'active' : 'gone';
