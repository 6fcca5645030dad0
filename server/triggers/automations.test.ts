// Automations from what the shop tells to what arrives: the engine, the emulator, a clock whose hands we set.
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { productPut } from '../../contract/products.ts';
import { cartPut, orderPut } from '../../contract/shop.ts';
import { trigger } from '../../contract/trigger.ts';
import { createApp } from '../app.ts';
import { holdCampaign } from '../campaigns/control.ts';
import { createDefaultCampaigns } from '../campaigns/create.ts';
import { editCampaign, toggleCampaign } from '../campaigns/edit.ts';
import { getCampaign } from '../campaigns/store.ts';
import { whyOf } from '../campaigns/why/why.ts';
import { holdRun } from '../deliveries/runs/finish.ts';
import { settableClock } from '../platform/clock.ts';
import { putCarts } from '../shop/put-carts.ts';
import { putOrders } from '../shop/put-orders.ts';
import { putProducts } from '../shop/put-products.ts';
import { exampleEvent } from '../templates/shop-example.ts';
import { aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { testLanes, until } from '../testing/engine.ts';
import { somePeople, testSandbox } from '../testing/sandbox.ts';
import { visitor } from '../workspaces/testing-visitor.ts';
import { createToken } from '../workspaces/tokens.ts';
import { check } from './check.ts';
import { remindOfEach } from './testing-automations.ts';

const start = new Date('2026-11-20T09:00:00Z');
const clock = settableClock(start);
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});

/** A shop with its default automations, all off, and so many people who have started its bot. */
async function aShop(people = 1) {
  clock.set(start);
  const ctx = { ...inWorkspace(base, await aWorkspace(base)), config: { ...base.config } };
  const sandbox = await testSandbox(ctx, { limits: null });
  const contacts = await somePeople(ctx, sandbox, people);
  await createDefaultCampaigns(ctx);
  await remindOfEach(ctx);
  testLanes(ctx);
  const { workspaceId } = ctx.actor;
  const idOf = async (kind: string) =>
    (await ctx.db.selectFrom('campaigns').select('id').where('workspace_id', '=', workspaceId).where('kind', '=', kind).executeTakeFirstOrThrow()).id; // biome-ignore format: one line
  const at = (minutes: number) => new Date(start.getTime() + minutes * 60_000);
  const contact = (index: number) => ({ id: toWireId('cnt', contacts[index]!) });
  const shop = {
    ctx,
    contacts,
    cartId: await idOf('abandoned_cart'),
    thanksId: await idOf('post_purchase'),
    /** The hands stand at so many minutes after nine. */
    at: (minutes: number) => clock.set(at(minutes)),
    cart: (
      id: string,
      more: { quantity?: number; status?: string; who?: number; updated_at?: string } = {},
    ) => {
      const { quantity = 2, status = 'open', who = 0, updated_at } = more;
      const items = quantity === 0 ? [] : [{ product_id: 'mug', name: 'Stoneware mug', quantity, price: { amount: '19.00', currency: 'GBP' } }]; // biome-ignore format: one line
      return putCarts(ctx, [{ external_id: id, ...cartPut.parse({ contact: contact(who), status, items, updated_at }) }], null); // biome-ignore format: one line
    },
    order: (id: string, more: object = {}) =>
      putOrders(ctx, [{ external_id: id, ...orderPut.parse({ contact: contact(0), status: 'delivered', total: { amount: '38.00', currency: 'GBP' }, items: [{ product_id: 'mug', quantity: 2, price: { amount: '19.00', currency: 'GBP' } }], placed_at: at(0).toISOString(), ...more }) }], null), // biome-ignore format: one line
    check: (campaignId: string) => check(ctx, { workspaceId, campaignId }),
    rows: async () =>
      (
        await sql<{ event_key: string; state: string; reason: string | null }>`
          SELECT event_key, state, reason FROM deliveries WHERE workspace_id = ${workspaceId} ORDER BY id`.execute(
          ctx.db,
        )
      ).rows,
    texts: async () => {
      const { rows } = await sql<{ text: string }>`SELECT body->>'text' AS text FROM messages WHERE workspace_id = ${workspaceId} AND direction = 'out' ORDER BY at`.execute(ctx.db); // biome-ignore format: one line
      return rows.map(({ text }) => text);
    },
    accepted: async () => (await sandbox.stats()).accepted,
    sentTwice: async () => (await sandbox.stats()).sent_twice,
    waits: async () =>
      (
        await ctx.db
          .selectFrom('trigger_waits')
          .select('since')
          .where('workspace_id', '=', workspaceId)
          .execute()
      ).length,
  };
  return {
    ...shop,
    all: (n: number) => until(`${n} have arrived`, async () => (await shop.accepted()) === n),
  };
}

