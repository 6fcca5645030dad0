// What happens in the demo shop, in words: kept without the people's names, which are read with them.
import type { LifeNews } from '../../../contract/demo.ts';
import type { Deed, Item } from './shop.ts';
import { numberOf, personAt, productOf } from './tell.ts';

export interface KeptNews {
  at: string;
  kind: LifeNews['kind'];
  /** The shop's own id of the customer whose name comes before the words; null: nobody's. */
  who: string | null;
  words: string;
}

/** Null: not worth a line. */
export function newsOf(deed: Deed, at: string): KeptNews | null {
  const told = wordsOf(deed);
  if (!told) return null;
  const who = deed.kind === 'stock' ? null : personAt(deed.kind === 'order' ? deed.order.who : deed.who);
  return { at, who: who?.externalId ?? null, ...told };
}

function wordsOf(deed: Deed): Pick<KeptNews, 'kind' | 'words'> | null {
  const visit = (words: string) => ({ kind: 'visit' as const, words });
  switch (deed.kind) {
    case 'look':
      return visit(`looks at “${productOf(deed.product).name}”`);
    case 'subscribe':
      return visit(`asks to be told when “${productOf(deed.product).name}” is back`);
    case 'press':
      return visit('comes back through the message');
    case 'cart':
      // the order says it
      return deed.did === 'bought' ? null : { kind: 'cart', words: cartWords[deed.did](deed.items) };
    case 'order':
      return { kind: 'order', words: orderWords[deed.status](numberOf(deed.order), deed.order.items) };
    case 'stock': {
      if (deed.did === 'sold') return null;
      const { name } = productOf(deed.product);
      const words =
        deed.did === 'sold_out' ? `“${name}” is sold out` : `“${name}” is back: ${pieces(deed.stock)}`;
      return { kind: 'stock', words };
    }
  }
}

const cartWords = {
  filled: (items: Item[]) => `puts ${list(items)} into the cart`,
  changed: (items: Item[]) => `has ${list(items)} in the cart now`,
  emptied: () => 'empties the cart',
  missed: () => 'finds everything in the cart sold out',
  expired: () => 'does not come back: the shop clears the cart away',
};
const orderWords = {
  paid: (number: string, items: Item[]) => `buys ${list(items)} (order ${number})`,
  delivered: (number: string) => `gets order ${number} delivered`,
  returned: (number: string) => `sends order ${number} back`,
};

const pieces = (n: number) => (n === 1 ? 'one piece' : `${n} pieces`);
const list = (items: Item[]) =>
  items.map(({ product, quantity }) => `${quantity} × ${productOf(product).name}`).join(' and ');
