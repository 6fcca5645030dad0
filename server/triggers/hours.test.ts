// What waits before it goes: the person's own night, how often they may be written to, the delay; and what is asked once more then.
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { quietHours } from '../../contract/pressure.ts';
import { trigger } from '../../contract/trigger.ts';
import { editCampaign } from '../campaigns/edit.ts';
import { whyOf } from '../campaigns/why/why.ts';
import { livesIn, presses } from '../deliveries/pressure/testing-pressure.ts';
import { settableClock } from '../platform/clock.ts';
import { type TestCtx, testCtx } from '../testing/context.ts';
import { testLanes, until } from '../testing/engine.ts';
import { checkedPeople, nextCheckOf } from './figures/next-check.ts';
import { aShop, start } from './testing-automations.ts';

const clock = settableClock(start);
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});

const page = { limit: 50 };
/** After nine in London: 180 is noon, 21:00 in Tokyo and 07:00 in New York. */
const [noon, newYorkWakes, tokyoWakes] = [180, 300, 900];

it('a cart that is idle at night waits for the person’s own morning, and is asked once more then', async () => {
  const shop = await aShop(base, clock, 5);
  const [london, newYork, buyer, sleeper, toucher] = shop.contacts as [
    string,
    string,
    string,
    string,
    string,
  ];
  await livesIn(shop.ctx, newYork, 'America/New_York');
  for (const id of [buyer, sleeper, toucher]) await livesIn(shop.ctx, id, 'Asia/Tokyo');
  await presses(shop.ctx, { quiet_hours: quietHours.parse({ from: '21:00', to: '09:00' }) });
  await shop.on(shop.cartId);
  testLanes(shop.ctx);
  shop.at(noon);
  for (let who = 0; who < 5; who++) await shop.cart(`c${who}`, { who });
  shop.at(noon + 61);
  expect(await shop.check(shop.cartId)).toBe(5);
  await shop.all(1);
  const dueOf = async (id: string) => (await shop.rows()).find((row) => row.contact_id === id)?.due_at.toISOString(); // biome-ignore format: one line
  expect((await shop.rows()).find((row) => row.contact_id === london)?.state).not.toBe('queued');
  expect(await dueOf(newYork)).toBe('2026-11-20T14:00:00.000Z');
  for (const id of [buyer, sleeper, toucher]) expect(await dueOf(id)).toBe('2026-11-21T00:00:00.000Z');
  shop.at(newYorkWakes);
  await shop.all(2);
  shop.at(tokyoWakes - 30);
  await shop.order('bought', { who: 2, status: 'paid', placed_at: shop.after(tokyoWakes - 40) });
  // idle for the delay once more, and that ends after the night
  await shop.cart('c4', { who: 4, quantity: 3 });
  shop.at(tokyoWakes);
  await shop.all(3);
  const stateOf = async (id: string) => {
    const row = (await shop.rows()).find(({ contact_id }) => contact_id === id);
    return row?.reason ?? row?.state;
  };
  await until('the buyer is left out', async () => (await stateOf(buyer)) === 'cart_bought');
  expect(await whyOf(shop.ctx, shop.cartId, buyer)).toMatchObject({ verdict: 'skipped', headline: 'Bought it before the reminder went out' }); // biome-ignore format: one line
  expect([await stateOf(sleeper), await stateOf(toucher)]).toEqual(['sent', 'queued']);
  shop.at(tokyoWakes + 31);
  await shop.all(4);
  expect(await shop.sentTwice()).toBe(0);
});

