// Which PostgreSQL processes live on a data folder, whoever started them. Used before every start: a server
// (or a single backend of a killed one) that still writes there would destroy the data if a second one joined in.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the server writes about itself into its folder, or undefined when there is no (complete) such file. */
export function readPidFile(clusterDir: string): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/** Ids of all PostgreSQL processes that work on the folder (a real path), backends included. */
export function findPostgresProcesses(clusterDir: string): number[] {
  if (process.platform !== 'linux') return findByCommandLine(clusterDir);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        // Every PostgreSQL process has its data folder as its working directory.
        if (readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '') !== clusterDir) return false;
        return basename(readlinkSync(`/proc/${pid}/exe`)).startsWith('postgres');
      } catch {
        return false; // gone meanwhile, or somebody else's
      }
    });
}

// Without /proc only the server itself is found, by the id it wrote down and the folder on its command line.
function findByCommandLine(clusterDir: string): number[] {
  const pid = readPidFile(clusterDir)?.pid;
  if (!pid || process.platform === 'win32') return [];
  try {
    const command = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes('postgres') && command.includes(clusterDir) ? [pid] : [];
  } catch {
    return [];
  }
}

/**
 * Ends every PostgreSQL process on the folder: a living server is shut down properly (what was committed is
 * kept either way), stray backends are ended. Resolves when none is left; throws when one cannot be ended.
 */
export async function stopPostgresProcesses(clusterDir: string): Promise<void> {
  const steps: [NodeJS.Signals, number][] = [
    ['SIGINT', 20_000], // fast shutdown
    ['SIGQUIT', 5_000], // immediate shutdown; recovery at the next start
    ['SIGKILL', 5_000],
  ];
  for (const [signal, patienceMs] of steps) {
    const server = readPidFile(clusterDir)?.pid;
    const living = findPostgresProcesses(clusterDir);
    const serverLives = server !== undefined && living.includes(server);
    // To a backend SIGINT only means "cancel the query". A living server ends its own backends.
    if (signal === 'SIGINT' && !serverLives && living.length > 0) continue;
    const targets = serverLives && signal !== 'SIGKILL' ? [server] : living;
    for (const pid of targets) signalProcess(pid, signal);
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (findPostgresProcesses(clusterDir).length === 0) return;
      await sleep(50);
    }
  }
  const left = findPostgresProcesses(clusterDir);
  if (left.length === 0) return;
  throw new Error(
    `Another PostgreSQL server (process ${left.join(', ')}) works on ${clusterDir} and cannot be stopped from ` +
      'here. Stop it as the user who started it, then start again.',
  );
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ended meanwhile, or not ours to end; the caller looks again
  }
}
