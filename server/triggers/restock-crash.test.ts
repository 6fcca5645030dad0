// Back in stock when the moments are the worst: at the same instant as the check, cut between two chunks, its place lost.
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { mergeContacts } from '../contacts/merge/merge.ts';
import { settableClock } from '../platform/clock.ts';
import { openDb } from '../platform/db/db.ts';
import { type TestCtx, testCtx } from '../testing/context.ts';
import { testLanes, until } from '../testing/engine.ts';
import { checkedPeople, nextCheckOf } from './figures/next-check.ts';
import { chunk } from './restock.ts';
import { type AutomationShop, aShop as aShopOf, start, waitsForLock } from './testing-automations.ts';

const clock = settableClock(start);
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});

type OpenDb = ReturnType<typeof openDb>;

async function aShop(people = 1): Promise<AutomationShop> {
  const shop = await aShopOf(base, clock, people);
  testLanes(shop.ctx);
  await shop.on(shop.backId);
  return shop;
}

it('what comes back at the very moment of the check is told of, whoever of the two is first', async () => {
  const shop = await aShop(1);
  const { ctx } = shop;
  await shop.product('mug', { stock: 0 });
  const flicker = async (minute: number) => {
    await shop.wants('mug');
    shop.at(minute);
    await shop.product('mug', { stock: 1 });
    shop.at(minute + 1);
    await shop.product('mug', { stock: 0 });
    shop.at(minute + 2);
  };
  const other = openDb(ctx.databaseUrl, ctx.log, 1);
  // the check looks while the shop's batch is not committed yet, and sees it sold out
  await flicker(1);
  await other.db.transaction().execute(async (db) => {
    await shop.product('mug', { stock: 5 }, { ...ctx, db });
    expect(await shop.check(shop.backId)).toBe(0);
  });
  expect(await shop.check(shop.backId)).toBe(1);
  await shop.all(1);
  await shop.product('mug', { stock: 0 });
  // the shop tells while the check has decided, and is not committed yet
  await flicker(2000);
  let told: Promise<unknown> = Promise.resolve();
  await other.db.transaction().execute(async (db) => {
    expect(await shop.check(shop.backId, { ...ctx, db })).toBe(0);
    told = shop.product('mug', { stock: 5 });
    await until('the shop waits for it', () => waitsForLock(ctx, 'restocks'));
  });
  await told;
  await other.db.destroy();
  expect(await shop.check(shop.backId)).toBe(1);
  await shop.all(2);
});

it('a restock that is cut between two chunks goes on where it was, though two take it up at once', async () => {
  // no lanes: people who cannot be reached have a row too
  const shop = await aShopOf(base, clock);
  const { ctx } = shop;
  const many = 2 * chunk + 7;
  await shop.on(shop.backId);
  await shop.product('mug', { stock: 0 });
  await sql`
    WITH p AS (
      INSERT INTO contacts (workspace_id, id, first_name, created_at, updated_at)
        SELECT ${shop.workspaceId}, new_id(), 'Ann', ${start}, ${start} FROM generate_series(1, ${many}) RETURNING workspace_id, id
    )
    INSERT INTO product_interest (workspace_id, product_id, contact_id, kind, variant_id, at)
      SELECT p.workspace_id, m.id, p.id, 'subscribed', '', ${start} FROM p JOIN products m ON m.workspace_id = p.workspace_id`.execute(
    ctx.db,
  );
  shop.at(1);
  await shop.product('mug', { stock: 3 });
  // its time is over after each chunk, as if it died there
  let elapsed = 0;
  const short = { ...clock, elapsedMs: () => (elapsed += 100_000) };
  const [{ db: first }, { db: second }] = [1, 2].map((size) => openDb(ctx.databaseUrl, ctx.log, size)) as [OpenDb, OpenDb]; // biome-ignore format: one line
  let looks: Promise<number[]> = Promise.resolve([]);
  await first.transaction().execute(async (db) => {
    expect(await shop.check(shop.backId, { ...ctx, db, clock: short })).toBe(chunk);
    expect(await shop.rows()).toHaveLength(0);
    // something else is back: what the others find is no telling of their own beside this one
    await shop.product('bowl', { stock: 0 });
    await shop.product('bowl', { stock: 3 });
    looks = Promise.all([ctx, { ...ctx, db: second }].map((node) => shop.check(shop.backId, node)));
    await until('the others wait for their turn', () => waitsForLock(ctx, 'trigger_states'));
  });
  const written = await looks;
  await first.destroy();
  await second.destroy();
  expect(written.reduce((sum, rows) => sum + rows, 0)).toBe(many - chunk);
  const rows = await shop.rows();
  expect(new Set(rows.map((row) => row.contact_id)).size).toBe(many);
  expect(rows).toHaveLength(many);
  expect(new Set(rows.map((row) => row.event_key)).size).toBe(1);
});