it('reminds once of a cart that sat idle for the delay, and says why', async () => {
  const shop = await aShop();
  await toggleCampaign(shop.ctx, shop.cartId, true);
  await shop.cart('c1');
  shop.at(59);
  expect(await shop.check(shop.cartId)).toBe(0);
  expect(await whyOf(shop.ctx, shop.cartId, shop.contacts[0]!)).toMatchObject({ verdict: 'waiting' });
  // touched: the clock begins anew
  await shop.cart('c1', { quantity: 3 });
  shop.at(60);
  expect(await shop.check(shop.cartId)).toBe(0);
  shop.at(120);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.all(1);
  // what is in the cart at the moment of sending
  await until('it stands in the thread', async () => (await shop.texts()).length === 1);
  expect((await shop.texts())[0]).toContain('3 × Stoneware mug, £57.00\nTotal £57.00');
  expect(await whyOf(shop.ctx, shop.cartId, shop.contacts[0]!)).toMatchObject({ verdict: 'got' });
  // touched again, and again idle: the same event
  await shop.cart('c1', { quantity: 4 });
  shop.at(300);
  expect(await shop.check(shop.cartId)).toBe(0);
  expect(await shop.waits()).toBe(0);
  // emptied and filled again: another cart to whoever is reminded
  await shop.cart('c1', { quantity: 0 });
  await shop.cart('c1');
  shop.at(400);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.all(2);
});

it('a cart and an order told by ids alone are shown as their products are', async () => {
  const shop = await aShop();
  const product = { url: 'https://shop.example/mug', image_url: 'https://shop.example/mug.jpg' };
  const gbp = (amount: string) => ({ amount, currency: 'GBP' });
  const products = [
    { external_id: 'mug', name: 'Speckled mug', price: gbp('24.00'), ...product },
    { external_id: 'set', name: 'Glaze set', variants: [{ id: 'blue', name: 'Blue', price: gbp('64.00') }] },
    { external_id: 'far', name: 'Far mug', price: { amount: '9.00', currency: 'USD' } },
  ];
  await putProducts(shop.ctx, products.map(({ external_id, ...given }) => ({ external_id, ...productPut.parse(given) })), null); // biome-ignore format: one line
  await toggleCampaign(shop.ctx, shop.cartId, true);
  await toggleCampaign(shop.ctx, shop.thanksId, true);
  const { content } = await getCampaign(shop.ctx, shop.thanksId);
  const thanks = { text: '{{ order_items }}', media: [], buttons: [] };
  await editCampaign(shop.ctx, shop.thanksId, { content: { ...content, ...thanks } });
  const contact = { id: toWireId('cnt', shop.contacts[0]!) };
  const items = [
    { product_id: 'mug', quantity: 2 },
    { product_id: 'set', variant_id: 'blue', quantity: 1 },
  ];
  await putCarts(shop.ctx, [{ external_id: 'c1', ...cartPut.parse({ contact, items }) }], null);
  shop.at(61);
  expect(await shop.check(shop.cartId)).toBe(1);
  const shown = async () => {
    const { rows } = await sql<{ body: { text: string } }>`
      SELECT body FROM messages WHERE workspace_id = ${shop.ctx.actor.workspaceId} AND direction = 'out' ORDER BY at, id`.execute(shop.ctx.db); // biome-ignore format: one line
    return rows.map(({ body }) => body);
  };
  await until('the reminder stands in the thread', async () => (await shown()).length === 1);
  const [reminder] = await shown();
  expect(reminder!.text).toContain('2 × Speckled mug, £48.00\n1 × Glaze set, Blue, £64.00\nTotal £112.00');
  // what the shop says itself stands, and no sum is made of two currencies
  const own = [
    { ...items[0]!, name: 'Mug in the sale', price: gbp('19.00') },
    { product_id: 'far', quantity: 1 },
  ];
  const preview = async (given: object) => {
    await putCarts(shop.ctx, [{ external_id: 'c2', ...cartPut.parse({ contact, ...given }) }], null);
    const event = await exampleEvent(shop.ctx, 'abandoned_cart', shop.contacts[0]!);
    return event?.cart;
  };
  expect(await preview({ items: own })).toMatchObject({
    currency: 'GBP',
    items: [
      { name: 'Mug in the sale', price: '19.00', ...product },
      { name: 'Far mug', price: null },
    ],
  });
  shop.at(61);
  const bought = items.map((item) => ({ ...item, price: gbp('20.00') }));
  await shop.order('o1', { items: bought, updated_at: clock.now().toISOString() });
  shop.at(62 + 1440);
  expect(await shop.check(shop.thanksId)).toBe(1);
  await until('the thanks stand in the thread', async () => (await shown()).length === 2);
  expect((await shown())[1]!.text).toContain('2 × Speckled mug, £40.00\n1 × Glaze set, Blue, £20.00');
});

