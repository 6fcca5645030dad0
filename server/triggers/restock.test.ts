// Back in stock, from what the shop tells of its stock to what arrives.
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { trigger } from '../../contract/trigger.ts';
import { editCampaign } from '../campaigns/edit.ts';
import { whyOf } from '../campaigns/why/why.ts';
import { settableClock } from '../platform/clock.ts';
import { recordEvents } from '../shop/record-events.ts';
import { type TestCtx, testCtx } from '../testing/context.ts';
import { testLanes, until } from '../testing/engine.ts';
import { check, match } from './check.ts';
import { type AutomationShop, aShop as aShopOf, start } from './testing-automations.ts';

const clock = settableClock(start);
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});

async function aShop(people = 1): Promise<AutomationShop & { texts: () => Promise<string[]> }> {
  const shop = await aShopOf(base, clock, people);
  testLanes(shop.ctx);
  await shop.on(shop.backId);
  const texts = async () => {
    const rows = await shop.ctx.db
      .selectFrom('messages')
      .select('body')
      .where('workspace_id', '=', shop.workspaceId)
      .where('direction', '=', 'out')
      .orderBy('at')
      .execute();
    return rows.map(({ body }) => (body as { text: string }).text);
  };
  return { ...shop, texts };
}

it('tells whoever asked, looked or had it in the cart, once, of everything that is back', async () => {
  const shop = await aShop(5);
  await shop.product('mug', { stock: 0 });
  await shop.product('bowl', { name: 'Bowl', stock: 0 });
  await shop.wants('mug', 0);
  await shop.wants('bowl', 0);
  await recordEvents(shop.ctx, [{ contact: { id: toWireId('cnt', shop.contacts[1]!) }, name: 'product_viewed', properties: { product_id: 'mug' } }], () => ''); // biome-ignore format: one line
  await shop.cart('c2', { who: 2 });
  // has bought one since
  await shop.wants('mug', 3);
  shop.at(5);
  await shop.order('o3', { who: 3, status: 'paid', placed_at: shop.after(5) });
  shop.at(10);
  await shop.product('mug', { stock: 3 });
  await shop.product('bowl', { name: 'Bowl', stock: 1 });
  expect(await shop.check(shop.backId)).toBe(3);
  await shop.all(3);
  await until('it stands in the threads', async () => (await shop.texts()).length === 3);
  const texts = await shop.texts();
  expect(texts.filter((text) => text.includes('Bowl, £19.00\nStoneware mug, £19.00'))).toHaveLength(1);
  expect(texts.filter((text) => !text.includes('Bowl'))).toHaveLength(2);
  const why = await whyOf(shop.ctx, shop.backId, shop.contacts[1]!);
  expect(why.verdict).toBe('got');
  expect(JSON.stringify(why.checks)).toContain('Stoneware mug was back in stock at 09:10.');
  expect((await whyOf(shop.ctx, shop.backId, shop.contacts[4]!)).verdict).toBe('not_meant');
});

it('what comes back within two minutes is one message, also where the check of the five minutes comes in between', async () => {
  const shop = await aShop(1);
  const { ctx, backId, workspaceId } = shop;
  const look = () => check(ctx, { workspaceId, campaignId: backId });
  for (const id of ['mug', 'bowl']) await shop.product(id, { stock: 0 });
  for (const id of ['mug', 'bowl']) await shop.wants(id);
  shop.at(14.5);
  await shop.product('mug', { stock: 3 });
  shop.at(15);
  expect(await look()).toBe(0);
  shop.at(15.5);
  await shop.product('bowl', { stock: 3 });
  shop.at(16.6);
  expect([await look(), await look(), await shop.waits()]).toEqual([1, 0, []]);
  await shop.all(1);
}); // biome-ignore format: one line each

