// One node of Carillon: everything that runs, started in order and stopped in reverse. main.ts starts one from the
// environment; crash and multi-node stories start several on one database.
import type { FastifyInstance } from 'fastify';
import { createApp } from './app.ts';
import { breakConnection, openAccount } from './channels/accounts.ts';
import { startInbound } from './channels/inbound.ts';
import { closeAdapters } from './channels/registry.ts';
import { setReachability } from './contacts/identity.ts';
import { receive } from './conversations/receive.ts';
import { finishRunIfDone, holdRuns } from './deliveries/finish.ts';
import { startLanes } from './deliveries/lanes.ts';
import { systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { asSystem, type BaseCtx } from './platform/context.ts';
import { loadEncryptionKey, secretBox } from './platform/crypto.ts';
import { openDb } from './platform/db/db.ts';
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

/** `config.databaseUrl` must be migrated (platform/db/migrate.ts). Rejects when the port is taken. */
export async function startNode(config: Config, log: Log, version: string): Promise<CarillonNode> {
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
    clock: systemClock,
    config,
    secrets: secretBox(loadEncryptionKey(config.encryptionKey, config.dataDir)),
    storage: diskStorage(`${config.dataDir}/media`),
  };
  await hub.start();
  let ready = false;
  const works = config.role !== 'web';
  await jobs.start(tasks, (name, data) => runTask(base, name, data), works);
  const app = await createApp(base, { version, ready: () => ready });
  let url: string | null = null;
  if (config.role !== 'worker') {
    await app.listen({ port: config.port, host: config.host });
    const address = app.server.address();
    const port = typeof address === 'object' && address ? address.port : config.port;
    url =
      config.publicUrl ??
      `http://${config.host === '0.0.0.0' || config.host === '127.0.0.1' ? 'localhost' : config.host}:${port}`;
  } else await app.ready();
  const inbound = works ? startInbound(base, leases, receive) : null;
  const lanes = works
    ? startLanes(base, {
        leases,
        open: openAccount,
        news: {
          runMayBeDone: (workspaceId, runId) => finishRunIfDone(base, workspaceId, runId),
          async broken(workspaceId, connectionId, detail) {
            await breakConnection(asSystem(base, workspaceId), connectionId, detail);
            await holdRuns(base, workspaceId, connectionId, detail);
          },
          gone: (workspaceId, connectionId, addresses, reason) =>
            setReachability(asSystem(base, workspaceId), connectionId, addresses, {
              reachable: false,
              reason,
            }),
        },
      })
    : null;
  ready = true;
  let stopping: Promise<void> | null = null;

  async function shutDown(): Promise<void> {
    ready = false;
    await app.close();
    await inbound?.stop();
    await lanes?.stop();
    await jobs.stop();
    await closeAdapters();
    await leases.stop();
    await hub.stop();
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
