// News over LISTEN/NOTIFY: with the commit or not at all, to every node, and again after the connection was lost.
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { testCtx } from '../../testing/context.ts';
import { until } from '../../testing/engine.ts';
import { inTransaction } from '../context.ts';
import { createHub, type Hub, type News } from './hub.ts';

const ctx = await testCtx();
const hubs: Hub[] = [];
async function aNode(): Promise<Hub & { heard: string[] }> {
  const hub = createHub(ctx.databaseUrl, ctx.log);
  const heard: string[] = [];
  hub.subscribe((news) => heard.push((news as { connectionId: string }).connectionId));
  await hub.start();
  hubs.push(hub);
  return Object.assign(hub, { heard });
}
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.stop();
});
const wake = (connectionId: string): News => ({ topic: 'outbound', connectionId });
const listeners = async () =>
  (
    await sql<{
      pid: number;
    }>`SELECT pid FROM pg_stat_activity WHERE application_name = 'carillon-hub' AND datname = current_database()`.execute(
      ctx.db,
    )
  ).rows.map(({ pid }) => pid);

test('every node hears what one says, in order, its own news too', async () => {
  const [one, two] = [await aNode(), await aNode()];
  for (const id of ['a', 'b', 'c']) await one.publish(ctx, wake(id));
  await until('both have heard', async () => one.heard.length === 3 && two.heard.length === 3);
  expect([one.heard, two.heard]).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

test('news of a transaction is heard after its commit, and never when it is rolled back', async () => {
  const node = await aNode();
  await inTransaction(ctx, async (ctx) => {
    await node.publish(ctx, wake('undone'));
    throw new Error('rolled back');
  }).catch(() => {});
  await inTransaction(ctx, async (ctx) => {
    await node.publish(ctx, wake('done'));
    await sql`SELECT 1`.execute(ctx.db);
    expect(node.heard).toEqual([]);
  });
  await node.publish(ctx, wake('last'));
  await until('the last is heard', async () => node.heard.includes('last'));
  expect(node.heard).toEqual(['done', 'last']);
});

test('a node whose connection was cut listens again, once', async () => {
  const node = await aNode();
  const before = await listeners();
  for (const pid of before) await sql`SELECT pg_terminate_backend(${pid}::int)`.execute(ctx.db);
  await until('it is connected again', async () => {
    const now = await listeners();
    return now.length === before.length && !now.some((pid) => before.includes(pid));
  });
  await until('it hears again', async () => {
    await node.publish(ctx, wake('again'));
    return node.heard.includes('again');
  });
  await node.publish(ctx, wake('once'));
  await node.publish(ctx, wake('end'));
  await until('the end is heard', async () => node.heard.includes('end'));
  expect(node.heard.filter((id) => id === 'once')).toHaveLength(1);
});

test('neither nonsense on the channel nor a listener with a bug keeps others from hearing', async () => {
  const node = await aNode();
  node.subscribe(() => {
    throw new Error('a bug');
  });
  const after: News[] = [];
  node.subscribe((news) => after.push(news));
  await sql`SELECT pg_notify('carillon', '{not json')`.execute(ctx.db);
  await sql`SELECT pg_notify('carillon', '')`.execute(ctx.db);
  await node.publish(ctx, wake('fine'));
  await until('it is heard', async () => after.length > 0);
  expect(after).toEqual([wake('fine')]);
});

test('who has left hears nothing more, and a stopped hub leaves no connection behind', async () => {
  const node = await aNode();
  const heard: News[] = [];
  const leave = node.subscribe((news) => heard.push(news));
  leave();
  await node.publish(ctx, wake('x'));
  await until('the rest hear it', async () => node.heard.includes('x'));
  expect(heard).toEqual([]);
  const before = (await listeners()).length;
  await node.stop();
  await until('it is gone', async () => (await listeners()).length === before - 1);
});
