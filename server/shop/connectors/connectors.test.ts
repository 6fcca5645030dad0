// Connectors and their door: what is shown and what never is, who is let in, what becomes of what nobody understands.
import { createHmac } from 'node:crypto';
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { toWireId } from '../../../contract/ids.ts';
import type { RemovedShop, ShopSystem, ShopTopic } from '../../../contract/shop-connectors.ts';
import { createApp } from '../../app.ts';
import { newId } from '../../platform/db/ids.ts';
import { createLog } from '../../platform/log.ts';
import { inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import { aMember, anOwner, type Visitor } from '../../workspaces/testing-visitor.ts';
import { shopFacts } from './connector.ts';
import { parsePayload } from './payload.ts';
import { shopifyReaders } from './shopify/read.ts';
import { connectorsAlone } from './store.ts';
import { altered, aShop, fixture, type TestShop } from './testing-shop.ts';
import { wooCommerceReaders } from './woocommerce/read.ts';

let ctx: TestCtx;
let app: FastifyInstance;
let owner: Visitor & { workspaceId: string };
const logged: string[] = [];

beforeAll(async () => {
  ctx = await testCtx();
  ctx.config.publicUrl = 'https://carillon.example';
  const lines = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  const log = createLog('trace', lines);
  app = await createApp({ ...ctx, log }, { version: 'test', ready: () => true });
  await app.ready();
  owner = await anOwner(app);
  return () => app.close();
});

const orders = async (who: Visitor) => (await who.call('GET', '/orders')).json().data;

describe('a connector', () => {
  test('says where to deliver what; Shopify’s key comes later, WooCommerce’s is made here and shown once', async () => {
    const someone = await anOwner(app);
    const shopify = (await someone.call('POST', '/shop_connectors', { kind: 'shopify' })).json();
    expect(shopify).toMatchObject({
      name: 'Shopify',
      secret: null,
      has_secret: false,
      status: 'waiting',
      webhook_url: `https://carillon.example/hooks/shopify/${shopify.id}`,
      id_prefix: '',
    });
    expect(shopify.topics).toContainEqual({ name: 'Checkout update', topic: 'checkouts/update', subject: 'carts', last_at: null }); // biome-ignore format: one line
    const made = await someone.call('POST', '/shop_connectors', {
      kind: 'woocommerce',
      shop_url: 'https://klei.example',
    });
    expect(made.statusCode).toBe(201);
    const woo = made.json();
    expect(woo.secret).toMatch(/^[\w-]{43}$/);
    // the first try, from which nothing ever came, takes neither name nor ids away
    expect(woo).toMatchObject({ name: 'WooCommerce', id_prefix: '', has_secret: true });
    const again = (await someone.call('POST', `/shop_connectors/${woo.id}/secret`)).json();
    expect(again.secret).not.toBe(woo.secret);
    const patched = await someone.call('PATCH', `/shop_connectors/${shopify.id}`, {
      secret: 'a-key-of-shopify-0123456789',
      name: 'Kiln Row',
      version: 1,
    });
    expect(patched.json()).toMatchObject({ name: 'Kiln Row', has_secret: true, version: 2 });
    expect((await someone.call('PATCH', `/shop_connectors/${shopify.id}`, { name: 'x', version: 1 })).json().code).toBe('VERSION_CONFLICT'); // biome-ignore format: one line
    expect((await someone.call('POST', `/shop_connectors/${shopify.id}/secret`)).statusCode).toBe(409);
    const everything = [
      await someone.call('GET', '/shop_connectors'),
      await someone.call('GET', `/shop_connectors/${shopify.id}`),
      await someone.call('GET', '/audit_events'),
      patched,
    ].map((answer) => answer.body);
    for (const secret of [woo.secret, again.secret, 'a-key-of-shopify'])
      expect(`${everything}${logged}`).not.toContain(secret);
    const stored = await ctx.db.selectFrom('shop_connectors').select('secret').execute();
    expect(stored.map(({ secret }) => secret?.toString('latin1')).join()).not.toContain(again.secret);
    expect((await someone.call('GET', '/audit_events?action=shop_connector')).json().data.map((one: { action: string }) => one.action)).toEqual(['shop_connector.changed', 'shop_connector.changed', 'shop_connector.created', 'shop_connector.created']); // biome-ignore format: one line
    expect((await someone.call('DELETE', `/shop_connectors/${woo.id}`)).statusCode).toBe(204);
    expect((await someone.call('GET', `/shop_connectors/${woo.id}`)).statusCode).toBe(404);
  });

  test('has ids without a prefix as long as no other shop tells anything; who tells later gets one, for good', async () => {
    const someone = await anOwner(app);
    const [shopify, woo] = [await aShop(app, someone, 'shopify'), await aShop(app, someone, 'woocommerce')];
    const prefixes = async () => [(await shopify.card()).id_prefix, (await woo.card()).id_prefix];
    // a trial, and what nobody could be written to for, decide nothing
    await shopify.deliver('orders/create', fixture('shopify', 'order'), { 'x-shopify-test': 'true' });
    await shopify.deliver('customers/update', Buffer.from('{"id":null}'));
    expect((await shopify.card()).received).toBe(2);
    const twice = [woo, woo].map((shop) => shop.deliver('order.created', fixture('woocommerce', 'order')));
    expect((await Promise.all(twice)).map((answer) => answer.statusCode)).toEqual([200, 200]);
    expect(await prefixes()).toEqual(['', '']);
    await shopify.deliver('orders/create', fixture('shopify', 'order'));
    expect(await prefixes()).toEqual(['shopify:', '']);
    const stored = (await orders(someone)).map((order: { external_id: string }) => order.external_id);
    expect(stored.sort()).toEqual(['727', 'shopify:820982911946154508']);
    for (const [kind, name, id_prefix] of [
      ['woocommerce', 'WooCommerce 2', 'woocommerce:'],
      ['woocommerce', 'WooCommerce 3', 'woocommerce-2:'],
    ] as const)
      expect((await someone.call('POST', '/shop_connectors', { kind })).json()).toMatchObject({
        name,
        id_prefix,
      });
    // who wants two connectors of one shop says so
    const same = await aShop(app, someone, 'shopify', { id_prefix: '', name: 'App of the shop' });
    await same.deliver('customers/update', fixture('shopify', 'customer'));
    expect((await same.card()).id_prefix).toBe('');
  });

  test('that only tried, and is removed, leaves the removed one that had told something its name', async () => {
    const someone = await anOwner(app);
    const [told, tried] = [await aShop(app, someone, 'woocommerce'), await aShop(app, someone, 'shopify')];
    await tried.deliver('customers/create', fixture('shopify', 'customer'), { 'x-shopify-test': 'true' });
    expect((await tried.card()).received).toBe(1);
    await told.deliver('customer.created', fixture('woocommerce', 'customer'));
    for (const { id } of [told, tried]) await someone.call('DELETE', `/shop_connectors/${id}`);
    const { data } = (await someone.call('GET', '/removed_shops')).json();
    expect(data).toMatchObject([{ id_prefix: '', kind: 'woocommerce', name: 'WooCommerce' }]);
  });

  test('connected again as itself is the shop that it was: another one’s webhooks are refused, a trial renames nothing', async () => {
    const someone = await anOwner(app);
    const removed = async () => (await someone.call('GET', '/removed_shops')).json().data;
    const remove = ({ id }: { id: string }) => someone.call('DELETE', `/shop_connectors/${id}`);
    for (const [kind, topic, from, header] of [
      ['shopify', 'customers/create', 'other.myshopify.com', 'x-shopify-shop-domain'],
      ['woocommerce', 'customer.created', 'https://other.example', 'x-wc-webhook-source'],
    ] as const) {
      const first = await aShop(app, someone, kind, { name: 'Klei', id_prefix: `${kind}.` });
      await first.deliver(topic, fixture(kind, 'customer'));
      await remove(first);
      const again = await aShop(app, someone, kind, { name: 'Kiln', id_prefix: `${kind}.` });
      // of a trial nothing is written down, and it does not say whose connector this is
      if (kind === 'shopify')
        await again.deliver(topic, fixture(kind, 'customer'), { [header]: from, 'x-shopify-test': 'true' });
      const somebodyElse = altered(kind, 'customer', { first_name: 'Somebody Else' });
      await again.deliver(topic, somebodyElse, { [header]: from });
      expect((await again.card()).problem?.detail).toContain('another shop');
      const people = (await someone.call('GET', '/contacts')).json().data;
      expect(people.map((one: { first_name: string }) => one.first_name)).not.toContain('Somebody Else');
      await remove(again);
      expect((await removed())[0]).toMatchObject({ kind, name: 'Klei' });
      // it moved, and whoever connects it says so
      const moved = await aShop(app, someone, kind, { id_prefix: `${kind}.`, shop_url: `https://${new URL(from, 'https://other.myshopify.com').host}` }); // biome-ignore format: one line
      await moved.deliver(topic, fixture(kind, 'customer'), { [header]: from });
      expect((await moved.card()).problem).toBeNull();
    }
  });

  test('removed before its name was kept is found by its prefix; one that is removed while a webhook is on its way takes none', async () => {
    const someone = await anOwner(app);
    const { workspaceId } = someone;
    const removed = async () => (await someone.call('GET', '/removed_shops')).json().data;
    await ctx.db.insertInto('shop_prefixes').values({ workspace_id: workspaceId, id_prefix: 'klei:', was_told: true }).execute(); // biome-ignore format: one line
    const old = { id_prefix: 'klei:', kind: null, name: null, shop_url: null, removed_at: null };
    expect(await removed()).toEqual([old]);
    const shop = await aShop(app, someone, 'woocommerce');
    const sent = await ctx.db.transaction().execute(async (db) => {
      await connectorsAlone({ ...inWorkspace(ctx, workspaceId), db });
      const answer = shop.deliver('customer.created', fixture('woocommerce', 'customer'));
      const waiting = sql`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
      await expect.poll(async () => (await waiting.execute(ctx.db)).rows.length).toBe(1);
      await someone.call('DELETE', `/shop_connectors/${shop.id}`);
      return { answer };
    });
    expect((await sent.answer).statusCode).toBe(404);
    expect(await removed()).toEqual([old]);
    expect((await someone.call('GET', '/contacts')).json().data).toEqual([]);
    expect((await ctx.db.selectFrom('shop_prefixes').select('id_prefix').where('workspace_id', '=', workspaceId).execute())).toEqual([{ id_prefix: 'klei:' }]); // biome-ignore format: one line
  });

  test('leaves its prefix when it is removed: the next shop’s customer 26 is somebody else', async () => {
    const someone = await anOwner(app);
    const connected = async (more: object = {}) => {
      const shop = await aShop(app, someone, 'woocommerce', more);
      await shop.deliver('customer.created', fixture('woocommerce', 'customer'));
      return shop;
    };
    const remove = ({ id }: { id: string }) => someone.call('DELETE', `/shop_connectors/${id}`);
    const prefix = async (shop: TestShop) => (await shop.card()).id_prefix;
    const [first, second] = [await connected(), await connected()];
    expect([await prefix(first), await prefix(second)]).toEqual(['', 'woocommerce:']);
    await remove(first);
    const third = await connected();
    expect(await prefix(third)).toBe('woocommerce-2:');
    for (const shop of [second, third]) await remove(shop);
    const fourth = await connected();
    expect(await prefix(fourth)).toBe('woocommerce-3:');
    await remove(fourth);
    const removed = async () =>
      (await someone.call('GET', '/removed_shops')).json().data.map((one: RemovedShop) => one.id_prefix);
    expect(await removed()).toEqual(['woocommerce-3:', 'woocommerce-2:', 'woocommerce:', '']);
    // the first again, as itself; one that was removed before it told anything leaves nothing
    await remove(await aShop(app, someone, 'shopify'));
    expect(await prefix(await connected({ id_prefix: '' }))).toBe('');
    expect(await removed()).toEqual(['woocommerce-3:', 'woocommerce-2:', 'woocommerce:']);
    expect((await someone.call('GET', '/removed_shops')).json().data[0]).toEqual({ id_prefix: 'woocommerce-3:', kind: 'woocommerce', name: 'WooCommerce', shop_url: 'https://klei.example/', removed_at: expect.any(String) }); // biome-ignore format: one line
    expect((await (await anOwner(app)).call('GET', '/removed_shops')).json().data).toEqual([]);
    const people = (await someone.call('GET', '/contacts')).json().data;
    expect(people.map((one: { external_id: string }) => one.external_id).sort()).toEqual(['26', 'woocommerce-2:26', 'woocommerce-3:26', 'woocommerce:26']); // biome-ignore format: one line
  });

  test('says before it is made where the shop could not reach this installation, and what to do', async () => {
    const systems = async () =>
      (await owner.call('GET', '/shop_systems'))
        .json()
        .data.map((one: ShopSystem) => [one.kind, one.is_reachable, one.why_not]);
    expect(await systems()).toEqual([['shopify', true, null], ['woocommerce', true, null]]); // biome-ignore format: one line
    const { publicUrl } = ctx.config;
    try {
      ctx.config.publicUrl = 'http://shop-office:3000';
      expect(await systems()).toEqual([['shopify', false, expect.stringContaining('https addresses only')], ['woocommerce', true, null]]); // biome-ignore format: one line
      ctx.config.publicUrl = null;
      for (const [, reachable, words] of await systems())
        expect([reachable, words]).toEqual([false, expect.stringContaining('Set PUBLIC_URL')]);
      const dead = (await owner.call('POST', '/shop_connectors', { kind: 'woocommerce' })).json();
      expect(dead.webhook_url).toBeNull();
    } finally {
      ctx.config.publicUrl = publicUrl;
    }
  });

  test('is for owners and admins to change, and for the others to see', async () => {
    const marketer = await aMember(app, owner.workspaceId, 'marketer');
    expect((await marketer.call('GET', '/shop_connectors')).statusCode).toBe(200);
    expect((await marketer.call('POST', '/shop_connectors', { kind: 'shopify' })).statusCode).toBe(403);
  });

  test.each<[string, object, string]>([
    ['an unknown shop system', { kind: 'magento' }, '/kind'],
    ['a key that is none', { kind: 'shopify', secret: 'short' }, '/secret'],
    ['an address that is none', { kind: 'shopify', shop_url: 'kiln row' }, '/shop_url'],
    ['a prefix with blanks', { kind: 'shopify', id_prefix: 'a b' }, '/id_prefix'],
  ])('refuses %s at its place', async (_what, body, pointer) => {
    const answer = await owner.call('POST', '/shop_connectors', body);
    expect([answer.statusCode, answer.json().errors?.[0]?.pointer]).toEqual([422, pointer]);
  });
});

describe('the door', () => {
  test('what is not signed, wrongly signed, or for nobody is not let in, and nothing of it is written', async () => {
    const other = await anOwner(app);
    const shop = await aShop(app, other, 'shopify');
    const body = fixture('shopify', 'order');
    const signed = (key: string) => createHmac('sha256', key).update(body).digest('base64');
    const knock = async (headers: Record<string, string>, sent = body) =>
      (await shop.deliver('orders/create', sent, headers)).statusCode;
    expect(await knock({ 'x-shopify-hmac-sha256': signed('another-secret') })).toBe(401);
    expect(await knock({ 'x-shopify-hmac-sha256': '' })).toBe(401);
    expect(await knock({ 'x-shopify-hmac-sha256': createHmac('sha256', shop.secret).update(body).digest('hex') })).toBe(401); // biome-ignore format: one line
    // one byte more than what was signed
    expect(await knock({ 'x-shopify-hmac-sha256': signed(shop.secret) }, Buffer.concat([body, Buffer.from(' ')]))).toBe(401); // biome-ignore format: one line
    const keyless = (await other.call('POST', '/shop_connectors', { kind: 'shopify' })).json();
    for (const [url, status] of [
      [`/hooks/shopify/${keyless.id}`, 401],
      [`/hooks/shopify/${toWireId('shc', newId())}`, 404],
      [`/hooks/woocommerce/${shop.id}`, 404],
      ['/hooks/shopify/shc_x', 404],
    ] as const) {
      const headers = { 'x-shopify-hmac-sha256': signed(''), 'x-shopify-topic': 'orders/create' };
      const answer = await app.inject({ method: 'POST', url, headers, payload: body });
      expect([url, answer.statusCode]).toEqual([url, status]);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
    expect(await knock({}, Buffer.alloc(8 * 1024 * 1024 + 1, ' '))).toBe(413);
    expect(await orders(other)).toEqual([]);
    await expect.poll(async () => (await shop.card()).refused_at).not.toBeNull();
    expect(await shop.card()).toMatchObject({ received: 0, status: 'waiting' });
  });

  test('WooCommerce’s unsigned question whether anybody is there is answered, and is no way in', async () => {
    const other = await anOwner(app);
    const shop = await aShop(app, other, 'woocommerce');
    const ask = (payload: string, type = 'application/x-www-form-urlencoded') =>
      app.inject({
        method: 'POST',
        url: `/hooks/woocommerce/${shop.id}`,
        headers: { 'content-type': type, 'x-wc-webhook-topic': 'order.created' },
        payload,
      });
    expect((await ask('webhook_id=5')).statusCode).toBe(200);
    expect((await ask(fixture('woocommerce', 'order').toString())).statusCode).toBe(401);
    expect((await ask('{"id":1}', 'application/json')).statusCode).toBe(401);
    expect(await shop.card()).toMatchObject({ received: 0, last_received_at: null });
    expect(await orders(other)).toEqual([]);
  });

  test('what is signed and not understood is done with and named, until the same topic is understood', async () => {
    const other = await anOwner(app);
    const shop = await aShop(app, other, 'shopify');
    const send = async (topic: string, body: Buffer) =>
      expect((await shop.deliver(topic, body)).statusCode).toBe(200);
    const problem = async () => (await shop.card()).problem?.detail ?? null;
    await send('orders/create', Buffer.from('<order/>'));
    expect(await problem()).toContain('Choose JSON');
    await send('orders/create', Buffer.from('[]'));
    expect(await problem()).toContain('no object');
    await send('orders/create', altered('shopify', 'order', { currency: 'points' }));
    expect(await problem()).toContain('no currency that is known');
    await send('orders/create', altered('shopify', 'order', { processed_at: '1970-01-01T00:00:00Z' }));
    expect(await problem()).toContain('before the year 2000');
    await send('customers/update', fixture('shopify', 'customer'));
    expect(await shop.card()).toMatchObject({ status: 'problem', received: 5, passed_over: 0 });
    await send('orders/create', fixture('shopify', 'order'));
    expect(await shop.card()).toMatchObject({
      status: 'receiving',
      problem: null,
      last_topic: 'orders/create',
      shop_url: 'kiln-row.myshopify.com',
    });
    // the key of an app signs for every shop it is installed in
    await shop.deliver('orders/create', altered('shopify', 'order', { id: 7 }), {
      'x-shopify-shop-domain': 'other.myshopify.com',
    });
    expect(await problem()).toContain('another shop (other.myshopify.com)');
    expect(await orders(other)).toHaveLength(1);
  });

  test('says which of its webhooks have come, and when each last did', async () => {
    const other = await anOwner(app);
    const shop = await aShop(app, other, 'woocommerce');
    const came = async () =>
      (await shop.card()).topics.flatMap((one: ShopTopic) => (one.last_at ? [[one.topic, one.subject]] : []));
    expect(await came()).toEqual([]);
    await shop.deliver('customer.updated', Buffer.from('{"id":0}'));
    await shop.deliver('theme.published', Buffer.from('{"id":1}'));
    expect(await came()).toEqual([['customer.updated', 'customers']]);
    await shop.deliver('order.created', fixture('woocommerce', 'order'));
    await shop.deliver('order.created', fixture('woocommerce', 'order'), {
      'x-wc-webhook-signature': 'bm8=',
    });
    expect(await came()).toEqual([['customer.updated', 'customers'], ['order.created', 'orders']]); // biome-ignore format: one line
    const { topics, last_received_at } = await shop.card();
    expect(topics.find((one: ShopTopic) => one.topic === 'order.created').last_at).toBe(last_received_at);
    // what is kept knows its reader: nothing is asked for that nothing is done with
    for (const [kind, readers] of [['shopify', shopifyReaders], ['woocommerce', wooCommerceReaders]] as const) // biome-ignore format: one line
      for (const [, topic] of shopFacts[kind].topics) expect(readers.has(topic), topic).toBe(true);
    const stored = await ctx.db.selectFrom('shop_connectors').select('topics_at').where('workspace_id', '=', other.workspaceId).executeTakeFirstOrThrow(); // biome-ignore format: one line
    expect(Object.keys(stored.topics_at as object).sort()).toEqual(['customer.updated', 'order.created']);
  });

  test('a test notification and a topic that nothing is done with are counted, not read, and write nothing', async () => {
    const other = await anOwner(app);
    const shop = await aShop(app, other, 'shopify');
    await shop.deliver('orders/create', fixture('shopify', 'order'), { 'x-shopify-test': 'true' });
    await shop.deliver('themes/publish', Buffer.from('<theme/>'));
    await shop.deliver('constructor', Buffer.from('{"id":1}'));
    expect(await shop.card()).toMatchObject({
      received: 3,
      passed_over: 3,
      problem: null,
      last_passed_over: { topic: 'constructor' },
    });
    expect(await orders(other)).toEqual([]);
  });

  test('what no shop sends is refused before it is parsed: millions of values, thousands of levels', async () => {
    const shop = await aShop(app, await anOwner(app), 'shopify');
    const sent = async (more: string) => {
      const body = Buffer.from(`{"id":1,"title":"Mug","more":${more}}`);
      expect((await shop.deliver('products/create', body)).statusCode).toBe(200);
      return (await shop.card()).problem?.detail;
    };
    expect(await sent(`[${'1,'.repeat(250_000)}1]`)).toContain('at most 200,000 values');
    expect(await sent(`${'['.repeat(500)}${']'.repeat(500)}`)).toContain('100 levels');
    // in a text they are none
    expect(await sent(`"${'[,'.repeat(250_000)}"`)).toBeUndefined();
  });

  test('long ids keep their last digit, and only they become text', () => {
    const body = String.raw`{"a":12345678901234567891,"b":[-12345678901234567891,9007199254740993],"c":9007199254740991,"d":1.12345678901234567,"e":1e21,"f":"\"12345678901234567891\","}`;
    expect(parsePayload(Buffer.from(body))).toEqual({
      a: '12345678901234567891',
      b: ['-12345678901234567891', '9007199254740993'],
      c: 9007199254740991,
      d: 1.1234567890123457,
      e: 1e21,
      f: '"12345678901234567891",',
    });
  });
});