it('checked by two nodes at once, everybody is reminded once', async () => {
  const shop = await aShop(20);
  await toggleCampaign(shop.ctx, shop.cartId, true);
  for (let who = 0; who < 20; who++) await shop.cart(`c${who}`, { who });
  shop.at(61);
  const both = await Promise.all([shop.check(shop.cartId), shop.check(shop.cartId), shop.check(shop.cartId)]);
  expect(both.reduce((sum, n) => sum + n, 0)).toBe(20);
  await shop.all(20);
  expect(await shop.sentTwice()).toBe(0);
});

it('an edited delay holds for carts that wait already', async () => {
  const shop = await aShop(2);
  await toggleCampaign(shop.ctx, shop.cartId, true);
  await shop.cart('c1');
  shop.at(20);
  await editCampaign(shop.ctx, shop.cartId, { trigger: trigger.parse({ enabled: true, delay_minutes: 15 }) });
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.cart('c2', { who: 1 });
  await editCampaign(shop.ctx, shop.cartId, { trigger: trigger.parse({ enabled: true, delay_minutes: 90 }) });
  shop.at(100);
  expect(await shop.check(shop.cartId)).toBe(0);
  shop.at(111);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.all(2);
});

it('a check plans the next one, for the wait behind those that were due', async () => {
  const shop = await aShop(2);
  await toggleCampaign(shop.ctx, shop.cartId, true);
  await shop.cart('c1');
  shop.at(30);
  await shop.cart('c2', { who: 1 });
  shop.at(61);
  await sql`DELETE FROM pgboss.job WHERE name = 'triggers.match'`.execute(shop.ctx.db);
  expect(await shop.check(shop.cartId)).toBe(1);
  const { rows } = await sql<{
    data: object;
  }>`SELECT data FROM pgboss.job WHERE name = 'triggers.match'`.execute(shop.ctx.db);
  expect(rows).toEqual([{ data: { workspaceId: shop.ctx.actor.workspaceId } }]);
  expect(await shop.waits()).toBe(1);
});

