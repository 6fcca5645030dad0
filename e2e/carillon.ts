// A product process of a story: `server/main.ts` as `npm start` runs it, on a data folder and a port of its own. It ends with
// the test run (its IPC channel is the lifeline), and a story may stop it, kill it and start it again on the same folder.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { temporaryFolder } from '../server/testing/temporary-folder.ts';

export const root = path.resolve(import.meta.dirname, '..');
const startLimitMs = 90_000;

export interface StartOptions {
  /** A folder of an earlier process; without it a fresh one that end() removes. */
  dataDir?: string;
  args?: string[];
  env?: Record<string, string>;
}

export interface Program {
  pid: number;
  /** Everything it has printed, both streams. */
  output(): string;
  /** Resolves with its exit code, or the name of the signal that ended it. */
  ended: Promise<number | string>;
  signal(name: NodeJS.Signals): void;
}

export interface Carillon extends Program {
  url: string;
  dataDir: string;
  /** SIGTERM, and wait for its end. Returns the exit code. */
  stop(): Promise<number | string>;
  /** kill -9: no time for a last word. */
  kill(): Promise<void>;
  /** Ends it if it still runs and removes its folder. */
  end(): Promise<void>;
}

/** A hundred starts of one program: what Node made of its files is kept, which takes a third off each. */
const compiled = path.join(root, 'node_modules', '.cache', 'compiled');

/**
 * Nothing of the machine's own settings reaches a story: OWNER_EMAIL of a developer's shell would change it. The demo shop stands
 * still: stories count.
 */
export function plainEnvironment(more: Record<string, string> = {}): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'USER'].flatMap((name) => {
    const value = process.env[name];
    return value ? [[name, value] as const] : [];
  });
  return {
    ...Object.fromEntries(kept),
    LOG_LEVEL: 'warn',
    DEMO_LIFE: 'off',
    NODE_COMPILE_CACHE: compiled,
    ...more,
  };
}

/** A data folder that goes when the file's tests are through. */
export const freshFolder = temporaryFolder;

/** Runs a program of the checkout and collects what it prints. */
export function run(
  command: string,
  args: string[],
  env: Record<string, string>,
  group = false,
): Program & { child: ChildProcess } {
  const child = spawn(command, args, {
    cwd: root,
    env: plainEnvironment(env),
    // a group of its own is what a terminal gives to a command: Ctrl-C then goes to the whole group
    detached: group,
    stdio: ['ignore', 'pipe', 'pipe', ...(group ? [] : ['ipc' as const])],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      text += chunk;
    });
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return {
    child,
    pid: child.pid ?? 0,
    output: () => text,
    ended,
    signal: (name) => void (group ? process.kill(-(child.pid ?? 0), name) : child.kill(name)),
  };
}

/** Resolves with the match of `pattern` in what the program prints; rejects with its output when it ends or takes too long. */
export async function printed(program: Program, pattern: RegExp, limitMs = startLimitMs): Promise<string> {
  let over: number | string | null = null;
  void program.ended.then((code) => {
    over = code;
  });
  for (const end = performance.now() + limitMs; ; await pause(50)) {
    const match = pattern.exec(program.output());
    if (match) return match[1] ?? match[0];
    if (over !== null) throw new Error(`it ended (${over}) before it said ${pattern}:\n${program.output()}`);
    if (performance.now() > end)
      throw new Error(`it did not say ${pattern} within ${limitMs} ms:\n${program.output()}`);
  }
}

/** Starts a node and resolves when it is ready. A worker (`--role worker`) has no url: ''. */
export async function startCarillon(options: StartOptions = {}): Promise<Carillon> {
  const dataDir = options.dataDir ?? freshFolder();
  const program = launch({ ...options, dataDir });
  try {
    const said = await printed(program, /^Carillon (?:is ready at (http\S+)|worker is ready)/m);
    return manage(program, dataDir, said.startsWith('http') ? said : '');
  } catch (error) {
    program.signal('SIGKILL');
    throw error;
  }
}

/** The same without waiting: for starts that are meant to fail, or to be watched while they go on. */
export function launch(options: StartOptions & { dataDir: string }): Program {
  const entry = [path.join(root, 'server/main.ts'), ...(options.args ?? [])];
  return run(process.execPath, entry, { DATA_DIR: options.dataDir, PORT: '0', ...options.env });
}

function manage(program: Program, dataDir: string, url: string): Carillon {
  let over = false;
  void program.ended.then(() => {
    over = true;
  });
  return {
    ...program,
    url,
    dataDir,
    stop() {
      program.signal('SIGTERM');
      return program.ended;
    },
    async kill() {
      program.signal('SIGKILL');
      await program.ended;
    },
    async end() {
      if (!over) program.signal('SIGTERM');
      await program.ended;
      await until('all its processes are gone', () => processesNaming(dataDir).length === 0, 20_000);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Living processes whose command line or environment names `word`, as "pid command": whoever works on a data folder does. */
export function processesNaming(word: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ');
        const isDead = /^State:\s+Z/m.test(read('status'));
        const command = read('cmdline');
        return !isDead && `${command}${read('environ')}`.includes(word) ? [`${pid} ${command.trim()}`] : [];
      } catch {
        return []; // it ended while we looked
      }
    });
}

/** A port that nobody listens on, for a node whose address has to be known before it starts. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits until `condition` is true, looking every 50 ms; fails with `what` after `limitMs`. */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  limitMs = 90_000,
): Promise<void> {
  for (const end = performance.now() + limitMs; !(await condition()); await pause(50))
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
}