it('a stock that flickers is one event, and goes out when there is something to buy', async () => {
  const shop = await aShop(2);
  await shop.product('mug', { stock: 0 });
  await shop.wants('mug', 0);
  for (const [minute, stock] of [
    [1, 1],
    [2, 0],
    [3, 1],
    [4, 0],
  ] as const) {
    // biome-ignore format: one line
    shop.at(minute);
    await shop.product('mug', { stock });
  }
  // sold out at the moment of the check: nobody, and the next return counts
  expect((await whyOf(shop.ctx, shop.backId, shop.contacts[0]!)).verdict).toBe('not_meant');
  expect(await shop.check(shop.backId)).toBe(0);
  shop.at(5);
  await shop.product('mug', { stock: 1 });
  expect(await shop.check(shop.backId)).toBe(1);
  await shop.all(1);
  for (let minute = 10; minute < 20; minute++) {
    shop.at(minute);
    await shop.product('mug', { stock: minute % 2 });
    expect(await shop.check(shop.backId)).toBe(0);
  }
  // who asks within the cool-down has not been told yet
  await shop.wants('mug', 1);
  await shop.product('mug', { stock: 0 });
  shop.at(21);
  await shop.product('mug', { stock: 9 });
  expect(await shop.check(shop.backId)).toBe(1);
  await shop.all(2);
  // a day later it is another event, but the first has been told since they asked
  shop.at(1500);
  await shop.product('mug', { stock: 0 });
  shop.at(1501);
  await shop.product('mug', { stock: 2 });
  expect(await shop.check(shop.backId)).toBe(0);
  await shop.wants('mug', 0);
  await shop.product('mug', { stock: 0 });
  shop.at(1502);
  await shop.product('mug', { stock: 2 });
  expect(await shop.check(shop.backId)).toBe(1);
  await shop.all(3);
});

it('is asked again at the moment of sending: sold out again, bought; then the next return tells them', async () => {
  const shop = await aShop(2);
  await shop.product('mug', { stock: 0 });
  await shop.wants('mug', 0);
  await shop.wants('mug', 1);
  await shop.held(true);
  shop.at(1);
  await shop.product('mug', { stock: 1 });
  expect(await shop.check(shop.backId)).toBe(2);
  await shop.order('o1', { who: 1, status: 'paid', placed_at: shop.after(1) });
  await shop.product('mug', { stock: 0 });
  await shop.held(false);
  await until('both are through', async () => (await shop.outcomes()).join() === 'sold_out,sold_out');
  shop.at(2);
  await shop.product('mug', { stock: 1 });
  expect(await shop.check(shop.backId)).toBe(1);
  await until('it is sent', async () => (await shop.outcomes()).join() === 'sent,sold_out,sold_out');
});