it('the frequency cap leaves out whoever had enough, also of two events that are due together', async () => {
  const shop = await aShop(base, clock, 2);
  const caps = [{ purpose: 'marketing' as const, max: 1, period_hours: 24 }];
  await presses(shop.ctx, { frequency_caps: caps });
  for (const id of [shop.cartId, shop.thanksId]) await shop.on(id);
  await shop.delay(shop.thanksId, 60);
  testLanes(shop.ctx);
  await shop.cart('first', { who: 0 });
  await shop.cart('second', { who: 0 });
  await shop.cart('other', { who: 1 });
  shop.at(61);
  expect(await shop.check(shop.cartId)).toBe(3);
  const through = () => until('all are through', async () => (await shop.rows()).every(({ state }) => !['queued', 'sending'].includes(state))); // biome-ignore format: one line
  await through();
  expect(await shop.outcomes()).toEqual(['frequency_cap', 'sent', 'sent']);
  // the cap may be over when the delay ends; what is bought stays bought
  shop.at(62);
  await shop.cart('third', { who: 0 });
  const foretold = async () => (await checkedPeople(shop.ctx, shop.cartId, page)).data.map(({ verdict, reason }) => reason ?? verdict); // biome-ignore format: one line
  expect(await foretold()).toEqual(['waits']);
  shop.at(64);
  await shop.order('bought', { status: 'paid', placed_at: shop.after(63) });
  expect(await foretold()).toEqual(['cart_bought']);
  // over all automations; what the person waits for is of service and counts apart
  await shop.order('o1', { delivered_at: shop.after(61) });
  shop.at(130);
  expect(await shop.check(shop.thanksId)).toBe(1);
  expect(await shop.outcomes()).toEqual(['frequency_cap', 'frequency_cap', 'sent', 'sent']);
  await shop.settle(shop.thanksId, { pressure: { ignore_caps: true, ignore_quiet_hours: false } });
  await shop.order('o2', { delivered_at: shop.after(129) });
  shop.at(200);
  expect(await shop.check(shop.thanksId)).toBe(1);
  await shop.all(3);
});

it('thanks follow the delay as it is edited, and nobody is thanked for what came while it was off', async () => {
  const shop = await aShop(base, clock, 4);
  await shop.on(shop.thanksId);
  testLanes(shop.ctx);
  shop.at(5);
  await shop.order('sooner', { who: 0, delivered_at: shop.after(5) });
  shop.at(20);
  expect(await shop.check(shop.thanksId)).toBe(0);
  await shop.delay(shop.thanksId, 15);
  expect(await shop.check(shop.thanksId)).toBe(1);
  await shop.order('later', { who: 1, delivered_at: shop.after(20) });
  await shop.delay(shop.thanksId, 90);
  shop.at(100);
  expect(await shop.check(shop.thanksId)).toBe(0);
  shop.at(111);
  expect(await shop.check(shop.thanksId)).toBe(1);
  await shop.all(2);
  // off during the delay, and on again: that order had its chance
  await shop.order('during', { who: 2, delivered_at: shop.after(111) });
  await shop.off(shop.thanksId);
  expect(await shop.waits()).toHaveLength(0);
  shop.at(120);
  await shop.order('while off', { who: 3, delivered_at: shop.after(119) });
  await shop.on(shop.thanksId);
  // told late of what was before
  await shop.order('told late', { who: 3, delivered_at: shop.after(118) });
  shop.at(400);
  expect(await shop.check(shop.thanksId)).toBe(0);
  // off between the decision and the send
  await shop.held(true);
  await shop.order('decided', { who: 3, delivered_at: shop.after(400) });
  shop.at(500);
  expect(await shop.check(shop.thanksId)).toBe(1);
  await shop.off(shop.thanksId);
  await shop.held(false);
  await until('it is left out', async () => (await shop.outcomes()).includes('automation_off'));
  expect(await shop.accepted()).toBe(2);
});

it('what comes back before its hour is no reason to thank: returned in the night, the message stays at home', async () => {
  const shop = await aShop(base, clock, 1);
  await presses(shop.ctx, { quiet_hours: quietHours.parse({ from: '10:00', to: '18:00' }) });
  await shop.on(shop.thanksId);
  await shop.delay(shop.thanksId, 60);
  testLanes(shop.ctx);
  shop.at(5);
  await shop.order('o1', { delivered_at: shop.after(5) });
  shop.at(66);
  expect(await shop.check(shop.thanksId)).toBe(1);
  shop.at(200);
  await shop.order('o1', { status: 'returned', updated_at: shop.after(200) });
  shop.at(9 * 60 + 1);
  await until('it is left out', async () => (await shop.outcomes()).includes('order_returned'));
  expect(await shop.accepted()).toBe(0);
});

