// What a bench stands on: PostgreSQL of its own, the emulator as a process of its own, a node in this process.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readConfig } from '../server/platform/config.ts';
import { startEmbeddedPostgres } from '../server/platform/db/embedded.ts';
import { migrate } from '../server/platform/db/migrate.ts';
import { installJobs } from '../server/platform/jobs/jobs.ts';
import { createLog } from '../server/platform/log.ts';
import { tasks } from '../server/tasks.ts';

export interface Stage {
  databaseUrl: string;
  emulatorUrl: string;
  config: ReturnType<typeof readConfig>;
  control<T>(path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'carillon-bench-'));
  const log = createLog('warn', process.stderr);
  // durable as in production: fsync stays on
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  await migrate(postgres.url);
  await installJobs(postgres.url, log, tasks);
  const emulator = spawn(process.execPath, ['sandbox/main.ts'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { SANDBOX_PORT: '0' },
  });
  const emulatorUrl = await new Promise<string>((resolve) =>
    emulator.once('message', (message: { url: string }) => resolve(message.url)),
  );
  const config = readConfig({ DATA_DIR: dataDir, PORT: '0', TELEGRAM_API_ROOT: emulatorUrl, SANDBOX: 'off' });
  config.databaseUrl = postgres.url;
  return {
    databaseUrl: postgres.url,
    emulatorUrl,
    config,
    async control(path, body) {
      const response = await fetch(
        `${emulatorUrl}/control/${path}`,
        body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
      );
      if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
      return (await response.json()) as never;
    },
    async stop() {
      emulator.kill();
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
