// The storm: a node is killed with SIGKILL again and again in one broadcast, on a PostgreSQL that is durable as in production.
// The emulator, which nothing kills, is the judge. In long by kills.ts, in short by e2e/crash-kills.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Delivery } from '../contract/deliveries.ts';
import type { Page } from '../contract/lists.ts';
import { type Carillon, pause, startCarillon, until } from '../e2e/carillon.ts';
import {
  accepted,
  type Client,
  clientOf,
  connectAll,
  launchAll,
  nodeEnvironment,
  type Platform,
  type Reckoning,
  reckon,
  startPlatform,
  toTheirEnd,
} from '../e2e/crash-shop.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../server/platform/db/embedded.ts';
import { onEnd } from './clean-up.ts';

export interface StormOptions {
  bots: number;
  /** Each of them is written to through every bot. */
  people: number;
  kills: number;
  /** Of each bot's campaign; a second's worth of all of them is what one kill may leave unknown. */
  perSecond: number;
  /** Seed of the moments. */
  seed: number;
}

export interface Storm extends Reckoning {
  /** How many more were unknown after each kill. */
  unknownPerKill: number[];
  /** What one kill may leave unknown at the most. */
  secondsWorth: number;
  seconds: number;
}

export async function killStorm(options: StormOptions): Promise<Storm> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'carillon-kills-'));
  let postgres: EmbeddedPostgres | null = null;
  let platform: Platform | null = null;
  let node: Carillon | null = null;
  const end = onEnd(async () => {
    await node?.kill();
    platform?.program.signal('SIGTERM');
    await postgres?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  try {
    postgres = await startEmbeddedPostgres({ dataDir });
    const sandbox = await startPlatform(options.bots, options.people);
    platform = sandbox;
    const env = nodeEnvironment(sandbox, postgres.url);
    const start = () => startCarillon({ env, dataDir: path.join(dataDir, 'node') });
    node = await start();
    await connectAll(clientOf(node), sandbox);
    const campaigns = await launchAll(clientOf(node), sandbox, 'Everybody once', {
      messagesPerMinute: options.perSecond * 60,
    });
    const startedAt = performance.now();
    const random = dice(options.seed);
    const unknownPerKill: number[] = [];
    let unknown = 0;
    for (let kill = 0; kill < options.kills; kill++) {
      const before = await accepted(sandbox);
      // now and then it does not even come to its first send
      if (random() > 0.15)
        await until('the new node sends', async () => (await accepted(sandbox)) > before, 60_000);
      await pause(random() * 1200);
      await node.kill();
      node = await start();
      const now = await settledUnknown(clientOf(node));
      unknownPerKill.push(now - unknown);
      unknown = now;
    }
    await toTheirEnd(clientOf(node), campaigns, 300_000);
    const seconds = (performance.now() - startedAt) / 1000;
    const reckoning = await reckon(clientOf(node), sandbox, campaigns);
    unknownPerKill[unknownPerKill.length - 1]! += reckoning.unknown - unknown;
    return { ...reckoning, unknownPerKill, secondsWorth: options.bots * options.perSecond, seconds };
  } finally {
    await end();
  }
}

/** How many are unknown once the new owner has looked at what the killed one left: two equal answers in a row. */
async function settledUnknown(client: Client): Promise<number> {
  const ask = async () =>
    (await client.get<Page<Delivery>>('/deliveries?state=unknown&include=total&limit=1')).total ?? 0;
  for (let last = await ask(); ; ) {
    await pause(200);
    const now = await ask();
    if (now === last) return now;
    last = now;
  }
}

/** Numbers from 0 to 1 that are the same for the same seed. */
function dice(seed: number): () => number {
  let state = seed % 2147483647 || 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}
