// What the life of the demo shop remembers between two steps, and the deeds that come out of it. Plain data: it is kept as JSON.
import { products } from '../catalogue.ts';

export interface Item {
  product: string;
  quantity: number;
}

/** One customer in the shop, from the first look to the end of the cart. */
export interface Visit {
  number: number;
  /** Place in `people`. */
  who: number;
  looks: number;
  items: Item[];
  /** Whether the cart gets another item before its end is decided. */
  changes: boolean;
  end: 'buy' | 'empty' | 'leave';
}

export interface PlacedOrder {
  number: number;
  who: number;
  items: Item[];
  placedAt: string;
}

/** What somebody does next, at a second of the shop's own time. */
export type Due = { at: number } & (
  | { verb: 'look' | 'fill' | 'change' | 'end' | 'press' | 'buy' | 'drop'; visit: Visit }
  | { verb: 'deliver' | 'return'; order: PlacedOrder }
);

/** A cart that somebody walked away from; how long it has been so counts in real time, as automations do. */
export interface LeftCart {
  visit: Visit;
  sinceMs: number;
  comesBack: boolean;
}

export interface Totals {
  visits: number;
  carts: number;
  orders: number;
  delivered: number;
  returned: number;
  came_back: number;
  sold_out: number;
  restocked: number;
}

export interface LifeShop {
  /** The state of the dice: the same one throws the same. */
  dice: number;
  /** Seconds that the shop has lived, at its own speed. */
  clock: number;
  nextVisitAt: number;
  agenda: Due[];
  left: LeftCart[];
  /** Customer → what was in the carts that they left last. */
  leftBefore: Record<number, string[]>;
  stock: Record<string, number>;
  /** Product → since when it is sold out, in real milliseconds. */
  soldOut: Record<string, number>;
  totals: Totals;
}

/** What the shop then tells Carillon, or a person does with their phone. */
export type Deed =
  | { kind: 'look'; who: number; product: string; number: number; look: number }
  | { kind: 'subscribe'; who: number; product: string }
  | {
      kind: 'cart';
      who: number;
      number: number;
      items: Item[];
      status: 'open' | 'ordered' | 'dropped';
      did: 'filled' | 'changed' | 'emptied' | 'missed' | 'bought' | 'expired';
    }
  | { kind: 'order'; order: PlacedOrder; status: 'paid' | 'delivered' | 'returned' }
  | { kind: 'stock'; product: string; stock: number; did: 'sold' | 'sold_out' | 'restocked' }
  | { kind: 'press'; who: number; number: number };

/** A shop that opens: the bowls with a gold rim are gone already, and there is one blue teapot. */
export function opening(dice: number, nowMs: number): LifeShop {
  const stock = Object.fromEntries(products.map(({ id }, n) => [id, 4 + ((n * 5) % 7)]));
  return {
    dice,
    clock: 0,
    nextVisitAt: 0,
    agenda: [],
    left: [],
    leftBefore: {},
    stock: { ...stock, 'teapot-blue': 1, 'bowl-gold-rim': 0 },
    soldOut: { 'bowl-gold-rim': nowMs },
    totals: {
      visits: 0,
      carts: 0,
      orders: 0,
      delivered: 0,
      returned: 0,
      came_back: 0,
      sold_out: 0,
      restocked: 0,
    },
  };
}