it('why says when it began, how long the delay was and what spoke against it, as that was then', async () => {
  const shop = await aShop(base, clock, 3);
  const said = async (campaignId: string, who: number) => {
    const { headline, checks } = await whyOf(shop.ctx, campaignId, shop.contacts[who]!);
    return [headline, checks[0]!.outcome, checks[0]!.words, checks[0]!.detail];
  };
  for (const id of [shop.cartId, shop.thanksId]) await shop.on(id);
  testLanes(shop.ctx);
  await shop.product('mug', { stock: 5 });
  await shop.cart('sent', { who: 2, quantity: 1 });
  shop.at(61);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.all(1);
  shop.at(62);
  for (const [who, id] of ['late', 'quick', 'sent'].entries()) await shop.cart(id, { who });
  expect((await said(shop.cartId, 0)).at(-1)).toBe('Since it happened at 10:02 the delay of 1 hour runs, until this time'); // biome-ignore format: one line
  await shop.held(true);
  shop.at(125);
  expect(await shop.check(shop.cartId)).toBe(2);
  await shop.order('A-1', { who: 1, status: 'paid', placed_at: shop.after(124) });
  await shop.order('A-2', { who: 2, placed_at: shop.after(63), delivered_at: shop.after(120) });
  await shop.product('mug', { stock: 0 });
  await shop.held(false);
  const through = () => until('all are through', async () => (await shop.rows()).every(({ state }) => !['queued', 'sending'].includes(state))); // biome-ignore format: one line
  await through();
  // what is there or in a cart by now was not what was decided on
  shop.at(130);
  await shop.product('mug', { stock: 3 });
  const [waits, left] = ['The cart still waits, and can be bought', 'was left at 10:02, the reminder due 1 hour later.']; // biome-ignore format: one line
  expect(await said(shop.cartId, 0)).toEqual(['Sold out before the message went out', 'no', waits, `Cart late with 2 items ${left} Stoneware mug had sold out.`]); // biome-ignore format: one line
  expect(await said(shop.cartId, 1)).toEqual(['Bought it before the reminder went out', 'no', waits, `Cart quick with 2 items ${left} Order A-1 was placed at 11:04.`]); // biome-ignore format: one line
  expect(await said(shop.cartId, 2)).toEqual(['They got it: the platform accepted it', 'yes', waits, 'Cart sent with 1 item was left at 09:00, the reminder due 1 hour later.']); // biome-ignore format: one line
  await shop.held(true);
  shop.at(60 * 26 + 1);
  expect(await shop.check(shop.thanksId)).toBe(1);
  await shop.order('A-2', { who: 2, status: 'returned', placed_at: shop.after(63) });
  await shop.held(false);
  await through();
  expect(await said(shop.thanksId, 2)).toEqual(['The order was returned or cancelled', 'no', 'The order arrived, and was kept', 'Order A-2 was delivered on 20 Nov 2026 at 11:00, the message due 1 day later. It had come back by then.']); // biome-ignore format: one line
});

it('whoever had a promotion today is left alone where that is ticked; tomorrow they are not', async () => {
  const shop = await aShop(base, clock, 2);
  const { db } = shop.ctx;
  const unless = { messaged_today: true };
  await editCampaign(shop.ctx, shop.cartId, { trigger: trigger.parse({ enabled: true, unless }) });
  const { id } = await db.selectFrom('campaigns').select('id').where('workspace_id', '=', shop.workspaceId).where('kind', '=', 'broadcast').executeTakeFirstOrThrow();
  const at = new Date(shop.after(10));
  await sql`
    INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, event_key, contact_id, connection_id, channel, state, due_at, created_at, sent_at)
    SELECT workspace_id, new_id(), 'campaign', 5, ${id}, 'promotion', contact_id, connection_id, channel, 'sent', ${at}, ${at}, ${at}
    FROM identities WHERE contact_id = ${shop.contacts[0]}`.execute(db);
  testLanes(shop.ctx);
  shop.at(20);
  for (const who of [0, 1]) await shop.cart(`c${who}`, { who });
  expect((await checkedPeople(shop.ctx, shop.cartId, page)).data.map(({ verdict }) => verdict)).toEqual(['waits', 'waits']);
  shop.at(81);
  expect(await shop.check(shop.cartId)).toBe(2);
  await until('one is left out', async () => (await shop.outcomes()).join() === 'offer_today,sent,sent');
  shop.at(24 * 60);
  await shop.cart('tomorrow', { who: 0 });
  shop.at(25 * 60 + 1);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.all(2);
}); // biome-ignore format: one line each

