// What happens in the demo shop while some time goes by: pure, and thrown by dice that are kept, so that the same shop lives the
// same again. Customers act in the shop's own seconds; what hangs on automations (a cart left, a product sold out) counts in real time.
import { products } from '../catalogue.ts';
import { people } from '../people.ts';
import { type Dice, diceOf } from './dice.ts';
import type { Deed, Due, Item, LifeShop, Visit } from './shop.ts';

export interface Passing {
  nowMs: number;
  /** Of the shop. */
  seconds: number;
  /** How long a cart that was left is kept for somebody who has not been reminded. */
  patienceMs: number;
  /** How long a product stays sold out. */
  refillMs: number;
  /** Numbers of the visits whose cart a message was sent about. */
  reminded: ReadonlySet<number>;
}

/** More carts than this are not left lying: the oldest is cleared away, so that enough customers are free. */
const leftAtMost = 70;
/** Of each customer. */
const leftBeforeKept = 8;

export function live(before: LifeShop, passing: Passing): { shop: LifeShop; deeds: Deed[] } {
  const shop = structuredClone(before);
  const dice = diceOf(shop.dice);
  const deeds: Deed[] = [];
  const until = shop.clock + passing.seconds;
  refill(shop, dice, passing, deeds);
  lookAtLeftCarts(shop, dice, passing);
  for (;;) {
    const next = shop.agenda.reduce<Due | null>(
      (first, due) => (!first || due.at < first.at ? due : first),
      null,
    );
    const at = Math.min(next?.at ?? Number.POSITIVE_INFINITY, shop.nextVisitAt);
    if (at > until) break;
    shop.clock = at;
    if (next && next.at === at) {
      shop.agenda.splice(shop.agenda.indexOf(next), 1);
      act(shop, next, dice, passing, deeds);
    } else openDoor(shop, dice);
  }
  shop.clock = until;
  shop.dice = dice.state();
  return { shop, deeds };
}

/** Somebody who is not in the shop already comes in; if everybody is, nobody does. */
function openDoor(shop: LifeShop, dice: Dice): void {
  // the first few come soon after each other: somebody is watching
  shop.nextVisitAt = shop.clock + (shop.totals.visits < 4 ? dice.between(4, 10) : dice.between(30, 90));
  const busy = new Set([
    ...shop.agenda.flatMap((due) => ('visit' in due ? due.visit.who : [])),
    ...shop.left.map(({ visit }) => visit.who),
  ]);
  const free = people.flatMap((_, who) => (busy.has(who) ? [] : who));
  if (free.length === 0) return;
  shop.totals.visits += 1;
  const visit: Visit = {
    number: shop.totals.visits,
    who: dice.oneOf(free),
    looks: dice.between(1, 3),
    items: [],
    changes: dice.chance(0.4),
    end: dice.chance(0.35) ? 'buy' : dice.chance(0.12) ? 'empty' : 'leave',
  };
  shop.agenda.push({ at: shop.clock + dice.between(1, 6), verb: 'look', visit });
}

function act(shop: LifeShop, due: Due, dice: Dice, passing: Passing, deeds: Deed[]): void {
  if ('order' in due) {
    followOrder(shop, due, dice, deeds);
    return;
  }
  const { verb, visit } = due;
  const { who, number } = visit;
  const next = (verb: VisitVerb, from: number, to: number) => {
    shop.agenda.push({ at: shop.clock + dice.between(from, to), verb, visit });
  };
  switch (verb) {
    case 'look': {
      const product = lookedAt(shop, dice);
      deeds.push({ kind: 'look', who, product, number, look: visit.looks });
      visit.looks -= 1;
      if (shop.stock[product] === 0 && dice.chance(0.6)) deeds.push({ kind: 'subscribe', who, product });
      if (visit.looks > 0) next('look', 8, 25);
      else if (dice.chance(0.72)) next('fill', 5, 20);
      return;
    }
    case 'fill':
    case 'change': {
      const item = wanted(shop, visit.items, dice);
      if (item) visit.items.push(item);
      if (visit.items.length === 0) return;
      const isNew = verb === 'fill';
      if (item) deeds.push(cartOf(visit, isNew ? 'filled' : 'changed'));
      if (isNew) shop.totals.carts += 1;
      if (isNew && visit.changes) next('change', 10, 30);
      else next('end', 10, 40);
      return;
    }
    case 'end':
      if (visit.end === 'buy') buy(shop, visit, dice, passing, deeds);
      else if (visit.end === 'leave') leave(shop, visit, dice, passing, deeds);
      else deeds.push(cartOf({ ...visit, items: [] }, 'emptied'));
      return;
    case 'press':
      deeds.push({ kind: 'press', who, number });
      shop.totals.came_back += 1;
      next('buy', 15, 60);
      return;
    case 'buy':
      buy(shop, visit, dice, passing, deeds);
      return;
    case 'drop':
      deeds.push(cartOf(visit, 'expired'));
  }
}

type VisitVerb = Extract<Due, { visit: Visit }>['verb'];
type CartDeed = Extract<Deed, { kind: 'cart' }>;
const statusAfter = {
  filled: 'open',
  changed: 'open',
  emptied: 'open',
  missed: 'open',
  bought: 'ordered',
  expired: 'dropped',
} as const satisfies Record<CartDeed['did'], CartDeed['status']>;

