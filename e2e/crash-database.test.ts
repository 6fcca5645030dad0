// PostgreSQL's bad days under load, on a server of the story's own: shut down fast and hard, out of disk. The node stays; it
// waits with everything in hand, and when the database is back nobody is unknown, because nothing was lost on our side.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../server/platform/db/embedded.ts';
import { type Carillon, startCarillon, until } from './carillon.ts';
import { askDatabase } from './crash-hold.ts';
import {
  accepted,
  clientOf,
  connectAll,
  launchAll,
  nodeEnvironment,
  type Platform,
  reckon,
  startPlatform,
  toTheirEnd,
} from './crash-shop.ts';

const bots = 4;
const people = 90;
const everybody = bots * people;
const folder = mkdtempSync(path.join(tmpdir(), 'carillon-crash-db-'));
let postgres: EmbeddedPostgres;
let platform: Platform;
let node: Carillon;
let campaigns: string[];
let story = 0;

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ dataDir: folder });
  platform = await startPlatform(bots, people);
  node = await startCarillon({ env: nodeEnvironment(platform, postgres.url) });
  await connectAll(clientOf(node), platform);
});
afterAll(async () => {
  await node?.end();
  platform?.program.signal('SIGTERM');
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  campaigns = await launchAll(clientOf(node), platform, `Story ${++story}`);
  await until('a quarter has arrived', async () => (await accepted(platform)) >= everybody / 4);
});

/** It ends by itself, and everybody has it: what the node had in hand was written down or given back when it could be. */
async function expectEverybody(): Promise<void> {
  await toTheirEnd(clientOf(node), campaigns, 90_000);
  expect(await reckon(clientOf(node), platform, campaigns)).toMatchObject({
    planned: everybody,
    sent: everybody,
    unknown: 0,
    arrived: everybody,
    twice: 0,
    addsUp: true,
  });
}

async function shutDown(how: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  const old = postgres.pid();
  process.kill(old, how);
  // its keeper brings it back by itself
  await until('another server runs', () => postgres.pid() !== old);
}

test('PostgreSQL is restarted with a fast shutdown in mid-broadcast', async () => {
  await shutDown('SIGINT');
  await expectEverybody();
});

test('PostgreSQL is ended at once, as by a crash, and recovers', async () => {
  await shutDown('SIGQUIT');
  await expectEverybody();
});

test('the disk is full for a while: nothing can be written, nothing is sent blindly, and it goes on when there is room', async () => {
  await full();
  await until('the node says what is wrong', () => node.output().includes('No space left on device'));
  // what it holds is on its way; without a claim nothing new goes out
  await quiet();
  const atRest = await accepted(platform);
  expect(atRest).toBeLessThan(everybody);
  await askDatabase(
    postgres.adminUrl.replace(/\/postgres$/, '/carillon'),
    'DROP TRIGGER disk_full ON deliveries',
  );
  await expectEverybody();
  expect(await accepted(platform)).toBe(everybody);
});

/** PostgreSQL's own words and code for a full disk, from every write to the ledger. */
async function full(): Promise<void> {
  await askDatabase(
    postgres.adminUrl.replace(/\/postgres$/, '/carillon'),
    `CREATE OR REPLACE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
     END $$;
     CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON deliveries FOR EACH STATEMENT EXECUTE FUNCTION disk_full();`,
  );
}

/** Waits until the emulator has counted the same three times in a row. */
async function quiet(): Promise<void> {
  let last = -1;
  let same = 0;
  await until('nothing is sent any more', async () => {
    const now = await accepted(platform);
    same = now === last ? same + 1 : 0;
    last = now;
    return same >= 10;
  });
}
