// What the last days would have sent, against what was counted by hand; the clock's hands are set.
import { sql } from 'kysely';
import { beforeAll, expect, it, vi } from 'vitest';
import { toggleCampaign } from '../../campaigns/edit.ts';
import { forgetOldHistory } from '../../shop/forget.ts';
import { eachOf, replayOf } from './replay.ts';
import { aReturn, aShop, base, iso, openStage } from './testing-figures.ts';

beforeAll(openStage);

/** Three days of carts, told in order; an hour's delay unless a test says otherwise. */
async function threeDays() {
  const shop = await aShop([{}, {}, {}, { optedOut: true }, {}, {}]);
  shop.at(4310);
  await shop.cart('A', { at: 0 });
  await shop.cart('B', { at: 0, who: 1 });
  await shop.cart('C', { at: 0, who: 2 });
  await shop.cart('D', { at: 0, who: 3 });
  await shop.cart('E', { at: 10, who: 4 });
  await shop.cart('C', { at: 10, who: 2, quantity: 0 });
  await shop.cart('A', { at: 30, quantity: 1 });
  await shop.cart('B', { at: 40, who: 1, status: 'ordered' });
  await shop.cart('F', { at: 100, who: 4, product: 'bowl' });
  await shop.cart('A', { at: 500, quantity: 5 });
  await shop.cart('A', { at: 600, quantity: 0 });
  await shop.cart('A', { at: 1440 });
  await shop.cart('G', { at: 4280, who: 5 });
  // never told as ordered, but ordered; the bowl was not
  await shop.order('e', { at: 50, who: 4 });
  await shop.order('f', { at: 110, who: 4 });
  return shop;
}

it('says what the last days would have sent, each cart once, and why others not', async () => {
  const shop = await threeDays();
  const answer = await shop.backtest(shop.cartId, { days: 3 });
  expect(answer).toMatchObject({
    kept_since: iso(0),
    delay_minutes: 60,
    time_zone: 'Europe/London',
    events: 8,
    would_send: 3,
    people: 2,
    days: [
      { date: '2026-11-20', count: 2 },
      { date: '2026-11-21', count: 1 },
      { date: '2026-11-22', count: 0 },
      { date: '2026-11-23', count: 0 },
    ],
  });
  expect(answer.left_out.map((one: { reason: string; count: number }) => [one.reason, one.count])).toEqual([
    ['cart_bought', 2],
    ['cart_emptied', 1],
    ['delay_runs', 1],
    ['opted_out', 1],
  ]);
  const sample = answer.sample.map((one: { at: string; name: string; subject: { external_id: string } }) => [one.name, one.subject.external_id, one.at]);
  expect(sample).toEqual([
    ['P0', 'A', iso(1500)],
    ['P4', 'F', iso(160)],
    ['P0', 'A', iso(90)],
  ]);
  // numbers and sums of carts are for who may read carts
  const reader = { ...shop.ctx.actor, scopes: new Set(['campaigns:read', 'contacts:read']) } as never;
  const seen = await shop.call('POST', shop.cartId, 'backtest', { days: 3 }, reader);
  expect(seen.body.sample[0].subject).toMatchObject({ external_id: null, words: 'A cart' });
  // as it is typed: sooner, and B and E had not bought by then
  const sooner = await shop.backtest(shop.cartId, { days: 3, trigger: { delay_minutes: 25 } });
  expect(sooner).toMatchObject({ would_send: 6, people: 4, days: [{ count: 4 }, { count: 1 }, { count: 0 }, { count: 1 }] });
  expect(sooner.left_out.map((one: { reason: string }) => one.reason)).toEqual(['cart_emptied', 'opted_out']);
  // before the time that is asked for
  expect(await shop.backtest(shop.cartId, { days: 1 })).toMatchObject({ events: 1, would_send: 0, sample: [] });
}); // biome-ignore format: tables

