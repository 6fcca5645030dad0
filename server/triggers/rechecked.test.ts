// Between the decision and the send things change hands, change their words, end and begin anew: what goes out is true when it does.
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { backtestInput } from '../../contract/automations.ts';
import { content } from '../../contract/message.ts';
import { trigger } from '../../contract/trigger.ts';
import { editCampaign } from '../campaigns/edit.ts';
import { whyOf } from '../campaigns/why/why.ts';
import { settableClock } from '../platform/clock.ts';
import { type TestCtx, testCtx } from '../testing/context.ts';
import { testLanes, until } from '../testing/engine.ts';
import { backtestOf } from './figures/backtest.ts';
import { nextCheckOf } from './figures/next-check.ts';
import { type AutomationShop, aShop, start } from './testing-automations.ts';

const clock = settableClock(start);
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});

const isThrough = (shop: AutomationShop) =>
  until('all are through', async () =>
    (await shop.rows()).every(({ state }) => !['queued', 'sending'].includes(state)),
  );
/** Whom each sent message went to, and what it says. */
const told = async (shop: AutomationShop) => {
  await until('it stands in the threads', async () => {
    const { rows } = await sql<{ n: number }>`
      SELECT count(*)::int AS n FROM messages WHERE workspace_id = ${shop.workspaceId} AND direction = 'out'`.execute(
      shop.ctx.db,
    );
    return rows[0]?.n === (await shop.outcomes()).filter((outcome) => outcome === 'sent').length;
  });
  const { rows } = await sql<{ who: string; text: string }>`
    SELECT c.first_name AS who, m.body->>'text' AS text FROM messages m
    JOIN deliveries d ON d.workspace_id = m.workspace_id AND d.id = m.delivery_id
    JOIN contacts c ON c.workspace_id = d.workspace_id AND c.id = d.contact_id
    WHERE m.workspace_id = ${shop.workspaceId} AND m.direction = 'out' ORDER BY m.at`.execute(shop.ctx.db);
  return rows;
};

it('of a cart or order that the shop gives to somebody else meanwhile, the former one hears nothing', async () => {
  const shop = await aShop(base, clock, 2);
  testLanes(shop.ctx);
  await shop.on(shop.cartId);
  await shop.on(shop.thanksId);
  await shop.delay(shop.thanksId, 60);
  shop.at(1);
  await shop.cart('c', { who: 0 });
  await shop.order('o', { who: 0, updated_at: shop.after(1) });
  await shop.held(true);
  shop.at(62);
  expect(await shop.check(shop.cartId)).toBe(1);
  expect(await shop.check(shop.thanksId)).toBe(1);
  await shop.cart('c', { who: 1, quantity: 7 });
  await shop.order('o', { who: 1, updated_at: shop.after(62) });
  shop.at(130);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.held(false);
  await isThrough(shop);
  const rows = await shop.rows();
  const outcomes = rows.map((row) => [shop.contacts.indexOf(row.contact_id), row.reason ?? row.state]);
  expect(outcomes.sort()).toEqual(expect.arrayContaining([[0, 'changed_hands'], [0, 'changed_hands'], [1, 'sent']])); // biome-ignore format: one line
  expect(outcomes.filter(([who]) => who === 0)).toHaveLength(2);
  expect((await told(shop)).every(({ who }) => who === 'P100001')).toBe(true);
});

it.each([true, false])(
  'a cart that is emptied and filled anew is another one, reminded of once (left alone if bought: %s)',
  async (bought) => {
    const shop = await aShop(base, clock, 2);
    testLanes(shop.ctx);
    const given = {
      enabled: true,
      delay_minutes: 60,
      unless: { bought, sold_out: true, messaged_today: false },
    };
    await editCampaign(shop.ctx, shop.cartId, { trigger: trigger.parse(given) });
    await shop.held(true);
    shop.at(1);
    await shop.cart('emptied', { who: 0 });
    await shop.cart('ordered', { who: 1 });
    shop.at(62);
    expect(await shop.check(shop.cartId)).toBe(2);
    shop.at(63);
    await shop.cart('emptied', { who: 0, quantity: 0 });
    await shop.cart('ordered', { who: 1, status: 'ordered' });
    shop.at(64);
    await shop.cart('emptied', { who: 0, quantity: 7 });
    await shop.cart('ordered', { who: 1, quantity: 7 });
    shop.at(130);
    expect(await shop.check(shop.cartId)).toBe(2);
    await shop.held(false);
    await isThrough(shop);
    // nobody bought the one that was emptied
    expect(await shop.outcomes()).toEqual(['cart_bought', 'cart_emptied', 'sent', 'sent']);
    for (const { text } of await told(shop)) expect(text).toContain('7 × Stoneware mug');
  },
);

