// kill -9 in every phase of a broadcast. Each story holds the node at one exact place, kills it there, starts another and
// does nothing more: the campaigns end by themselves, and what the product says is what the emulator has counted.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Delivery } from '../contract/deliveries.ts';
import type { Page } from '../contract/lists.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Carillon, freshFolder, startCarillon, until } from './carillon.ts';
import { askDatabase, type Hold, hold } from './crash-hold.ts';
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

const bots = 4;
const people = 60;
const everybody = bots * people;
/** Two bots' worth of rows in hand when the blow falls: what a second may leave unknown. */
const secondsWorth = bots * 30;
/** How the statements of the engine begin. */
const claiming = /^\/\* claim \*\//;
const recording = /^\/\* record \*\//;
const declaring = /^\s*WITH lane AS/;
const dataDir = freshFolder();
let databaseUrl: string;
let platform: Platform;
let node: Carillon;

const start = () => startCarillon({ env: nodeEnvironment(platform, databaseUrl), dataDir });

beforeAll(async () => {
  databaseUrl = await testDatabase();
  platform = await startPlatform(bots, people);
  node = await start();
  await connectAll(clientOf(node), platform);
});
afterAll(async () => {
  await node?.end();
  platform?.program.signal('SIGTERM');
});

/** A story that fails must not hold the next one. */
async function holding(statement: string): Promise<Hold> {
  const held = await hold(databaseUrl, statement);
  onTestFinished(() => held.release());
  return held;
}

/** The node is dead; another one starts on its own and brings the campaigns to their end. */
async function anotherGoesOn(campaigns: string[]): Promise<Reckoning> {
  node = await start();
  await toTheirEnd(clientOf(node), campaigns);
  const reckoning = await reckon(clientOf(node), platform, campaigns);
  expect(reckoning).toMatchObject({
    planned: everybody,
    failed: 0,
    skipped: 0,
    left: 0,
    twice: 0,
    lost: 0,
    mistaken: 0,
    addsUp: true,
  });
  expect(reckoning.unknown).toBeLessThanOrEqual(secondsWorth);
  expect(reckoning.arrived).toBeGreaterThanOrEqual(reckoning.sent);
  return reckoning;
}

const sentSoFar = async () =>
  (await clientOf(node).get<Page<Delivery>>('/deliveries?state=sent&include=total&limit=1')).total ?? 0;
/** How many rows of earlier stories are sent. */
let before = 0;
const newlySent = async () => (await sentSoFar()) - before;
const launch = async (name: string) => {
  before = await sentSoFar();
  return launchAll(clientOf(node), platform, name);
};

test('killed while the rows are being written: the half-written chunk is gone, the next node writes it, nothing is unknown', async () => {
  const held = await holding('LOCK TABLE deliveries IN SHARE MODE');
  const campaigns = await launch('Killed in expansion');
  await held.caught(/INSERT INTO deliveries/);
  await node.kill();
  await held.release('burying');
  expect(await anotherGoesOn(campaigns)).toMatchObject({ sent: everybody, unknown: 0, arrived: everybody });
});

test('killed while it claims, the claim dies with it: nobody is unknown', async () => {
  const campaigns = await launch('Killed in the claim');
  const held = await holding('LOCK TABLE deliveries IN SHARE MODE');
  await held.caught(claiming);
  const { unknown } = await blow(held, 'burying', campaigns);
  // what it had in hand when the lock fell, its calls and outcomes
  expect(unknown).toBeLessThanOrEqual(secondsWorth);
});

test('killed while it claims, the claim takes place after its death: those rows are named unknown, not waited for', async () => {
  const campaigns = await launch('A claim without a claimant');
  const held = await holding('LOCK TABLE deliveries IN SHARE MODE');
  await held.caught(claiming);
  await node.kill();
  const next = start();
  // the new owner waits behind the dead one's claim: it must look again after it
  await held.caught(declaring);
  await held.release();
  node = await next;
  await toTheirEnd(clientOf(node), campaigns);
  const reckoning = await reckon(clientOf(node), platform, campaigns);
  expect(reckoning).toMatchObject({
    planned: everybody,
    left: 0,
    twice: 0,
    lost: 0,
    mistaken: 0,
    addsUp: true,
  });
});

test('killed in the middle of the calls: who was being called is unknown, and the rest has it once', async () => {
  const hanging = 24;
  await platform.control('faults', { kind: 'hang', count: hanging });
  const campaigns = await launch('Killed in mid-call');
  await until('the calls hang', async () => {
    const { faults } = await platform.control<{ faults: unknown[] }>('faults');
    return faults.length === 0;
  });
  await node.kill();
  const { unknown, arrived, sent } = await anotherGoesOn(campaigns);
  expect(unknown).toBeGreaterThanOrEqual(hanging);
  // the platform had accepted them, so all that is known to have arrived is sent or unknown
  expect(arrived).toBeGreaterThanOrEqual(sent + hanging);
});

test('killed with the answers in hand, before they are written: all of them are unknown, and all have arrived', async () => {
  const held = await holding('LOCK TABLE messages IN SHARE MODE');
  const campaigns = await launch('Killed before the flush');
  await held.caught(recording);
  await until('answers pile up', async () => (await accepted(platform)) >= bots * 5);
  await node.kill();
  const inHand = await accepted(platform);
  expect(await newlySentNow()).toBe(0);
  await held.release('burying');
  const { unknown, sent } = await anotherGoesOn(campaigns);
  expect(unknown).toBeGreaterThanOrEqual(inHand);
  expect(sent + unknown).toBe(everybody);
});

test('killed after the last answer is written, before the campaigns are closed: they close, and nothing is sent again', async () => {
  const campaigns = await launch('Killed after the flush');
  await until('everybody has a row', async () => {
    const open = await askDatabase<{ n: string }>(
      databaseUrl,
      "SELECT count(*)::text AS n FROM runs WHERE status = 'active' AND expanded_at IS NULL",
    );
    return open[0]?.n === '0';
  });
  const held = await holding("SELECT FROM runs WHERE status = 'active' FOR UPDATE");
  await until('all answers are written', async () => (await newlySent()) === everybody);
  await node.kill();
  await held.release('burying');
  expect(await anotherGoesOn(campaigns)).toMatchObject({ sent: everybody, unknown: 0, arrived: everybody });
});

async function newlySentNow(): Promise<number> {
  const rows = await askDatabase<{ n: string }>(
    databaseUrl,
    "SELECT count(*)::text AS n FROM deliveries WHERE state = 'sent'",
  );
  return Number(rows[0]?.n) - before;
}

async function blow(held: Hold, burying: 'burying', campaigns: string[]): Promise<Reckoning> {
  await node.kill();
  await held.release(burying);
  return anotherGoesOn(campaigns);
}
