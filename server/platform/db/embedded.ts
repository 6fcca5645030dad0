// The PostgreSQL server that comes with Carillon: started by main.ts when DATABASE_URL is not set, on DATA_DIR/postgres.
// It is ours alone for as long as we live: one owner per folder, brought back when it is killed, stopped with us.
import { accessSync, chmodSync, constants, existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chooseDatabaseAccount } from './embedded-account.ts';
import { findPostgresBinaries } from './embedded-binaries.ts';
import { ensureCluster, loadAccess, resetAdminPassword, saveAccess } from './embedded-cluster.ts';
import { findPostgresProcesses, readPidFile, stopPostgresProcesses } from './embedded-processes.ts';
import { choosePort, PortTakenError, runServer, type ServerRun, stopServer } from './embedded-server.ts';
import { lockFolder } from './folder-lock.ts';

export interface EmbeddedPostgresOptions {
  dataDir: string;
  /** A pino logger or anything with the same three methods. */
  log?: EmbeddedPostgresLog;
  /** Overrides of single server settings, for tests and benchmarks: { fsync: 'off' }. */
  settings?: Record<string, string>;
  /** Ask the kernel to end the server when we are killed (Linux). Default true; false is for tests of the orphan's fate. */
  dieWithUs?: boolean;
}

