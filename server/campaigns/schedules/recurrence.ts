// The dates of a campaign that repeats. The rule is expanded on the wall clock, as if every day had 24 hours, and each local
// time is then made an instant by the one rule of contract/zones.ts: nobody loses a date because the clocks change (0024).
import { yearsAtMost } from '../../../contract/recurrence.ts';
import { clockPolicy, type Occurrence, type RecurringSchedule } from '../../../contract/schedules.ts';
import { instantOf, offsetMs, readLocalTime } from '../../../contract/zones.ts';
import { ruleDays } from './rule-days.ts';

const dayMs = 86_400_000;
const yearMs = 366 * dayMs;
/** Clocks are never further from UTC than 14 hours, and a lost day is one day. */
const zoneSlackMs = 2 * dayMs;

/** Those with from ≤ at < to, earliest first. */
export function occurrencesBetween(schedule: RecurringSchedule, from: Date, to: Date): Occurrence[] {
  return [...walls(schedule, from.getTime() - zoneSlackMs, to.getTime() + zoneSlackMs)]
    .map((wall) => occurrenceAt(wall, schedule.time_zone))
    .filter(({ at }) => Date.parse(at) >= from.getTime() && Date.parse(at) < to.getTime());
}

/**
 * A moment before which these series have at least `enough` dates together, none before the later of `from` and its own `since`;
 * null: by `to` they have not. Only their days are looked at: to make a local time an instant costs a hundred times as much.
 */
export function endOfFirst(
  enough: number,
  series: { schedule: RecurringSchedule; since: Date }[],
  from: Date,
  to: Date,
): Date | null {
  const found: number[] = [];
  for (const { schedule, since } of series) {
    const begin = Math.max(from.getTime(), since.getTime()) + zoneSlackMs;
    found.push(...walls(schedule, begin, to.getTime() - zoneSlackMs));
  }
  const last = found.sort((a, b) => a - b)[enough - 1];
  return last === undefined ? null : new Date(last + zoneSlackMs);
}

/** A rule that comes to a date at all comes to one in this time: a leap day on a given weekday takes up to 40 years. */
const rarestYears = 50;

/** The first `atMost` dates after `after`; fewer where the series ends. */
export function occurrencesAfter(schedule: RecurringSchedule, after: Date, atMost: number): Occurrence[] {
  const until = Math.max(after.getTime(), startWall(schedule)) + rarestYears * yearMs;
  const found: Occurrence[] = [];
  for (const wall of walls(schedule, after.getTime() - zoneSlackMs, until)) {
    const one = occurrenceAt(wall, schedule.time_zone);
    if (Date.parse(one.at) > after.getTime()) found.push(one);
    if (found.length >= atMost) break;
  }
  return found;
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
  let left = 0;
  for (const wall of walls(schedule, from.getTime() - zoneSlackMs, endOfTime(schedule))) {
    // only beside `from` its zone decides
    const isLater = wall > from.getTime() + zoneSlackMs;
    if (isLater || Date.parse(occurrenceAt(wall, schedule.time_zone).at) >= from.getTime()) left += 1;
  }
  return left;
}

export function lastOccurrence(schedule: RecurringSchedule): Occurrence | null {
  if (!hasEnd(schedule)) return null;
  const last = [...walls(schedule, startWall(schedule), endOfTime(schedule))].at(-1);
  return last === undefined ? null : occurrenceAt(last, schedule.time_zone);
}

/** Null: it can be made into dates. Otherwise what is wrong with the rule, in words. */
export function whyNoDates(schedule: RecurringSchedule): string | null {
  if (nextOccurrence(schedule, new Date(startWall(schedule) - zoneSlackMs))) return null;
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

/** Its local times as if they were UTC (ms), from `from` to `to`, the exceptions left out; earliest first. */
function* walls(schedule: RecurringSchedule, from: number, to: number): Generator<number> {
  const start = startWall(schedule);
  const upper = Math.min(to, endWall(schedule));
  const startDay = Math.floor(start / dayMs);
  const exceptions = new Set(schedule.exceptions.map((day) => Date.parse(day) / dayMs));
  const lower = Math.max(from, start);
  for (const day of ruleDays(
    schedule.rrule,
    startDay,
    Math.floor(lower / dayMs),
    Math.floor(upper / dayMs),
  )) {
    const wall = start + (day - startDay) * dayMs;
    if (wall >= lower && wall <= upper && !exceptions.has(day)) yield wall;
  }
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
  Math.min(startWall(schedule) + 100 * yearMs, endWall(schedule));
