// Products of shops, from their bytes to what the API shows: variants, stock of one place and of several, deleted and back.
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import type { ShopKind } from '../../../contract/shop-connectors.ts';
import { createApp } from '../../app.ts';
import { inTransaction } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import { until } from '../../testing/engine.ts';
import { anOwner, type Visitor } from '../../workspaces/testing-visitor.ts';
import { alone } from '../alone.ts';
import { recountOrders } from '../recount.ts';
import { listOf, type Payload, parsePayload } from './payload.ts';
import { altered, aShop, fixture, type TestShop } from './testing-shop.ts';

let app: FastifyInstance;
let base: TestCtx;
let owner: Visitor & { workspaceId: string };
let shop: TestShop;
let kind: ShopKind;

beforeAll(async () => {
  base = await testCtx();
  app = await createApp(base, { version: 'test', ready: () => true });
  await app.ready();
  return () => app.close();
});

async function aNewShop(given: ShopKind, more: object = {}): Promise<void> {
  kind = given;
  owner = await anOwner(app);
  shop = await aShop(app, owner, kind, more);
}
async function taken(
  topic: string,
  name: string | Buffer,
  change: Payload = {},
  headers = {},
): Promise<void> {
  const body = typeof name === 'string' ? altered(kind, name, change) : name;
  expect((await shop.deliver(topic, body, headers)).statusCode).toBe(200);
  expect((await shop.card()).problem).toBeNull();
}
const product = async (id: string) => (await owner.call('GET', `/products/${id}`)).json();
const stocks = async (id: string) =>
  (await product(id)).variants.map((one: { stock: number | null }) => one.stock);
const eur = (amount: string) => ({ amount, currency: 'EUR' });
const mug = '788032119674292922';

test('Shopify: a product with what is counted, owed, sold on and not counted; archived, deleted and back', async () => {
  await aNewShop('shopify', { shop_url: 'https://kiln-row.example' });
  await taken('products/create', fixture('shopify', 'product'));
  expect(await product(mug)).toMatchObject({
    name: 'Speckled mug',
    url: 'https://kiln-row.example/products/speckled-mug',
    image_url: 'https://cdn.kiln-row.example/mug.jpg?v=17',
    // a product names no currency, and nothing was sold yet: the workspace's
    price: eur('22.50'),
    status: 'active',
    available: true,
    variants: [
      { id: '642667041472713922', name: 'Blue', price: eur('24.00'), stock: 5 },
      { id: '757650484644203962', name: 'Sand', price: eur('22.50'), stock: 0 },
      { name: 'To order', stock: null },
      { name: 'Not counted', stock: null },
    ],
    updated_at: '2026-11-20T07:00:00.000Z',
  });
  const status = async () => (await product(mug)).status;
  await taken('products/update', 'product', { status: 'archived', updated_at: '2026-11-20T08:00:00Z' });
  await taken('products/create', fixture('shopify', 'product'));
  expect(await status()).toBe('gone');
  await taken('products/update', 'product', { updated_at: '2026-11-20T08:10:00Z' });
  expect(await status()).toBe('active');
  const gone = Buffer.from('{"id":788032119674292922}');
  await taken('products/delete', gone, {}, { 'x-shopify-triggered-at': '2026-11-20T08:20:00.5Z' });
  expect(await status()).toBe('gone');
  // sent again hours later: the first account of it, after it was put up once more
  await taken('products/update', 'product', { updated_at: '2026-11-20T08:30:00Z' });
  // and with a later time, for nobody signs that header
  for (const time of ['2026-11-20T08:20:00.5Z', '2026-11-20T08:40:00Z', '']) {
    await taken('products/delete', gone, {}, { 'x-shopify-triggered-at': time });
    expect(await status()).toBe('active');
  }
});

