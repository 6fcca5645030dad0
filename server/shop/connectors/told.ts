// What a webhook tells, in our words, whichever shop it came from.
import type { CartPut, OrderPut } from '../../../contract/shop.ts';
import type { Payload } from './payload.ts';

/** What a webhook says beside its body. */
export interface Circumstances {
  shopUrl: string | null;
  /** When the shop sent it first; null: it does not say. */
  sentAt: string | null;
}

export interface Person {
  /** The shop's own id; null: a guest. */
  customerId: string | null;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
  phone: string | null;
  language: string | null;
  /** Two letters, for numbers without a country code. */
  country: string | null;
  /** When the customer last changed in the shop; null: not told, so that only what is empty here is filled. */
  updatedAt: string | null;
  /** What somebody typed at a checkout, where everybody may type anything; the rest the shop keeps at the customer's account. */
  typed: readonly PersonField[];
}
export const personFields = ['firstName', 'lastName', 'email', 'phone'] as const;
export type PersonField = (typeof personFields)[number];

export interface ToldOrder extends Omit<OrderPut, 'contact'> {
  external_id: string;
  person: Person;
  /** The carts that it was made of. */
  carts: string[];
  /** The shop had it for delivered before, and takes that back. */
  isDeliveryUndone?: boolean;
}

export interface ToldCart extends Omit<CartPut, 'contact' | 'items'> {
  /** Under which it may be known, the best first. */
  ids: string[];
  /** Null: this webhook does not say; the cart must be known already. */
  person: Person | null;
  items: ToldItem[];
  /** Null: prices are in the currency that is known of it. */
  currency: string | null;
}
/** `price`: in the currency of the cart. */
export type ToldItem = Omit<CartPut['items'][number], 'price'> & { price: string | null };

/** News of an order that is known already. */
export interface ToldStep {
  external_id: string;
  status: 'delivered' | 'returned' | 'cancelled';
  at: string | null;
  /** Pieces that it is about; null: all of the order. */
  pieces?: number | null;
  /** What was paid back; only all of it counts. */
  refunded?: string | null;
  isDeletion?: true;
}

export type Told =
  | { kind: 'customer'; person: Person }
  | { kind: 'order'; order: ToldOrder }
  | { kind: 'cart'; cart: ToldCart }
  | { kind: 'step'; step: ToldStep }
  | { kind: 'product'; product: ToldProduct }
  | { kind: 'variant'; variant: ToldVariant }
  | { kind: 'gone'; gone: { external_id: string; at: string | null } }
  | { kind: 'level'; level: ToldLevel }
  /** There is nothing to write down, and why. */
  | { kind: 'nothing'; words: string };

/** What the payload of one topic tells. Pure; throws BAD_REQUEST, in words, for what cannot be understood. */
export type Reader = (payload: Payload, circumstances: Circumstances) => Told;

/** Amounts are in the shop's currency (currency.ts): it names none here. */
export interface ToldProduct {
  external_id: string;
  name: string;
  url: string | null;
  image_url: string | null;
  price: string | null;
  /** Of a product without variants. */
  stock: number | null;
  variants: (VariantTold & { item: string | null })[];
  /** Where variants are told apart from their product: those it has. */
  variantIds?: string[];
  status: 'active' | 'gone';
  at: string | null;
}
interface VariantTold {
  id: string;
  name: string | null;
  price: string | null;
  stock: number | null;
}
/** One variant, told apart from its product. */
export interface ToldVariant {
  product: string;
  /** Until the product itself is told of. */
  productName: string;
  url: string | null;
  image_url: string | null;
  variant: VariantTold;
  at: string | null;
}
/** What lies of an item at one place of the shop. */
export interface ToldLevel {
  item: string;
  place: string;
  available: number;
  at: string | null;
}