it('a reminder that never left is decided anew once the cart is touched again; one that left or may have never is', async () => {
  const shop = await aShop(base, clock, 4);
  const { ctx, cartId, contacts } = shop;
  const { db } = ctx;
  await editCampaign(ctx, cartId, { trigger: trigger.parse({ enabled: true, unless: { messaged_today: true } }) });
  const { id } = await db.selectFrom('campaigns').select('id').where('workspace_id', '=', shop.workspaceId).where('kind', '=', 'broadcast').executeTakeFirstOrThrow();
  const at = new Date(shop.after(10));
  await sql`
    INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, event_key, contact_id, connection_id, channel, state, due_at, created_at, sent_at)
    SELECT workspace_id, new_id(), 'campaign', 5, ${id}, 'promotion', contact_id, connection_id, channel, 'sent', ${at}, ${at}, ${at}
    FROM identities WHERE contact_id = ${contacts[0]}`.execute(db);
  testLanes(ctx);
  shop.at(20);
  for (const who of [0, 1]) await shop.cart(`c${who}`, { who });
  shop.at(81);
  expect(await shop.check(cartId)).toBe(2);
  await until('one is left out', async () => (await shop.outcomes()).join() === 'offer_today,sent,sent');
  const [skipped] = (await shop.rows()).filter(({ reason }) => reason === 'offer_today');
  await shop.held(true);
  shop.at(90);
  for (const who of [2, 3]) await shop.cart(`c${who}`, { who });
  shop.at(151);
  expect(await shop.check(cartId)).toBe(2);
  const [before, doubtful] = (await shop.rows()).filter(({ state }) => state === 'queued');
  await sql`UPDATE deliveries SET state = 'skipped', reason = 'offer_today', unknown_at = ${clock.now()} WHERE id = ${doubtful!.id}`.execute(db);
  // switched off and on between: what was decided has ended with that, and the next touch counts
  shop.at(160);
  await shop.off(cartId);
  shop.at(161);
  await shop.on(cartId);
  shop.at(24 * 60);
  for (const who of [0, 1, 2, 3]) await shop.cart(`c${who}`, { who, quantity: 3 });
  shop.at(25 * 60 + 1);
  const { messages, left_out } = await nextCheckOf(ctx, cartId);
  expect([messages, left_out.map(({ reason, count }) => `${reason} ${count}`)]).toEqual([2, ['already_reminded 2']]);
  // two nodes at once
  expect((await Promise.all([shop.check(cartId), shop.check(cartId)])).reduce((sum, n) => sum + n)).toBe(2);
  await shop.held(false);
  await shop.all(3);
  await until('all is written down', async () => (await shop.outcomes()).join() === 'automation_off,offer_today,offer_today,sent,sent,sent,sent');
  const said = async (who: number, deliveryId?: string) => (await whyOf(ctx, cartId, contacts[who]!, { deliveryId })).verdict;
  expect([await said(0), await said(0, skipped!.id), await said(2), await said(2, before!.id)]).toEqual(['got', 'skipped', 'got', 'skipped']);
  // had it by now, all of them
  shop.at(26 * 60);
  for (const who of [0, 1, 2, 3]) await shop.cart(`c${who}`, { who, quantity: 4 });
  shop.at(27 * 60 + 1);
  expect(await shop.check(cartId)).toBe(0);
  expect([await shop.waits(), await shop.sentTwice()]).toEqual([[], 0]);
}); // biome-ignore format: one line each