test('prices of products are in the currency that their own shop sells in first, until a person says another', async () => {
  await aNewShop('shopify', { shop_url: 'https://kiln-row.example' });
  await taken('products/create', fixture('shopify', 'product'));
  const price = async () => (await product(mug)).price;
  expect(await price()).toEqual(eur('22.50'));
  const told = (minute: number) =>
    taken('products/update', 'product', { updated_at: `2026-11-20T08:1${minute}:00Z` });
  // what another shop sells in, or somebody over the API, says nothing of this one, whose ids begin with nothing
  const other = await aShop(app, owner, 'woocommerce');
  await other.deliver('order.created', altered('woocommerce', 'order', { currency: 'SEK' }));
  const [{ contact_id, items, total, placed_at }] = (await owner.call('GET', '/orders')).json().data;
  const own = { contact: { id: contact_id }, status: 'paid', items, total, placed_at };
  expect((await owner.call('PUT', '/orders/own', own)).statusCode).toBe(200);
  await told(0);
  expect(await price()).toEqual(eur('22.50'));
  // nothing was sold yet: they follow the workspace
  const ours = (currency: string) => owner.call('PATCH', '/workspace', { currency });
  const { id } = (await ours('CHF')).json();
  await recountOrders(base, { workspaceId: uuidOf('wsp', id) });
  expect(await price()).toEqual({ amount: '22.50', currency: 'CHF' });
  await owner.call('PUT', '/products/own', {
    name: 'Told with its price',
    price: { amount: '1.00', currency: 'CHF' },
  });
  // then what it sells in is known, also of what was told before
  await taken('checkouts/create', fixture('shopify', 'checkout'));
  expect(await price()).toEqual({ amount: '22.50', currency: 'GBP' });
  expect((await product('own')).price.currency).toBe('CHF');
  await ours('EUR');
  await recountOrders(base, { workspaceId: uuidOf('wsp', id) });
  await told(1);
  expect(await price()).toEqual({ amount: '22.50', currency: 'GBP' });
  // an order in what a customer chose to pay with
  await taken('orders/create', 'order', { currency: 'USD' });
  await told(2);
  expect(await price()).toEqual({ amount: '22.50', currency: 'GBP' });
  expect((await shop.card()).currency).toBe('GBP');
  const said = (currency: string) => owner.call('PATCH', `/shop_connectors/${shop.id}`, { currency });
  expect((await said('CAD')).json()).toMatchObject({ currency: 'CAD' });
  expect(await price()).toEqual({ amount: '22.50', currency: 'CAD' });
  await told(3);
  expect(await price()).toEqual({ amount: '22.50', currency: 'CAD' });
  expect((await product('own')).price.currency).toBe('CHF');
  expect((await said('points')).json().errors[0].pointer).toBe('/currency');
});

test('a product of hundreds of variants keeps them all; one of more than are kept is not taken by halves, and the card says so', async () => {
  await aNewShop('shopify');
  const variants = (many: number) =>
    Array.from({ length: many }, (_, n) => ({ id: n + 1, title: `${n}`, price: '9.00', inventory_management: 'shopify', inventory_quantity: n === 299 ? 4 : 0 })); // biome-ignore format: one line
  await taken('products/create', 'product', { id: 1, variants: variants(300) });
  expect(await product('1')).toMatchObject({ available: true });
  expect((await product('1')).variants.at(-1)).toMatchObject({ id: '300', stock: 4 });
  await shop.deliver('products/create', altered('shopify', 'product', { id: 2, variants: variants(2049) }));
  expect((await shop.card()).problem.detail).toContain('at most 2,048 variants');
  expect((await owner.call('GET', '/products/2')).statusCode).toBe(404);
});

test('Shopify: a cart shows page and picture of products that are known', async () => {
  await aNewShop('shopify', { shop_url: 'https://kiln-row.example' });
  await taken('products/create', 'product', { id: 632910392 });
  await taken('checkouts/create', fixture('shopify', 'checkout'));
  const [cart] = (await owner.call('GET', '/carts')).json().data;
  expect(cart.items).toMatchObject([
    {
      product_id: '632910392',
      variant_id: '49148385',
      url: 'https://kiln-row.example/products/speckled-mug',
      image_url: 'https://cdn.kiln-row.example/mug.jpg?v=17',
    },
    { variant_id: null, url: null, image_url: null },
  ]);
});

