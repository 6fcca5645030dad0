// What a shop tells over HTTP: events once, orders and carts by their own ids, people who must be here, times that can be.
import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import type { Rule } from '../../contract/rules.ts';
import { createApp } from '../app.ts';
import { aContact, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { anOwner, type Visitor } from '../workspaces/testing-visitor.ts';

let ctx: TestCtx;
let app: FastifyInstance;
let owner: Visitor;
let here: TestCtx;
let next = 0;
/** A contact with an external id of its own. */
async function aCustomer(): Promise<{ id: string; wire: string; external_id: string; contact: object }> {
  const id = await aContact(here);
  const external_id = `customer-${next++}`;
  await ctx.db.updateTable('contacts').set({ external_id }).where('id', '=', id).execute();
  return { id, wire: toWireId('cnt', id), external_id, contact: { external_id } };
}

beforeAll(async () => {
  ctx = await testCtx();
  app = await createApp(ctx, { version: 'test', ready: () => true });
  await app.ready();
  const signedIn = await anOwner(app);
  owner = signedIn;
  here = inWorkspace(ctx, signedIn.workspaceId);
  return () => app.close();
});

type Answer = Awaited<ReturnType<Visitor['call']>>;
const problem = (answer: Answer) => [
  answer.statusCode,
  ...(answer.json().errors ?? []).map((one: { pointer: string }) => one.pointer),
];
const ago = (minutes: number) => new Date(ctx.clock.now().getTime() - minutes * 60_000).toISOString();
const eur = (amount: string) => ({ amount, currency: 'EUR' });
const sumsOf = async (id: string) =>
  ctx.db
    .selectFrom('contacts')
    .select(['orders_count', 'orders_value', 'last_order_at', 'last_seen_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const eventsOf = (id: string) =>
  ctx.db.selectFrom('events').selectAll().where('contact_id', '=', id).orderBy('at').execute();
const counted = async (rule: Rule): Promise<number> => {
  const answer = await owner.call('POST', '/segments/preview', { rule });
  expect(answer.json()).toHaveProperty('count');
  return answer.json().count;
};

describe('events', () => {
  test('one, or many, each event_id once; the person was seen', async () => {
    const ann = await aCustomer();
    const at = ago(3);
    const one = {
      contact: ann.contact,
      name: 'page_viewed',
      at,
      event_id: 'v1',
      properties: { url: '/mugs' },
    };
    expect((await owner.call('POST', '/events', one)).json()).toEqual({ recorded: 1, known: 0 });
    const again = [
      one,
      { ...one, event_id: 'v2' },
      { ...one, event_id: 'v2' },
      { contact: { id: ann.wire }, name: 'bought' },
    ];
    expect((await owner.call('POST', '/events', again)).json()).toEqual({ recorded: 2, known: 2 });
    expect((await eventsOf(ann.id)).map(({ name, event_id }) => [name, event_id])).toEqual([
      ['page_viewed', 'v1'],
      ['page_viewed', 'v2'],
      ['bought', null],
    ]);
    expect((await sumsOf(ann.id)).last_seen_at!.getTime()).toBeGreaterThan(Date.parse(at));
    expect(
      (await owner.call('GET', '/events/names')).json().data.map((one: { name: string }) => one.name),
    ).toEqual(['bought', 'page_viewed']);
  });

  test('the same event from many sides at once is one', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, aCustomer));
    const batch = people.flatMap((one, n) =>
      [0, 1, 2].map((k) => ({
        contact: one.contact,
        name: 'raced',
        event_id: `race-${n}-${k}`,
        at: ago(k + 1),
      })),
    );
    // each request in an order of its own: people and events are taken in one order all the same
    const orders = Array.from({ length: 12 }, (_, n) =>
      n % 2 ? batch.toReversed() : [...batch.slice(n), ...batch.slice(0, n)],
    );
    const answers = await Promise.all(orders.map((events) => owner.call('POST', '/events', events)));
    expect(answers.map((answer) => answer.statusCode)).toEqual(orders.map(() => 200));
    expect(answers.reduce((sum, answer) => sum + answer.json().recorded, 0)).toBe(batch.length);
    for (const one of people) expect(await eventsOf(one.id)).toHaveLength(3);
  });

  test('whoever is not here is named row by row, and nothing of the request is written', async () => {
    const ann = await aCustomer();
    const stranger = toWireId('cnt', await aContact(ctx));
    const answer = await owner.call('POST', '/events', [
      { contact: ann.contact, name: 'x' },
      { contact: { external_id: 'nobody' }, name: 'x' },
      { contact: { id: stranger }, name: 'x' },
    ]);
    expect(problem(answer)).toEqual([422, '/1/contact/external_id', '/2/contact/id']);
    expect(answer.json().detail).toContain('2 of 3 rows');
    expect(await eventsOf(ann.id)).toEqual([]);
    const single = await owner.call('POST', '/events', { contact: { external_id: 'nobody' }, name: 'x' });
    expect(problem(single)).toEqual([422, '/contact/external_id']);
  });

  test.each<[string, object, string]>([
    ['the future', { at: new Date(Date.now() + 3_600_000).toISOString() }, '/at'],
    ['seconds for milliseconds', { at: new Date(1_795_219_335).toISOString() }, '/at'],
    ['no time', { at: 'yesterday' }, '/at'],
    ['no name', { name: '' }, '/name'],
    ['an unknown field', { user: 1 }, '/user'],
    ['nobody', { contact: {} }, '/contact'],
    [
      'two people in one',
      { contact: { external_id: 'a', id: 'cnt_01kzdy0q2efmgsmft5dj6gw3rq' } },
      '/contact',
    ],
    [
      'too many properties',
      { properties: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`p${i}`, i])) },
      '/properties',
    ],
    ['too deep', { properties: { a: { b: { c: { d: {} } } } } }, '/properties/a/b/c'],
    ['too long a text', { properties: { text: 'x'.repeat(2001) } }, '/properties/text'],
    [
      'too much',
      {
        properties: {
          a: ['x'.repeat(2000), 'x'.repeat(2000), 'x'.repeat(2000), 'x'.repeat(2000), 'x'.repeat(2000)],
        },
      },
      '/properties',
    ],
    ['what cannot be stored', { properties: { text: 'a\u0000b' } }, '/properties/text'],
    ['no properties but a list', { properties: [] }, '/properties'],
  ])('refuses %s at its place', async (_what, wrong, pointer) => {
    const ann = await aCustomer();
    const event = { contact: ann.contact, name: 'x', ...wrong };
    expect(problem(await owner.call('POST', '/events', event))).toEqual([422, pointer]);
    expect(
      problem(await owner.call('POST', '/events', [{ contact: ann.contact, name: 'x' }, event])),
    ).toEqual([422, `/1${pointer}`]);
    expect(await eventsOf(ann.id)).toEqual([]);
  });

  test('a clock that is a little ahead writes nothing into the future', async () => {
    const ann = await aCustomer();
    const at = new Date(ctx.clock.now().getTime() + 120_000).toISOString();
    expect((await owner.call('POST', '/events', { contact: ann.contact, name: 'x', at })).statusCode).toBe(
      200,
    );
    expect((await eventsOf(ann.id))[0]!.at.getTime()).toBeLessThanOrEqual(ctx.clock.now().getTime());
  });

  test('no event, or too many, or no JSON of ours, is refused', async () => {
    expect(problem(await owner.call('POST', '/events', []))).toEqual([422, '']);
    expect(problem(await owner.call('POST', '/events', 'x'))[0]).not.toBe(200);
    const many = Array.from({ length: 1001 }, () => ({ contact: { external_id: 'a' }, name: 'x' }));
    expect(problem(await owner.call('POST', '/events', many))).toEqual([422, '']);
  });

  test('rules ask which pages somebody saw', async () => {
    const [ann, bob] = [await aCustomer(), await aCustomer()];
    const viewed = (who: { contact: object }, url: string, title: string, minutes: number) => ({
      contact: who.contact,
      name: 'page_viewed',
      at: ago(minutes),
      properties: { url, title, seconds: minutes },
    });
    const sent = await owner.call('POST', '/events', [
      viewed(ann, 'https://pages.example/mugs/blue', 'Blue mug', 5),
      viewed(ann, 'https://pages.example/mugs/red', 'Red mug', 4),
      viewed(bob, 'https://pages.example/bowls', 'Bowls', 60 * 24 * 40),
    ]);
    expect(sent.statusCode).toBe(200);
    const page = (test: object, more: object = {}) =>
      counted({
        field: 'event', name: 'page_viewed', op: 'at_least', times: 1, where: [{ property: 'url', ...test }], ...more,
      } as Rule); // biome-ignore format: one condition
    expect(await page({ op: 'starts_with', value: 'https://pages.example/' })).toBe(2);
    expect(await page({ op: 'contains', value: '/MUGS/' })).toBe(1);
    expect(await page({ op: 'equals', value: 'https://pages.example/bowls' })).toBe(1);
    expect(await page({ op: 'starts_with', value: 'https://pages.example/' }, { days: 30 })).toBe(1);
    expect(await page({ op: 'contains', value: '/mugs/' }, { times: 3 })).toBe(0);
  });
});