it('a telling whose place was lost writes no second row, also where the first never left, and misses nobody', async () => {
  const shop = await aShop(2);
  await shop.held(true);
  await shop.product('mug', { stock: 0 });
  await shop.wants('mug', 0);
  shop.at(10);
  await shop.product('mug', { stock: 3 });
  expect(await shop.check(shop.backId)).toBe(1);
  await shop.wants('mug', 1);
  const { db } = shop.ctx;
  await db
    .updateTable('deliveries')
    .set({ state: 'failed' })
    .where('workspace_id', '=', shop.workspaceId)
    .execute();
  await db.updateTable('restock_batches').set({ done_at: null, reached: null }).where('workspace_id', '=', shop.workspaceId).execute(); // biome-ignore format: one line
  expect(await shop.check(shop.backId)).toBe(1);
  expect((await shop.rows()).map((row) => row.contact_id)).toEqual(shop.contacts);
});

it('a telling that was cut is in the next check, with those it has not come to, and goes on there', async () => {
  const shop = await aShopOf(base, clock, 3);
  const { ctx, backId } = shop;
  await shop.on(backId);
  for (const id of ['mug', 'bowl']) await shop.product(id, { stock: 0, name: id });
  await shop.wants('mug', 0);
  shop.at(1);
  await shop.product('mug', { stock: 3, name: 'mug' });
  expect(await shop.check(backId)).toBe(1);
  // as if it had died behind the first
  for (const who of [1, 2]) await shop.wants('mug', who);
  await ctx.db.updateTable('restock_batches').set({ done_at: null, reached: shop.contacts[0]! }).where('workspace_id', '=', shop.workspaceId).execute(); // biome-ignore format: one line
  for (const id of ['mug', 'bowl']) await shop.wants(id, 2);
  shop.at(2);
  await shop.product('bowl', { stock: 3, name: 'bowl' });
  const before = await nextCheckOf(ctx, backId);
  expect(before).toMatchObject({ events: 2, due: 2, looked_at: 2, messages: 3, people: 2, left_out: [] });
  expect(before.under_way).toMatchObject({ products: 1, people: 2 });
  const { data } = await checkedPeople(ctx, backId, { limit: 50 });
  expect(data.map((one) => [one.contact_id, one.subject.words, one.verdict])).toEqual([
    [toWireId('cnt', shop.contacts[1]!), 'mug', 'send'],
    [toWireId('cnt', shop.contacts[2]!), 'mug', 'send'],
  ]);
  expect(await shop.check(backId)).toBe(before.messages);
  expect((await nextCheckOf(ctx, backId)).under_way).toBeNull();
});

it('whose wish a merge moves to somebody the telling has passed is told, too', async () => {
  const shop = await aShopOf(base, clock, 2);
  const [passed, behind] = shop.contacts.toSorted() as [string, string];
  await shop.on(shop.backId);
  await shop.product('mug', { stock: 0 });
  await shop.wants('mug', shop.contacts.indexOf(behind));
  shop.at(10);
  await shop.product('mug', { stock: 3 });
  expect(await shop.check(shop.backId)).toBe(1);
  const { db } = shop.ctx;
  // as it was when the telling had come to the first of them
  await sql`WITH e AS (DELETE FROM delivery_events WHERE workspace_id = ${shop.workspaceId}) DELETE FROM deliveries WHERE workspace_id = ${shop.workspaceId}`.execute(db);
  await db.updateTable('restock_batches').set({ done_at: null, reached: passed }).where('workspace_id', '=', shop.workspaceId).execute();
  await mergeContacts(shop.ctx, passed, { other_id: toWireId('cnt', behind), keep: {} } as never);
  expect(await shop.check(shop.backId)).toBe(1);
  expect((await shop.rows()).map((row) => row.contact_id)).toEqual([passed]);
}); // biome-ignore format: one line each