test('Shopify: stock of one place counts at once, of several when all of it is known; older news is none', async () => {
  await aNewShop('shopify');
  await taken('products/create', fixture('shopify', 'product'));
  const blue = async () => (await stocks(mug))[0];
  const level = (available: number, minute: string, location_id = 1, item?: string) =>
    taken('inventory_levels/update', 'level', {
      available,
      location_id,
      updated_at: `2026-11-20T09:${minute}:00Z`,
      ...(item && { inventory_item_id: item }),
    });
  const total = (quantity: number, minute: string) => {
    const [first, ...others] = listOf(parsePayload(fixture('shopify', 'product')).variants);
    return taken('products/update', 'product', {
      variants: [{ ...first, inventory_quantity: quantity }, ...others],
      updated_at: `2026-11-20T09:${minute}:00Z`,
    });
  };
  // whether there are other places nobody knows yet
  await level(4, '01');
  expect(await blue()).toBe(5);
  await total(4, '02');
  await level(3, '03');
  expect(await blue()).toBe(3);
  await level(3, '03');
  await level(9, '02');
  expect(await blue()).toBe(3);
  // a second place turns up: what was there before was all at the first
  await level(2, '04', 2);
  expect(await blue()).toBe(5);
  await total(5, '05');
  await level(0, '06', 1);
  await level(0, '07', 2);
  expect(await blue()).toBe(0);
  // sold out everywhere, and some at a place: that is certain
  await level(6, '08', 3);
  expect(await blue()).toBe(6);
  // more than there can be is as many as there can be, and what cannot have been is named
  const impossible = async (change: Payload) => {
    expect((await shop.deliver('inventory_levels/update', altered('shopify', 'level', change))).statusCode).toBe(200); // biome-ignore format: one line
    return (await shop.card()).problem?.detail;
  };
  for (const [available, minute] of [
    [1e300, '10'],
    [3_000_000_000, '11'],
    [-3_000_000_000, '12'],
  ] as const) {
    await level(available, minute, 3);
    expect(await blue()).toBe(available > 0 ? 1_000_000_000 : 0);
  }
  await level(6, '13', 3);
  const unknown = { inventory_item_id: '77', location_id: 3 };
  for (const updated_at of ['+275000-11-20T10:00:00Z', '2099-11-20T10:00:00Z'])
    expect(await impossible({ ...unknown, updated_at })).toContain('lies in the future');
  expect(await impossible({ ...unknown, updated_at: '0001-01-01T00:00:00Z' })).toContain(
    'before the year 2000',
  );
  expect(await impossible({ ...unknown, available: 'some' })).toContain('no number of pieces');
  // what was told of tomorrow does not hide what is told today
  await level(8, '14', 3, '77');
  expect(await blue()).toBe(6);
  await level(7, '09', 1, '271878346596884017');
  await level(7, '09', 1, '99');
  expect(await shop.card()).toMatchObject({ last_passed_over: { detail: expect.stringContaining('not known here yet') } }); // biome-ignore format: one line
  expect(await stocks(mug)).toEqual([6, 0, null, null]);
});

