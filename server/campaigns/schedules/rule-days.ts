// The days of a rule of RFC 5545, by whole days and plain arithmetic. Looking at a day costs the same whatever the rule is, and
// nobody looks at more days than lie before the bound: no rule, however rare its dates are, keeps a node from its other work.
import { type Rule, readRule } from '../../../contract/recurrence.ts';

/** Days since 1 January 1970. */
type Day = number;
interface Calendar {
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  date: number;
}

/**
 * Those with start ≤ day and from ≤ day ≤ to, earliest first; a COUNT counts from the start. `rrule` as contract/recurrence.ts
 * lets it through.
 */
export function* ruleDays(rrule: string, start: Day, from: Day, to: Day): Generator<Day> {
  const { rule, problem } = readRule(rrule);
  if (!rule) throw new RangeError(problem);
  const isMeant = matcherOf(rule, start);
  const places = new Set(rule.bySetPos);
  const first = periodOf(rule, start);
  // what is counted is walked from its beginning; the rest begins where it is asked for
  const ahead = rule.count === null ? Math.max(0, periodOf(rule, from) - first) : 0;
  let left = rule.count ?? Number.POSITIVE_INFINITY;
  for (let period = first + ahead - (ahead % rule.interval); ; period += rule.interval) {
    const begin = beginOf(rule, period);
    if (begin > to || left <= 0) return;
    let days: Day[] = [];
    for (let day = begin; day < beginOf(rule, period + 1); day++) if (isMeant(day)) days.push(day);
    if (places.size > 0)
      days = days.filter((_, index) => places.has(index + 1) || places.has(index - days.length));
    for (const day of days) {
      if (day < start) continue;
      if (day > to || left <= 0) return;
      left -= 1;
      if (day >= from) yield day;
    }
  }
}

/** The number of the day, week, month or year that a day lies in. */
function periodOf({ freq, wkst }: Rule, day: Day): number {
  if (freq === 'DAILY') return day;
  if (freq === 'WEEKLY') return Math.floor((day - mondayBefore1970 - weekdays.indexOf(wkst ?? 'MO')) / 7);
  const { year, month } = calendarOf(day);
  return freq === 'YEARLY' ? year : year * 12 + month - 1;
}

function beginOf({ freq, wkst }: Rule, period: number): Day {
  if (freq === 'DAILY') return period;
  if (freq === 'WEEKLY') return period * 7 + mondayBefore1970 + weekdays.indexOf(wkst ?? 'MO');
  return freq === 'YEARLY' ? dayOf(period, 1) : dayOf(Math.floor(period / 12), (period % 12) + 1);
}

/** What a rule leaves open it takes from its start: the weekday, the day of the month, the month. */
function matcherOf(rule: Rule, start: Day): (day: Day) => boolean {
  const { freq } = rule;
  const begun = calendarOf(start);
  const isWithin = freq === 'MONTHLY' || freq === 'YEARLY';
  const isOpen = isWithin && rule.byDay.length + rule.byMonthDay.length === 0;
  const months = new Set(
    isOpen && freq === 'YEARLY' && rule.byMonth.length === 0 ? [begun.month] : rule.byMonth,
  );
  const dates = new Set(isOpen ? [begun.date] : rule.byMonthDay);
  const numbered = rule.byDay.filter(({ nth }) => nth !== null);
  const plain = new Set(rule.byDay.filter(({ nth }) => nth === null).map(({ day }) => weekdays.indexOf(day)));
  if (freq === 'WEEKLY' && rule.byDay.length === 0) plain.add(weekdayOf(start));
  const places = new Set(numbered.map(({ nth, day }) => (nth as number) * 7 + weekdays.indexOf(day)));
  const ofYear = freq === 'YEARLY' && rule.byMonth.length === 0;

  return (day) => {
    const { year, month, date } = calendarOf(day);
    if (months.size > 0 && !months.has(month)) return false;
    if (dates.size > 0 && !dates.has(date) && !dates.has(date - lengthOf(year, month) - 1)) return false;
    const weekday = weekdayOf(day);
    if (plain.size + places.size === 0 || plain.has(weekday)) return true;
    if (places.size === 0) return false;
    const [begin, end] = ofYear
      ? [dayOf(year, 1), dayOf(year + 1, 1)]
      : [day - date + 1, day - date + 1 + lengthOf(year, month)];
    const fromBegin = Math.floor((day - begin) / 7) + 1;
    const fromEnd = -Math.floor((end - 1 - day) / 7) - 1;
    return places.has(fromBegin * 7 + weekday) || places.has(fromEnd * 7 + weekday);
  };
}

const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
/** 1 January 1970 was a Thursday. */
const mondayBefore1970 = -3;
const weekdayOf = (day: Day) => (((day - mondayBefore1970) % 7) + 7) % 7;

const lengthOf = (year: number, month: number) =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** The first of a month. The year is counted from March, so that the day which some years have comes last. */
function dayOf(year: number, month: number): Day {
  const y = month > 2 ? year : year - 1;
  const days = Math.floor((153 * ((month + 9) % 12) + 2) / 5);
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + days - march0;
}
/** From 1 March of the year 0 to 1 January 1970. */
const march0 = 719_468;

/** The reverse of dayOf, within the 400 years after which the calendar repeats. */
function calendarOf(day: Day): Calendar {
  const since = day + march0;
  const era = Math.floor(since / 146_097);
  const inEra = since - era * 146_097;
  const y = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const inYear = inEra - (y * 365 + Math.floor(y / 4) - Math.floor(y / 100));
  const m = Math.floor((5 * inYear + 2) / 153);
  return {
    year: era * 400 + y + (m > 9 ? 1 : 0),
    month: m < 10 ? m + 3 : m - 9,
    date: inYear - Math.floor((153 * m + 2) / 5) + 1,
  };
}
