// The peer: BullMQ on Redis with a ledger in PostgreSQL, doing the same job in the way its users do it. Left out, by name,
// where Debian's redis-server is not installed.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { sql } from 'kysely';
import { newId } from '../server/platform/db/ids.ts';
import type { Bot } from './bots.ts';
import { start, temporaryFolder } from './clean-up.ts';
import { size } from './figures.ts';
import type { Shop } from './shop.ts';
import type { Stage } from './stage.ts';

const queueName = 'sends';

export interface Peer {
  /** Name and versions, for the table. */
  name: string;
  /** `careful`: with a claim before the request and the thread after it. Adds a job for everybody on every bot, lets the workers go, and resolves with the milliseconds until the last is done. */
  round(people: number, careful: boolean): Promise<number>;
  stop(): Promise<void>;
}

export interface SendJob {
  deliveryId: string;
  token: string;
  person: number;
  careful: boolean;
}

/** Version of the redis-server on the PATH, or null. */
function redisVersion(): string | null {
  try {
    return /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** Null where there is no redis-server. */
export async function openPeer(stage: Stage, shop: Shop, bots: Bot[]): Promise<Peer | null> {
  const redis = redisVersion();
  if (!redis) return null;
  const folder = temporaryFolder();
  const socket = path.join(folder, 'redis.sock');
  // as BullMQ's guide asks for in production: an append-only file, nothing evicted
  const options = {
    port: '0',
    unixsocket: socket,
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  const server = start(
    'redis-server',
    {},
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  );
  while (!existsSync(socket)) await Promise.race([sleep(20), server.ready]);
  const queue = new Queue<SendJob>(queueName, { connection: { path: socket } });
  // Redis goes away before us when a bench is broken off
  queue.on('error', () => {});
  const worker = start('bench/bullmq-worker.ts', {
    QUEUE: queueName,
    REDIS_SOCKET: socket,
    DATABASE_URL: stage.databaseUrl,
    EMULATOR_URL: stage.emulatorUrl,
    WORKSPACE_ID: shop.workspaceId,
    CONCURRENCY: String(size('BENCH_BULLMQ_CONCURRENCY', 64)),
    // as many connections as a node of ours has
    DATABASE_CONNECTIONS: String(size('BENCH_BULLMQ_CONNECTIONS', 20)),
  });
  await worker.ready;
  // the same columns and indexes as ours, without their triggers
  await sql`CREATE TABLE bullmq_ledger (LIKE deliveries INCLUDING ALL)`.execute(shop.base.db);
  await sql`CREATE TABLE bullmq_threads (LIKE messages INCLUDING ALL)`.execute(shop.base.db);
  const { version } = JSON.parse(readFileSync('node_modules/bullmq/package.json', 'utf8')) as {
    version: string;
  };
  return {
    name: `BullMQ ${version} on Redis ${redis}`,
    async round(people, careful) {
      const jobs = await plan(shop, bots, people, careful);
      for (let at = 0; at < jobs.length; at += 5000) await queue.addBulk(jobs.slice(at, at + 5000));
      const { ms } = await worker.ask<{ ms: number }>({ count: jobs.length });
      await confirm(shop, jobs.length);
      await sql`TRUNCATE bullmq_ledger, bullmq_threads`.execute(shop.base.db);
      return ms;
    },
    async stop() {
      await worker.stop();
      await queue.close();
      await server.stop();
    },
  };
}

/** The ledger's rows, written before the clock starts as Carillon's are, and a job for each, all bots in turn. */
async function plan(shop: Shop, bots: Bot[], people: number, careful: boolean) {
  const tokens = new Map(shop.connections.map((id, index) => [id, (bots[index] as Bot).token]));
  const at = shop.base.clock.now();
  const rows = await sql<{ id: string; connection_id: string; address: string }>`
    INSERT INTO bullmq_ledger (workspace_id, id, source, priority, campaign_id, run_id, event_key, contact_id, connection_id,
      channel, address, state, due_at, created_at)
    SELECT c.workspace_id, new_id(), 'campaign', 3, i.connection_id, ${newId()}::uuid, '', c.id, i.connection_id,
      'telegram', i.address, 'queued', ${at}, ${at}
    FROM identities i JOIN contacts c ON c.workspace_id = i.workspace_id AND c.id = i.contact_id
    WHERE c.workspace_id = ${shop.workspaceId} AND c.id IN (SELECT id FROM contacts ORDER BY id LIMIT ${people})
    ORDER BY c.id, i.connection_id
    RETURNING id, connection_id, address`.execute(shop.base.db);
  return rows.rows.map((row) => ({
    name: 'send',
    data: {
      deliveryId: row.id,
      token: tokens.get(row.connection_id) as string,
      person: Number(row.address),
      careful,
    },
    opts: { removeOnComplete: true },
  }));
}

async function confirm(shop: Shop, count: number): Promise<void> {
  const sent = await sql<{ n: number }>`SELECT count(*) AS n FROM bullmq_ledger WHERE state = 'sent'`.execute(
    shop.base.db,
  );
  if (sent.rows[0]?.n !== count)
    throw new Error(`BullMQ's ledger has ${sent.rows[0]?.n} sent rows of ${count}`);
}
