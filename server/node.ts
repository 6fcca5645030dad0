// One node of Carillon: everything that runs, started in order and stopped in reverse. main.ts starts one from the
// environment; crash and multi-node stories start several on one database.
import { setFlagsFromString } from 'node:v8';
import type { FastifyInstance } from 'fastify';
import { createApp } from './app.ts';
import { openAccount } from './channels/accounts.ts';
import { keepDoor } from './channels/door.ts';
import { startInbound } from './channels/inbound.ts';
import { closeAdapters } from './channels/registry.ts';
import { receive } from './conversations/receive.ts';
import { outcomesSoFar } from './deliveries/metrics.ts';
import { startReceipts } from './deliveries/receipts/worker.ts';
import { laneNews } from './deliveries/sending/lane-news.ts';
import { type LaneHost, startLanes } from './deliveries/sending/lanes.ts';
import { startPresence } from './nodes/presence.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { BaseCtx } from './platform/context.ts';
import { loadEncryptionKey, secretBox } from './platform/crypto.ts';
import { openDb } from './platform/db/db.ts';
import { newId } from './platform/db/ids.ts';
import { createLeases } from './platform/db/leases.ts';
import { createJobs } from './platform/jobs/jobs.ts';
import type { Log } from './platform/log.ts';
import { createHub } from './platform/realtime/hub.ts';
import { diskStorage } from './platform/storage/storage.ts';
import { runTask, tasks } from './tasks.ts';

export interface CarillonNode {
  base: BaseCtx;
  app: FastifyInstance;
  /** Where the panel answers, or null for a worker. */
  url: string | null;
  /** Takes nothing new, ends what is under way, writes everything down. */
  stop(): Promise<void>;
}

/**
 * V8 lets its heap grow to several times what is alive before it cleans up; a broadcast makes much that dies and little that
 * lives. Measured 2026-11-21, resident above idle for 120,000 people at 2,500 a second, and the worker's processor time per
 * message over 500 bots: 274 MB and 58 µs at V8's 400 percent, 158 MB and 69 µs at 120, 129 MB and 69 µs at 70, 103 MB and 81 µs
 * at 30. A million people reached 153 MB at 70.
 */
const heapGrowth = '--heap-growing-percent=50';

/**
 * `config.databaseUrl` must be migrated (platform/db/migrate.ts). `clock`: for stories of clocks that are set wrong. Rejects
 * when the port is taken.
 */
export async function startNode(
  config: Config,
  log: Log,
  version: string,
  clock: Clock = systemClock,
): Promise<CarillonNode> {
  setFlagsFromString(heapGrowth);
  const databaseUrl = config.databaseUrl;
  if (!databaseUrl) throw new Error('startNode needs a database URL');
  const { db } = openDb(databaseUrl, log);
  const hub = createHub(databaseUrl, log);
  const jobs = createJobs(databaseUrl, log);
  const leases = createLeases(databaseUrl, log);
  const base: BaseCtx = {
    db,
    hub,
    jobs,
    log,
    clock,
    config,
    secrets: secretBox(loadEncryptionKey(config.encryptionKey, config.dataDir)),
    storage: diskStorage(`${config.dataDir}/media`),
  };
  let ready = false;
  const nodeId = newId();
  const works = config.role !== 'web';
  const app = await createApp(base, { version, ready: () => ready, nodeId });
  let url: string | null = null;
  // first of all the port: a start that cannot have it must not have sent or received anything
  if (config.role !== 'worker') {
    await listen(app, config).catch(async (error) => {
      await app.close();
      await db.destroy();
      throw error;
    });
    const address = app.server.address();
    const port = typeof address === 'object' && address ? address.port : config.port;
    config.ownUrl = `http://${config.host === '0.0.0.0' || config.host === '127.0.0.1' ? 'localhost' : config.host}:${port}`;
    url = config.publicUrl ?? config.ownUrl;
  } else await app.ready();
  await hub.start();
  await jobs.start(tasks, (name, data) => runTask(base, name, data), works);
  const inbound = works ? startInbound(base, leases, receive) : null;
  let lanes: LaneHost | null = null;
  const presence = await startPresence(base, {
    id: nodeId,
    leases,
    role: config.role,
    version,
    work: async () => ({ lanes: lanes?.owned() ?? [], outcomes: await outcomesSoFar() }),
  });
  lanes = works
    ? startLanes(base, {
        leases,
        open: openAccount,
        news: laneNews(base),
        workers: presence.workers,
      })
    : null;
  const receipts = works ? startReceipts(base) : null;
  const door = config.role === 'worker' ? null : keepDoor(base);
  ready = true;
  let stopping: Promise<void> | null = null;

  async function shutDown(): Promise<void> {
    ready = false;
    await presence.leave();
    await door?.stop();
    await app.close();
    await inbound?.stop();
    await receipts?.stop();
    await lanes?.stop();
    await jobs.stop();
    await closeAdapters();
    await leases.stop();
    await hub.stop();
    await presence.stop();
    await db.destroy();
  }
  return {
    base,
    app,
    url,
    stop() {
      stopping ??= shutDown();
      return stopping;
    },
  };
}

async function listen(app: FastifyInstance, config: Config): Promise<void> {
  try {
    await app.listen({ port: config.port, host: config.host });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Error(
        `Port ${config.port} is taken by another program. Stop it, or choose another port: PORT=${config.port + 1} npm start`,
        { cause: error },
      );
    if (code === 'EADDRNOTAVAIL')
      throw new Error(
        `HOST=${config.host} is no address of this machine. Leave HOST out, or use 0.0.0.0 for all.`,
        { cause: error },
      );
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      throw new Error(
        `HOST=${config.host} is not known: no such name or address. Leave HOST out for this machine alone, or use 0.0.0.0 for all.`,
        { cause: error },
      );
    if (code === 'EACCES')
      throw new Error(
        `Port ${config.port} may not be opened by this user. Choose one from 1024 on: PORT=3000 npm start`,
        { cause: error },
      );
    throw error;
  }
}
