// The machine's clock is set an hour back, and an hour ahead, in the middle of a broadcast with refused calls to try again.
// What waits for a time of day waits by the new one; what waits for seconds, and who was messaged, the clock cannot touch.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../contract/campaigns.ts';
import { createDefaultCampaigns } from '../server/campaigns/create.ts';
import { type CarillonNode, startNode } from '../server/node.ts';
import { type Clock, systemClock } from '../server/platform/clock.ts';
import { readConfig } from '../server/platform/config.ts';
import { createLog } from '../server/platform/log.ts';
import { testDatabase } from '../server/testing/database.ts';
import { setUpFromEnvironment } from '../server/workspaces/set-up-from-environment.ts';
import { freshFolder, until } from './carillon.ts';
import {
  accepted,
  type Client,
  clientOf,
  connectAll,
  launchAll,
  nodeEnvironment,
  type Platform,
  reckon,
  startPlatform,
  toTheirEnd,
} from './crash-shop.ts';

const hourMs = 3_600_000;
const bots = 2;
const people = 90;
const everybody = bots * people;
let offsetMs = 0;
/** The wall clock jumps with `offsetMs`; the other one, by which waits are measured, never does: that is how machines are. */
const jumpy: Clock = { ...systemClock, now: () => new Date(systemClock.now().getTime() + offsetMs) };
let platform: Platform;
let node: CarillonNode;
let client: Client;

beforeAll(async () => {
  platform = await startPlatform(bots, people);
  const environment = nodeEnvironment(platform, await testDatabase());
  const config = readConfig({ ...environment, DATA_DIR: freshFolder(), PORT: '0' });
  node = await startNode(config, createLog('silent'), 'test', jumpy);
  await setUpFromEnvironment(node.base, createDefaultCampaigns);
  client = clientOf({ url: node.url ?? '' });
  await connectAll(client, platform);
});
afterAll(async () => {
  await node?.stop();
  platform?.program.signal('SIGTERM');
});

const honest = {
  planned: everybody,
  sent: everybody,
  unknown: 0,
  failed: 0,
  arrived: everybody,
  twice: 0,
  lost: 0,
  addsUp: true,
};
const atLeast = (count: number) =>
  until(`${count} have arrived`, async () => (await accepted(platform)) >= count);

test('an hour ahead and back again: nobody twice, nobody unknown', async () => {
  const campaigns = await launchAll(client, platform, 'Ahead');
  await atLeast(everybody / 4);
  offsetMs = hourMs;
  await atLeast(everybody / 2);
  offsetMs = 0;
  await toTheirEnd(client, campaigns);
  expect(await reckon(client, platform, campaigns)).toMatchObject(honest);
});

test('an hour back: sending goes on, and what was put off for seconds is not put off for an hour', async () => {
  const refused = 6;
  await platform.control('faults', { kind: 'http_500', count: refused });
  const campaigns = await launchAll(client, platform, 'Back');
  await atLeast(everybody / 4);
  offsetMs = -hourMs;
  await toTheirEnd(client, campaigns);
  expect(await reckon(client, platform, campaigns)).toMatchObject(honest);
  const reports = await Promise.all(campaigns.map((id) => client.get<Report>(`/campaigns/${id}/report`)));
  expect(reports.every((report) => report.finished_at !== null)).toBe(true);
});