const cartOf = ({ who, number, items }: Visit, did: CartDeed['did']): CartDeed => ({
  kind: 'cart',
  who,
  number,
  items: structuredClone(items),
  status: statusAfter[did],
  did,
});

/** Nobody leaves the same cart twice: two reminders in the same words would look like one that was sent twice. */
function leave(shop: LifeShop, visit: Visit, dice: Dice, { nowMs }: Passing, deeds: Deed[]): void {
  const before = shop.leftBefore[visit.who] ?? [];
  const words = () => JSON.stringify(visit.items);
  const [first] = visit.items as [Item];
  const isNew = !before.includes(words());
  while (before.includes(words())) first.quantity += 1;
  if (!isNew) deeds.push(cartOf(visit, 'changed'));
  shop.leftBefore[visit.who] = [...before, words()].slice(-leftBeforeKept);
  shop.left.push({ visit, sinceMs: nowMs, comesBack: dice.chance(0.4) });
}

/** Most orders arrive and stay. */
function followOrder(
  shop: LifeShop,
  { verb, order }: Extract<Due, { order: object }>,
  dice: Dice,
  deeds: Deed[],
): void {
  const isDelivery = verb === 'deliver';
  deeds.push({ kind: 'order', order, status: isDelivery ? 'delivered' : 'returned' });
  shop.totals[isDelivery ? 'delivered' : 'returned'] += 1;
  if (isDelivery && dice.chance(0.08))
    shop.agenda.push({ at: shop.clock + dice.between(40, 240), verb: 'return', order });
}

function buy(shop: LifeShop, visit: Visit, dice: Dice, { nowMs }: Passing, deeds: Deed[]): void {
  const { who, number } = visit;
  // somebody else may have been quicker
  visit.items = visit.items.flatMap(({ product, quantity }) => {
    const there = Math.min(quantity, shop.stock[product] ?? 0);
    return there > 0 ? [{ product, quantity: there }] : [];
  });
  if (visit.items.length === 0) {
    deeds.push(cartOf(visit, 'missed'));
    return;
  }
  const items = structuredClone(visit.items);
  const order = { number, who, items, placedAt: new Date(nowMs).toISOString() };
  deeds.push({ kind: 'order', order, status: 'paid' }, cartOf(visit, 'bought'));
  shop.totals.orders += 1;
  shop.agenda.push({ at: shop.clock + dice.between(90, 260), verb: 'deliver', order });
  for (const { product, quantity } of items) {
    const stock = (shop.stock[product] ?? 0) - quantity;
    shop.stock[product] = stock;
    deeds.push({ kind: 'stock', product, stock, did: stock === 0 ? 'sold_out' : 'sold' });
    if (stock > 0) continue;
    shop.soldOut[product] = nowMs;
    shop.totals.sold_out += 1;
  }
}

function refill(shop: LifeShop, dice: Dice, { nowMs, refillMs }: Passing, deeds: Deed[]): void {
  for (const [product, sinceMs] of Object.entries(shop.soldOut)) {
    if (nowMs - sinceMs < refillMs) continue;
    delete shop.soldOut[product];
    const stock = dice.between(5, 12);
    shop.stock[product] = stock;
    shop.totals.restocked += 1;
    deeds.push({ kind: 'stock', product, stock, did: 'restocked' });
  }
}

/** Whoever is reminded comes back or does not; a cart that nobody comes back for is cleared away. */
function lookAtLeftCarts(shop: LifeShop, dice: Dice, { nowMs, patienceMs, reminded }: Passing): void {
  const tooMany = Math.max(0, shop.left.length - leftAtMost);
  shop.left = shop.left.filter(({ visit, sinceMs, comesBack }, index) => {
    const isReminded = reminded.has(visit.number);
    if (!isReminded && index >= tooMany && nowMs - sinceMs < patienceMs) return true;
    const verb = isReminded && comesBack ? 'press' : 'drop';
    shop.agenda.push({
      at: shop.clock + (verb === 'press' ? dice.between(10, 45) : dice.between(60, 200)),
      verb,
      visit,
    });
    return false;
  });
}

/** What is sold out draws looks, and of the others the first more than the last. */
function lookedAt(shop: LifeShop, dice: Dice): string {
  const gone = Object.keys(shop.soldOut);
  if (gone.length > 0 && dice.chance(0.3)) return dice.oneOf(gone);
  const place = Math.floor(dice.throw() * dice.throw() * products.length * 1.6);
  return (products[Math.min(place, products.length - 1)] as (typeof products)[number]).id;
}

/** Something that is there and not in the cart yet. */
function wanted(shop: LifeShop, items: Item[], dice: Dice): Item | null {
  const there = products.filter(
    ({ id }) => (shop.stock[id] ?? 0) > 0 && !items.some(({ product }) => product === id),
  );
  if (there.length === 0) return null;
  const { id } = dice.oneOf(there);
  return { product: id, quantity: Math.min(dice.chance(0.35) ? 2 : 1, shop.stock[id] ?? 1) };
}
