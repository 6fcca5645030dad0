// What each process has cost the processor, from /proc: the profile behind a rate. Linux alone; elsewhere there is none.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Microseconds of processor time, user and system together, by what we call the process. */
export type Spent = Record<string, number>;

/** Clock ticks in /proc are hundredths of a second on every Linux that matters (USER_HZ). */
const microsecondsPerTick = 10_000;

interface Stat {
  parent: number;
  own: number;
  /** Of children that have ended and been waited for. */
  ended: number;
}

/** `pids`: processes by name. The embedded PostgreSQL below `dataDir` counts with all its backends, as "PostgreSQL". */
export function processorTime(pids: Record<string, number | undefined>, dataDir: string): Spent | null {
  if (process.platform !== 'linux') return null;
  const spent: Spent = {};
  for (const [name, pid] of Object.entries(pids)) if (pid) spent[name] = statOf(pid)?.own ?? 0;
  const postmaster = Number(
    readFileSync(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0],
  );
  const itself = statOf(postmaster);
  const backends = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === postmaster);
  spent.PostgreSQL =
    (itself?.own ?? 0) + (itself?.ended ?? 0) + backends.reduce((sum, stat) => sum + (stat?.own ?? 0), 0);
  return spent;
}

/** What was spent in between, per `count`, as words: "worker 71 µs, PostgreSQL 78 µs". */
export function perEach(before: Spent, after: Spent, count: number): string {
  return Object.entries(after)
    .map(([name, value]) => `${name} ${Math.round((value - (before[name] ?? 0)) / count)} µs`)
    .join(', ');
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the name in parentheses may hold blanks
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = (from: number) => (Number(fields[from]) + Number(fields[from + 1])) * microsecondsPerTick;
    return { parent: Number(fields[1]), own: ticks(11), ended: ticks(13) };
  } catch {
    return null;
  }
}
