// `npm start`: reads the environment, brings up PostgreSQL and the sandbox where they are ours, then one node. SIGTERM,
// SIGINT or the end of the launcher stop everything in reverse, and nothing is lost.
import { createWriteStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createDefaultCampaigns } from './campaigns/create.ts';
import { holdInstallation } from './campaigns/held/hold-installation.ts';
import { isDemoBegun, isDemoUnfinished, runDemo } from './demo/demo.ts';
import { resumeLife } from './demo/life/run.ts';
import { startNode } from './node.ts';
import { systemClock } from './platform/clock.ts';
import { type Config, isRole, readConfig, roles } from './platform/config.ts';
import type { BaseCtx } from './platform/context.ts';
import { prepareDataFolder } from './platform/data-folder.ts';
import { openDb } from './platform/db/db.ts';
import { startEmbeddedPostgres } from './platform/db/embedded.ts';
import { migrate } from './platform/db/migrate.ts';
import { whyUnreachable } from './platform/db/unreachable.ts';
import { installJobs } from './platform/jobs/jobs.ts';
import { onLifelineLost } from './platform/lifeline.ts';
import { createLog, type Log } from './platform/log.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import { tasks } from './tasks.ts';
import { resetPassword } from './workspaces/reset-password.ts';
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

function readOptions(): { config: Config; empty: boolean; held: boolean; resetEmail: string | null } {
  const values = parseOptions();
  if (values.role !== undefined && !isRole(values.role))
    throw new Error(
      `--role takes ${roles.join(', ')}, and not "${values.role}". For example: npm start -- --role worker`,
    );
  return {
    config: readConfig({ ...process.env, ...(values.role ? { ROLE: values.role } : {}) }),
    empty: values.empty ?? false,
    held: values.held ?? false,
    resetEmail: values['reset-password'] ?? null,
  };
}

function parseOptions() {
  try {
    return parseArgs({
      options: {
        empty: { type: 'boolean' },
        held: { type: 'boolean' },
        role: { type: 'string' },
        'reset-password': { type: 'string' },
      },
      allowPositionals: false,
    }).values;
  } catch (error) {
    throw new Error(
      `${(error as Error).message.split('. ')[0]}. Carillon takes --empty, --held, --role <all|web|worker> and --reset-password <email>, ` +
        'all of them behind "npm start --".',
    );
  }
}

/** People at a terminal see sentences, the log goes to a file; without a terminal (container) the log is what is wanted. */
function openLog(config: Config): { log: Log; file: string | null } {
  if (!process.stdout.isTTY) return { log: createLog(config.logLevel, process.stderr), file: null };
  const file = path.join(config.dataDir, 'server.log');
  return { log: createLog(config.logLevel, createWriteStream(file, { flags: 'a', mode: 0o600 })), file };
}

async function start(): Promise<void> {
  const { config, empty, held, resetEmail } = readOptions();
  prepareDataFolder(config.dataDir);
  const { log } = openLog(config);
  const ownDatabase = config.databaseUrl;
  if (!config.databaseUrl) {
    const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
    cleanUps.push(() => postgres.stop());
    config.databaseUrl = postgres.url;
    announce = postgres.announce;
  }
  await migrate(config.databaseUrl).catch((error) => {
    const words = ownDatabase && whyUnreachable(error, ownDatabase);
    throw words ? new Error(words, { cause: error }) : error;
  });
  if (resetEmail) return giveNewPassword(config.databaseUrl, log, resetEmail);
  // before anything of ours runs on this database
  if (held) await hold(config.databaseUrl, log);
  await installJobs(config.databaseUrl, log, tasks);
  const installation = await lookAtInstallation(config.databaseUrl, log);
  if (config.sandboxOn && !installation.hasRealConnection && config.role !== 'worker') {
    const sandbox = await startSandboxProcess(config.dataDir, log);
    cleanUps.push(() => sandbox.stop());
    config.sandboxUrl = sandbox.url;
  }
  const node = await startNode(config, log, version);
  cleanUps.push(() => node.stop());
  const ownersWorkspace = await setUpFromEnvironment(node.base, createDefaultCampaigns);
  if (config.owner && !ownersWorkspace)
    console.log(
      `OWNER_EMAIL names nobody who owns a workspace here: OWNER_PASSWORD${config.apiToken ? ' and API_TOKEN were' : ' was'} ` +
        'ignored. This installation has its owner already. Correct OWNER_EMAIL, or sign in as the owner; a lost ' +
        'password is replaced by: npm start -- --reset-password <email>',
    );
  if (node.url) announce(node.url);
  if (!node.url) return console.log('Carillon worker is ready.');
  const wantsDemo = await isDemoWanted(node.base, {
    empty,
    isNew: installation.isEmpty,
    anew: ownDatabase ? 'give DATABASE_URL an empty database' : `delete the folder ${config.dataDir}`,
  });
  if (config.sandboxUrl) await resumeLife(node.base);
  if (wantsDemo && config.role === 'all' && config.sandboxUrl)
    await runDemo(node, process.stdout, () => stopping);
  if (stopping) return;
  console.log(`Carillon is ready at ${node.url}`);
}

let announce: (url: string) => void = () => {};

/** `--empty` counts for later starts as well: a mark in the data folder keeps it. What is there already it cannot clear away. */
async function isDemoWanted(
  base: BaseCtx,
  { empty, isNew, anew }: { empty: boolean; isNew: boolean; anew: string },
): Promise<boolean> {
  const mark = path.join(base.config.dataDir, 'no-demo');
  const unfinished = await isDemoUnfinished(base);
  if (!empty) return unfinished || (isNew && !existsSync(mark));
  const hasDemo = await isDemoBegun(base);
  if (!isNew && (hasDemo || !existsSync(mark)))
    console.log(
      `--empty changes nothing here: ${hasDemo ? `the demo shop ${unfinished ? 'was begun' : 'is here'} already` : 'a shop is here already'}. ` +
        'Sign in to it, or begin anew: stop, ' +
        `${anew}, and start again.\n` +
        'Whose password is not known gets a new one by: npm start -- --reset-password ' +
        (hasDemo ? 'nora@marlow.example' : '<email>'),
    );
  if (!hasDemo && !existsSync(mark))
    writeFileSync(
      mark,
      'Started with --empty: no start plays the demo here. Delete this file to allow it.\n',
    );
  return false;
}

/** `--held`: nothing is sent from this database until an owner or admin has seen what would go out. */
async function hold(databaseUrl: string, log: Log): Promise<void> {
  const { db } = openDb(databaseUrl, log, 1);
  try {
    const { marked, before, unknown } = await holdInstallation({ db, clock: systemClock });
    if (marked + before === 0)
      return console.log('--held: there is no workspace in this database yet, so there is nothing to hold.');
    console.log(
      'Held: nothing is sent from this database, by this node or any other, until an owner or admin has looked at the page ' +
        'Held in the panel and released it. Later starts keep to that without --held.',
    );
    if (unknown > 0)
      console.log(
        `${unknown} ${unknown === 1 ? 'message was' : 'messages were'} under way in it and may have arrived: shown as unknown.`,
      );
  } finally {
    await db.destroy();
  }
}

async function giveNewPassword(databaseUrl: string, log: Log, email: string): Promise<void> {
  const { db } = openDb(databaseUrl, log, 1);
  try {
    const password = await resetPassword({ db, clock: systemClock }, email);
    console.log(`New password of ${email}, shown this once: ${password}`);
    console.log('Their sessions have ended. Now: npm start, sign in with it, and change it under Settings.');
  } finally {
    await db.destroy();
  }
  await stop(0);
}

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
