// Vitest runs this around the whole run: one PostgreSQL server in a temporary folder, with one migrated template
// database that testDatabase() clones. The server is ours; the kernel ends it when the run is killed.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../platform/db/embedded.ts';
import { migrate } from '../platform/db/migrate.ts';
import { installJobs } from '../platform/jobs/jobs.ts';
import { createLog } from '../platform/log.ts';
import { tasks } from '../tasks.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connection strings of the test server: as its superuser, and as the application's role on the template. */
    testServer: { adminUrl: string; templateUrl: string };
  }
}

const folderPrefix = 'carillon-testserver-';
let server: ReturnType<typeof startServer> | undefined;

/** Vitest calls it once per project; all share one server, and the first teardown stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  server ??= startServer();
  const { stop, ...urls } = await server;
  project.provide('testServer', urls);
  return stop;
}

async function startServer() {
  removeLeftovers();
  const dataDir = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: { info: () => {}, warn: console.warn, error: console.error },
    // The data is thrown away: it need not survive a power cut.
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      shared_buffers: '128MB',
      max_connections: '200',
    },
  });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= postgres.stop().then(() => rmSync(dataDir, { recursive: true, force: true }));
    return stopping;
  };
  try {
    const templateUrl = await createTemplate(postgres.adminUrl, postgres.url);
    return { stop, adminUrl: postgres.adminUrl, templateUrl };
  } catch (error) {
    await stop();
    throw error;
  }
}

// Migrated as the application's own role: a migration that needs a superuser fails here and not at a customer's.
async function createTemplate(adminUrl: string, url: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  // as the server makes its own: letters of all scripts are letters
  await client.query('CREATE DATABASE carillon_template OWNER carillon TEMPLATE carillon');
  await client.end();
  const templateUrl = new URL(url);
  templateUrl.pathname = '/carillon_template';
  await migrate(templateUrl.href);
  // the queue's own tables too, so that a test database is ready for ctx.jobs
  await installJobs(templateUrl.href, createLog('silent'), tasks);
  return templateUrl.href;
}

// Folders of runs that were killed: named after a process that is no more.
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(folderPrefix) ? Number(name.slice(folderPrefix.length).split('-')[0]) : 0;
    if (pid > 0 && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
