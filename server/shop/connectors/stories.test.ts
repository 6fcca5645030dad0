// What shops tell, from their bytes to what the API shows: people, carts and orders, once, whatever the order they come in.
import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../app.ts';
import { aWhatsAppNumber, inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import { anOwner, type Visitor } from '../../workspaces/testing-visitor.ts';
import { objectOf, type Payload, parsePayload } from './payload.ts';
import { altered, aShop, fixture, type TestShop } from './testing-shop.ts';

let ctx: TestCtx;
let app: FastifyInstance;
let owner: Visitor & { workspaceId: string };
let shop: TestShop;

beforeAll(async () => {
  ctx = await testCtx();
  app = await createApp(ctx, { version: 'test', ready: () => true });
  await app.ready();
  return () => app.close();
});

async function aNewShop(kind: 'shopify' | 'woocommerce', more: object = {}): Promise<void> {
  owner = await anOwner(app);
  shop = await aShop(app, owner, kind, more);
}

const list = async (path: string, who: Visitor = owner) => (await who.call('GET', path)).json().data;
const taken = async (topic: string, body: Buffer) => {
  expect((await shop.deliver(topic, body)).statusCode).toBe(200);
  const card = await shop.card();
  expect(card.problem).toBeNull();
  return card;
};
const at = (kind: 'shopify' | 'woocommerce', name: string): Payload => parsePayload(fixture(kind, name));
const gbp = (amount: string) => ({ amount, currency: 'GBP' });

describe('Shopify', () => {
  test('a customer, their order paid, delivered and paid back: each step once, though it comes twice', async () => {
    await aNewShop('shopify');
    const number = await aWhatsAppNumber(inWorkspace(ctx, owner.workspaceId));
    expect(number).toBeTruthy();
    await taken('customers/create', fixture('shopify', 'customer'));
    const [mira] = await list('/contacts');
    expect(mira).toMatchObject({
      external_id: '706405506930370084',
      first_name: 'Mira',
      last_name: 'Halloran',
      email: 'mira.halloran@post.example',
      phone: '+447700900321',
      // reachable by the number, and never an opt-in that the shop did not take for this
      identities: [{ channel: 'whatsapp', address: '447700900321' }],
      consent: [],
    });
    await taken('orders/create', fixture('shopify', 'order'));
    const [order] = await list('/orders');
    expect(order).toMatchObject({
      external_id: '820982911946154508',
      contact_id: mira.id,
      status: 'placed',
      total: gbp('54.45'),
      placed_at: '2026-11-20T10:00:00.000Z',
      updated_at: '2026-11-20T10:00:05.000Z',
      delivered_at: null,
      items: [
        { product_id: '632910392', name: 'Speckled mug, Blue', quantity: 2, price: gbp('24.00') },
        { product_id: 'custom:gift wrapping', name: 'Gift wrapping', quantity: 1, price: gbp('2.50') },
      ],
    });
    const status = async () => (await list('/orders'))[0].status;
    const paid = altered('shopify', 'order', { financial_status: 'paid', updated_at: '2026-11-20T11:05:00+01:00' }); // biome-ignore format: one line
    await taken('orders/paid', paid);
    // an hour late, and twice: the first account of it
    await taken('orders/create', fixture('shopify', 'order'));
    expect(await status()).toBe('paid');
    const half = { line_items: [at('shopify', 'fulfillment').line_items].flat().slice(0, 1) };
    expect(await taken('fulfillments/update', altered('shopify', 'fulfillment', half))).toMatchObject({ last_passed_over: { detail: expect.stringContaining('One parcel of several') } }); // biome-ignore format: one line
    await taken('fulfillments/update', altered('shopify', 'fulfillment', { shipment_status: 'in_transit' }));
    expect(await status()).toBe('paid');
    await taken('fulfillments/update', fixture('shopify', 'fulfillment'));
    await taken('fulfillments/update', fixture('shopify', 'fulfillment'));
    expect((await list('/orders'))[0]).toMatchObject({
      status: 'delivered',
      delivered_at: '2026-11-21T11:00:00.000Z',
    });
    const part = [{ kind: 'refund', status: 'success', amount: '10.00' }];
    await taken('refunds/create', altered('shopify', 'refund', { transactions: part }));
    expect(await status()).toBe('delivered');
    await taken('refunds/create', fixture('shopify', 'refund'));
    await taken('orders/paid', paid);
    expect(await status()).toBe('returned');
    expect((await list('/contacts'))[0]).toMatchObject({ orders_count: 0, consent: [] });
    expect(await list('/orders')).toHaveLength(1);
  });

  test('the whole order says by itself that all parcels arrived, that it was called off, that it was paid back', async () => {
    await aNewShop('shopify');
    const later = (minute: number, change: Payload) =>
      altered('shopify', 'order', { ...change, updated_at: `2026-11-21T10:${minute}:00Z` });
    const parcel = (shipment_status: string | null, updated_at: string) => ({ status: 'success', shipment_status, updated_at }); // biome-ignore format: one line
    const [one, two] = [
      parcel('delivered', '2026-11-21T09:00:00Z'),
      parcel('delivered', '2026-11-21T09:30:00Z'),
    ];
    const status = async () => (await list('/orders'))[0].status;
    const fulfilled = { financial_status: 'paid', fulfillment_status: 'fulfilled' };
    await taken('orders/fulfilled', later(10, { ...fulfilled, fulfillments: [one, parcel(null, '2026-11-21T09:00:00Z')] })); // biome-ignore format: one line
    expect(await status()).toBe('paid');
    await taken('orders/updated', later(20, { ...fulfilled, fulfillments: [one, two] }));
    expect((await list('/orders'))[0]).toMatchObject({
      status: 'delivered',
      delivered_at: '2026-11-21T09:30:00.000Z',
    });
    await taken('orders/updated', later(30, { financial_status: 'refunded', current_total_price: '0.00' }));
    expect((await list('/orders'))[0]).toMatchObject({ status: 'returned', total: gbp('54.45') });
    await taken(
      'orders/cancelled',
      altered('shopify', 'order', { id: 9, cancelled_at: '2026-11-21T10:40:00Z' }),
    );
    expect((await list('/orders?status=cancelled')).map((row: Payload) => row.external_id)).toEqual(['9']);
  });

  test('a delivery that was told over the API stays, for the shop’s later news of the order says nothing of it', async () => {
    await aNewShop('shopify');
    const paid = (minute: number, change: Payload = {}) =>
      altered('shopify', 'order', { financial_status: 'paid', updated_at: `2026-11-21T10:${minute}:00Z`, ...change }); // biome-ignore format: one line
    await taken('orders/paid', paid(10));
    const order = async () => (await list('/orders'))[0];
    const { external_id, contact_id, id: _, items, total, placed_at } = await order();
    const at = '2026-11-21T10:20:00.000Z';
    const told = {
      contact: { id: contact_id },
      status: 'delivered',
      total,
      items,
      placed_at,
      updated_at: at,
    };
    await owner.call('PUT', `/orders/${external_id}`, told);
    await taken('orders/updated', paid(30, { tags: 'vip', fulfillment_status: 'fulfilled' }));
    expect(await order()).toMatchObject({ status: 'delivered', delivered_at: at });
    await taken('orders/updated', paid(40, { financial_status: 'refunded' }));
    await taken('orders/updated', paid(50));
    expect(await order()).toMatchObject({ status: 'paid' });
  });

  test('a cart nobody is known of counts from the checkout on, is one cart, and is bought with the order', async () => {
    await aNewShop('shopify');
    await taken('carts/create', fixture('shopify', 'cart'));
    expect(await shop.card()).toMatchObject({ passed_over: 1, last_passed_over: { topic: 'carts/create' } });
    expect(await list('/carts')).toEqual([]);
    await taken('checkouts/create', fixture('shopify', 'checkout'));
    const [tomas] = await list('/contacts');
    expect(tomas).toMatchObject({
      external_id: 'guest:+447700900654',
      first_name: 'Tomas',
      email: 'tomas.reyes@post.example',
      phone: '+447700900654',
      language: 'en-GB',
    });
    const cart = {
      external_id: 'b61f0c2f9e4d4a02a3d3a6f80f7d5e11',
      contact_id: tomas.id,
      status: 'open',
      total: gbp('54.45'),
      url: 'https://kiln-row.example/548380009/checkouts/a7c9d9f0e5b64a1f8f7be7e0d2c40b61/recover?key=9f1c',
    };
    const [checkout] = await list('/carts');
    expect(checkout).toMatchObject({ ...cart, updated_at: '2026-11-20T09:10:00.000Z' });
    expect(checkout.items.map((item: Payload) => [item.name, item.quantity, item.price])).toEqual([
      ['Speckled mug, Blue', 2, gbp('24.00')],
      ['Gift wrapping', 1, gbp('2.50')],
    ]);
    // the same cart, told of as a cart: what is in it changes, whose it is and the way back stay
    await taken('carts/update', fixture('shopify', 'cart'));
    const [touched] = await list('/carts');
    expect(touched).toMatchObject({ ...cart, total: null, updated_at: '2026-11-20T09:30:00.000Z' });
    expect(touched.items).toMatchObject([{ name: 'Speckled mug', quantity: 3, price: gbp('24.00') }]);
    await taken('checkouts/update', fixture('shopify', 'checkout'));
    expect((await list('/carts'))[0].items).toHaveLength(1);
    // the order is Mira's by its customer, and the cart is bought all the same
    await taken('orders/create', fixture('shopify', 'order'));
    expect((await list('/carts'))[0]).toMatchObject({ status: 'ordered', contact_id: tomas.id });
    await taken('checkouts/update', altered('shopify', 'checkout', { updated_at: '2026-11-20T12:00:00Z' }));
    expect(await list('/carts')).toMatchObject([{ status: 'ordered' }]);
  });

  test('an emptied cart is empty; a completed checkout is ordered; a checkout without a cart has its own token', async () => {
    await aNewShop('shopify');
    await taken('checkouts/create', fixture('shopify', 'checkout'));
    await taken('carts/update', altered('shopify', 'cart', { line_items: [] }));
    expect((await list('/carts'))[0]).toMatchObject({ status: 'open', items: [] });
    await taken('checkouts/update', altered('shopify', 'checkout', { cart_token: null, completed_at: '2026-11-20T10:30:00Z' })); // biome-ignore format: one line
    expect((await list('/carts?status=ordered'))[0]).toMatchObject({
      external_id: 'a7c9d9f0e5b64a1f8f7be7e0d2c40b61',
    });
  });

  test('guests: by phone, by email, or nobody at all; who gets an account later stays the same person', async () => {
    await aNewShop('shopify');
    const ann = await owner.call('POST', '/contacts', { first_name: 'Ann', email: 'ann@post.example' });
    const guest = (id: number, more: Payload) =>
      altered('shopify', 'order', { id, customer: null, email: null, contact_email: null, ...more });
    await taken('orders/create', guest(1, { email: 'Ann@post.example' }));
    await taken('orders/create', guest(2, { phone: '+447700900777' }));
    await taken('orders/create', guest(3, {}));
    expect(await shop.card()).toMatchObject({ passed_over: 1, received: 3 });
    const [byPhone, byMail, ...none] = await list('/orders');
    expect(none).toEqual([]);
    expect(new Set([byPhone.contact_id, byMail.contact_id])).toContain(ann.json().id);
    const account = { id: 55, phone: '+447700900777', email: 'bo@post.example', first_name: 'Bo' };
    await taken('customers/create', altered('shopify', 'customer', account));
    const people = await list('/contacts');
    expect(people.map((one: Payload) => one.external_id).sort()).toEqual(['55', null]);
    expect(people.find((one: Payload) => one.external_id === '55')).toMatchObject({ orders_count: 1 });
  });

  test('what was edited here stays until the shop changes it later; what is empty is filled; older news is none', async () => {
    await aNewShop('shopify');
    const told = (minute: number, change: Payload) =>
      altered('shopify', 'customer', { ...change, updated_at: `2026-11-20T09:0${minute}:00Z` });
    const mira = async () => (await list('/contacts'))[0];
    await taken('customers/update', told(1, { first_name: 'Mirabel' }));
    // a time that cannot be counts as none
    for (const updated_at of ['2099-11-20T09:00:00Z', '+275000-11-20T10:00:00Z'])
      await taken('customers/update', altered('shopify', 'customer', { first_name: 'Mi', updated_at }));
    expect(await mira()).toMatchObject({ first_name: 'Mirabel' });
    await taken('customers/update', told(3, { first_name: 'Mira' }));
    await taken('customers/update', told(2, { first_name: 'Mirabel', last_name: 'Older' }));
    expect(await mira()).toMatchObject({ first_name: 'Mira', last_name: 'Halloran' });
    const { id } = await mira();
    await owner.call('PATCH', `/contacts/${id}`, { first_name: 'Miss M', phone: null });
    await taken('customers/update', told(4, { first_name: 'Mira J.' }));
    expect(await mira()).toMatchObject({ first_name: 'Miss M', phone: '+447700900321' });
    const now = new Date(Date.now() + 1000).toISOString();
    await taken(
      'customers/update',
      altered('shopify', 'customer', { first_name: 'Mira J.', updated_at: now }),
    );
    expect(await mira()).toMatchObject({ first_name: 'Mira J.' });
    expect(await list('/contacts')).toHaveLength(1);
  });

  test('what somebody got hold of and sends again, under other numbers and topics, changes nothing', async () => {
    await aNewShop('shopify');
    const paid = altered('shopify', 'order', {
      financial_status: 'paid',
      updated_at: '2026-11-20T10:05:00Z',
    });
    const cartOfToday = altered('shopify', 'checkout', { cart_token: 'another', token: 'one', id: 5 });
    const said: [string, Buffer][] = [
      ['customers/create', fixture('shopify', 'customer')],
      ['checkouts/create', fixture('shopify', 'checkout')],
      ['carts/update', fixture('shopify', 'cart')],
      ['checkouts/create', cartOfToday],
      ['orders/create', fixture('shopify', 'order')],
      ['orders/paid', paid],
      ['fulfillments/update', fixture('shopify', 'fulfillment')],
      // prices of products are in the currency that is known by then
      ['products/create', fixture('shopify', 'product')],
      [
        'products/update',
        altered('shopify', 'product', { title: 'Mug', updated_at: '2026-11-20T08:00:00Z' }),
      ],
      ['products/create', altered('shopify', 'product', { id: 7 })],
      ['products/delete', Buffer.from('{"id":7}')],
    ];
    for (const [topic, body] of said) await taken(topic, body);
    const all = async () =>
      Promise.all(['/orders', '/carts', '/contacts', '/products'].map((path) => list(path)));
    const before = await all();
    expect(before.map((rows) => rows.length)).toEqual([1, 2, 2, 2]);
    const topics = [
      'customers/create',
      'products/update',
      'checkouts/create',
      'carts/update',
      'orders/create',
    ];
    for (const [own, body] of said.toReversed()) {
      for (const topic of new Set([own, ...topics]))
        expect((await shop.deliver(topic, body)).statusCode).toBe(200);
      expect([own, await all()]).toEqual([own, before]);
    }
  });

  test('many at once, in any order, are one order of one person; another workspace sees nothing of it', async () => {
    await aNewShop('shopify');
    const other = await anOwner(app);
    const states = Array.from({ length: 12 }, (_, n) =>
      altered('shopify', 'order', { total_price: `${n + 1}.00`, current_total_price: `${n + 1}.00`, updated_at: `2026-11-21T09:${10 + n}:00Z` })); // biome-ignore format: one line
    const answers = await Promise.all(
      [...states].reverse().map((body) => shop.deliver('orders/updated', body)),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(states.map(() => 200));
    expect((await list('/orders')).map((row: Payload) => objectOf(row.total)?.amount)).toEqual(['12.00']);
    expect(await list('/contacts')).toHaveLength(1);
    for (const path of ['/orders', '/contacts', '/shop_connectors'])
      expect(await list(path, other)).toEqual([]);
  });
});

describe('WooCommerce', () => {
  const status = async () => (await list('/orders'))[0].status;

  test('a customer and their order through its statuses', async () => {
    await aNewShop('woocommerce');
    await taken('customer.created', fixture('woocommerce', 'customer'));
    await taken('order.created', fixture('woocommerce', 'order'));
    const [joris, ...others] = await list('/contacts');
    expect(others).toEqual([]);
    // a number as people write it at home
    expect(joris).toMatchObject({
      external_id: '26',
      last_name: 'van Dam',
      phone: '+31612345678',
      consent: [],
    });
    expect(await list('/orders')).toMatchObject([
      {
        external_id: '727',
        contact_id: joris.id,
        status: 'paid',
        total: { amount: '41.00', currency: 'EUR' },
        placed_at: '2026-11-20T16:28:02.000Z',
        updated_at: '2026-11-20T16:28:08.000Z',
        items: [{ product_id: '93', name: 'Kom, diep - Groen', quantity: 2, price: { amount: '18.00', currency: 'EUR' } }], // biome-ignore format: one line
      },
    ]);
    const later = (minute: number, change: Payload) =>
      taken('order.updated', altered('woocommerce', 'order', { ...change, date_modified_gmt: `2026-11-21T10:${minute}:00` })); // biome-ignore format: one line
    await later(10, { status: 'completed', date_completed_gmt: '2026-11-21T10:09:00' });
    expect((await list('/orders'))[0]).toMatchObject({
      status: 'delivered',
      delivered_at: '2026-11-21T10:09:00.000Z',
    });
    await taken('order.updated', fixture('woocommerce', 'order'));
    expect(await status()).toBe('delivered');
    // it was completed by mistake
    await later(11, { status: 'processing', date_completed_gmt: '2026-11-21T10:09:00' });
    expect(await status()).toBe('paid');
    for (const [minute, given, here] of [
      [11, 'refunded', 'returned'],
      [12, 'pending', 'placed'],
      [13, 'on-hold', 'placed'],
      [14, 'failed', 'cancelled'],
      // a status of a plugin: paid, as the order says
      [15, 'wc-ready-to-collect', 'paid'],
      [16, 'cancelled', 'cancelled'],
      [17, 'processing', 'paid'],
    ] as const) {
      await later(minute, { status: given });
      expect([given, await status()]).toEqual([given, here]);
    }
    const deleted = () => shop.deliver('order.deleted', Buffer.from('{"id":727}'), { 'x-wc-webhook-delivery-id': 'once' }); // biome-ignore format: one line
    // the topic is not signed: what is signed about a customer cancels no order of the same number
    const customer = altered('woocommerce', 'customer', { id: 727 });
    expect((await shop.deliver('order.deleted', customer)).statusCode).toBe(200);
    expect((await shop.card()).problem.detail).toContain('by its id alone');
    expect(await status()).toBe('paid');
    // who knows its number, and not the key, keeps nobody from telling it
    const forged = { 'x-wc-webhook-delivery-id': 'once', 'x-wc-webhook-signature': 'bm8=' };
    expect((await shop.deliver('order.deleted', Buffer.from('{"id":727}'), forged)).statusCode).toBe(401);
    expect(await status()).toBe('paid');
    await Promise.all([deleted(), deleted()]);
    expect(await status()).toBe('cancelled');
    await later(17, { status: 'processing' });
    expect(await status()).toBe('cancelled');
    const restored = altered('woocommerce', 'order', { date_modified_gmt: '2026-11-21T10:18:00' });
    await taken('order.restored', restored);
    await deleted();
    // under another number, which is not signed
    await shop.deliver('order.deleted', Buffer.from('{"id":727}'));
    expect(await status()).toBe('paid');
  });

  test('guests, drafts, and orders of before', async () => {
    await aNewShop('woocommerce', { id_prefix: 'klei-' });
    await taken('order.deleted', Buffer.from('{"id":1}'));
    await taken('order.created', altered('woocommerce', 'order', { status: 'checkout-draft' }));
    await taken('order.created', altered('woocommerce', 'order', { customer_id: 0, billing: {} }));
    expect(await shop.card()).toMatchObject({ received: 3, passed_over: 3 });
    await taken('order.created', altered('woocommerce', 'order', { customer_id: 0 }));
    expect(await list('/orders')).toMatchObject([{ external_id: 'klei-727' }]);
    expect(await list('/contacts')).toMatchObject([{ external_id: 'klei-guest:+31612345678' }]);
  });
});
