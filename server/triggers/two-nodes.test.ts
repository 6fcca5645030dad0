// Two whole nodes on one database, and processes that die at the worst moment: everybody is reminded once.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CarillonNode, startNode } from '../node.ts';
import { settableClock } from '../platform/clock.ts';
import { openDb } from '../platform/db/db.ts';
import { newId } from '../platform/db/ids.ts';
import { testCtx } from '../testing/context.ts';
import { claimedOfRun, until } from '../testing/engine.ts';
import { type AutomationShop, aShop, start } from './testing-automations.ts';

const people = 24;
const clock = settableClock(start);
let shop: AutomationShop;
let nodes: CarillonNode[];
beforeAll(async () => {
  shop = await aShop(await testCtx({ clock }), clock, people);
  await shop.on(shop.cartId);
});
afterAll(() => Promise.all((nodes ?? []).map((node) => node.stop())));

/** As `npm start` starts one, with the hands of the story. */
async function aNode(): Promise<CarillonNode> {
  const { ctx } = shop;
  const config = { ...ctx.config, role: 'worker' as const, port: 0, encryptionKey: '0'.repeat(64) };
  return startNode({ ...config, databaseUrl: ctx.databaseUrl }, ctx.log, 'test', clock);
}

it('what a process that dies has decided is sent by the others; what it had claimed nobody sends again', async () => {
  await shop.cart('before', { who: 0, quantity: 1 });
  await shop.cart('claimed', { who: 1, quantity: 1 });
  shop.at(61);
  // this process has no lanes: it is gone with the commit
  expect(await shop.check(shop.cartId)).toBe(2);
  const [first] = await shop.rows();
  const [taken] = await claimedOfRun(shop.ctx, first!.run_id, newId(), 1);
  nodes = [await aNode(), await aNode()];
  await shop.all(1);
  await until('the other one is named', async () => (await shop.outcomes()).includes('node_lost'));
  expect(await shop.outcomes()).toEqual(['node_lost', 'sent']);
  expect((await shop.rows()).find(({ reason }) => reason === 'node_lost')?.id).toBe(taken?.id);
  expect(await shop.accepted()).toBe(1);
});

it('both look at the same moment, again and again: everybody is reminded once', async () => {
  for (let who = 0; who < people; who++) await shop.cart(`c${who}`, { who });
  shop.at(130);
  const look = () => Promise.all([...nodes, ...nodes].map(({ base }) => shop.check(shop.cartId, base)));
  await look();
  await shop.all(1 + people);
  // touched and idle again: the same event to either of them
  for (let who = 0; who < people; who++) await shop.cart(`c${who}`, { who, quantity: 3 });
  shop.at(300);
  await look();
  // a job of theirs may have been faster, and is at it
  await until('nothing is due', async () => (await shop.waits()).length === 0);
  expect(await shop.rows()).toHaveLength(2 + people);
  expect(await shop.sentTwice()).toBe(0);
});

it('dead in the middle of the check, it has decided nothing; another one sends, once', async () => {
  const { databaseUrl, log, db } = shop.ctx;
  const [dying, holder] = [openDb(databaseUrl, log, 1), openDb(databaseUrl, log, 1)];
  let look: Promise<unknown> = Promise.resolve();
  // before that: a touch of a cart asks that table, too
  await shop.cart('middle', { who: 0, quantity: 5 });
  await holder.db.transaction().execute(async (trx) => {
    await sql`LOCK TABLE delivery_events IN SHARE MODE`.execute(trx);
    shop.at(370);
    // the test's own, or a node's own job: whoever is first takes the wait, and cannot write the row
    let hasEnded = false;
    look = shop
      .check(shop.cartId, { ...shop.ctx, db: dying.db })
      .catch(() => null)
      .finally(() => {
        hasEnded = true;
      });
    const waiting = sql`FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%event AS (%'`;
    const isInTheMiddle = async () => (await sql`SELECT pid ${waiting}`.execute(db)).rows.length > 0;
    await until('somebody is in the middle', isInTheMiddle);
    // the wait is held: whoever looks now passes it over
    expect(await shop.check(shop.cartId, nodes[0]!.base)).toBe(0);
    // again while it lasts: a look that came late takes the wait of the one that was killed, and stands where that one stood
    await until('the test’s own look has ended', async () => {
      await sql`SELECT pg_terminate_backend(pid) ${waiting}`.execute(db);
      return hasEnded;
    });
    await look;
    expect(await shop.rows()).toHaveLength(2 + people);
  });
  await Promise.all([dying.db.destroy(), holder.db.destroy()]);
  await Promise.all(nodes.map(({ base }) => shop.check(shop.cartId, base)));
  await shop.all(2 + people);
  expect(await shop.rows()).toHaveLength(3 + people);
  expect(await shop.sentTwice()).toBe(0);
});