describe('orders', () => {
  const anOrder = (contact: object, more: object = {}) => ({
    contact,
    status: 'paid',
    total: eur('39.80'),
    items: [{ product_id: 'mug-blue', quantity: 2, price: eur('19.9') }],
    placed_at: ago(60),
    ...more,
  });
  const put = (id: string, body: object) => owner.call('PUT', `/orders/${encodeURIComponent(id)}`, body);

  test('is made, read back, and written again without a change; sums follow', async () => {
    const ann = await aCustomer();
    const body = anOrder(ann.contact, { updated_at: ago(30) });
    const made = await put('A/1 ö', body);
    expect(made.json()).toMatchObject({
      result: 'created',
      external_id: 'A/1 ö',
      contact_id: ann.wire,
      total: eur('39.80'),
      items: [{ product_id: 'mug-blue', name: null, quantity: 2, price: eur('19.90') }],
    });
    expect((await put('A/1 ö', body)).json()).toEqual({ ...made.json(), result: 'unchanged' });
    expect(await sumsOf(ann.id)).toMatchObject({ orders_count: 1, orders_value: 39.8 });
    const { result: _, ...order } = made.json();
    expect((await owner.call('GET', '/orders/A%2F1%20%C3%B6')).json()).toEqual(order);
    expect((await owner.call('GET', '/orders/none')).statusCode).toBe(404);
  });

  test('the later change wins, in whatever order they arrive', async () => {
    const ann = await aCustomer();
    const early = anOrder(ann.contact, { status: 'placed', updated_at: ago(50) });
    const late = anOrder(ann.contact, { status: 'cancelled', updated_at: ago(40) });
    expect((await put('late', late)).json().result).toBe('created');
    expect((await put('late', early)).json()).toMatchObject({ result: 'stale', status: 'cancelled' });
    expect((await put('late', { ...late, status: 'delivered', updated_at: ago(39) })).json()).toMatchObject({
      result: 'updated',
      status: 'delivered',
    });
    const many = Array.from({ length: 10 }, (_, n) =>
      put('raced', { ...early, total: eur(`${n}`), updated_at: ago(100 - n) }),
    );
    expect((await Promise.all(many)).map((answer) => answer.statusCode)).toEqual(many.map(() => 200));
    expect((await owner.call('GET', '/orders/raced')).json().total).toEqual(eur('9.00'));
    expect(await sumsOf(ann.id)).toMatchObject({ orders_count: 2, orders_value: 48.8 });
  });

  test('moves to another person with its sums, and its items follow what is sent', async () => {
    const [ann, bob] = [await aCustomer(), await aCustomer()];
    await put('moves', anOrder(ann.contact));
    const moved = await put('moves', anOrder(bob.contact, { items: [] }));
    expect(moved.json()).toMatchObject({ result: 'updated', contact_id: bob.wire, items: [] });
    expect(await sumsOf(ann.id)).toMatchObject({ orders_count: 0, orders_value: 0, last_order_at: null });
    expect(await sumsOf(bob.id)).toMatchObject({ orders_count: 1, orders_value: 39.8 });
    const list = async (who: { wire: string }) =>
      (await owner.call('GET', `/orders?contact_id=${who.wire}`))
        .json()
        .data.map((one: { external_id: string }) => one.external_id);
    expect([await list(ann), await list(bob)]).toEqual([[], ['moves']]);
  });

  test('a batch is all or nothing, and says what became of each', async () => {
    const ann = await aCustomer();
    const rows = Array.from({ length: 200 }, (_, n) => ({
      external_id: `b-${n}`,
      ...anOrder(ann.contact, { total: eur('1.50') }),
    }));
    const answer = await owner.call('POST', '/orders/batch', { orders: rows });
    expect(answer.json()).toMatchObject({ created: 200, updated: 0, unchanged: 0, stale: 0 });
    expect(await sumsOf(ann.id)).toMatchObject({ orders_count: 200, orders_value: 300 });
    const again = {
      orders: [
        { ...rows[0], status: 'cancelled' },
        { ...rows[1], updated_at: ago(5000) },
        { ...rows[2], contact: { external_id: 'nobody' } },
      ],
    };
    expect(problem(await owner.call('POST', '/orders/batch', again))).toEqual([
      422,
      '/orders/2/contact/external_id',
    ]);
    expect(await sumsOf(ann.id)).toMatchObject({ orders_count: 200 });
    const second = await owner.call('POST', '/orders/batch', { orders: again.orders.slice(0, 2) });
    expect(second.json().data.map((one: { result: string }) => one.result)).toEqual(['updated', 'stale']);
    expect(problem(await owner.call('POST', '/orders/batch', { orders: [rows[0], rows[0]] }))).toEqual([
      422,
      '/orders/1/external_id',
    ]);
  });

  test.each<[string, object, string]>([
    ['a number as amount', { total: { amount: 12.5, currency: 'EUR' } }, '/total/amount'],
    ['a minus', { total: eur('-1') }, '/total/amount'],
    ['no currency of this world', { total: { amount: '1', currency: 'EURO' }, items: [] }, '/total/currency'],
    [
      'two currencies',
      { items: [{ product_id: 'x', quantity: 1, price: { amount: '1', currency: 'USD' } }] },
      '/items/0/price/currency',
    ],
    ['half a mug', { items: [{ product_id: 'x', quantity: 0.5, price: eur('1') }] }, '/items/0/quantity'],
    ['tomorrow', { placed_at: new Date(Date.now() + 86_400_000).toISOString() }, '/placed_at'],
    ['a change tomorrow', { updated_at: new Date(Date.now() + 86_400_000).toISOString() }, '/updated_at'],
    ['an unknown status', { status: 'shipped' }, '/status'],
    ['nobody we know', { contact: { external_id: 'nobody' } }, '/contact/external_id'],
  ])('refuses %s at its place', async (_what, wrong, pointer) => {
    const ann = await aCustomer();
    expect(problem(await put('wrong', anOrder(ann.contact, wrong)))).toEqual([422, pointer]);
    expect((await owner.call('GET', '/orders/wrong')).statusCode).toBe(404);
  });

  test('an order in another currency is an order, and no money of ours', async () => {
    const ann = await aCustomer();
    await put('eur', anOrder(ann.contact));
    await put('usd', anOrder(ann.contact, { total: { amount: '50', currency: 'USD' }, items: [] }));
    expect(await sumsOf(ann.id)).toMatchObject({ orders_count: 2, orders_value: 39.8 });
  });
});