it('within the cool-down: who was left out has not been told, and who asks anew is told anew', async () => {
  const shop = await aShop(3);
  const { ctx } = shop;
  await shop.product('mug', { stock: 0 });
  await shop.wants('mug', 0);
  await shop.wants('mug', 1);
  await shop.cart('c2', { who: 2 });
  const { workspaceId: workspace_id } = shop;
  const stop = { workspace_id, contact_id: shop.contacts[1]!, channel: 'telegram', purpose: 'marketing', source: 'test', at: start };
  await ctx.db.insertInto('consents').values({ ...stop, state: 'opted_out' }).execute();
  const back = async (minute: number) => {
    shop.at(minute);
    await shop.product('mug', { stock: 1 });
    const written = await shop.check(shop.backId);
    await until('all are through', async () => (await shop.rows()).every(({ state }) => state !== 'queued' && state !== 'sending'));
    await shop.product('mug', { stock: 0 });
    return written;
  };
  expect(await back(10)).toBe(3);
  expect(await shop.outcomes()).toEqual(['opted_out', 'sent', 'sent']);
  // the same reason once more is no news
  expect(await back(20)).toBe(0);
  expect(await shop.outcomes()).toHaveLength(3);
  await ctx.db.deleteFrom('consents').where('workspace_id', '=', workspace_id).execute();
  shop.at(90);
  await shop.wants('mug', 0);
  // a cart is no question
  await shop.cart('c2', { who: 2, quantity: 3 });
  expect(await back(120)).toBe(2);
  expect((await shop.rows()).slice(3).map((row) => row.contact_id).sort()).toEqual(shop.contacts.slice(0, 2).sort());
  expect(await back(121)).toBe(0);
  await shop.all(4);
  // what is only found at the moment of sending is said once too
  await editCampaign(ctx, shop.backId, { trigger: { unless: { messaged_today: true } } });
  await sql`
    INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, event_key, contact_id, connection_id, channel, state, due_at, created_at, sent_at)
    SELECT c.workspace_id, new_id(), 'campaign', 5, c.id, 'promotion', i.contact_id, i.connection_id, i.channel, 'sent', ${start}, ${start}, ${start}
    FROM campaigns c JOIN identities i ON i.contact_id = ${shop.contacts[1]!} WHERE c.workspace_id = ${workspace_id} AND c.kind = 'broadcast'`.execute(ctx.db);
  await shop.wants('mug', 1);
  expect(await back(130)).toBe(1);
  expect(await back(131)).toBe(0);
  expect((await shop.outcomes()).filter((one) => one === 'offer_today')).toHaveLength(1);
}); // biome-ignore format: one line each

it('what they bought between the decision and the send is not offered to them', async () => {
  const shop = await aShop();
  await shop.product('mug', { stock: 0 });
  await shop.wants('mug');
  await shop.held(true);
  shop.at(1);
  await shop.product('mug', { stock: 1 });
  expect(await shop.check(shop.backId)).toBe(1);
  await shop.order('o1', { status: 'paid', placed_at: shop.after(1) });
  await shop.held(false);
  await until('it is through', async () => (await shop.outcomes()).join() === 'already_bought');
});

it('who waits for one variant hears of that one only', async () => {
  const shop = await aShop(3);
  const sizes = (s: number, m: number) => ({
    variants: [
      { id: 's', name: 'Small', stock: s },
      { id: 'm', name: 'Medium', stock: m },
    ],
  });
  await shop.product('shirt', { name: 'Shirt', ...sizes(0, 0) });
  await shop.wants('shirt', 0, 's');
  await shop.wants('shirt', 1, 'm');
  shop.at(1);
  await shop.product('shirt', { name: 'Shirt', ...sizes(0, 4) });
  expect(await shop.check(shop.backId)).toBe(1);
  await shop.all(1);
  await until('it stands in the thread', async () => (await shop.texts()).length === 1);
  expect((await shop.texts())[0]).toContain('Shirt (Medium), £19.00');
  // something of it was there all along: no news to who would take any
  await shop.wants('shirt', 2);
  shop.at(2);
  await shop.product('shirt', { name: 'Shirt', ...sizes(1, 4) });
  expect(await shop.check(shop.backId)).toBe(1);
  await shop.all(2);
  expect((await shop.rows()).map((row) => row.contact_id).sort()).toEqual(shop.contacts.slice(0, 2).sort());
});

it('what came back before it was switched on, or while it was off, is told to nobody; off ends what is under way', async () => {
  const shop = await aShop();
  await shop.off(shop.backId);
  await shop.product('mug', { stock: 0 });
  await shop.wants('mug');
  shop.at(1);
  await shop.product('mug', { stock: 1 });
  shop.at(2);
  await shop.on(shop.backId);
  expect(await shop.check(shop.backId)).toBe(0);
  await shop.product('mug', { stock: 0 });
  shop.at(3);
  await shop.product('mug', { stock: 1 });
  expect(await shop.waits()).toHaveLength(1);
  await shop.off(shop.backId);
  expect(await shop.waits()).toHaveLength(0);
});

