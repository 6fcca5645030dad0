// Several wordings of an automation and the people who are held out of it: by a stable hash, so that a person stays where they are.
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { content } from '../../contract/message.ts';
import type { AbTest } from '../../contract/variants.ts';
import { editCampaign } from '../campaigns/edit.ts';
import { pickWinner } from '../campaigns/winner.ts';
import { tendAb, tendAbs } from '../deliveries/ab/tend-ab.ts';
import { runReport } from '../deliveries/reports/report.ts';
import { holdRuns } from '../deliveries/runs/finish.ts';
import { settableClock } from '../platform/clock.ts';
import { type TestCtx, testCtx } from '../testing/context.ts';
import { testLanes, until } from '../testing/engine.ts';
import { type AutomationShop, aShop, start } from './testing-automations.ts';

const clock = settableClock(start);
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});

const people = 30;
const wording = (text: string) => content.parse({ text });
const twoWordings = (test_percent: number): AbTest => ({
  variants: [{ key: 'b', content: wording('Wording B') }],
  test_percent,
  winner: { by: 'hand' },
});
/** A cart of everybody, idle for the delay, and what they were sent of it. */
async function everybody(shop: AutomationShop, name: string, minutes: number): Promise<void> {
  shop.at(minutes);
  for (let who = 0; who < people; who++) await shop.cart(`${name}${who}`, { who });
  shop.at(minutes + 61);
  expect(await shop.check(shop.cartId)).toBe(people);
  await until('nobody waits', async () => (await shop.rows()).every(({ state }) => !['queued', 'sending'].includes(state))); // biome-ignore format: one line
}
const variantsOf = async (shop: AutomationShop) =>
  Map.groupBy(await shop.rows(), (row) => row.contact_id).values().map((rows) => rows.map(({ variant }) => variant)).toArray(); // biome-ignore format: one line
async function texts(shop: AutomationShop): Promise<Record<string, number>> {
  const { rows } = await sql<{
    text: string;
    n: number;
  }>`SELECT body->>'text' AS text, count(*)::int AS n FROM messages
    WHERE workspace_id = ${shop.workspaceId} AND direction = 'out' GROUP BY 1`.execute(shop.ctx.db);
  return Object.fromEntries(rows.map(({ text, n }) => [text, n]));
}
const reportOf = (shop: AutomationShop) => runReport(shop.ctx, shop.cartId, null);

it('each wording goes to its people and nobody waits; a person chooses the winner, and everybody after that gets it', async () => {
  const shop = await aShop(base, clock, people);
  await editCampaign(shop.ctx, shop.cartId, { content: wording('Wording A') });
  await shop.settle(shop.cartId, { ab: twoWordings(80) });
  await shop.on(shop.cartId);
  testLanes(shop.ctx, 500);
  await everybody(shop, 'first', 5);
  const first = await variantsOf(shop);
  const inTest = (variant: number) => first.filter((own) => own[0] === variant).length;
  expect(inTest(0) * inTest(1)).toBeGreaterThan(0);
  // whoever is beyond the test gets the campaign's own words
  expect(await texts(shop)).toEqual({ 'Wording A': people - inTest(1), 'Wording B': inTest(1) });
  const { variants, run_id } = await reportOf(shop);
  expect(variants).toMatchObject({ step: 'testing', by: 'hand', waiting: 0, winner: null });
  expect(variants?.data.map((one) => one.sent)).toEqual([inTest(0), inTest(1)]);
  // looks at tests are for those that end: this one goes on, with another delay and off and on again too
  const runId = (await shop.rows())[0]!.run_id;
  await tendAb(base, { workspaceId: shop.workspaceId, runId });
  await tendAbs(base);
  await shop.delay(shop.cartId, 30);
  await shop.off(shop.cartId);
  await shop.on(shop.cartId);
  await everybody(shop, 'second', 200);
  for (const [before, after] of await variantsOf(shop)) expect(after).toBe(before);
  expect((await reportOf(shop)).variants?.data.map((one) => one.sent)).toEqual([2 * inTest(0), 2 * inTest(1)]); // biome-ignore format: one line
  await pickWinner(shop.ctx, shop.cartId, { runId, variant: 'b' });
  expect((await reportOf(shop)).variants).toMatchObject({ step: 'decided', winner: 'b', decided_by: 'Test' });
  await everybody(shop, 'third', 400);
  expect(await texts(shop)).toEqual({ 'Wording A': 2 * (people - inTest(1)), 'Wording B': 2 * inTest(1) + people }); // biome-ignore format: one line
  // other settings are another run, and the same test
  await shop.settle(shop.cartId, { ab: twoWordings(80), silent: true });
  await everybody(shop, 'fourth', 600);
  const { run_id: later, variants: still } = await reportOf(shop);
  expect(later).not.toBe(run_id);
  expect(still).toMatchObject({ step: 'decided', winner: 'b' });
  expect(still?.data.map((one) => one.sent)).toEqual([2 * inTest(0), 2 * inTest(1)]);
  expect((await texts(shop))['Wording B']).toBe(2 * inTest(1) + 2 * people);
});

