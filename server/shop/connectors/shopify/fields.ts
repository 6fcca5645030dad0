// What carts, checkouts and orders of Shopify have in common.
import { idOf, type Payload, textOf } from '../payload.ts';

/** What stands behind the question mark is a key of the storefront, and changes. */
export function cartTokenOf(value: unknown): string | null {
  return idOf(typeof value === 'string' ? value.split('?')[0] : value);
}

/** What is sold without being a product of the shop is known by its title, in cart and order alike. */
export function productOf(line: Payload): string {
  return idOf(line.product_id) ?? `custom:${(textOf(line.title, 150) ?? 'item').toLowerCase()}`;
}

export function nameOf(line: Payload): string | null {
  const title = textOf(line.title, 300);
  const variant = textOf(line.variant_title, 150);
  if (title && variant && variant !== 'Default Title') return `${title}, ${variant}`.slice(0, 300);
  return title ?? textOf(line.name, 300);
}
