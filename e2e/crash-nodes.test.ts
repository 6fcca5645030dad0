// Several nodes on one database: they share the connections evenly, outlive each other's death, are replaced one by one
// without anybody noticing, and need LISTEN/NOTIFY for nothing but speed.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Node, NodeList } from '../contract/nodes.ts';
import { openSession } from '../server/platform/db/db.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Carillon, freshFolder, pause, startCarillon, until } from './carillon.ts';
import { askDatabase } from './crash-hold.ts';
import {
  accepted,
  clientOf,
  connectAll,
  launchAll,
  nodeEnvironment,
  type Platform,
  type Reckoning,
  reckon,
  startPlatform,
  toTheirEnd,
} from './crash-shop.ts';

const bots = 9;
const people = 40;
/** Slow enough that the sending outlasts what happens to the nodes, which start and settle meanwhile. */
const slowly = 60;
const secondsWorth = (bots * slowly) / 60;
let databaseUrl: string;
let platform: Platform;
const alive = new Set<Carillon>();

/** Each node has a folder of its own, as on machines of their own. */
async function aNode(role: string): Promise<Carillon> {
  const env = nodeEnvironment(platform, databaseUrl);
  const node = await startCarillon({ env, args: ['--role', role], dataDir: freshFolder() });
  alive.add(node);
  return node;
}
async function gone(node: Carillon, how: 'stop' | 'kill'): Promise<void> {
  alive.delete(node);
  if (how === 'kill') await node.kill();
  else expect(await node.stop()).toBe(0);
}

beforeAll(async () => {
  databaseUrl = await testDatabase();
  platform = await startPlatform(bots, people);
});
afterAll(async () => {
  await Promise.all([...alive].map((node) => node.end()));
  platform?.program.signal('SIGTERM');
});

const launch = (node: Carillon, name: string, messagesPerMinute = 600) =>
  launchAll(clientOf(node), platform, name, { messagesPerMinute });

async function nodesAsSeenBy(node: Carillon): Promise<Node[]> {
  return (await clientOf(node).get<NodeList>('/nodes')).data;
}
/** Lanes of the running workers, as the API tells them. */
const lanesOf = (nodes: Node[]) =>
  nodes.filter((node) => node.state === 'running' && node.role !== 'web').map((node) => node.lanes);

async function untilShared(node: Carillon, workers: number): Promise<void> {
  const fair = Math.ceil(bots / workers);
  await until(`${workers} workers share ${bots} lanes`, async () => {
    const lanes = lanesOf(await nodesAsSeenBy(node));
    const sum = lanes.reduce((a, b) => a + b, 0);
    return lanes.length === workers && sum === bots && Math.max(...lanes) <= fair + 1;
  });
}

async function expectHonest(node: Carillon, campaigns: string[]): Promise<Reckoning> {
  await toTheirEnd(clientOf(node), campaigns);
  const reckoning = await reckon(clientOf(node), platform, campaigns);
  expect(reckoning).toMatchObject({ planned: bots * people, twice: 0, lost: 0, mistaken: 0, left: 0 });
  expect(reckoning.addsUp).toBe(true);
  return reckoning;
}

test('workers share the lanes, one that joins gets its part, and what the killed one had goes on elsewhere', async () => {
  const web = await aNode('web');
  const first = await aNode('worker');
  await connectAll(clientOf(web), platform);
  const campaigns = await launch(web, 'Shared by three', slowly);
  await untilShared(web, 1);
  const [second] = await Promise.all([aNode('worker'), aNode('worker')]);
  await untilShared(web, 3);
  // nobody was messaged twice for it, and nobody is unknown: lanes are handed over with everything written down
  const { pid } = second;
  await gone(second, 'kill');
  await untilShared(web, 2);
  const { unknown, sent } = await expectHonest(web, campaigns);
  // a third of the lanes and one more, a second's worth of each
  expect(unknown).toBeLessThanOrEqual(secondsWorth / 2);
  expect(sent).toBeGreaterThan(bots * people - secondsWorth);
  await until('the killed one shows as lost', async () =>
    (await nodesAsSeenBy(web)).some((node) => node.pid === pid && node.state === 'lost'),
  );
  expect((await nodesAsSeenBy(web)).filter((node) => node.pid === first.pid)).toMatchObject([
    { state: 'running' },
  ]);
});

test('replaced one after the other in the middle of a broadcast: nobody is unknown, nobody waits', async () => {
  const [web, ...workers] = [...alive] as [Carillon, ...Carillon[]];
  const campaigns = await launch(web, 'Rolling restart', slowly);
  // both start at once: one after the other, a slow machine is at it longer than the broadcast
  await Promise.all(workers.map(() => aNode('worker')));
  for (const old of workers) {
    const before = await accepted(platform);
    await until('it sends', async () => (await accepted(platform)) > before);
    await gone(old, 'stop');
  }
  expect(await expectHonest(web, campaigns)).toMatchObject({ sent: bots * people, unknown: 0 });
  // a clean stop leaves no entry behind
  const pids = new Set((await nodesAsSeenBy(web)).map((node) => node.pid));
  for (const old of workers) expect(pids).not.toContain(old.pid);
});

test('a worker that stands still with its lanes is cut off, and when it wakes up it sends nothing that is not its own', async () => {
  const [web, frozen] = [...alive] as [Carillon, Carillon];
  const campaigns = await launch(web, 'Frozen and thawed', slowly);
  await untilShared(web, 2);
  frozen.signal('SIGSTOP');
  onTestFinished(() => frozen.signal('SIGCONT'));
  const stateOf = async () =>
    (await nodesAsSeenBy(web)).find((node) => node.pid === frozen.pid)?.state ?? 'gone';
  await until('it shows as lost', async () => (await stateOf()) === 'lost');
  // its kernel still answers for it; the other worker gets the lanes nevertheless
  await untilShared(web, 1);
  frozen.signal('SIGCONT');
  await until('it runs again', async () => (await stateOf()) === 'running');
  const { unknown } = await expectHonest(web, campaigns);
  // what it had in hand it gave back, so only calls that were under way may be unknown
  expect(unknown).toBeLessThanOrEqual(bots);
});

test('without a single notification everything still happens, by looking', async () => {
  await Promise.all([...alive].map((node) => gone(node, 'stop')));
  await muteNotifications();
  const heard = await listen();
  const node = await aNode('all');
  await aNode('worker');
  const campaigns = await launch(node, 'Deaf and sure');
  expect(await expectHonest(node, campaigns)).toMatchObject({ sent: bots * people, unknown: 0 });
  expect(heard()).toBe(0);
});

/** Sessions from now on find a pg_notify of ours, which tells nobody, before PostgreSQL's own. */
async function muteNotifications(): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await askDatabase(
    databaseUrl,
    "CREATE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE sql AS 'SELECT'",
  );
  await askDatabase(databaseUrl, `ALTER DATABASE ${name} SET search_path = public, pg_catalog`);
}

/** How many notifications there were since. */
async function listen(): Promise<() => number> {
  const session = await openSession(databaseUrl, 'crash-story');
  onTestFinished(() => session.end());
  let heard = 0;
  session.on('notification', () => {
    heard += 1;
  });
  await session.query('LISTEN carillon');
  // PostgreSQL's own still works: the ear is no deaf one
  await session.query("SELECT pg_catalog.pg_notify('carillon', '{}')");
  await pause(100);
  expect(heard).toBe(1);
  heard = 0;
  return () => heard;
}