test('WooCommerce: a product and its variations come apart, in any order, and are one product', async () => {
  await aNewShop('woocommerce', { id_prefix: 'klei-' });
  await taken('product.created', fixture('woocommerce', 'variation'));
  expect(await product('klei-93')).toMatchObject({
    name: 'Kom, diep - Groen',
    variants: [{ id: '97', stock: 3 }],
  });
  await taken('product.updated', fixture('woocommerce', 'product'));
  expect(await product('klei-93')).toMatchObject({
    name: 'Kom, diep',
    url: 'https://klei.example/product/kom-diep/',
    image_url: 'https://klei.example/kom.jpg',
    price: eur('18.00'),
    variants: [
      { id: '97', name: 'Groen', price: eur('18.00'), stock: 3 },
      { id: '98', name: null, stock: null },
    ],
  });
  await taken('product.updated', 'variation', { id: 98, stock_status: 'outofstock', manage_stock: false, attributes: [{ option: 'Blauw' }] }); // biome-ignore format: one line
  await taken('product.updated', 'variation', {
    stock_quantity: 0,
    date_modified_gmt: '2026-11-20T07:40:00',
  });
  expect(await product('klei-93')).toMatchObject({ available: false, variants: [{ stock: 0 }, { name: 'Blauw', stock: 0 }] }); // biome-ignore format: one line
  // an hour late
  await taken('product.updated', fixture('woocommerce', 'variation'));
  expect(await stocks('klei-93')).toEqual([0, 0]);
  await taken('product.updated', 'variation', {
    backorders: 'notify',
    date_modified_gmt: '2026-11-20T07:50:00',
  });
  expect(await stocks('klei-93')).toEqual([null, 0]);
  await taken('product.updated', 'product', { variations: [97], date_modified_gmt: '2026-11-20T09:50:00' });
  expect(await stocks('klei-93')).toEqual([null]);
  const status = async () => (await product('klei-93')).status;
  const gone = (id: string) => taken('product.deleted', Buffer.from('{"id":93}'), {}, { 'x-wc-webhook-delivery-id': id }); // biome-ignore format: one line
  await gone('first');
  expect(await status()).toBe('gone');
  // the last that it told before, once more: it was deleted after that
  await taken('product.updated', 'product', { variations: [97], date_modified_gmt: '2026-11-20T09:50:00' });
  expect(await status()).toBe('gone');
  await taken('product.restored', 'product', { variations: [97], date_modified_gmt: '2026-11-20T09:51:00' });
  expect(await status()).toBe('active');
  // it has no time of its own, and its number is not signed: sent again it is old
  for (const number of ['first', 'second', '']) {
    await gone(number);
    expect(await status()).toBe('active');
  }
  expect(await shop.card()).toMatchObject({ last_passed_over: { detail: expect.stringContaining('came before') } }); // biome-ignore format: one line
});

test('WooCommerce: what was deleted before it was told of stays deleted, until it is put back', async () => {
  await aNewShop('woocommerce');
  await taken('product.deleted', Buffer.from('{"id":93}'));
  await taken('order.deleted', Buffer.from('{"id":727}'));
  await taken('product.created', 'product', { variations: [97] });
  await taken('product.updated', 'variation');
  await taken('order.created', 'order');
  const list = async (path: string) => (await owner.call('GET', path)).json().data;
  expect([await list('/products'), await list('/orders')]).toEqual([[], []]);
  expect(await shop.card()).toMatchObject({ passed_over: 5, last_passed_over: { detail: expect.stringContaining('deletion came before') } }); // biome-ignore format: one line
  const later = { date_modified_gmt: new Date(Date.now() + 2000).toISOString().slice(0, 19) };
  await taken('product.restored', 'product', { variations: [97], ...later });
  await taken('order.restored', 'order', later);
  expect(await list('/products')).toMatchObject([{ external_id: '93', status: 'active' }]);
  expect(await list('/orders')).toMatchObject([{ external_id: '727', status: 'paid' }]);
});

