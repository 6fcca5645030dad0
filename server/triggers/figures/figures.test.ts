// The figures of automations, over HTTP, each against what was counted by hand; the clock's hands are set.
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { trigger } from '../../../contract/trigger.ts';
import { automationOf } from '../../campaigns/automation.ts';
import { editCampaign, toggleCampaign } from '../../campaigns/edit.ts';
import { linksReport } from '../../deliveries/links/link-figures.ts';
import { runCourse } from '../../deliveries/reports/course.ts';
import { figuresOf } from '../../deliveries/reports/figures.ts';
import { runReport } from '../../deliveries/reports/report.ts';
import { newId } from '../../platform/db/ids.ts';
import { forgetOldHistory } from '../../shop/forget.ts';
import { aWhatsAppNumber } from '../../testing/context.ts';
import { aRun } from '../../testing/engine.ts';
import { keptSince } from './past-events.ts';
import { aReturn, aShop, base, iso, openStage } from './testing-figures.ts';

beforeAll(openStage);

it('says what the next check would do: who gets it, who had it, bought, opted out or cannot be reached', async () => {
  const shop = await aShop([{}, {}, {}, { optedOut: true }, { stranger: true }, {}]);
  const off = await shop.get(shop.cartId, 'next_check');
  expect(off).toMatchObject({ enabled: false, next_at: null, events: 0, due: 0, people: 0, left_out: [] });
  await toggleCampaign(shop.ctx, shop.cartId, true);
  shop.at(1);
  await shop.cart('had', { who: 1 });
  shop.at(61);
  await shop.check(shop.cartId);
  // touched again: the same event
  await shop.cart('had', { who: 1, quantity: 3 });
  await shop.cart('one');
  await shop.cart('two');
  await shop.cart('bought', { who: 2 });
  await shop.cart('out', { who: 3 });
  await shop.cart('stranger', { who: 4 });
  shop.at(100);
  await shop.order('o1', { who: 2 });
  shop.at(106);
  await shop.cart('later', { who: 5 });
  shop.at(122);
  const answer = await shop.get(shop.cartId, 'next_check');
  expect(answer).toMatchObject({
    enabled: true,
    next_at: iso(125),
    first_due_at: iso(121),
    delay_minutes: 60,
    events: 7,
    queued: 1,
    due: 6,
    looked_at: 6,
    messages: 2,
    people: 1,
    quiet: null,
    left_out: [
      { reason: 'already_decided', count: 1 },
      { reason: 'cart_bought', count: 1 },
      { reason: 'no_identity', count: 1 },
      { reason: 'opted_out', count: 1 },
    ],
  });
  expect(answer.checked_at).toMatch(/^2026-11-20T10:01:/);
  const first = await shop.get(shop.cartId, 'next_check/people?limit=4');
  const rest = await shop.get(shop.cartId, `next_check/people?limit=4&cursor=${first.next_cursor}`);
  const people = [...first.data, ...rest.data].map((one) => [one.subject.external_id, one.name, one.verdict, one.reason]);
  expect(people.slice(0, 6).sort()).toEqual([
    ['bought', 'P2', 'leave_out', 'cart_bought'],
    ['had', 'P1', 'leave_out', 'already_decided'],
    ['one', 'P0', 'send', null],
    ['out', 'P3', 'leave_out', 'opted_out'],
    ['stranger', 'P4', 'leave_out', 'no_identity'],
    ['two', 'P0', 'send', null],
  ]);
  expect(people.slice(6)).toEqual([['later', 'P5', 'waits', null]]);
  expect(rest.data.at(-1)).toMatchObject({ due_at: iso(166), until: iso(166), subject: { kind: 'cart', words: '2 items, £38.00' } });
  // and the check does what was said: a row for each but the one that has its row
  shop.at(125);
  expect(await shop.check(shop.cartId)).toBe(5);
}); // biome-ignore format: tables