it('what happened before it was switched on, or while it was off, is nobody’s reminder', async () => {
  const shop = await aShop();
  await shop.cart('c1');
  shop.at(10);
  await toggleCampaign(shop.ctx, shop.cartId, true);
  // told late of what was before
  await shop.cart('c2', { updated_at: '2026-11-20T09:05:00Z' });
  shop.at(200);
  expect(await shop.check(shop.cartId)).toBe(0);
  await shop.cart('c3');
  shop.at(210);
  await toggleCampaign(shop.ctx, shop.cartId, false);
  expect(await shop.waits()).toBe(0);
  shop.at(220);
  await toggleCampaign(shop.ctx, shop.cartId, true);
  shop.at(400);
  expect(await shop.check(shop.cartId)).toBe(0);
  expect(await shop.accepted()).toBe(0);
});

it('is asked again at the moment of sending: bought, emptied, switched off', async () => {
  const shop = await aShop(4);
  await toggleCampaign(shop.ctx, shop.cartId, true);
  for (let who = 0; who < 4; who++) await shop.cart(`c${who}`, { who });
  // nothing goes while the workspace is held: what happens meanwhile comes between the decision and the send
  const held = (held_at: Date | null) =>
    shop.ctx.db
      .updateTable('workspaces')
      .set({ held_at })
      .where('id', '=', shop.ctx.actor.workspaceId)
      .execute();
  await held(start);
  shop.at(61);
  expect(await shop.check(shop.cartId)).toBe(4);
  await shop.cart('c0', { who: 0, status: 'ordered' });
  await shop.cart('c1', { who: 1, quantity: 0 });
  await putOrders(shop.ctx, [{ external_id: 'o2', ...orderPut.parse({ contact: { id: toWireId('cnt', shop.contacts[2]!) }, status: 'paid', total: { amount: '19', currency: 'GBP' }, items: [{ product_id: 'mug', quantity: 1, price: { amount: '19', currency: 'GBP' } }], placed_at: new Date(clock.now()).toISOString() }) }], null); // biome-ignore format: one line
  await held(null);
  await until('all are through', async () =>
    (await shop.rows()).every(({ state }) => !['queued', 'sending'].includes(state)),
  );
  const reasons = (await shop.rows()).map(({ state, reason }) => reason ?? state).sort();
  expect(reasons).toEqual(['cart_bought', 'cart_bought', 'cart_emptied', 'sent']);
  expect(await shop.accepted()).toBe(1);
});

it('thanks once for a delivered order, and not for what comes with an import of old ones', async () => {
  const shop = await aShop();
  await toggleCampaign(shop.ctx, shop.thanksId, true);
  const delay = 2880;
  await shop.order('old', { placed_at: '2024-05-01T10:00:00Z' });
  await shop.order('older', { placed_at: '2024-05-01T10:00:00Z', updated_at: '2024-05-09T10:00:00Z' });
  shop.at(5);
  await shop.order('o1', { status: 'paid', placed_at: '2026-11-20T09:01:00Z' });
  await shop.order('o1', { placed_at: '2026-11-20T09:01:00Z' });
  await shop.order('o2', { placed_at: '2026-11-20T09:01:00Z' });
  await shop.order('o2', { placed_at: '2026-11-20T09:01:00Z', status: 'returned' });
  await editCampaign(shop.ctx, shop.thanksId, {
    trigger: trigger.parse({ enabled: true, delay_minutes: delay }),
  });
  shop.at(5 + delay - 1);
  expect(await shop.check(shop.thanksId)).toBe(0);
  shop.at(6 + delay);
  expect(await shop.check(shop.thanksId)).toBe(1);
  await shop.all(1);
  await shop.order('o1', { placed_at: '2026-11-20T09:01:00Z' });
  shop.at(3 * delay);
  expect(await shop.check(shop.thanksId)).toBe(0);
});

it('a check that dies in the middle has done nothing, and the next one does it', async () => {
  const shop = await aShop();
  await toggleCampaign(shop.ctx, shop.cartId, true);
  await shop.cart('c1');
  shop.at(61);
  const { workspaceId } = shop.ctx.actor;
  await sql`ALTER TABLE delivery_events ADD CONSTRAINT crash CHECK (kind <> 'abandoned_cart') NOT VALID`.execute(
    base.db,
  );
  await expect(check(shop.ctx, { workspaceId, campaignId: shop.cartId })).rejects.toThrow('crash');
  await sql`ALTER TABLE delivery_events DROP CONSTRAINT crash`.execute(base.db);
  expect(await shop.waits()).toBe(1);
  expect(await shop.rows()).toEqual([]);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.all(1);
});

