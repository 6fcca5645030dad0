// When a campaign goes out, in words: the same in the wizard, its review and the confirmation.
import type { Campaign } from '../../../../contract/campaigns.ts';
import { readRule, ruleInWords } from '../../../../contract/recurrence.ts';
import type { Schedule } from '../../../../contract/schedules.ts';
import { instantOf, inWords, readLocalTime } from '../../../../contract/zones.ts';
import { zoneCity } from '../../../ui/times.ts';

/** When it goes out first; null: at once, or no time is chosen yet. Of a series the server knows: what is stored says it. */
export function firstInstant(schedule: Schedule, stored?: Campaign): Date | null {
  if (schedule.mode === 'now' || readLocalTime(schedule.local) === null) return null;
  if (schedule.mode === 'recurring' && stored?.schedule.mode === 'recurring' && stored.scheduled_at)
    return new Date(stored.scheduled_at);
  return instantOf(schedule.local, schedule.time_zone).at;
}

/** "Tue, 1 Dec 2026, 09:00 (Tokyo)", "Every Friday at 09:00 (London), from Fri, 4 Dec 2026". */
export function scheduleWords(schedule: Schedule): string {
  if (schedule.mode === 'now') return 'At once, when you send it';
  if (readLocalTime(schedule.local) === null) return 'No time is chosen yet';
  const city = zoneCity(schedule.time_zone);
  const wall = inWords(new Date(`${schedule.local.slice(0, 16)}:00Z`), 'UTC');
  if (schedule.mode === 'at')
    return `${inWords(instantOf(schedule.local, schedule.time_zone).at, schedule.time_zone)} (${city})`;
  if (schedule.mode === 'recipient_local') return `${wall}, in each person’s own time zone`;
  const { rule } = readRule(schedule.rrule);
  if (!rule) return 'The rule cannot be read yet';
  const end =
    rule.count !== null
      ? `, ${rule.count} times`
      : schedule.until
        ? `, until ${inWords(new Date(`${schedule.until.slice(0, 10)}T00:00:00Z`), 'UTC').replace(/, [\d:]+$/, '')}`
        : '';
  const but = schedule.exceptions.length > 0 ? `, ${schedule.exceptions.length} left out` : '';
  return `${ruleInWords(rule, schedule.local)} at ${schedule.local.slice(11, 16)} (${city}), from ${wall.replace(/, [\d:]+$/, '')}${end}${but}`;
}

/** "Repeats: every Friday", for a list; null: it goes out once. */
export function repeatWords(schedule: Schedule): string | null {
  if (schedule.mode === 'recipient_local') return 'in each person’s own time zone';
  if (schedule.mode !== 'recurring') return null;
  const { rule } = readRule(schedule.rrule);
  return rule && `repeats: ${ruleInWords(rule, schedule.local).replace(/^E/, 'e')}`;
}