it('the next check says of caps, quiet hours and the holdout what the check then does', async () => {
  const shop = await aShop(Array.from({ length: 12 }, () => ({})));
  await shop.limit({ quiet: true, caps: true });
  await toggleCampaign(shop.ctx, shop.cartId, true);
  await editCampaign(shop.ctx, shop.cartId, { trigger: trigger.parse({ enabled: true, delay_minutes: 5 }) });
  shop.at(1);
  await shop.cart('first', { who: 11 });
  shop.at(6);
  await shop.check(shop.cartId);
  await shop.sendAll(7);
  const { settings } = await automationOf(shop.ctx, shop.cartId);
  await editCampaign(shop.ctx, shop.cartId, {
    trigger: trigger.parse({ enabled: true, delay_minutes: 60 }),
    settings: { ...settings, holdout_percent: 50 },
  });
  shop.at(8);
  for (let who = 0; who < 12; who++) await shop.cart(`c${who}`, { who });
  shop.at(66);
  const said = await shop.get(shop.cartId, 'next_check');
  const left = Object.fromEntries(said.left_out.map((one: { reason: string; count: number }) => [one.reason, one.count]));
  expect(said).toMatchObject({ due: 12, quiet: { count: said.messages, until: iso(180) } });
  expect(left.frequency_cap).toBe(1);
  expect(left.holdout).toBeGreaterThan(0);
  expect(said.messages + left.holdout + 1).toBe(12);
  shop.at(70);
  await shop.check(shop.cartId);
  const { rows } = await sql<{ what: string; n: number }>`
    SELECT coalesce(reason, state) AS what, count(*)::int AS n FROM deliveries
    WHERE campaign_id = ${shop.cartId} AND event_key LIKE 'cart:%' AND sent_at IS NULL GROUP BY 1 ORDER BY 1`.execute(base.db);
  expect(rows).toEqual([
    { what: 'frequency_cap', n: 1 },
    { what: 'holdout', n: left.holdout },
    { what: 'queued', n: said.messages },
  ]);
}); // biome-ignore format: tables

it('answers only where there is something to answer, and only to those who may ask', async () => {
  const shop = await aShop();
  const { id: broadcastId } = await shop.ctx.db.selectFrom('campaigns').select('id').where('workspace_id', '=', shop.ctx.actor.workspaceId).where('kind', '=', 'broadcast').executeTakeFirstOrThrow(); // biome-ignore format: one line
  expect((await shop.call('GET', broadcastId, 'next_check')).status).toBe(404);
  expect((await shop.call('POST', broadcastId, 'backtest', {})).status).toBe(404);
  expect((await shop.call('GET', broadcastId, 'days')).status).toBe(200);
  const wrong = await shop.call('POST', shop.cartId, 'backtest', { days: 31, trigger: { delay: 5 } });
  expect(wrong.status).toBe(422);
  expect(wrong.body.errors.map((one: { pointer: string }) => one.pointer)).toEqual(['/days', '/trigger/delay']);
  const reader = { ...shop.ctx.actor, scopes: new Set(['campaigns:read', 'orders:read']) } as never;
  for (const [method, path] of [['POST', 'backtest'], ['GET', 'recovered'], ['GET', 'next_check/people']] as const)
    expect((await shop.call(method, shop.cartId, path, method === 'POST' ? {} : undefined, reader)).status, path).toBe(403);
  const stranger = await aShop();
  for (const path of ['next_check', 'next_check/people', 'recovered', 'conversion', 'days'])
    expect((await stranger.call('GET', shop.cartId, path)).status, path).toBe(404);
}); // biome-ignore format: tables

