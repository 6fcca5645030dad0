// The plan of the shop's life: the same dice the same life, and nothing happens that could not happen in a shop.
import { expect, test } from 'vitest';
import { products } from '../catalogue.ts';
import { live, type Passing } from './plan.ts';
import { type Deed, type LifeShop, opening } from './shop.ts';

const minute = 60_000;

/** A shop at rush for so many minutes, in steps of a second; whoever left a cart more than a minute ago is reminded. */
function lived(minutes: number, seed = 7): { shop: LifeShop; deeds: { deed: Deed; atMs: number }[] } {
  let shop = opening(seed, 0);
  const deeds: { deed: Deed; atMs: number }[] = [];
  for (let nowMs = 1000; nowMs <= minutes * minute; nowMs += 1000) {
    const reminded = shop.left
      .filter(({ sinceMs }) => nowMs - sinceMs > minute)
      .map(({ visit }) => visit.number);
    const passing: Passing = {
      nowMs,
      seconds: 60,
      patienceMs: 3 * minute,
      refillMs: 45_000,
      reminded: new Set(reminded),
    };
    const step = live(shop, passing);
    shop = JSON.parse(JSON.stringify(step.shop)) as LifeShop;
    deeds.push(...step.deeds.map((deed) => ({ deed, atMs: nowMs })));
  }
  return { shop, deeds };
}
const { shop, deeds } = lived(10);
const of = <K extends Deed['kind']>(kind: K) =>
  deeds.flatMap(({ deed }) => (deed.kind === kind ? [deed as Extract<Deed, { kind: K }>] : []));

test('the same dice live the same, others live otherwise', () => {
  expect(lived(2)).toEqual(lived(2));
  expect(lived(2, 8).deeds).not.toEqual(lived(2).deeds);
});

test('in ten minutes of rush everything happens that automations answer to', () => {
  expect(shop.totals.visits).toBeGreaterThan(300);
  expect(new Set(of('cart').map(({ did }) => did))).toEqual(
    new Set(['filled', 'changed', 'emptied', 'missed', 'bought', 'expired']),
  );
  expect(new Set(of('order').map(({ status }) => status))).toEqual(
    new Set(['paid', 'delivered', 'returned']),
  );
  expect(of('press').length).toBeGreaterThan(10);
  expect(of('subscribe').length).toBeGreaterThan(10);
  expect(shop.totals.restocked).toBeGreaterThan(3);
  // what the panel shows is what was told
  const count = (status: string) => of('order').filter((deed) => deed.status === status).length;
  expect(shop.totals).toMatchObject({
    carts: of('cart').filter(({ did }) => did === 'filled').length,
    orders: count('paid'),
    delivered: count('delivered'),
    returned: count('returned'),
    came_back: of('press').length,
    restocked: of('stock').filter(({ did }) => did === 'restocked').length,
  });
});

test('nobody buys what is not there, and an order is delivered before it comes back', () => {
  const stock = { ...opening(7, 0).stock };
  const states = new Map<number, string>();
  const before: Record<string, string | undefined> = {
    paid: undefined,
    delivered: 'paid',
    returned: 'delivered',
  };
  for (const { deed } of deeds) {
    if (deed.kind === 'stock') stock[deed.product] = deed.stock;
    if (deed.kind !== 'order') continue;
    expect(states.get(deed.order.number)).toBe(before[deed.status]);
    states.set(deed.order.number, deed.status);
    if (deed.status === 'paid')
      for (const { product, quantity } of deed.order.items)
        expect(quantity).toBeLessThanOrEqual(stock[product]!);
  }
  expect(products.map(({ id }) => stock[id]! >= 0)).not.toContain(false);
});

test('a customer is in one visit at a time, and who left a cart is not in the shop', () => {
  const openCarts = new Map<number, number>();
  for (const { deed } of deeds) {
    if (deed.kind !== 'cart') continue;
    const is = deed.status === 'open' && deed.items.length > 0;
    if (is) expect(openCarts.get(deed.who) ?? deed.number).toBe(deed.number);
    if (is) openCarts.set(deed.who, deed.number);
    else openCarts.delete(deed.who);
  }
  expect(openCarts.size).toBeGreaterThan(0);
});

test('carts that nobody is reminded of are cleared away, and the shop stays bounded', () => {
  let quiet = opening(3, 0);
  for (let nowMs = 5000; nowMs <= 30 * minute; nowMs += 5000)
    quiet = live(quiet, {
      nowMs,
      seconds: 300,
      patienceMs: 3 * minute,
      refillMs: 45_000,
      reminded: new Set(),
    }).shop;
  expect(quiet.left.length).toBeLessThan(80);
  expect(quiet.agenda.length).toBeLessThan(80);
  expect(quiet.totals.visits).toBeGreaterThan(900);
});