test('WooCommerce: a simple product has its own stock; a draft is not sold', async () => {
  await aNewShop('woocommerce');
  const simple = { id: 12, type: 'simple', variations: [], manage_stock: true, stock_quantity: 4 };
  const later = (minute: string) => ({ date_modified_gmt: `2026-11-20T10:${minute}:00` });
  await taken('product.created', 'product', { ...simple, ...later('01') });
  expect(await product('12')).toMatchObject({ stock: 4, variants: [], available: true });
  await taken('product.updated', 'product', { ...simple, ...later('02'), manage_stock: false, stock_quantity: null, stock_status: 'outofstock' }); // biome-ignore format: one line
  expect(await product('12')).toMatchObject({ stock: 0, available: false });
  await taken('product.updated', 'product', {
    ...simple,
    ...later('03'),
    manage_stock: false,
    stock_quantity: null,
  });
  expect(await product('12')).toMatchObject({ stock: null, available: true });
  await taken('product.updated', 'product', { ...simple, ...later('04'), status: 'draft' });
  expect(await product('12')).toMatchObject({ status: 'gone', available: false });
});

test.each([
  ['carts', '/url', { items: [], url: 'https://klei.example/\u0000' }],
  [
    'carts',
    '/items/0/url',
    { items: [{ product_id: '1', quantity: 1, url: 'https://klei.example/\ud800' }] },
  ],
  ['carts', '/items/0/image_url', { items: [{ product_id: '1', quantity: 1, image_url: 'https://k.example/\u0000' }] }], // biome-ignore format: one line
  ['products', '/url', { name: 'Kom', url: 'https://klei.example/\udc00' }],
  ['products', '/image_url', { name: 'Kom', image_url: 'https://klei.example/\u0000' }],
])(
  'over the API an address that could not be kept as it is is refused: %s %s',
  async (noun, pointer, given) => {
    await aNewShop('woocommerce');
    await taken('customer.created', fixture('woocommerce', 'customer'));
    const contact = noun === 'carts' ? { contact: { external_id: '26' } } : {};
    const answer = await owner.call('PUT', `/${noun}/1`, { ...contact, ...given });
    expect([answer.statusCode, answer.json().errors]).toMatchObject([422, [{ pointer }]]);
  },
);

test('over the API a request holds a thousand products, and no more variants than are written soon', async () => {
  await aNewShop('woocommerce');
  const variants = Array.from({ length: 21 }, (_, n) => ({ id: `${n}` }));
  const products = Array.from({ length: 1000 }, (_, n) => ({ external_id: `${n}`, name: 'Mug', variants }));
  const answer = await owner.call('POST', '/products/batch', { products });
  // 952 × 21 are 19,992
  expect([answer.statusCode, answer.json().errors]).toMatchObject([
    422,
    [{ pointer: '/products/952/variants', detail: expect.stringContaining('20,000 variants at most') }],
  ]);
  expect((await owner.call('GET', '/products')).json().data).toEqual([]);
});

test('webhooks that wait for each other hold few of the connections, and other workspaces are answered meanwhile', async () => {
  await aNewShop('shopify', { shop_url: 'https://kiln-row.example' });
  await taken('products/create', fixture('shopify', 'product'));
  const other = await anOwner(app);
  const { promise: freed, resolve: free } = Promise.withResolvers<void>();
  const { promise: locked, resolve: isLocked } = Promise.withResolvers<void>();
  const slow = inTransaction(inWorkspace(base, owner.workspaceId), async (ctx) => {
    await alone(ctx, 'products');
    isLocked();
    await freed;
  });
  await locked;
  const at = new Date().toISOString();
  const hooks = Array.from({ length: 30 }, (_, n) =>
    shop.deliver('products/update', altered('shopify', 'product', { id: 5000 + n, updated_at: at })));
  const waiting = async () => (await sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`.execute(base.db)).rows.length;
  await until('some wait', async () => (await waiting()) >= 3);
  expect((await other.call('GET', '/contacts')).statusCode).toBe(200);
  expect(await waiting()).toBe(3);
  free();
  await slow;
  expect((await Promise.all(hooks)).map(({ statusCode }) => statusCode)).toEqual(hooks.map(() => 200));
  expect((await owner.call('GET', '/products?limit=100')).json().data).toHaveLength(31);
}); // biome-ignore format: one line each
