// Events at both ends of what shops tell, to try a message on: of one nothing more is known than what it must have, the other
// holds as much as there can be. Pure.
import type { CampaignKind } from '../../contract/campaigns.ts';
import type { ShopEvent } from './shop-scope.ts';

export interface ExtremeEvent {
  /** Whose it is, in words: "Whoever …". */
  of: string;
  event: ShopEvent;
  /** What to do besides what the error says. */
  remedy: string | null;
}

const shorten = 'In a loop, take the first ones alone: {% for item in … limit: 8 %}.';
const most = 200;
const many = Array.from({ length: most }, (_, index) => ({
  product_id: `p-${index}`,
  name: 'A product with a long name, as there are some',
  quantity: 9,
  price: '1999.00',
  url: `https://example.com/products/${index}`,
  image_url: `https://example.com/products/${index}.jpg`,
}));
const time = '2026-11-16T09:30:00+00:00';

/** None of kinds that are about no event. */
export function extremeEvents(kind: CampaignKind): ExtremeEvent[] {
  const both = (few: string, event: object, much: string, full: object): ExtremeEvent[] => [
    { of: few, event: { kind, ...event }, remedy: null },
    { of: much, event: { kind, ...full }, remedy: shorten },
  ];
  const items = [{ product_id: 'p-1', quantity: 1 }];
  if (kind === 'abandoned_cart')
    return both(
      'Whoever has a cart without link, picture and prices',
      { cart: { items, total: null, currency: null, url: null } },
      `Whoever has ${most} items in the cart`,
      { cart: { items: many, total: null, currency: 'GBP', url: 'https://example.com/cart' } },
    );
  if (kind === 'post_purchase') {
    const order = { placed_at: time, delivered_at: time };
    return both(
      'Whoever has an order without number and prices',
      { order: { ...order, items, external_id: null, total: null, currency: null } },
      `Whoever ordered ${most} items`,
      { order: { ...order, items: many, external_id: '10042', total: '9', currency: 'GBP' } },
    );
  }
  return [];
}
