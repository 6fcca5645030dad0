// Presence and the list: heartbeats of real nodes on one database, what each workspace sees of them, and how they go.
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import type { NodeList, NodeRole } from '../../contract/nodes.ts';
import { manualClock } from '../platform/clock.ts';
import { newId } from '../platform/db/ids.ts';
import { createLeases } from '../platform/db/leases.ts';
import { aConnection, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { until } from '../testing/engine.ts';
import { listNodes } from './list.ts';
import { beatEveryMs, stateOf } from './node.ts';
import { forgetLostNodes, startPresence } from './presence.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx();
});

interface Work {
  lanes: string[];
  outcomes: number;
}

/** A node with a clock of its own: it beats when the test moves it. */
async function aNode(role: NodeRole = 'worker', work: Work = { lanes: [], outcomes: 0 }) {
  const id = newId();
  const leases = createLeases(base.databaseUrl, base.log);
  const clock = manualClock(new Date('2026-11-21T10:00:00Z'));
  const presence = await startPresence(
    { ...base, clock },
    { id, leases, role, version: '1.2.3', work: async () => work },
  );
  onTestFinished(() => leases.stop());
  return { id, presence, clock, work, leases };
}
const find = (list: NodeList, id: string) => list.data.find((node) => node.id === toWireId('nod', id));
const see = async (id: string, ctx = base) => find(await listNodes(ctx, null), id);
const lastHeard = (id: string, seconds: number) =>
  base.db
    .updateTable('nodes')
    .set({ heartbeat_at: new Date(Date.now() - seconds * 1000) })
    .where('id', '=', id)
    .execute();

test('a node shows with its role, version and lanes; of other workspaces’ connections only the number', async () => {
  const theirs = inWorkspace(base, await aWorkspace(base, 'Others'));
  const own = await aConnection(base);
  const foreign = await aConnection(theirs);
  const { id, presence } = await aNode('all', { lanes: [own, foreign], outcomes: 0 });
  const seen = await listNodes(base, id);
  expect(find(seen, id)).toMatchObject({
    pid: process.pid,
    role: 'all',
    version: '1.2.3',
    state: 'running',
    answers: true,
    lanes: 2,
    connections: [{ id: toWireId('con', own), name: 'Shop bot' }],
  });
  expect(JSON.stringify(seen)).not.toContain(toWireId('con', foreign));
  expect((await see(id, theirs))?.connections).toEqual([{ id: toWireId('con', foreign), name: 'Shop bot' }]);
  expect((await see(id))?.answers).toBe(false);
  await presence.stop();
});

test('a beat tells the new lanes and the rate since the last one', async () => {
  const connection = await aConnection(base);
  const { id, presence, clock, work } = await aNode();
  expect(await see(id)).toMatchObject({ lanes: 0, sends_per_second: 0 });
  work.lanes = [connection];
  work.outcomes = 60;
  clock.advance(beatEveryMs);
  await until('the beat is written', async () => (await see(id))?.lanes === 1);
  expect(await see(id)).toMatchObject({ sends_per_second: 30 });
  expect((await see(id))?.memory_bytes).toBeGreaterThan(1_000_000);
  await presence.stop();
});

test('a node without a heartbeat for more than ten seconds is lost, and comes back with its next beat', async () => {
  expect([stateOf(10, false), stateOf(10.1, false), stateOf(3, true), stateOf(11, true)]).toEqual([
    'running',
    'lost',
    'stopping',
    'lost',
  ]);
  const silent = await aNode();
  const living = await aNode();
  await lastHeard(silent.id, 12);
  const list = await listNodes(base, null);
  expect(find(list, silent.id)?.state).toBe('lost');
  expect(find(list, silent.id)?.heartbeat_age_seconds).toBeGreaterThanOrEqual(12);
  // lost ones stand last although they are older
  expect(list.data.at(-1)?.id).toBe(toWireId('nod', silent.id));
  silent.clock.advance(beatEveryMs);
  await until('it is back', async () => (await see(silent.id))?.state === 'running');
  await Promise.all([silent.presence.stop(), living.presence.stop()]);
});

test('a clean stop shows as stopping and then takes the entry away', async () => {
  const { id, presence } = await aNode();
  await presence.leave();
  expect((await see(id))?.state).toBe('stopping');
  await presence.stop();
  expect(await see(id)).toBeUndefined();
});

test('entries of an hour ago are forgotten, and a node that was only slow puts its own back', async () => {
  const { id, presence, clock } = await aNode();
  await lastHeard(id, 3500);
  await forgetLostNodes(base);
  expect(await see(id)).toBeDefined();
  await lastHeard(id, 3700);
  await forgetLostNodes(base);
  expect(await see(id)).toBeUndefined();
  clock.advance(beatEveryMs);
  await until('it is back', async () => (await see(id))?.state === 'running');
  await presence.stop();
});

test('workers count the living ones: not web nodes, not those that stop, and the killed ones no longer at once', async () => {
  const one = await aNode('all');
  const two = await aNode();
  const web = await aNode('web');
  const three = await aNode();
  const counted = async () => {
    const before = (await see(one.id))?.heartbeat_at;
    await until('it has beaten', async () => {
      // again where it was not asleep yet when the hands moved
      one.clock.advance(beatEveryMs);
      return (await see(one.id))?.heartbeat_at !== before;
    });
    return one.presence.workers();
  };
  expect(three.presence.workers()).toBe(3);
  expect(await counted()).toBe(3);
  await two.presence.leave();
  expect(await counted()).toBe(2);
  // killed: its session ends without a word, and its last heartbeat is still fresh
  await three.leases.stop();
  await until('the lock is free', async () => (await counted()) === 1);
  expect((await see(three.id))?.state).toBe('running');
  await Promise.all([one, two, three, web].map(({ presence }) => presence.stop()));
});
