// The platform's bad days: slow, failing, breaking off, refusing for too many, not reachable. Eight bots have one trouble each,
// at the same time; then the network is cut. What surely did not arrive is sent later, what may have arrived is unknown.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../server/testing/database.ts';
import { type Carillon, startCarillon, until } from './carillon.ts';
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
import { type Wire, wireTo } from './crash-wire.ts';

const people = 60;
/** What befalls each bot. A part of the requests only, so that both kinds of answers meet. */
const troubles = {
  slow: { kind: 'latency', ms: 1500, count: 30 },
  failing: { kind: 'http_500', probability: 0.3, count: 15 },
  'behind a broken proxy': { kind: 'http_502', probability: 0.3, count: 15 },
  'refusing for too many': { kind: 'flood', retry_after: 2, count: 3 },
  'gone before it heard': { kind: 'reset_before', probability: 0.3, count: 15 },
  'gone after it heard': { kind: 'reset_after', probability: 0.3, count: 15 },
  'talking nonsense': { kind: 'garbage', probability: 0.3, count: 15 },
  well: null,
} as const;
type Trouble = keyof typeof troubles;
const names = Object.keys(troubles) as Trouble[];

let platform: Platform;
let wire: Wire;
let node: Carillon;

beforeAll(async () => {
  const databaseUrl = await testDatabase();
  platform = await startPlatform(names.length, people);
  wire = await wireTo(platform.url);
  node = await startCarillon({ env: nodeEnvironment(wire, databaseUrl) });
  await connectAll(clientOf(node), platform);
});
afterAll(async () => {
  await node?.end();
  wire?.end();
  platform?.program.signal('SIGTERM');
});

test('eight bots, eight kinds of platform: nobody twice, nobody lost, and unknown is only who may have it', async () => {
  for (const [index, name] of names.entries())
    if (troubles[name])
      await platform.control('faults', { ...troubles[name], bot: platform.bots[index]!.id });
  const campaigns = await launchAll(clientOf(node), platform, 'Bad days');
  await toTheirEnd(clientOf(node), campaigns, 90_000);
  const of = {} as Record<Trouble, Reckoning>;
  for (const [index, name] of names.entries())
    of[name] = await reckon(clientOf(node), platform, [campaigns[index]!], [platform.bots[index]!]);
  for (const name of names)
    expect(of[name], name).toMatchObject({
      planned: people,
      skipped: 0,
      left: 0,
      twice: 0,
      lost: 0,
      mistaken: 0,
      addsUp: true,
    });
  const everybody = { sent: people, failed: 0, unknown: 0, arrived: people };
  for (const name of ['slow', 'refusing for too many', 'well', 'failing'] as const)
    expect(of[name], name).toMatchObject(everybody);
  // a refusal with a body surely did not arrive; the request was heard and answered
  expect(of['behind a broken proxy']).toMatchObject(everybody);
  // no answer: nobody can know, and the two cannot be told apart from here
  expect(of['gone before it heard'].unknown).toBeGreaterThan(0);
  expect(of['gone before it heard'].arrived).toBe(of['gone before it heard'].sent);
  expect(of['gone after it heard'].unknown).toBeGreaterThan(0);
  expect(of['gone after it heard'].arrived).toBe(people);
  expect(of['talking nonsense'].sent + of['talking nonsense'].unknown).toBe(people);
});

/** Outcomes of the node so far that surely did not arrive and wait for another try. */
async function putBack(): Promise<number> {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  return Number(/^carillon_send_outcomes_total\{[^}]*outcome="queued"\} (\d+)/m.exec(text)?.[1] ?? 0);
}

test('the network is cut in mid-broadcast and mended: it goes on by itself, unknown is only what was on the wire', async () => {
  // abreast and not too fast: unpaced, some bots are through before the others begin, and never meet the cut
  const campaigns = await launchAll(clientOf(node), platform, 'Cut', { messagesPerMinute: 600 });
  const quarter = (names.length * people) / 4;
  await until('a quarter has arrived', async () => (await accepted(platform)) >= quarter);
  // counted before the cut: the first refusals come in the same moment
  const before = await putBack();
  wire.cut();
  const atCut = await accepted(platform);
  // every bot tries at least once more, is refused, and puts its message back
  await until('all bots have met the cut', async () => (await putBack()) >= before + names.length);
  expect(await accepted(platform)).toBe(atCut);
  wire.mend();
  await toTheirEnd(clientOf(node), campaigns, 90_000);
  const reckoning = await reckon(clientOf(node), platform, campaigns);
  expect(reckoning).toMatchObject({
    planned: names.length * people,
    failed: 0,
    left: 0,
    twice: 0,
    lost: 0,
    mistaken: 0,
    addsUp: true,
  });
  // at most what all lanes may have under way at once, and surely not the rest
  expect(reckoning.unknown).toBeLessThanOrEqual(64);
  expect(reckoning.sent).toBeGreaterThanOrEqual(names.length * people - 64);
});
