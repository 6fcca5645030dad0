// The dates of a campaign that repeats. The rule is expanded on the wall clock, as if every day had 24 hours, and each local
// time is then made an instant by the one rule of contract/zones.ts: nobody loses a date because the clocks change (0024).
import { RRuleTemporal } from 'rrule-temporal';
import { yearsAtMost } from '../../contract/recurrence.ts';
import { clockPolicy, type Occurrence, type RecurringSchedule } from '../../contract/schedules.ts';
import { instantOf, offsetMs, readLocalTime } from '../../contract/zones.ts';

const dayMs = 86_400_000;
const yearMs = 366 * dayMs;
/** What the library may look at before it gives up; a rule without dates needs no more. */
const iterationsAtMost = 10_000;
/** Clocks are never further from UTC than 14 hours, and a lost day is one day. */
const zoneSlackMs = 2 * dayMs;

/** Those with from ≤ at < to, earliest first. */
export function occurrencesBetween(schedule: RecurringSchedule, from: Date, to: Date): Occurrence[] {
  return walls(schedule, from.getTime() - zoneSlackMs, to.getTime() + zoneSlackMs)
    .map((wall) => occurrenceAt(wall, schedule.time_zone))
    .filter(({ at }) => Date.parse(at) >= from.getTime() && Date.parse(at) < to.getTime());
}

/** Nearly always the first window has enough; rare dates (a leap day) need the further ones. */
const windowYears = [2, 10, 50];

/** The first `atMost` dates after `after`; fewer where the series ends. */
export function occurrencesAfter(schedule: RecurringSchedule, after: Date, atMost: number): Occurrence[] {
  const from = new Date(after.getTime() + 1);
  const start = Math.max(from.getTime(), startWall(schedule));
  let found: Occurrence[] = [];
  for (const years of windowYears) {
    found = occurrencesBetween(schedule, from, new Date(start + years * yearMs));
    if (found.length >= atMost) break;
  }
  return found.slice(0, atMost);
}

/** The first date after `after`; null: the series is over. */
export function nextOccurrence(schedule: RecurringSchedule, after: Date): Occurrence | null {
  return occurrencesAfter(schedule, after, 1)[0] ?? null;
}

/** The latest date up to and including `at`, not before `from`; null: there is none. */
export function latestOccurrence(schedule: RecurringSchedule, from: Date, at: Date): Occurrence | null {
  return occurrencesBetween(schedule, from, new Date(at.getTime() + 1)).at(-1) ?? null;
}

/** How many dates the series has from `from` on; null: it has no end. */
export function occurrencesLeft(schedule: RecurringSchedule, from: Date): number | null {
  if (!hasEnd(schedule)) return null;
  return occurrencesBetween(schedule, from, endOfTime(schedule)).length;
}

export function lastOccurrence(schedule: RecurringSchedule): Occurrence | null {
  if (!hasEnd(schedule)) return null;
  return occurrencesBetween(schedule, new Date(0), endOfTime(schedule)).at(-1) ?? null;
}

/** Null: it can be made into dates. Otherwise what is wrong with the rule, in words. */
export function whyNoDates(schedule: RecurringSchedule): string | null {
  try {
    if (nextOccurrence(schedule, new Date(startWall(schedule) - zoneSlackMs))) return null;
  } catch {
    return 'This rule takes too long to work out. Choose a simpler one.';
  }
  return `By this rule there is no date within ${yearsAtMost} years of its start. For the last day of each month use BYMONTHDAY=-1.`;
}

/** The policy, where the clocks of `zone` change within the year after `from`. */
export function policyFor(zone: string, from: Date): string | null {
  const offsets = new Set<number>();
  for (let month = 0; month < 12; month++) offsets.add(offsetMs(from.getTime() + month * 30 * dayMs, zone));
  return offsets.size > 1 ? clockPolicy : null;
}

function occurrenceAt(wall: number, zone: string): Occurrence {
  const local = new Date(wall).toISOString().slice(0, 16);
  const { at, change } = instantOf(local, zone);
  return { at: at.toISOString(), local, change };
}

/** Its local times as if they were UTC (ms), from `from` to `to`, the exceptions left out. */
function walls(schedule: RecurringSchedule, from: number, to: number): number[] {
  const lower = Math.max(from, startWall(schedule));
  const upper = Math.min(to, endWall(schedule));
  if (lower > upper) return [];
  const rule = new RRuleTemporal({
    rruleString: `DTSTART:${stamp(startWall(schedule))}\nRRULE:${schedule.rrule}`,
    maxIterations: iterationsAtMost,
  });
  const exceptions = new Set(schedule.exceptions);
  return rule
    .between(new Date(lower), new Date(upper), true)
    .map((date) => Number(date.epochMilliseconds))
    .filter((wall) => !exceptions.has(new Date(wall).toISOString().slice(0, 10)));
}

const startWall = (schedule: RecurringSchedule) => readLocalTime(schedule.local) as number;

/** Its last local time, inclusive; a day means all of it. */
function endWall({ until }: RecurringSchedule): number {
  if (!until) return Number.POSITIVE_INFINITY;
  return until.includes('T') ? (readLocalTime(until) as number) : Date.parse(`${until}T23:59:59Z`);
}

const hasEnd = ({ until, rrule }: RecurringSchedule) => until !== null || /(^|;)COUNT=/.test(rrule);

/** No date of a series that ends lies behind it: a count of rare dates is cut off at a hundred years. */
const endOfTime = (schedule: RecurringSchedule) =>
  new Date(Math.min(startWall(schedule) + 100 * yearMs, endWall(schedule) + zoneSlackMs));

/** "20270312T090000Z", as RFC 5545 writes it. */
const stamp = (wall: number) => new Date(wall).toISOString().replace(/[-:]|\.\d{3}/g, '');
