// What a message may say of the event that it is about: the cart left behind, the order delivered, what is back in stock. From the rows as SQL's
// event_with_products answers them (migrations/schema.sql) to Liquid's scope. Pure; called once per message.
import { insert, ReadyText } from './inserted.ts';

/** A row of `carts` as JSON: what is read of it. Amounts are texts within items, numbers beside them. */
export interface EventCart {
  items: {
    product_id: string;
    name?: string | null;
    quantity: number;
    price?: Amount;
    url?: string | null;
    image_url?: string | null;
  }[];
  total: Amount;
  currency: string | null;
  url: string | null;
  /** Absent: invented. */
  updated_at?: string;
}
/** A row of `orders` with its items. */
export interface EventOrder {
  external_id: string | null;
  total: Amount;
  currency: string | null;
  placed_at: string;
  delivered_at: string | null;
  items: { product_id: string; name?: string | null; quantity: number; price?: Amount }[];
}
/** A row of `products` with those of its variants that can be bought. */
export interface EventProduct {
  name: string;
  url: string | null;
  image_url: string | null;
  price: Amount;
  currency: string | null;
  variants: { name: string | null; price: Amount }[];
}
type Amount = string | number | null;

/** What SQL's event_with_products answers; of other kinds than these nothing more is known. */
export interface ShopEvent {
  kind: string;
  /** Nobody's: it stands in for one. */
  invented?: true;
  cart?: EventCart;
  order?: EventOrder;
  products?: EventProduct[];
}

/** Ready texts stay short whatever is in the cart: nobody is left without the message because they chose much. */
export const mostLines = 8;
const mostVariants = 3;
const longestName = 60;

/** `between`: what parts the lines of ready texts; values of WhatsApp's templates hold no line break. `lines`: of these at most. */
export function shopScope(
  event: ShopEvent | null | undefined,
  between = '\n',
  lines: number = mostLines,
): object {
  return {
    ...(event?.cart && cartScope(event.cart, between, lines)),
    ...(event?.order && orderScope(event.order, between, lines)),
    ...(event?.products && productsScope(event.products, between, lines)),
  };
}

function cartScope({ items, total, currency, url }: EventCart, between: string, lines: number) {
  const shown = items.map((item) => ({
    ...itemScope(item, currency),
    url: item.url ?? null,
    image_url: item.image_url ?? null,
  }));
  const sum = money(total, currency) ?? money(sumOf(items), currency);
  const cart = {
    items: shown,
    total: sum,
    url,
    photo: shown.find(({ image_url }) => image_url !== null)?.image_url ?? null,
    count: items.reduce((count, { quantity }) => count + quantity, 0),
  };
  const last = sum === null ? [] : [`*Total ${insert(sum)}*`];
  return { cart, cart_items: readyText([...linesOf(shown, lines), ...last], between) };
}

function orderScope(order: EventOrder, between: string, lines: number) {
  const items = order.items.map((item) => itemScope(item, order.currency));
  return {
    order: {
      number: order.external_id,
      items,
      total: money(order.total, order.currency),
      placed_at: order.placed_at,
      delivered_at: order.delivered_at,
    },
    order_items: readyText(linesOf(items, lines), between),
  };
}

/** `product`: the first of them, for a picture and a button; the whole list is in `products`. */
function productsScope(all: EventProduct[], between: string, most: number) {
  const products = all.map(({ name, url, image_url, price, currency, variants }) => ({
    name,
    price: money(price ?? onePrice(variants), currency),
    url,
    image_url,
    variants: variants.map((one) => one.name?.trim()).filter((one) => one),
  }));
  const lines = products.map((product) => {
    const { name, price, variants } = product;
    const which = variants.length > 0 && variants.length <= mostVariants ? ` (${variants.join(', ')})` : '';
    return `${insert(shortened(`${name}${which}`))}${price === null ? '' : `, ${insert(price)}`}`;
  });
  const rest = lines.length - most;
  const shown = rest > 0 ? [...lines.slice(0, most), `and ${rest} more`] : lines;
  return { products, product: products[0] ?? null, product_list: readyText(shown, between) };
}