it('says whom the next check would tell of what is back in stock, and the check tells them', async () => {
  const shop = await aReturn();
  await editCampaign(shop.ctx, shop.backId, { trigger: trigger.parse({ enabled: true, delay_minutes: 30 }) });
  expect(await shop.get(shop.backId, 'next_check')).toMatchObject({ events: 1, due: 0, looked_at: 0, messages: 0 });
  shop.at(41);
  expect(await shop.get(shop.backId, 'next_check')).toMatchObject({ events: 1, due: 1, looked_at: 3, messages: 1, people: 1,
    left_out: [{ reason: 'no_wish', count: 1 }, { reason: 'opted_out', count: 1 }] });
  const first = await shop.get(shop.backId, 'next_check/people?limit=2');
  const rest = await shop.get(shop.backId, `next_check/people?limit=2&cursor=${first.next_cursor}`);
  expect(rest.next_cursor).toBeNull();
  const people = [...first.data, ...rest.data].map((one) => [one.name, one.verdict, one.reason, one.subject.words]);
  expect(people.sort()).toEqual([
    ['P0', 'send', null, 'Stoneware mug'],
    ['P1', 'leave_out', 'opted_out', 'Stoneware mug'],
    ['P2', 'leave_out', 'no_wish', 'Stoneware mug'],
  ]);
  // only who had it in the cart of late is looked at
  await shop.cart('long ago', { at: -31 * 1440 });
  await shop.cart('of late', { who: 2, at: 12 });
  const told = (more: object) => editCampaign(shop.ctx, shop.backId, { trigger: trigger.parse({ enabled: true, delay_minutes: 30, ...more }) });
  await told({ waiting: ['carted'] });
  expect(await shop.get(shop.backId, 'next_check')).toMatchObject({ looked_at: 1, messages: 1, left_out: [] });
  expect((await shop.get(shop.backId, 'next_check/people')).data).toMatchObject([{ name: 'P2', verdict: 'send' }]);
  await told({ waiting: ['subscribed'] });
  shop.at(45);
  expect(await shop.check(shop.backId)).toBe(2);
  // whoever bought one may want another
  await shop.product(0);
  shop.at(50);
  await shop.product(1);
  shop.at(80);
  expect(await shop.get(shop.backId, 'next_check')).toMatchObject({ messages: 0 });
  await told({ unless: { bought: false }, waiting: ['subscribed'] });
  expect(await shop.get(shop.backId, 'next_check')).toMatchObject({ messages: 1, people: 1 });
  shop.at(81);
  // who opted out is in the send log of this return already
  expect(await shop.check(shop.backId)).toBe(1);
}); // biome-ignore format: tables

it('days, last touch and recovered orders: of all runs, each order once, by the last message before it', async () => {
  const shop = await aShop([{}, {}, {}, {}, {}, {}]);
  await shop.ctx.db.updateTable('workspaces').set({ time_zone: 'Asia/Kolkata' }).where('id', '=', shop.ctx.actor.workspaceId).execute();
  await toggleCampaign(shop.ctx, shop.cartId, true);
  shop.at(1);
  for (let who = 0; who < 6; who++) await shop.cart(`c${who}`, { who });
  shop.at(61);
  await shop.check(shop.cartId);
  await shop.sendAll(62);
  await shop.broadcast(1, 70);
  await shop.clicked(0);
  const week = 7 * 1440;
  shop.at(week + 100);
  await shop.order('o0', { who: 0, at: 100 });
  await shop.order('o0 again', { who: 0, at: 200, total: '10.00' });
  await shop.order('after the broadcast', { who: 1, at: 120 });
  await shop.order('too late', { who: 2, at: week + 63 });
  await shop.order('cancelled', { who: 3, at: 130, status: 'cancelled' });
  await shop.order('came back', { who: 4, at: 140, total: '20.00' });
  await shop.order('came back', { who: 4, at: 140, total: '20.00', status: 'returned' });
  await shop.order('euros', { who: 5, at: 150, total: '19.50', currency: 'EUR' });
  // other words, another run; at midnight in Kolkata
  shop.at(200);
  await editCampaign(shop.ctx, shop.cartId, { content: { text: 'Still there', media: [], buttons: [] } as never });
  await shop.cart('more', { who: 5 });
  shop.at(300);
  await shop.check(shop.cartId);
  await shop.sendAll(570);
  shop.at(571);
  const days = await shop.get(shop.cartId, 'days?days=3');
  const both = [{ amount: '38.00', currency: 'GBP' }, { amount: '19.50', currency: 'EUR' }];
  expect(days).toEqual({
    time_zone: 'Asia/Kolkata',
    days: [
      { date: '2026-11-19', sent: 0, clicked: 0, orders: 0, revenue: [] },
      { date: '2026-11-20', sent: 6, clicked: 1, orders: 2, revenue: both },
      { date: '2026-11-21', sent: 1, clicked: 0, orders: 0, revenue: [] },
    ],
    total: { sent: 7, clicked: 1, orders: 2, revenue: both },
  });
  // the report and the list as well, whatever words they had
  expect(await runReport(shop.ctx, shop.cartId, null)).toMatchObject({ planned: 7, sent: 7, queued: 0, converted: 2 });
  expect((await figuresOf(shop.ctx, [shop.cartId])).get(shop.cartId)).toMatchObject({ planned: 7, sent: 7 });
  const conversion = await shop.get(shop.cartId, 'conversion');
  expect(conversion).toMatchObject({
    window_days: 7,
    last_touch: { sent: 7, people: 6, orders: 2, revenue: both, rate: 28.57 },
    holdout: null,
  });
  const first = await shop.get(shop.cartId, 'recovered?limit=1');
  const rest = await shop.get(shop.cartId, `recovered?limit=1&cursor=${first.next_cursor}`);
  expect(rest.next_cursor).toBeNull();
  expect([...first.data, ...rest.data]).toMatchObject([
    { name: 'P5', cart: { external_id: 'c5', total: null }, order: { external_id: 'euros', total: both[1] }, sent_at: iso(62) },
    { name: 'P0', cart: { external_id: 'c0' }, order: { external_id: 'o0', total: both[0], placed_at: iso(100) } },
  ]);
}); // biome-ignore format: tables