export interface EmbeddedPostgresLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface EmbeddedPostgres {
  /** Connection string of the role and database `carillon`. Stays the same over restarts of the server. */
  url: string;
  /** Connection string of the superuser, for housekeeping and the test harness. */
  adminUrl: string;
  port: number;
  /** Process id of the present server; changes when it had to be restarted. */
  pid(): number;
  /** Tells a second start on this folder where the panel answers. */
  announce(panelUrl: string): void;
  /** Shuts the server down and frees the folder. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts the server on `dataDir`/postgres, creating it first if need be. Rejects with DataDirTakenError
 * (code DATA_DIR_TAKEN) when a living process owns the folder, and with a sentence that says what to do otherwise.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? { info: () => {}, warn: () => {}, error: () => {} };
  const dataDir = prepareFolder(resolve(options.dataDir));
  const lock = await lockFolder(dataDir);
  try {
    const server = await start(dataDir, options, log);
    let stopping: Promise<void> | undefined;
    return {
      ...server,
      announce: (url) => lock.announce(url),
      stop: () => {
        stopping ??= server.stop().finally(() => lock.release());
        return stopping;
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function start(dataDir: string, options: EmbeddedPostgresOptions, log: EmbeddedPostgresLog) {
  const clusterDir = join(dataDir, 'postgres');
  const binaries = await findPostgresBinaries();
  const account = chooseDatabaseAccount(binaries.postgres, dataDir, options.dieWithUs ?? true);
  const access = loadAccess(dataDir);
  const isNewCluster = !existsSync(clusterDir);
  await clearTheWay(clusterDir, log);
  await ensureCluster(dataDir, clusterDir, binaries, account, access.adminPassword);
  if (access.isNew && !isNewCluster) {
    log.warn('postgres.json is missing: the database gets new passwords.');
    await resetAdminPassword(clusterDir, binaries, account, access.adminPassword);
  }

  const run = () =>
    runServer({
      postgres: binaries.postgres,
      clusterDir,
      logFile: join(dataDir, 'postgres.log'),
      port: access.port,
      account,
      settings: options.settings,
      onWaiting: () => log.info('PostgreSQL recovers from a crash and is not ready yet; waiting.'),
    });
  let current = await runOnFreePort(run, access, dataDir);
  const adminUrl = `postgres://postgres:${access.adminPassword}@127.0.0.1:${access.port}/postgres`;
  const url = `postgres://carillon:${access.password}@127.0.0.1:${access.port}/carillon`;

  let isStopping = false;
  let revival = Promise.resolve();
  const watch = (server: ServerRun): void => {
    void server.ended.then(() => {
      if (!isStopping) revival = revive();
    });
  };
  // Keeps its port, so that every open pool finds the server again.
  const revive = async (): Promise<void> => {
    log.error('PostgreSQL ended unexpectedly; starting it again.');
    for (let delayMs = 100; !isStopping; delayMs = Math.min(delayMs * 2, 10_000)) {
      try {
        await clearTheWay(clusterDir, log);
        current = await run();
        log.info('PostgreSQL is back.');
        return watch(current);
      } catch (error) {
        log.error(
          `PostgreSQL could not be started again; next try in ${delayMs} ms. ${(error as Error).message}`,
        );
        await sleep(delayMs);
      }
    }
  };
  // The last resort for an owner that leaves by process.exit(): the shutdown then goes on without us.
  const onExit = () => void current.process.kill('SIGINT');
  process.once('exit', onExit);
  const stop = async (): Promise<void> => {
    isStopping = true;
    await revival;
    await stopServer(current);
    process.off('exit', onExit);
  };
  try {
    await ensureDatabase(adminUrl, access.password);
  } catch (error) {
    await stop();
    throw error;
  }
  watch(current);
  return { url, adminUrl, port: access.port, pid: () => current.pid, stop };
}

// Ends what a killed owner left behind and removes a pid file whose number now belongs to a stranger:
// PostgreSQL would take that stranger for a server and refuse to start.
async function clearTheWay(clusterDir: string, log: EmbeddedPostgresLog): Promise<void> {
  if (!existsSync(clusterDir)) return;
  const orphans = findPostgresProcesses(clusterDir);
  if (orphans.length > 0) {
    log.warn(`A PostgreSQL server without an owner works on ${clusterDir}; stopping it.`);
    await stopPostgresProcesses(clusterDir);
  }
  if (process.platform !== 'win32' && readPidFile(clusterDir)) {
    rmSync(join(clusterDir, 'postmaster.pid'), { force: true });
  }
}

// The port of last time is tried first; only when it is taken a new one is chosen and written down.
async function runOnFreePort(
  run: () => Promise<ServerRun>,
  access: ReturnType<typeof loadAccess>,
  dataDir: string,
): Promise<ServerRun> {
  for (let attempt = 0; ; attempt++) {
    if (attempt > 0 || !access.port) access.port = await choosePort();
    saveAccess(dataDir, access);
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === 5) throw error;
    }
  }
}

async function ensureDatabase(adminUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const roles = await client.query("SELECT 1 FROM pg_roles WHERE rolname = 'carillon'");
    if (roles.rowCount === 0) await client.query('CREATE ROLE carillon LOGIN');
    // The password is base64url, and ALTER ROLE takes no parameters.
    await client.query(`ALTER ROLE carillon PASSWORD '${password}'`);
    const databases = await client.query("SELECT 1 FROM pg_database WHERE datname = 'carillon'");
    if (databases.rowCount === 0) await createDatabase(client);
  } finally {
    await client.end();
  }
}

/** Which characters are letters, by the names that systems give to the same table. */
const letterTables = ['C.UTF-8', 'C.utf8', 'en_US.UTF-8', 'UTF-8'];

// Sorting and cases are PostgreSQL's own (initdb). What is a letter it asks the system where it cuts words into trigrams; by the
// table "C" there are none beyond ASCII, and no index would find Анна or 王.
async function createDatabase(client: pg.Client): Promise<void> {
  for (const table of letterTables)
    try {
      return void (await client.query(
        `CREATE DATABASE carillon OWNER carillon TEMPLATE template0 LC_CTYPE '${table}'`,
      ));
    } catch (error) {
      // wrong_object_type: no such locale on this system
      if ((error as { code?: string }).code !== '42809') throw error;
    }
  await client.query('CREATE DATABASE carillon OWNER carillon');
}

function prepareFolder(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    chmodSync(dataDir, 0o700);
    accessSync(dataDir, constants.W_OK | constants.X_OK);
    return realpathSync(dataDir);
  } catch (error) {
    throw new Error(
      `The data folder ${dataDir} cannot be created or written (${(error as NodeJS.ErrnoException).code}). ` +
        'Set DATA_DIR to a folder that this user may write.',
      { cause: error },
    );
  }
}