it('what WhatsApp stopped is off and says why; switched on again it begins anew', async () => {
  const shop = await aShop(2);
  await toggleCampaign(shop.ctx, shop.cartId, true);
  await shop.cart('c1');
  shop.at(61);
  await shop.check(shop.cartId);
  await shop.all(1);
  const { workspaceId } = shop.ctx.actor;
  const { id: runId } = await shop.ctx.db.selectFrom('runs').select('id').where('workspace_id', '=', workspaceId).executeTakeFirstOrThrow(); // biome-ignore format: one line
  await holdRun(shop.ctx, { workspaceId, runId, reason: 'The template was paused.' });
  await holdCampaign(shop.ctx, { workspaceId, runId, reason: 'The template was paused.' });
  const seen = () => getCampaign(shop.ctx, shop.cartId);
  expect(await seen()).toMatchObject({ trigger: { enabled: false }, status: 'draft', status_reason: 'The template was paused.' }); // biome-ignore format: one line
  await toggleCampaign(shop.ctx, shop.cartId, true);
  expect((await seen()).status_reason).toBeNull();
  await shop.cart('c2', { who: 1 });
  shop.at(200);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.all(2);
});

it('new words go to whoever waits already', async () => {
  const shop = await aShop();
  await toggleCampaign(shop.ctx, shop.cartId, true);
  await shop.cart('c1');
  await shop.ctx.db.updateTable('workspaces').set({ held_at: start }).where('id', '=', shop.ctx.actor.workspaceId).execute(); // biome-ignore format: one line
  shop.at(61);
  await shop.check(shop.cartId);
  await editCampaign(shop.ctx, shop.cartId, {
    content: { text: 'Still there', media: [], buttons: [] } as never,
  });
  await shop.cart('c2');
  shop.at(130);
  await shop.check(shop.cartId);
  const { rows } = await sql<{ n: number; words: string }>`
    SELECT count(*)::int AS n, r.content->>'text' AS words FROM deliveries d JOIN runs r ON r.id = d.run_id
    WHERE d.workspace_id = ${shop.ctx.actor.workspaceId} GROUP BY 2`.execute(shop.ctx.db);
  expect(rows).toEqual([{ n: 2, words: 'Still there' }]);
});

it('what went out is read as it was sent, whatever has become of the cart', async () => {
  const shop = await aShop();
  const app = await createApp(shop.ctx, { version: 'test', ready: () => true });
  const { token } = await createToken(shop.ctx, {
    name: 'Report',
    scopes: ['campaigns:read', 'deliveries:read', 'contacts:read'],
  });
  const { call } = visitor(app, token);
  await toggleCampaign(shop.ctx, shop.cartId, true);
  shop.at(1);
  await shop.cart('a');
  shop.at(62);
  await shop.check(shop.cartId);
  await until('it is sent', async () => (await shop.texts()).length === 1);
  shop.at(70);
  await shop.cart('a', { status: 'ordered' });
  shop.at(71);
  await shop.cart('a', { quantity: 5 });
  const log = await call('GET', `/campaigns/${toWireId('cmp', shop.cartId)}/deliveries`);
  const [delivery] = log.json().data;
  const kept = await call('GET', `/deliveries/${delivery.id}/message`);
  expect(kept.json()).toMatchObject({
    source: 'campaign',
    direction: 'out',
    delivery_id: delivery.id,
    text: expect.stringContaining('2 × Stoneware mug, £38.00'),
  });
  // of somebody who was erased nothing is kept
  await sql`DELETE FROM messages WHERE delivery_id IS NOT NULL AND workspace_id = ${shop.ctx.actor.workspaceId}`.execute(base.db); // biome-ignore format: one line
  expect((await call('GET', `/deliveries/${delivery.id}/message`)).statusCode).toBe(404);
  await app.close();
});
