// When a campaign goes out, in words: the same in the list, the wizard and the API.
import { readRule, ruleInWords } from './recurrence.ts';
import type { Schedule } from './schedules.ts';
import { instantOf, inWords, readLocalTime, zoneCity } from './zones.ts';

/**
 * "Tue, 1 Dec 2026, 09:00 in Tokyo", "Every Friday at 09:00 in London, until 26 Mar 2027". `withStart`: of one that repeats
 * also the day it begins with, where nothing else says it. Drafts may hold what is no time or rule yet.
 */
export function scheduleInWords(schedule: Schedule, { withStart = false } = {}): string {
  if (schedule.mode === 'now') return 'At once, when it is sent off';
  if (readLocalTime(schedule.local) === null) return 'No time is chosen yet';
  const city = zoneCity(schedule.time_zone);
  if (schedule.mode === 'at')
    return `${inWords(instantOf(schedule.local, schedule.time_zone).at, schedule.time_zone)} in ${city}`;
  if (schedule.mode === 'recipient_local')
    return `${dayInWords(schedule.local)}, ${timeOf(schedule.local)}, in each person’s own time zone`;
  const { rule } = readRule(schedule.rrule);
  if (!rule) return 'The rule cannot be read yet';
  const parts = [
    `${ruleInWords(rule, schedule.local)} at ${timeOf(schedule.local)} in ${city}`,
    withStart && `from ${dayInWords(schedule.local)}`,
    rule.count !== null
      ? counted(rule.count, 'time')
      : schedule.until && `until ${dayInWords(schedule.until)}`,
    schedule.exceptions.length > 0 && `${counted(schedule.exceptions.length, 'date')} left out`,
  ];
  return parts.filter(Boolean).join(', ');
}

const timeOf = (local: string) => local.slice(11, 16);
const dayInWords = (local: string) =>
  inWords(new Date(`${local.slice(0, 10)}T00:00:00Z`), 'UTC').replace(/^\w+, |, [\d:]+$/g, '');
const counted = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
