// What a bench stands on: PostgreSQL of its own, an emulator as a process of its own, and nodes as processes where it wants them.
import pg from 'pg';
import { readConfig } from '../server/platform/config.ts';
import { startEmbeddedPostgres } from '../server/platform/db/embedded.ts';
import { migrate } from '../server/platform/db/migrate.ts';
import { installJobs } from '../server/platform/jobs/jobs.ts';
import { createLog } from '../server/platform/log.ts';
import { tasks } from '../server/tasks.ts';
import { type Child, onEnd, start, temporaryFolder } from './clean-up.ts';
import { machine } from './figures.ts';

/** What the launcher gives the server's process (bin/paths.mjs). */
export const serverOptions = '--max-semi-space-size=2';

export interface Stage {
  databaseUrl: string;
  dataDir: string;
  emulatorUrl: string;
  emulatorKind: EmulatorKind;
  emulatorPid: number | undefined;
  config: ReturnType<typeof readConfig>;
  /** A node as a process of its own, on the stage's database and emulator; resolves once it works. */
  startNode(role: 'worker' | 'all', env?: Record<string, string>): Promise<NodeProcess>;
  control<T>(path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

export interface NodeProcess {
  child: Child;
  /** Where its panel answers, null for a worker. */
  url: string | null;
}

/** `sandbox`: the product's emulator, which can enforce Telegram's limits. `plain`: answers as fast as it can and counts. */
export type EmulatorKind = 'sandbox' | 'plain';

export async function openStage(
  emulatorKind: EmulatorKind = 'sandbox',
  emulatorEnv: Record<string, string> = {},
): Promise<Stage> {
  const dataDir = temporaryFolder();
  const log = createLog('error', process.stderr);
  // durable as in production: fsync stays on
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  const stopPostgres = onEnd(() => postgres.stop());
  await migrate(postgres.url);
  await installJobs(postgres.url, log, tasks);
  await describePostgres(postgres.url);
  const emulator =
    emulatorKind === 'plain'
      ? start('bench/emulator.ts', emulatorEnv)
      : start('sandbox/main.ts', { SANDBOX_PORT: '0' });
  const { url: emulatorUrl } = (await emulator.ready) as { url: string };
  const environment = {
    DATA_DIR: dataDir,
    PORT: '0',
    TELEGRAM_API_ROOT: emulatorUrl,
    SANDBOX: 'off',
    // with it messages come in by webhook: hundreds of bots that poll beside the sends would not be what is measured
    PUBLIC_URL: 'https://bench.example',
    LOG_LEVEL: 'error',
    ENCRYPTION_KEY: 'b'.repeat(64),
    DATABASE_URL: postgres.url,
  };
  return {
    databaseUrl: postgres.url,
    dataDir,
    emulatorUrl,
    emulatorKind,
    emulatorPid: emulator.process.pid,
    config: readConfig(environment),
    async startNode(role, env = {}) {
      const child = start('bench/node.ts', {
        NODE_OPTIONS: serverOptions,
        ...environment,
        ...env,
        ROLE: role,
      });
      const { url } = (await child.ready) as { url: string | null };
      return { child, url };
    },
    async control(path, body) {
      const response = await fetch(
        `${emulatorUrl}/control/${path}`,
        body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
      );
      if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
      return (await response.json()) as never;
    },
    async stop() {
      await emulator.stop();
      await stopPostgres();
    },
  };
}

async function describePostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const settings = await client.query<{ name: string; setting: string }>(
    `SELECT name, current_setting(name) AS setting FROM pg_settings
     WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'shared_buffers')`,
  );
  await client.end();
  const of = (name: string) => settings.rows.find((row) => row.name === name)?.setting ?? '?';
  machine.postgres = `PostgreSQL ${of('server_version').split(' ')[0]}, fsync ${of('fsync')}, synchronous_commit ${of('synchronous_commit')}, shared_buffers ${of('shared_buffers')}`;
}
