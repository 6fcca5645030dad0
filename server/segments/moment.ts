// The moment at which a rule is asked, and what its days mean then. Days since something happened are counted back on the
// workspace's calendar; days of a date that somebody wrote down (a birthday) on the calendar of where the person is.
import { instantOf, offsetMs } from '../../contract/zones.ts';

const dayMs = 86_400_000;
const latestWall = Date.parse('9999-12-31T00:00:00Z');

export interface Moment {
  now: Date;
  /** The first millisecond that is not yet: what is to come counts nowhere. */
  after: Date;
  /** So many days ago at this time of day, on the workspace's clocks, to the second. */
  ago(days: number): Date;
  /** When a day ("2026-12-01") begins in the workspace; `later`: so many days after it. */
  startOf(day: string, later?: number): Date;
  /** The day it is in a zone: "2026-12-01". Null or unknown to us: the workspace's. */
  today(zone: string | null): string;
}

/** What was asked before is remembered: a thousand rules of one moment read the calendar once. */
export function momentOf(now: Date, workspaceZone: string): Moment {
  const past = new Map<number, Date>();
  const days = new Map<string | null, string>();
  const wall = now.getTime() + offsetMs(now.getTime(), workspaceZone);
  // a year of five digits is no local time, and a rule that names one is stored in some places already
  const atWall = (ms: number) =>
    instantOf(new Date(Math.min(ms, latestWall)).toISOString().slice(0, 19), workspaceZone).at;
  const dayIn = (zone: string) =>
    new Date(now.getTime() + offsetMs(now.getTime(), zone)).toISOString().slice(0, 10);
  return {
    now,
    after: new Date(now.getTime() + 1),
    ago: (count) => kept(past, count, () => atWall(wall - count * dayMs)),
    startOf: (day, later = 0) => atWall(Date.parse(`${day}T00:00:00Z`) + later * dayMs),
    today: (zone) =>
      kept(days, zone, () => {
        if (zone === null) return dayIn(workspaceZone);
        try {
          return dayIn(zone);
        } catch {
          return dayIn(workspaceZone);
        }
      }),
  };
}

function kept<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    known.set(key, value);
  }
  return value;
}

/** "2026-02-27" and 2 → "2026-03-01". */
export function dayPlus(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10);
}

/** The days of the year ("02-28") from today to so many days on. In a common year, 29 February is kept on the 28th. */
export function daysOfYear(today: string, count: number): string[] {
  const found = new Set<string>();
  for (let i = 0; i <= count; i++) {
    const day = dayPlus(today, i);
    found.add(day.slice(5));
    if (day.endsWith('-02-28') && dayPlus(day, 1).endsWith('-03-01')) found.add('02-29');
  }
  return [...found];
}