it('replays very many people, many zones and many carts of one without keeping the node', async () => {
  const quiet = { from: '21:07', to: '09:01', expire_after_hours: 24 };
  const caps = [{ purpose: 'marketing' as const, max: 3, period_hours: 24 }];
  const replay = replayOf({ caps, quiet, timeZone: 'Europe/London' });
  const formats = vi.spyOn(Intl, 'DateTimeFormat');
  const asked = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
  const zones = ['America/New_York', 'Asia/Tokyo', 'Nowhere/Else'];
  const people = Array.from({ length: 5000 }, (_, n) => ({ zone: zones[n % 3] as string, at: Date.parse('2026-10-20') + n * 300_000 })); // biome-ignore format: one line
  let others = 0;
  let done = false;
  const beat = () => {
    others += 1;
    if (!done) setImmediate(beat);
  };
  setImmediate(beat);
  let sent = 0;
  await eachOf(people, ({ zone, at }) => {
    sent += replay.person([{ subjectId: 'x', at }], [], zone).sent.length;
  });
  done = true;
  const [made, questions] = [formats.mock.calls.length, asked.mock.calls.length];
  vi.restoreAllMocks();
  expect(sent).toBe(5000);
  expect(others).toBeGreaterThanOrEqual(4);
  expect(made).toBeLessThan(20);
  // three zones on 18 days; more only where a clock is set back
  expect(questions).toBeLessThan(5000);
  const many = Array.from({ length: 2000 }, (_, n) => ({ subjectId: 'x', at: Date.parse('2026-11-02T10:00:00Z') + n * 3_600_000 })); // biome-ignore format: one line
  const free = replayOf({ caps, quiet: null, timeZone: 'UTC' });
  const had = [Date.parse('2026-11-03T11:30:00Z'), Date.parse('2026-11-02T10:30:00Z')];
  const outcome = free.person(many, had, null);
  expect(outcome.sent.slice(0, 5).map(({ at }) => new Date(at).toISOString().slice(0, 13))).toEqual([
    '2026-11-02T10', '2026-11-02T11', '2026-11-03T10', '2026-11-03T11', '2026-11-04T10',
  ]); // biome-ignore format: hours
});

it('replays caps with what people really got, and quiet hours, and says what it takes for granted', async () => {
  const shop = await threeDays();
  await shop.limit({ quiet: true, caps: true });
  const answer = await shop.backtest(shop.cartId, { days: 3 });
  // A at 10:30 and F at 11:40 go at the end of quiet hours, at noon; the second A is within 25 hours of the first
  expect(answer).toMatchObject({ would_send: 2, events: 8, sample: [{ at: iso(180) }, { at: iso(180) }] });
  expect(answer.left_out).toContainEqual({ reason: 'frequency_cap', words: 'Had as many messages as the frequency cap allows', count: 1 });
  expect(answer.assumes.join(' ')).toMatch(/opted out.*today.*orders.*caps.*Quiet hours/);
  // somebody else's message to the person of F
  await shop.broadcast(4, 20);
  expect(await shop.backtest(shop.cartId, { days: 3 })).toMatchObject({ would_send: 1 });
  const free = { pressure: { ignore_caps: true, ignore_quiet_hours: true } };
  expect(await shop.backtest(shop.cartId, { days: 3, settings: free })).toMatchObject({ would_send: 3 });
  const half = await shop.backtest(shop.cartId, { days: 3, settings: { ...free, holdout_percent: 50 } });
  const held = half.left_out.find((one: { reason: string }) => one.reason === 'holdout')?.count ?? 0;
  expect(half.would_send + held).toBe(3);
}); // biome-ignore format: tables

