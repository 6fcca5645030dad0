// `npm start`: reads the environment, brings up PostgreSQL and the sandbox where they are ours, then one node. SIGTERM,
// SIGINT or the end of the launcher stop everything in reverse, and nothing is lost.
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createDefaultCampaigns } from './campaigns/create.ts';
import { isDemoUnfinished, runDemo } from './demo/demo.ts';
import { startNode } from './node.ts';
import { type Config, readConfig } from './platform/config.ts';
import { openDb } from './platform/db/db.ts';
import { startEmbeddedPostgres } from './platform/db/embedded.ts';
import { migrate } from './platform/db/migrate.ts';
import { installJobs } from './platform/jobs/jobs.ts';
import { onLifelineLost } from './platform/lifeline.ts';
import { createLog, type Log } from './platform/log.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import { tasks } from './tasks.ts';
import { setUpFromEnvironment } from './workspaces/set-up-from-environment.ts';

const shutdownLimitMs = 30_000;
const { version } = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../package.json'), 'utf8'),
) as { version: string };
const cleanUps: (() => Promise<unknown> | unknown)[] = [];
let stopping = false;

async function stop(code: number): Promise<never> {
  if (stopping) return new Promise(() => {});
  stopping = true;
  setTimeout(() => {
    console.error(
      'Carillon did not stop within 30 s and is ended now. Rows under way will be shown as unknown.',
    );
    process.exit(code || 1);
  }, shutdownLimitMs).unref();
  for (const cleanUp of cleanUps.reverse())
    try {
      await cleanUp();
    } catch (error) {
      console.error('While stopping:', error instanceof Error ? error.message : error);
      code ||= 1;
    }
  process.exit(code);
}

function readOptions(): { config: Config; empty: boolean } {
  const { values } = parseArgs({
    options: { empty: { type: 'boolean' }, role: { type: 'string' } },
    allowPositionals: false,
  });
  return {
    config: readConfig({ ...process.env, ...(values.role ? { ROLE: values.role } : {}) }),
    empty: values.empty ?? false,
  };
}

/** People at a terminal see sentences, the log goes to a file; without a terminal (container) the log is what is wanted. */
function openLog(config: Config): { log: Log; file: string | null } {
  if (!process.stdout.isTTY) return { log: createLog(config.logLevel, process.stderr), file: null };
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const file = path.join(config.dataDir, 'server.log');
  return { log: createLog(config.logLevel, createWriteStream(file, { flags: 'a', mode: 0o600 })), file };
}

async function start(): Promise<void> {
  const { config, empty } = readOptions();
  const { log } = openLog(config);
  if (!config.databaseUrl) {
    const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
    cleanUps.push(() => postgres.stop());
    config.databaseUrl = postgres.url;
    announce = postgres.announce;
  }
  await migrate(config.databaseUrl);
  await installJobs(config.databaseUrl, log, tasks);
  const installation = await lookAtInstallation(config.databaseUrl, log);
  if (config.sandboxOn && !installation.hasRealConnection && config.role !== 'worker') {
    const sandbox = await startSandboxProcess(config.dataDir, log);
    cleanUps.push(() => sandbox.stop());
    config.sandboxUrl = sandbox.url;
  }
  const node = await startNode(config, log, version);
  cleanUps.push(() => node.stop());
  await setUpFromEnvironment(node.base, createDefaultCampaigns);
  if (node.url) announce(node.url);
  if (!node.url) return console.log('Carillon worker is ready.');
  if (!empty && config.role === 'all' && config.sandboxUrl)
    if (installation.isEmpty || (await isDemoUnfinished(node.base)))
      await runDemo(node, process.stdout, () => stopping);
  if (stopping) return;
  console.log(`Carillon is ready at ${node.url}`);
}

let announce: (url: string) => void = () => {};

async function lookAtInstallation(
  databaseUrl: string,
  log: Log,
): Promise<{ isEmpty: boolean; hasRealConnection: boolean }> {
  const { db } = openDb(databaseUrl, log, 1);
  try {
    const user = await db.selectFrom('users').select('id').limit(1).executeTakeFirst();
    const real = await db
      .selectFrom('connections')
      .select('id')
      .where('sandbox', '=', false)
      .where('deleted_at', 'is', null)
      .limit(1)
      .executeTakeFirst();
    return { isEmpty: !user, hasRealConnection: real !== undefined };
  } finally {
    await db.destroy();
  }
}

process.on('SIGTERM', () => void stop(0));
process.on('SIGINT', () => void stop(0));
process.on('SIGHUP', () => void stop(0));
onLifelineLost(() => void stop(0));
process.on('unhandledRejection', (error) => {
  console.error('An error was not handled; Carillon stops so that nothing goes on in a wrong state.', error);
  void stop(1);
});
start().catch((error) => {
  // what was under way when somebody said stop has nothing to tell
  if (stopping) return;
  console.error(error instanceof Error ? error.message : error);
  void stop(1);
});