it('words that change while somebody waits reach them, though their wording is no more', async () => {
  const shop = await aShop(base, clock, people);
  await shop.settle(shop.cartId, { ab: twoWordings(100) });
  await shop.on(shop.cartId);
  await shop.held(true);
  for (let who = 0; who < people; who++) await shop.cart(`c${who}`, { who });
  shop.at(61);
  expect(await shop.check(shop.cartId)).toBe(people);
  // one is under way while the words change, and comes back unsent
  const underWay = (await shop.rows())[0]!.id;
  const { db } = shop.ctx;
  await sql`UPDATE deliveries SET state = 'sending', claim = new_id(), claimed_at = ${clock.now()} WHERE id = ${underWay}`.execute(
    db,
  );
  const other: AbTest = { ...twoWordings(1), variants: [{ key: 'b', content: wording('Other words') }] };
  await shop.settle(shop.cartId, { ab: other });
  await editCampaign(shop.ctx, shop.cartId, { content: wording('New words') });
  await shop.cart('news', { who: 0, quantity: 1 });
  shop.at(130);
  expect(await shop.check(shop.cartId)).toBe(1);
  await sql`UPDATE deliveries SET state = 'queued', claim = NULL WHERE id = ${underWay}`.execute(db);
  // a connection that breaks meanwhile stops no run of it that nobody could let go again
  const { workspaceId, sandbox } = shop;
  await db
    .updateTable('connections')
    .set({ status: 'error', problem: 'x' })
    .where('id', '=', sandbox.connectionId)
    .execute();
  await holdRuns(shop.ctx, { workspaceId, connectionId: sandbox.connectionId, reason: 'x' });
  expect(
    await db
      .selectFrom('runs')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .where('status', '=', 'paused')
      .execute(),
  ).toEqual([]);
  await db
    .updateTable('connections')
    .set({ status: 'connected', problem: null })
    .where('id', '=', sandbox.connectionId)
    .execute();
  expect(await shop.check(shop.cartId)).toBe(0);
  const rows = await shop.rows();
  expect(new Set(rows.map((row) => row.run_id)).size).toBe(1);
  const { first_row, last_row } = await shop.ctx.db.selectFrom('runs').select(['first_row', 'last_row']).where('id', '=', rows[0]!.run_id).executeTakeFirstOrThrow(); // biome-ignore format: one line
  expect([first_row, last_row]).toEqual([rows[0]!.id, rows.at(-1)!.id]);
  await shop.held(false);
  testLanes(shop.ctx, 500);
  await shop.all(people + 1);
  await until('all stand in their threads', async () => Object.values(await texts(shop)).reduce((sum, n) => sum + n, 0) === people + 1); // biome-ignore format: one line
  expect((await texts(shop))['New words']).toBeGreaterThanOrEqual(people);
});

it('the same people are held out of every event, counted as such and compared with the others', async () => {
  const shop = await aShop(base, clock, people);
  await shop.settle(shop.cartId, { holdout_percent: 50 });
  await shop.on(shop.cartId);
  testLanes(shop.ctx, 500);
  await everybody(shop, 'first', 5);
  const held = async () => (await shop.rows()).filter(({ reason }) => reason === 'holdout').map((row) => row.contact_id).sort(); // biome-ignore format: one line
  const out = await held();
  expect(out.length).toBeGreaterThan(0);
  expect(out.length).toBeLessThan(people);
  await everybody(shop, 'second', 200);
  expect(await held()).toEqual([...out, ...out].sort());
  const who = (isOut: boolean) => shop.contacts.findIndex((id) => out.includes(id) === isOut);
  await shop.order('o1', { who: who(true), status: 'paid', placed_at: shop.after(250) });
  await shop.order('o2', { who: who(false), status: 'paid', placed_at: shop.after(250) });
  await shop.order('o3', { who: who(false), status: 'paid', placed_at: shop.after(50) });
  const { holdout, skips } = await reportOf(shop);
  expect(holdout).toMatchObject({
    people: out.length,
    converted: 1,
    sent: people - out.length,
    sent_converted: 1,
  });
  expect(skips).toEqual([expect.objectContaining({ code: 'holdout', count: 2 * out.length })]);
});
