// A rule of RFC 5545 as the fields of a form, and back. What the fields cannot say is "custom", written as a rule.
import { type Rule, readRule, ruleText, type Weekday } from '../../../../contract/recurrence.ts';
import type { RecurringSchedule } from '../../../../contract/schedules.ts';
import { readLocalTime } from '../../../../contract/zones.ts';

export type Repeat = 'daily' | 'weekly' | 'monthly' | 'custom';
export type MonthDay = 'date' | 'last' | 'weekday';
export type Ends = 'never' | 'on' | 'after';

export const weekdayNames: readonly (readonly [Weekday, string])[] = [
  ['MO', 'Mon'],
  ['TU', 'Tue'],
  ['WE', 'Wed'],
  ['TH', 'Thu'],
  ['FR', 'Fri'],
  ['SA', 'Sat'],
  ['SU', 'Sun'],
];

const empty: Rule = {
  freq: 'WEEKLY',
  interval: 1,
  byDay: [],
  byMonthDay: [],
  byMonth: [],
  bySetPos: [],
  wkst: null,
  count: null,
};

/** Null: it cannot be read, so it is shown as it was typed. */
export const ruleOf = (schedule: RecurringSchedule): Rule | null => readRule(schedule.rrule).rule;

export function repeatOf(rule: Rule | null): Repeat {
  if (!rule || rule.byMonth.length + rule.bySetPos.length > 0 || rule.wkst) return 'custom';
  const { freq, byDay, byMonthDay } = rule;
  const plain = byDay.every(({ nth }) => nth === null);
  if (freq === 'DAILY' && byDay.length + byMonthDay.length === 0) return 'daily';
  if (freq === 'WEEKLY' && plain) return 'weekly';
  if (freq === 'MONTHLY' && monthDayOf(rule) !== null) return 'monthly';
  return 'custom';
}

export function monthDayOf({ byDay, byMonthDay }: Rule): MonthDay | null {
  if (byDay.length === 0 && byMonthDay.length === 0) return 'date';
  if (byDay.length === 0 && byMonthDay.length === 1) return byMonthDay[0] === -1 ? 'last' : null;
  return byMonthDay.length === 0 && byDay.length === 1 && byDay[0]?.nth !== null ? 'weekday' : null;
}

export function endsOf(schedule: RecurringSchedule): Ends {
  if (ruleOf(schedule)?.count != null) return 'after';
  return schedule.until === null ? 'never' : 'on';
}

/** The rule of a choice, with what is kept of the one before. */
export function ruleFor(repeat: Exclude<Repeat, 'custom'>, before: Rule | null, local: string): string {
  const kept = { ...empty, interval: before?.interval ?? 1, count: before?.count ?? null };
  if (repeat === 'daily') return ruleText({ ...kept, freq: 'DAILY' });
  if (repeat === 'monthly') return ruleText({ ...kept, freq: 'MONTHLY' });
  return ruleText({ ...kept, freq: 'WEEKLY', byDay: [{ nth: null, day: weekdayOf(local) }] });
}

/** The same rule on another day of the month: of the start, its last, or the start's weekday by its number. */
export function onMonthDay(rule: Rule, day: MonthDay, local: string): string {
  const nth = Math.ceil(Number(local.slice(8, 10)) / 7);
  return ruleText({
    ...rule,
    byMonthDay: day === 'last' ? [-1] : [],
    byDay: day === 'weekday' ? [{ nth: nth > 4 ? -1 : nth, day: weekdayOf(local) }] : [],
  });
}

export function weekdayOf(local: string): Weekday {
  const at = readLocalTime(local) ?? 0;
  return (weekdayNames[(new Date(at).getUTCDay() + 6) % 7] as readonly [Weekday, string])[0];
}

/** "second Friday" of the start, as the monthly choice says it. */
export function nthWords(local: string): string {
  const nth = Math.ceil(Number(local.slice(8, 10)) / 7);
  const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' });
  return `${['first', 'second', 'third', 'fourth', 'last'][nth - 1]} ${day.format(readLocalTime(local) ?? 0)}`;
}