describe('carts', () => {
  test('are written over, the later change wins, and an idle one is found', async () => {
    const ann = await aCustomer();
    const body = {
      contact: ann.contact,
      items: [
        {
          product_id: 'mug-blue',
          name: 'Blue mug',
          quantity: 1,
          price: eur('19.90'),
          url: 'https://shop.example/mug',
          image_url: 'https://shop.example/mug.jpg',
        },
      ],
      total: eur('19.90'),
      url: 'https://shop.example/cart/1',
      updated_at: ago(180),
    };
    const put = (more: object) => owner.call('PUT', '/carts/c1', { ...body, ...more });
    const made = (await put({})).json();
    expect(made).toMatchObject({
      result: 'created',
      status: 'open',
      items: body.items,
      total: body.total,
      url: body.url,
      contact_id: ann.wire,
      updated_at: made.updated_at,
    });
    const idle = (hours: number): Rule => ({
      all: [
        { field: 'external_id', op: 'equals', value: ann.external_id },
        { field: 'cart', idle_hours: hours },
      ],
    });
    expect(await counted(idle(2))).toBe(1);
    // the same again, but touched just now: idle no more
    expect((await put({ updated_at: ago(1) })).json().result).toBe('unchanged');
    expect([await counted(idle(2)), await counted(idle(0))]).toEqual([0, 1]);
    expect((await put({ status: 'dropped', updated_at: ago(100) })).json()).toMatchObject({
      result: 'stale',
      status: 'open',
    });
    expect((await put({ status: 'ordered', items: [] })).json()).toMatchObject({ result: 'stale' });
    expect((await put({ status: 'ordered', updated_at: undefined })).json()).toMatchObject({
      result: 'updated',
      status: 'ordered',
    });
    expect(await counted(idle(0))).toBe(0);
    const batch = await owner.call('POST', '/carts/batch', {
      carts: [
        { external_id: 'c2', ...body },
        { external_id: 'c3', contact: ann.contact, items: [] },
      ],
    });
    expect(batch.json()).toMatchObject({ created: 2 });
    const listed = (await owner.call('GET', `/carts?contact_id=${ann.wire}&status=open`)).json().data;
    expect(listed.map((one: { external_id: string }) => one.external_id)).toEqual(['c3', 'c2']);
  });
});

test('who wants a product: page by page nobody is lost, in however many ways they want it', async () => {
  const [ann, bob] = [await aCustomer(), await aCustomer()];
  await owner.call('PUT', '/products/mug', { name: 'Mug', stock: 0 });
  const at = ctx.clock.now();
  const { id: product_id } = await ctx.db.selectFrom('products').select('id').where('workspace_id', '=', here.actor.workspaceId).executeTakeFirstOrThrow();
  const wish = (contact_id: string, kind: string) => ({ workspace_id: here.actor.workspaceId, product_id, contact_id, kind, at });
  await ctx.db.insertInto('product_interest').values([wish(ann.id, 'viewed'), wish(ann.id, 'carted'), wish(bob.id, 'viewed')]).execute();
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Answer = await owner.call('GET', `/products/mug/waiting?limit=1${cursor && `&cursor=${cursor}`}`);
    seen.push(...page.json().data.map((one: { contact_id: string; kind: string }) => `${one.contact_id} ${one.kind}`));
    cursor = page.json().next_cursor;
  }
  expect(seen.sort()).toEqual([`${ann.wire} carted`, `${ann.wire} viewed`, `${bob.wire} viewed`].sort());
}); // biome-ignore format: one line each
