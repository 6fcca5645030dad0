// Ownership over advisory locks: one holder at a time, freed by a dead connection, taken again after it.
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { testCtx } from '../../testing/context.ts';
import { until } from '../../testing/engine.ts';
import { createLeases, type Leases } from './leases.ts';

const ctx = await testCtx();
const nodes: Leases[] = [];
function aNode(): Leases & { lost: string[] } {
  const leases = createLeases(ctx.databaseUrl, ctx.log);
  const lost: string[] = [];
  leases.onLost((keys) => lost.push(...keys));
  nodes.push(leases);
  return Object.assign(leases, { lost });
}
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
});

/** What a crash of the server or a firewall does to the connections that hold the locks of this database. */
async function cutConnections(): Promise<number> {
  const cut =
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'carillon-leases' AND datname = current_database()`.execute(
      ctx.db,
    );
  return cut.rows.length;
}

test('of two nodes one holds a key, and the other gets it once it is given back', async () => {
  const [one, two] = [aNode(), aNode()];
  expect(await one.tryAcquire('lane:a')).toBe(true);
  expect(await one.tryAcquire('lane:a')).toBe(true);
  expect(await two.tryAcquire('lane:a')).toBe(false);
  expect(await two.tryAcquire('lane:b')).toBe(true);
  expect([one.held('lane:a'), two.held('lane:a'), one.held('lane:b')]).toEqual([true, false, false]);
  await one.release('lane:a');
  expect(one.held('lane:a')).toBe(false);
  expect(await two.tryAcquire('lane:a')).toBe(true);
});

test('of many who ask at once exactly one node gets the key', async () => {
  const contenders = Array.from({ length: 5 }, aNode);
  const answers = await Promise.all(contenders.map((node) => node.tryAcquire('lane:race')));
  expect(answers.filter(Boolean)).toHaveLength(1);
});

test('a key asked for twice at once by one node is free after being given back once', async () => {
  const [one, two] = [aNode(), aNode()];
  expect(await Promise.all([one.tryAcquire('k'), one.tryAcquire('k'), one.tryAcquire('k')])).toEqual([
    true,
    true,
    true,
  ]);
  await one.release('k');
  expect(await two.tryAcquire('k')).toBe(true);
});

test('a stopped node frees its keys at once and takes none', async () => {
  const [one, two] = [aNode(), aNode()];
  await one.tryAcquire('lane:a');
  await one.stop();
  expect(await two.tryAcquire('lane:a')).toBe(true);
  expect(await one.tryAcquire('lane:c')).toBe(false);
  expect(one.lost).toEqual([]);
});

test('a killed connection tells the owner what it lost, frees the keys for others, and the node can own again', async () => {
  const [one, two] = [aNode(), aNode()];
  for (const key of ['lane:a', 'lane:b']) expect(await one.tryAcquire(key)).toBe(true);
  expect(await cutConnections()).toBe(1);
  await until('the loss is noticed', async () => one.lost.length === 2);
  expect(one.lost.sort()).toEqual(['lane:a', 'lane:b']);
  expect(one.held('lane:a')).toBe(false);
  expect(await two.tryAcquire('lane:a')).toBe(true);
  expect(await one.tryAcquire('lane:a')).toBe(false);
  expect(await one.tryAcquire('lane:b')).toBe(true);
  expect(await two.tryAcquire('lane:b')).toBe(false);
});

test('losing a connection again and again leaves no lock behind that nobody owns', async () => {
  const [one, two] = [aNode(), aNode()];
  for (let round = 0; round < 5; round++) {
    expect(await one.tryAcquire('lane:a'), `round ${round}`).toBe(true);
    const before = one.lost.length;
    await cutConnections();
    await until('the loss is noticed', async () => one.lost.length > before);
  }
  expect(await two.tryAcquire('lane:a')).toBe(true);
  const locks = await sql<{
    n: number;
  }>`SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND pid IN (SELECT pid FROM pg_stat_activity WHERE application_name = 'carillon-leases' AND datname = current_database())`.execute(
    ctx.db,
  );
  expect(locks.rows[0]?.n).toBe(1);
});
