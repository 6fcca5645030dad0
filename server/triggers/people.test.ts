// What happens to people between an event and its message: merged, parted again, erased.
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { eraseContact } from '../contacts/erase.ts';
import { mergeContacts } from '../contacts/merge/merge.ts';
import { undoMerge } from '../contacts/merge/undo-merge.ts';
import { expandPerson } from '../deliveries/runs/after-merge.ts';
import { settableClock } from '../platform/clock.ts';
import { openDb } from '../platform/db/db.ts';
import { type TestCtx, testCtx } from '../testing/context.ts';
import { testLanes, until } from '../testing/engine.ts';
import { type AutomationShop, aShop, start, waitsForLock } from './testing-automations.ts';

const clock = settableClock(start);
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});

const merge = (shop: AutomationShop, into: number, other: number) =>
  mergeContacts(shop.ctx, shop.contacts[into]!, { other_id: toWireId('cnt', shop.contacts[other]!), keep: {} } as never); // biome-ignore format: one line

it('two people who become one keep their carts: each reminder goes once, sent ones not again', async () => {
  const shop = await aShop(base, clock, 2);
  await shop.on(shop.cartId);
  shop.at(5);
  await shop.cart('sent', { who: 0, quantity: 1 });
  shop.at(66);
  expect(await shop.check(shop.cartId)).toBe(1);
  const lanes = testLanes(shop.ctx);
  await shop.all(1);
  await lanes.stop();
  // of one it is decided, another one waits, and the survivor has one that is decided as well
  await shop.cart('decided', { who: 1, quantity: 2 });
  await shop.cart('own', { who: 0, quantity: 3 });
  shop.at(130);
  expect(await shop.check(shop.cartId)).toBe(2);
  await shop.cart('waits', { who: 1, quantity: 4 });
  await merge(shop, 0, 1);
  shop.at(200);
  expect(await shop.check(shop.cartId)).toBe(1);
  testLanes(shop.ctx);
  await shop.all(4);
  await until(
    'all of it is written down',
    async () => (await shop.outcomes()).join() === 'sent,sent,sent,sent',
  );
  expect(await shop.sentTwice()).toBe(0);
});

it('a merge that is under way is waited for: the reminder goes to whom the cart belongs then', async () => {
  const shop = await aShop(base, clock, 2);
  const { ctx } = shop;
  await shop.on(shop.cartId);
  shop.at(5);
  await shop.cart('c', { who: 1 });
  shop.at(66);
  const other = openDb(ctx.databaseUrl, ctx.log, 1);
  let looked: Promise<number> = Promise.resolve(0);
  await other.db.transaction().execute(async (db) => {
    await merge({ ...shop, ctx: { ...ctx, db } }, 0, 1);
    looked = shop.check(shop.cartId);
    await until('the check waits for it', () => waitsForLock(ctx, 'pg_advisory_xact_lock_shared'));
  });
  await other.db.destroy();
  expect(await looked).toBe(1);
  expect((await shop.rows()).map((row) => row.contact_id)).toEqual([shop.contacts[0]]);
});

it('two people who are parted again are not written to for that: an automation has events and no audience', async () => {
  const shop = await aShop(base, clock, 3);
  await merge(shop, 0, 1);
  await shop.on(shop.cartId);
  shop.at(5);
  await shop.cart('c', { who: 2 });
  shop.at(66);
  expect(await shop.check(shop.cartId)).toBe(1);
  const { id } = await shop.ctx.db.selectFrom('contact_merges').select('id').where('workspace_id', '=', shop.workspaceId).executeTakeFirstOrThrow(); // biome-ignore format: one line
  await undoMerge(shop.ctx, shop.contacts[0]!, id);
  const jobs = await sql`SELECT FROM pgboss.job WHERE name = 'deliveries.expand_person'`.execute(base.db);
  expect(jobs.rows).toHaveLength(0);
  const [row] = await shop.rows();
  await expandPerson(base, { workspaceId: shop.workspaceId, runId: row!.run_id, contactId: shop.contacts[1]! }); // biome-ignore format: one line
  expect(await shop.rows()).toHaveLength(1);
});

it('with a person go the delays that ran for them, and what was decided is cancelled', async () => {
  const shop = await aShop(base, clock, 2);
  for (const id of [shop.cartId, shop.thanksId]) await shop.on(id);
  shop.at(5);
  await shop.cart('decided', { who: 0 });
  shop.at(66);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.cart('waits', { who: 0 });
  await shop.order('waits', { who: 0, delivered_at: shop.after(66) });
  await shop.cart('stays', { who: 1 });
  expect(await shop.waits()).toHaveLength(3);
  await eraseContact(shop.ctx, shop.contacts[0]!);
  expect(await shop.waits()).toHaveLength(1);
  expect(await shop.outcomes()).toEqual(['cancelled']);
  shop.at(5000);
  expect(await shop.check(shop.thanksId)).toBe(0);
  expect(await shop.check(shop.cartId)).toBe(1);
  testLanes(shop.ctx);
  await until('the other one is sent', async () => (await shop.outcomes()).includes('sent'));
  expect(await shop.accepted()).toBe(1);
});

it('of a cart that passed from one to the other the two as one are not reminded twice, and can be parted again', async () => {
  const shop = await aShop(base, clock, 2);
  const leftOut = (events: string) => sql`UPDATE deliveries SET state = 'skipped', reason = 'offer_today' WHERE workspace_id = ${shop.workspaceId} AND state = 'queued' AND id IN (
    SELECT e.delivery_id FROM delivery_events e JOIN carts k ON k.id = e.subject_id WHERE k.external_id = ANY(${`{${events}}`}::text[]))`.execute(base.db);
  await shop.on(shop.cartId);
  for (const who of [1, 0]) {
    shop.at(who === 1 ? 5 : 70);
    for (const id of ['had', 'none']) await shop.cart(id, { who, quantity: 2 + who });
    shop.at(who === 1 ? 66 : 131);
    expect(await shop.check(shop.cartId)).toBe(2);
    await leftOut(who === 1 ? 'none' : 'had,none');
    await sql`UPDATE deliveries SET state = 'sent', sent_at = ${clock.now()} WHERE workspace_id = ${shop.workspaceId} AND state = 'queued'`.execute(base.db);
  }
  await merge(shop, 0, 1);
  shop.at(140);
  for (const id of ['had', 'none']) await shop.cart(id, { who: 0, quantity: 4 });
  shop.at(201);
  expect(await shop.check(shop.cartId)).toBe(1);
  const { id } = await base.db.selectFrom('contact_merges').select('id').where('workspace_id', '=', shop.workspaceId).executeTakeFirstOrThrow();
  await undoMerge(shop.ctx, shop.contacts[0]!, id);
  expect((await shop.rows()).filter((row) => row.contact_id === shop.contacts[1]).map(({ reason, state }) => reason ?? state).sort()).toEqual(['offer_today', 'sent']);
}); // biome-ignore format: one line each
