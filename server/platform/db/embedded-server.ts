// One run of the postgres program: started, watched until it takes connections, shut down.
// embedded.ts decides when to run it again.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseAccount } from './embedded-account.ts';
import { adviceFor, databaseEnvironment } from './embedded-cluster.ts';
import { readPidFile } from './embedded-processes.ts';

export interface ServerRun {
  process: ChildProcess;
  pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<void>;
}

/** The port was taken when the server wanted it; another one may be tried. */
export class PortTakenError extends Error {}

const mib = (bytes: number) => `${Math.round(bytes / 1024 ** 2)}MB`;
const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

// Given on the command line, not in postgresql.conf, so that a new release's settings reach old data folders.
function settings(port: number, extra: Record<string, string>): string[] {
  const values: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '', // a socket's path is limited to 107 bytes, a data folder's is not
    cluster_name: 'carillon',
    max_connections: '100',
    // a table larger than a quarter of it is copied from the operating system anew by every question about everybody
    shared_buffers: mib(clamp(totalmem() / 8, 64 * 1024 ** 2, 4 * 1024 ** 3)),
    effective_cache_size: mib(clamp(totalmem() / 2, 256 * 1024 ** 2, 16 * 1024 ** 3)),
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    // Bursts of deliveries rewrite the same pages; rarer checkpoints save most of the full-page images.
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1',
    // Short queries all over: compiling them costs more than it saves.
    jit: 'off',
    // Queue tables turn over completely; vacuum after 5 % instead of 20 %.
    autovacuum_vacuum_scale_factor: '0.05',
    log_timezone: 'UTC',
    timezone: 'UTC',
    log_checkpoints: 'off',
    // Statements and DETAIL lines may hold names, phone numbers and message texts: keep them out of the log.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...extra,
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

export interface ServerOptions {
  postgres: string;
  clusterDir: string;
  logFile: string;
  port: number;
  account: DatabaseAccount;
  /** Overrides of single settings, for tests (fsync=off) and benchmarks. */
  settings?: Record<string, string>;
  /** Called about every ten seconds while crash recovery keeps the server from being ready. */
  onWaiting?: () => void;
}

/** Starts the server and resolves once it takes connections. Throws with the reason when it ends before. */
export async function runServer(options: ServerOptions): Promise<ServerRun> {
  const { clusterDir, logFile, account } = options;
  const command = [
    ...account.prefix,
    options.postgres,
    '-D',
    clusterDir,
    ...settings(options.port, options.settings ?? {}),
  ];
  const logStart = rotate(logFile);
  const log = openSync(logFile, 'a', 0o600);
  // Detached: Ctrl-C reaches a whole process group, and the database has to outlive our own shutdown.
  const child = spawn(command[0]!, command.slice(1), {
    ...account.spawnOptions,
    detached: true,
    stdio: ['ignore', log, log],
    env: databaseEnvironment(),
    cwd: '/',
  });
  closeSync(log);
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      isOver = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  for (let waitedMs = 0; !isOver; waitedMs += 25) {
    const state = readPidFile(clusterDir);
    if (state?.pid === child.pid && state?.ready) return { process: child, pid: child.pid!, ended };
    if (waitedMs > 0 && waitedMs % 10_000 === 0) options.onWaiting?.();
    await Promise.race([sleep(25), ended]);
  }
  const words = readFileSync(logFile, 'utf8').slice(logStart).trim().split('\n').slice(-8).join('\n');
  if (/could not bind|Address already in use|could not create any TCP/.test(words))
    throw new PortTakenError(words);
  throw new Error(`PostgreSQL did not start.${adviceFor(words)} Its log is ${logFile}:\n${words}`);
}

/** Fast shutdown: open transactions are rolled back, everything committed is on disk. Immediate after a minute. */
export async function stopServer(run: ServerRun): Promise<void> {
  run.process.kill('SIGINT');
  const impatience = setTimeout(() => run.process.kill('SIGQUIT'), 60_000);
  await run.ended;
  clearTimeout(impatience);
}

/** A free loopback port below the range from which systems take ports for outgoing connections. */
export async function choosePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return port;
  }
  throw new Error('No free port between 20000 and 29999 on 127.0.0.1 for the embedded PostgreSQL.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

// Returns where this run's lines begin. The previous log is kept once it has grown past 10 MiB.
function rotate(logFile: string): number {
  const sizeBytes = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBytes < 10 * 1024 ** 2) return sizeBytes;
  renameSync(logFile, `${logFile}.1`);
  return 0;
}