/** Null: their prices differ, or are not known. */
function onePrice(variants: EventProduct['variants']): Amount {
  const [first, ...others] = variants.map(({ price }) => price);
  return first != null && others.every((price) => Number(price) === Number(first)) ? first : null;
}

interface ShownItem {
  name: string;
  quantity: number;
  price: string | null;
  total: string | null;
}

function itemScope(item: EventOrder['items'][number], currency: string | null): ShownItem {
  const { quantity, price = null } = item;
  return {
    name: item.name?.trim() || item.product_id,
    quantity,
    price: money(price, currency),
    total: price === null ? null : money(thousandths(price, quantity) / 1000, currency),
  };
}

/** "2 × Mug, £38.00": the price of all of them, so that the lines add up. */
function linesOf(items: ShownItem[], most: number): string[] {
  const rest = items.length - most;
  const lines = items
    .slice(0, most)
    .map(
      ({ name, quantity, total }) =>
        `${quantity} × ${insert(isolated(shortened(name)))}${total === null ? '' : `, ${insert(total)}`}`,
    );
  return rest > 0 ? [...lines, `and ${rest} more`] : lines;
}

/** Letters that are read from right to left would draw quantity and price along with them. */
const isolated = (name: string) => (rightToLeft.test(name) ? `\u2068${name}\u2069` : name);
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** An empty one is an empty text, so that `default` and `if` take it for one. */
function readyText(lines: string[], between: string): ReadyText | '' {
  return lines.length > 0 ? new ReadyText(lines.join(between)) : '';
}

function shortened(name: string): string {
  const letters = [...name.replace(/\s+/g, ' ')];
  return letters.length > longestName ? `${letters.slice(0, longestName - 1).join('')}…` : letters.join('');
}

/** Null: not every price is known. */
function sumOf(items: EventCart['items']): number | null {
  if (items.length === 0 || items.some(({ price }) => price == null)) return null;
  return items.reduce((sum, { price, quantity }) => sum + thousandths(price, quantity), 0) / 1000;
}

/** Whole numbers, which add up without a remainder. */
const thousandths = (price: Amount | undefined, quantity: number) =>
  Math.round(Number(price) * 1000) * quantity;

const formats = new Map<string, Intl.NumberFormat>();

/** "£64.00"; with a third decimal where it counts; without a currency "64.00". */
export function money(amount: Amount, currency: string | null): string | null {
  const number = amount === null || amount === '' ? Number.NaN : Number(amount);
  if (!Number.isFinite(number)) return null;
  const key = currency ?? '';
  const format = formats.get(key) ?? formatOf(currency);
  formats.set(key, format);
  return format.format(number);
}

/** The database takes three letters for a currency; what ECMA-402 takes is no narrower. */
function formatOf(currency: string | null): Intl.NumberFormat {
  return currency === null
    ? new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 3 })
    : new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: 3 });
}

/** Stand in where a preview has no cart or order to show. */
export const sampleCart: EventCart = {
  items: [
    { product_id: '1001', name: 'Blue glaze set', quantity: 1, price: '64.00' },
    { product_id: '1002', name: 'Stoneware mug', quantity: 2, price: '19.00' },
  ],
  total: '102.00',
  currency: 'GBP',
  url: 'https://example.com/cart',
};
export const sampleOrder: EventOrder = {
  external_id: '10042',
  total: '102.00',
  currency: 'GBP',
  placed_at: '2026-11-16T09:30:00+00:00',
  delivered_at: '2026-11-19T14:00:00+00:00',
  items: sampleCart.items,
};
export const sampleProducts: EventProduct[] = [
  {
    name: 'Stoneware mug',
    url: 'https://example.com/mug',
    image_url: null,
    price: '19.00',
    currency: 'GBP',
    variants: [],
  },
  {
    name: 'Blue glaze set',
    url: 'https://example.com/set',
    image_url: null,
    price: '64.00',
    currency: 'GBP',
    variants: [],
  },
];
/** Whatever a message reads is there. */
export const sampleEvent: ShopEvent = {
  kind: 'sample',
  cart: sampleCart,
  order: sampleOrder,
  products: sampleProducts,
};