it('says whom the last days would have thanked, but for what came back before', async () => {
  const shop = await aShop();
  shop.at(4310);
  await shop.order('x', { at: -1440, status: 'delivered', delivered: 0 });
  await shop.order('y', { at: -1440, status: 'delivered', delivered: 10, updated: 10 });
  await shop.order('y', { at: -1440, status: 'returned', updated: 30 });
  await shop.order('z', { at: -1440, status: 'delivered', delivered: 20, updated: 20 });
  await shop.order('z', { at: -1440, status: 'returned', updated: 300 });
  await shop.order('w', { at: 4290, status: 'delivered', delivered: 4300, updated: 4300 });
  const answer = await shop.backtest(shop.thanksId, { days: 3, trigger: { delay_minutes: 60 } });
  expect(answer).toMatchObject({ events: 4, would_send: 2, people: 1 });
  expect(answer.left_out.map((one: { reason: string }) => one.reason)).toEqual(['delay_runs', 'order_returned']);
  expect(answer.sample.map((one: { subject: { words: string } }) => one.subject.words)).toEqual(['Order z, 1 item, £38.00', 'Order x, 1 item, £38.00']);
}); // biome-ignore format: tables

it('says whom the last days would have told of what came back', async () => {
  const shop = await aReturn();
  // out and back again: they were told by then
  shop.at(20);
  await shop.product(0);
  shop.at(30);
  await shop.product(1);
  shop.at(1440);
  const answer = await shop.backtest(shop.backId, { days: 2, trigger: { delay_minutes: 5 } });
  expect(answer).toMatchObject({ events: 3, would_send: 1, sample: [{ name: 'P0', subject: { kind: 'restock', words: 'Stoneware mug' } }] });
  expect(answer.sample[0].at).toMatch(/^2026-11-20T09:15:/);
  expect(answer.left_out.map((one: { reason: string }) => one.reason)).toEqual(['already_bought', 'opted_out']);
  expect(answer.assumes.join(' ')).toContain('“Not again for” leaves out nobody here');
  expect(await shop.backtest(shop.backId, { days: 2, trigger: { waiting: ['carted'] } })).toMatchObject({ events: 0 });
  // who was told before the time that is asked for is not told by the return within it
  shop.at(1460);
  expect(await shop.backtest(shop.backId, { days: 1, trigger: { delay_minutes: 5 } })).toMatchObject({ events: 0 });
  // and what is wanted after it was back is no reason
  await sql`UPDATE product_interest SET at = ${iso(1000)} WHERE contact_id = ${shop.contacts[0]}`.execute(shop.ctx.db);
  expect(await shop.backtest(shop.backId, { days: 2, trigger: { delay_minutes: 5 } })).toMatchObject({ events: 2, would_send: 0 });
}); // biome-ignore format: tables

it('what carts did is forgotten after 35 days, and what came back then, but for what is still to be told of', async () => {
  const shop = await aReturn();
  shop.at(60);
  await shop.cart('old', { at: 10 });
  await shop.cart('old', { at: 60, quantity: 3 });
  const left = async (table: 'cart_touches' | 'restocks' | 'product_interest' | 'restock_batches') =>
    (await base.db.selectFrom(table).select('workspace_id').where('workspace_id', '=', shop.ctx.actor.workspaceId).execute()).length;
  shop.at(35 * 1440 + 30);
  await forgetOldHistory(base);
  expect([await left('cart_touches'), await left('restocks')]).toEqual([1, 1]);
  await toggleCampaign(shop.ctx, shop.backId, false);
  await forgetOldHistory(base);
  expect([await left('cart_touches'), await left('restocks')]).toEqual([1, 0]);
  // the cart counts as a wish no more; one telling had something to say, the other told nobody
  await toggleCampaign(shop.ctx, shop.backId, true);
  for (const rows of [2, 1]) {
    await shop.wants(1);
    await shop.product(0);
    await shop.product(1);
    expect(await shop.check(shop.backId)).toBe(rows);
  }
  await base.db.deleteFrom('delivery_events').where('workspace_id', '=', shop.ctx.actor.workspaceId).where('subject_id', '=', base.db.selectFrom('restock_batches').select('id').where('workspace_id', '=', shop.ctx.actor.workspaceId).orderBy('id').limit(1)).execute();
  expect([await left('product_interest'), await left('restock_batches')]).toEqual([4, 2]);
  shop.at(71 * 1440);
  await forgetOldHistory(base);
  expect([await left('product_interest'), await left('restock_batches')]).toEqual([3, 1]);
}); // biome-ignore format: tables
