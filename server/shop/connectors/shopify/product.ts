// A product of Shopify with its variants, and what lies of an item at one place. Prices come without a currency: it is the shop's.
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
import type { ToldLevel, ToldProduct } from '../told.ts';

/** `shopUrl`: a product knows the name of its page, and not the shop's address. */
export function productOf(product: Payload, shopUrl: string | null): ToldProduct {
  const external_id = needed(idOf(product.id), 'The product has no id.');
  const variants = listOf(product.variants).flatMap((variant) => {
    const id = idOf(variant.id);
    const title = textOf(variant.title, 300);
    return id === null
      ? []
      : {
          id,
          name: title === 'Default Title' ? null : title,
          price: amountOf(variant.price),
          stock: stockOf(variant),
          item: idOf(variant.inventory_item_id),
        };
  });
  const prices = variants.map(({ price }) => price).filter((price) => price !== null);
  const handle = textOf(product.handle, 300);
  return {
    external_id,
    name: needed(textOf(product.title, 300), `Product ${external_id} has no title.`),
    url:
      shopUrl && handle ? addressOf(new URL(`/products/${encodeURIComponent(handle)}`, shopUrl).href) : null,
    image_url: pictureOf(product),
    // "from", as the shop's own lists say it
    price: prices.toSorted((a, b) => Number(a) - Number(b))[0] ?? null,
    stock: null,
    variants,
    // a draft, an archived one, one that no page of the shop shows
    status: (product.status ?? 'active') === 'active' && product.published_at !== null ? 'active' : 'gone',
    at: timeOf(product.updated_at),
  };
}

function pictureOf(product: Payload): string | null {
  const [first] = listOf(product.images);
  const [media] = listOf(product.media);
  return (
    addressOf(objectOf(product.image)?.src) ??
    addressOf(first?.src) ??
    addressOf(objectOf(media?.preview_image)?.src)
  );
}

/** Null: not counted, or sold on when there is none left. */
function stockOf(variant: Payload): number | null {
  if (variant.inventory_policy === 'continue') return null;
  if ('inventory_management' in variant && variant.inventory_management === null) return null;
  const pieces = piecesOf(variant.inventory_quantity);
  return pieces === null ? null : Math.max(0, pieces);
}

/** Null: this place does not count the item. */
export function levelOf(level: Payload): ToldLevel | null {
  if (level.available === null || level.available === undefined) return null;
  return {
    item: needed(idOf(level.inventory_item_id), 'The inventory level names no item.'),
    place: needed(idOf(level.location_id), 'The inventory level names no location.'),
    available: needed(piecesOf(level.available), 'The inventory level says no number of pieces.'),
    at: timeOf(level.updated_at),
  };
}
