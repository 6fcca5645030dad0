// Vitest runs this around the whole run: one PostgreSQL server in a temporary folder, with one migrated template
// database that testDatabase() clones. The server is ours; the kernel ends it when the run is killed.
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../platform/db/embedded.ts';
import { migrate } from '../platform/db/migrate.ts';
import { installJobs } from '../platform/jobs/jobs.ts';
import { createLog } from '../platform/log.ts';
import { tasks } from '../tasks.ts';
import { removeFolder, removeLeftovers, temporaryFolder } from './temporary-folder.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connection strings of the test server: as its superuser, and as the application's role on the template. */
    testServer: { adminUrl: string; templateUrl: string };
  }
}

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
  const dataDir = temporaryFolder();
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
    stopping ??= postgres.stop().then(() => removeFolder(dataDir));
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