it('switched off and on again, what was decided before has ended with what waited', async () => {
  const shop = await aShop(base, clock, 2);
  await shop.on(shop.cartId);
  shop.at(1);
  await shop.cart('decided', { who: 0 });
  await shop.held(true);
  shop.at(62);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.cart('waits', { who: 1 });
  shop.at(70);
  await shop.off(shop.cartId);
  shop.at(71);
  await shop.on(shop.cartId);
  // as a shop's transaction leaves it that began before it was switched off
  await sql`
    INSERT INTO trigger_waits (workspace_id, campaign_id, subject_id, since)
    SELECT workspace_id, ${shop.cartId}, id, updated_at FROM carts WHERE workspace_id = ${shop.workspaceId} AND external_id = 'waits'`.execute(
    shop.ctx.db,
  );
  shop.at(200);
  expect(await shop.check(shop.cartId)).toBe(0);
  expect(await shop.waits()).toHaveLength(0);
  testLanes(shop.ctx);
  await shop.held(false);
  await isThrough(shop);
  expect(await shop.outcomes()).toEqual(['automation_off']);
});

it('words that are edited reach whoever waits, though nothing else happens; and whoever may not send cannot edit them', async () => {
  const shop = await aShop(base, clock, 1);
  const { ctx, cartId } = shop;
  await shop.on(cartId);
  shop.at(1);
  await shop.cart('c');
  await shop.held(true);
  shop.at(62);
  expect(await shop.check(cartId)).toBe(1);
  const scopes = new Set(['campaigns:write'] as const);
  const helper = {
    ...ctx,
    actor: { kind: 'token', workspaceId: shop.workspaceId, id: null, scopes },
  } as never;
  const words = content.parse({ text: 'Still there?' });
  for (const change of [{ content: words }, { trigger: trigger.parse({ enabled: true, delay_minutes: 0 }) }])
    await expect(editCampaign(helper, cartId, change)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await editCampaign(ctx, cartId, { content: words });
  expect(await shop.check(cartId)).toBe(0);
  testLanes(ctx);
  await shop.held(false);
  await isThrough(shop);
  expect((await told(shop)).map(({ text }) => text)).toEqual(['Still there?']);
});

it('of several carts the latest is reminded of, and nobody twice within the cool-down; the others say so', async () => {
  const shop = await aShop(base, clock, 2);
  testLanes(shop.ctx);
  await editCampaign(shop.ctx, shop.cartId, { trigger: trigger.parse({ enabled: true }) });
  shop.at(1);
  for (const n of [1, 2, 3]) await shop.cart(`c${n}`, { who: 0 });
  await shop.cart('other', { who: 1 });
  // decided on before the next one is begun
  await shop.held(true);
  shop.at(62);
  const foretold = async () => {
    const { messages, left_out } = await nextCheckOf(shop.ctx, shop.cartId);
    return [messages, ...left_out.map(({ reason, count }) => `${count} ${reason}`)];
  };
  expect(await foretold()).toEqual([2, '2 later_cart']);
  expect(await shop.check(shop.cartId)).toBe(4);
  await shop.cart('c4', { who: 0 });
  await shop.held(false);
  await isThrough(shop);
  expect(await shop.outcomes()).toEqual(['later_cart', 'later_cart', 'later_cart', 'sent']);
  shop.at(123);
  expect(await foretold()).toEqual([1]);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.all(2);
  await isThrough(shop);
  shop.at(200);
  await shop.cart('c5', { who: 0 });
  shop.at(261);
  expect(await foretold()).toEqual([0, '1 reminded_lately']);
  expect(await shop.check(shop.cartId)).toBe(1);
  await isThrough(shop);
  const late = (await shop.rows()).find(({ reason }) => reason === 'reminded_lately');
  const why = await whyOf(shop.ctx, shop.cartId, shop.contacts[0]!, { deliveryId: late!.id });
  expect(JSON.stringify(why)).toContain('By then they had been reminded of another cart');
  // a day later, and with other settings
  shop.at(124 + 24 * 60 - 61);
  await shop.cart('c6', { who: 0 });
  shop.at(124 + 24 * 60);
  const backtest = async (typed: object) => {
    const { would_send, left_out } = await backtestOf(shop.ctx, shop.cartId, backtestInput.parse(typed));
    return [would_send, ...left_out.map(({ reason, count }) => `${count} ${reason}`)];
  };
  expect(await backtest({})).toEqual([3, '2 later_cart', '2 reminded_lately']);
  expect(await backtest({ trigger: { cool_down_hours: 0 } })).toEqual([7]);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.all(3);
  await editCampaign(shop.ctx, shop.cartId, {
    trigger: trigger.parse({ enabled: true, cool_down_hours: 0 }),
  });
  for (const n of [7, 8]) await shop.cart(`c${n}`, { who: 0 });
  shop.at(126 + 24 * 60 + 60);
  expect(await shop.check(shop.cartId)).toBe(2);
  await shop.all(5);
});