it('what comes back without a newer time of the shop counts from now; old history counts from then', async () => {
  const shop = await aShopOf(base, clock, 2);
  const told = (minute: number, stock: number, of: string) => {
    shop.at(minute);
    return shop.product(of, { stock, updated_at: shop.after(of === 'old' ? minute - 500 : -60) });
  };
  await told(1, 0, 'mug');
  await told(1, 0, 'old');
  shop.at(2);
  await shop.on(shop.backId);
  for (const id of ['mug', 'old']) await shop.wants(id, 0);
  // older than the switching on, as the shop tells it
  await told(3, 4, 'old');
  expect(await shop.check(shop.backId)).toBe(0);
  await told(4, 5, 'mug');
  expect(await shop.check(shop.backId)).toBe(1);
  // out and in again within one second of the shop’s clock
  await shop.wants('mug', 1);
  await told(5, 0, 'mug');
  await told(5, 5, 'mug');
  expect(await shop.check(shop.backId)).toBe(1);
  expect((await shop.rows()).map((row) => row.contact_id)).toEqual(shop.contacts);
});

it('only those whom the settings name are told, after the delay, which the first return begins', async () => {
  const shop = await aShop(2);
  const given = { enabled: true, delay_minutes: 30, waiting: ['subscribed'] };
  await editCampaign(shop.ctx, shop.backId, { trigger: trigger.parse(given) });
  await shop.product('mug', { stock: 0 });
  await shop.wants('mug', 0);
  await shop.cart('c1', { who: 1 });
  shop.at(10);
  await shop.product('mug', { stock: 1 });
  const why = async (who: number) => (await whyOf(shop.ctx, shop.backId, shop.contacts[who]!)).verdict;
  expect([await why(0), await why(1)]).toEqual(['waiting', 'not_meant']);
  shop.at(30);
  await shop.product('mug', { stock: 0 });
  await shop.product('mug', { stock: 2 });
  shop.at(39);
  expect(await shop.check(shop.backId)).toBe(0);
  shop.at(40);
  expect(await shop.check(shop.backId)).toBe(1);
  await shop.all(1);
  const told = await whyOf(shop.ctx, shop.backId, shop.contacts[1]!);
  expect(JSON.stringify(told)).toContain('is none of those who are told');
});

it('a cart with something sold out is left alone where that is ticked', async () => {
  const shop = await aShop(2);
  await shop.on(shop.cartId);
  await shop.product('mug', { stock: 1 });
  await shop.cart('c0', { who: 0 });
  await shop.product('mug', { stock: 0 });
  shop.at(61);
  expect(await shop.check(shop.cartId)).toBe(1);
  await until('sold out', async () => (await shop.outcomes()).join() === 'sold_out');
  await editCampaign(shop.ctx, shop.cartId, {
    trigger: trigger.parse({ enabled: true, unless: { sold_out: false } }),
  });
  await shop.cart('c1', { who: 1 });
  shop.at(200);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.all(1);
});

it('what the shop tells of one by one is looked at two minutes after the first, and is one message', async () => {
  const shop = await aShop(1);
  const { db } = shop.ctx;
  const products = ['mug', 'bowl', 'vase'];
  for (const id of products) await shop.product(id, { stock: 0 });
  for (const id of products) await shop.wants(id);
  for (const [minute, id] of products.entries()) {
    shop.at(10 + minute / 2);
    await shop.product(id, { stock: 3 });
    await match(shop.ctx, { workspaceId: shop.workspaceId });
  }
  const { rows } = await sql<{ start_after: Date }>`
    SELECT start_after FROM pgboss.job WHERE name = 'triggers.check' AND data->>'workspaceId' = ${shop.workspaceId}`.execute(
    db,
  );
  expect(rows).toHaveLength(1);
  const minutes = (rows[0]!.start_after.getTime() - start.getTime()) / 60_000;
  expect(minutes).toBeCloseTo(12, 0);
  shop.at(12);
  expect(await shop.check(shop.backId)).toBe(1);
  await shop.all(1);
});