it('links, course and receipts of an automation are those of all its runs, as its sums are', async () => {
  const shop = await aShop([{}, {}, {}]);
  const { ctx, cartId } = shop;
  await toggleCampaign(ctx, cartId, true);
  shop.at(1);
  for (let who = 0; who < 3; who++) await shop.cart(`c${who}`, { who });
  shop.at(61);
  await shop.check(cartId);
  await shop.sendAll(62);
  await shop.clicked(0);
  await sql`INSERT INTO run_tallies (workspace_id, run_id, variant, what, shard, n) SELECT workspace_id, id, -1, 'clicked', 0, 1 FROM runs WHERE campaign_id = ${cartId}`.execute(base.db);
  // as if these had gone over WhatsApp, which tells what arrived
  const first = await runReport(ctx, cartId, null);
  await sql`UPDATE runs SET connection_id = ${await aWhatsAppNumber(ctx)} WHERE campaign_id = ${cartId}`.execute(base.db);
  await sql`UPDATE deliveries SET state = 'delivered' WHERE campaign_id = ${cartId} AND contact_id = ${shop.contacts[1]}`.execute(base.db);
  shop.at(200);
  await editCampaign(ctx, cartId, { content: { text: 'Still there', media: [], buttons: [] } as never });
  await shop.cart('more');
  shop.at(300);
  await shop.check(cartId);
  await shop.sendAll(301);
  const both = await base.db.selectFrom('runs').select('id').where('campaign_id', '=', cartId).orderBy('created_at').execute();
  expect(both).toHaveLength(2);
  for (const [index, { id }] of both.entries())
    await sql`
      WITH link AS (INSERT INTO links (workspace_id, run_id, position, url, place) VALUES
        (${ctx.actor.workspaceId}, ${id}, 0, 'https://shop.example/cart', 'Button “Cart”'), (${ctx.actor.workspaceId}, ${id}, 1, ${`https://shop.example/${index}`}, 'Link') RETURNING *)
      INSERT INTO link_counts (workspace_id, link_id, shard, people, clicks, previews)
      SELECT workspace_id, id, shard, ${index + 1}, 5, 1 FROM link, generate_series(0, 1) AS shard WHERE position = 0`.execute(base.db);
  shop.at(400);
  const report = await runReport(ctx, cartId, null);
  expect(report).toMatchObject({ sent: 4, clicked: 1, delivered: 1, pending: 2, started_at: first.started_at });
  expect((await linksReport(ctx, cartId, null)).data).toMatchObject([
    { url: 'https://shop.example/cart', people: 6, clicks: 20, previews: 4 },
    { url: 'https://shop.example/1', people: 0 },
    { url: 'https://shop.example/0', people: 0 },
  ]);
  const course = await runCourse(ctx, cartId, null, null);
  const sum = (of: 'sent' | 'clicked') => course.data.reduce((all, one) => all + one[of], 0);
  expect([sum('sent'), sum('clicked')]).toEqual([report.sent, report.clicked]);
  expect(course.forecast).toMatchObject([{ sent: 4 }]);
  // one of them, where it is named
  expect((await linksReport(ctx, cartId, both[0]!.id)).data).toMatchObject([{ people: 2, clicks: 10 }, { url: 'https://shop.example/0' }]);
  expect((await runCourse(ctx, cartId, null, both[1]!.id)).data).toMatchObject([{ sent: 1 }]);
}); // biome-ignore format: tables

it('calls recovered only what the cart became, and the others another order', async () => {
  const shop = await aShop([{}, {}, {}, {}, {}, {}, {}]);
  await toggleCampaign(shop.ctx, shop.cartId, true);
  shop.at(1);
  for (let who = 0; who < 7; who++) await shop.cart(`c${who}`, { who });
  shop.at(61);
  await shop.check(shop.cartId);
  await shop.sendAll(62);
  await shop.broadcast(6, 90);
  shop.at(1000);
  await shop.order('another', { who: 0, product: 'bowl', at: 71 });
  await shop.order('the mug', { who: 1, at: 72 });
  // something else first, then what was left behind
  await shop.order('first a bowl', { who: 2, product: 'bowl', at: 73 });
  await shop.order('then the mug', { who: 2, at: 200 });
  // the shop tells no products of its orders, but that the cart was ordered
  await shop.order('of nothing', { who: 3, product: null, at: 74 });
  await shop.cart('c3', { who: 3, quantity: 0, status: 'ordered', at: 74 });
  // one cart for each customer, for ever
  for (const [who, product, at] of [[4, 'mug', 75], [5, 'bowl', 76]] as const) {
    await shop.order(`of ${product}`, { who, product, at });
    await shop.cart(`c${who}`, { who, status: 'ordered', quantity: 0, at });
    await shop.cart(`c${who}`, { who, product: 'bowl', at: 80 });
  }
  // another campaign's message came between
  await shop.order('before', { who: 6, product: 'bowl', at: 70 });
  await shop.order('after', { who: 6, at: 100 });
  await sql`UPDATE carts SET total = 38, currency = 'GBP' WHERE workspace_id = ${shop.ctx.actor.workspaceId}`.execute(base.db);
  const told = async (query: string) => {
    const { data, total } = await shop.get(shop.cartId, `recovered${query}`);
    return { total, rows: data.map((one: { name: string; order: { external_id: string }; recovered: boolean }) => [one.name, one.order.external_id, one.recovered]) };
  };
  const recovered = [['P4', 'of mug', true], ['P3', 'of nothing', true], ['P2', 'then the mug', true], ['P1', 'the mug', true]];
  const others = [['P5', 'of bowl', false], ['P0', 'another', false], ['P6', 'before', false]];
  expect(await told('?include=total')).toEqual({ total: 4, rows: recovered });
  expect(await told('?orders=other&include=total')).toEqual({ total: 3, rows: others });
  expect((await told('?orders=all')).rows).toHaveLength(7);
  // what it came to, unless it is another cart by now
  const totals = (await shop.get(shop.cartId, 'recovered')).data.map(({ cart }: { cart: { total: object | null } }) => cart.total);
  expect(totals).toEqual([null, ...Array(3).fill({ amount: '38.00', currency: 'GBP' })]);
  // told before it was written down what a cart held: then what it holds now says it
  await sql`UPDATE delivery_events SET products = NULL WHERE campaign_id = ${shop.cartId}`.execute(base.db);
  const names = async () => (await told('')).rows.map(([name]: string[]) => name);
  expect(await names()).toEqual(['P5', 'P4', 'P3', 'P2', 'P1']);
  // and it stays so when what carts did is forgotten, which a backtest asks for
  shop.at(36 * 1440);
  await forgetOldHistory(base);
  expect(await names()).toEqual(['P5', 'P4', 'P3', 'P2', 'P1']);
  expect(await keptSince(shop.ctx, 'abandoned_cart')).toBeNull();
}); // biome-ignore format: tables

it('the days of a broadcast that was over within the day come from its counters, and say the same as its rows', async () => {
  const shop = await aShop();
  const { campaignId, runId } = await aRun(shop.ctx, shop.connectionId);
  await sql`UPDATE runs SET created_at = ${iso(0)}, finished_at = ${iso(30)}, link_base = 'https://s.example/r' WHERE id = ${runId}`.execute(base.db);
  for (let n = 0; n < 3; n++)
    await sql`INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, run_id, event_key, contact_id, connection_id, channel, state, due_at, created_at, sent_at)
      VALUES (${shop.ctx.actor.workspaceId}, ${newId()}, 'campaign', 5, ${campaignId}, ${runId}, ${newId()}, ${shop.contacts[0]}, ${shop.connectionId}, 'telegram', 'sent', ${iso(0)}, ${iso(0)}, ${iso(20)})`.execute(base.db);
  shop.at(40);
  await shop.order('o', { at: 25 });
  const own = { date: '2026-11-20', sent: 3, clicked: 0, orders: 1, revenue: [{ amount: '38.00', currency: 'GBP' }] };
  expect((await shop.get(campaignId, 'days?days=1')).days).toEqual([own]);
  // the same rows, of a run that went on over midnight
  await sql`UPDATE runs SET finished_at = ${iso(1440)} WHERE id = ${runId}`.execute(base.db);
  expect((await shop.get(campaignId, 'days?days=1')).days).toEqual([own]);
}); // biome-ignore format: tables

it('against the holdout: people, from the decision about them, and only what is enough is called a difference', async () => {
  const shop = await aShop(Array.from({ length: 40 }, () => ({})));
  const { settings } = await automationOf(shop.ctx, shop.cartId);
  await editCampaign(shop.ctx, shop.cartId, { settings: { ...settings, holdout_percent: 50 } });
  await toggleCampaign(shop.ctx, shop.cartId, true);
  shop.at(1);
  for (let who = 0; who < 40; who++) await shop.cart(`c${who}`, { who });
  shop.at(62);
  await shop.check(shop.cartId);
  await shop.sendAll(63);
  const held = new Set((await sql<{ id: string }>`SELECT contact_id AS id FROM deliveries WHERE campaign_id = ${shop.cartId} AND reason = 'holdout'`.execute(base.db)).rows.map(({ id }) => id));
  const who = (isHeld: boolean) => shop.contacts.flatMap((id, index) => (held.has(id) === isHeld ? [index] : []));
  expect(Math.min(who(true).length, who(false).length)).toBeGreaterThan(8);
  shop.at(200);
  expect((await shop.get(shop.cartId, 'conversion')).holdout).toMatchObject({ enough: false, extra_orders: null, words: expect.stringContaining('Too early') });
  // all who got it, one of the others; before the decision and after the week nothing counts
  await sql`UPDATE workspaces SET currency = 'GBP' WHERE id = ${shop.ctx.actor.workspaceId}`.execute(base.db);
  for (const index of who(false)) await shop.order(`s${index}`, { who: index, at: 100, total: '30.00' });
  await shop.order('h', { who: who(true)[0]!, at: 100, total: '30.00' });
  await shop.order('before', { who: who(true)[1]!, at: 50 });
  shop.at(7 * 1440 + 300);
  await shop.order('after', { who: who(true)[2]!, at: 7 * 1440 + 100 });
  // bought before it went out: called off, and still one for whom it was decided
  await sql`UPDATE deliveries SET state = 'skipped', reason = 'cart_bought' WHERE campaign_id = ${shop.cartId} AND contact_id = ${shop.contacts[who(false)[0]!]}`.execute(base.db);
  const [out, got] = [who(true).length, who(false).length];
  const rate = Math.round(10_000 / out) / 100;
  const money = (amount: number) => ({ amount: amount.toFixed(2), currency: 'GBP' });
  expect((await shop.get(shop.cartId, 'conversion')).holdout).toMatchObject({
    held_out: out,
    held_out_ordered: 1,
    rate,
    sent: got,
    sent_ordered: got,
    sent_rate: 100,
    extra_orders: Math.round((got - got / out) * 10) / 10,
    revenue: { held_out_per_person: money(30 / out), sent_per_person: money(30), extra: money((30 - 30 / out) * got) },
    enough: true,
  });
}); // biome-ignore format: tables
