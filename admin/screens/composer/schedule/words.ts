// When a campaign goes out, in words: the same in the wizard, its review and the confirmation.
import type { Campaign } from '../../../../contract/campaigns.ts';
import { readRule, ruleInWords } from '../../../../contract/recurrence.ts';
import { scheduleInWords } from '../../../../contract/schedule-words.ts';
import type { Schedule } from '../../../../contract/schedules.ts';
import { instantOf, inWords, readLocalTime, zoneCity } from '../../../../contract/zones.ts';

/** When it goes out first; null: at once, or no time is chosen yet. Of a series the server knows: what is stored says it. */
export function firstInstant(schedule: Schedule, stored?: Campaign): Date | null {
  if (schedule.mode === 'now' || readLocalTime(schedule.local) === null) return null;
  if (schedule.mode === 'recurring' && stored?.schedule.mode === 'recurring' && stored.scheduled_at)
    return new Date(stored.scheduled_at);
  return instantOf(schedule.local, schedule.time_zone).at;
}

/**
 * What a scheduled campaign stands on: the hour that was chosen, and where its first message follows from more than that, its
 * instant. "23 Nov 2026, 09:00, in each person’s own time zone; the first at Sun, 22 Nov 2026, 19:15 in London".
 */
export function scheduledWords(
  { schedule, scheduled_at }: Pick<Campaign, 'schedule' | 'scheduled_at'>,
  zone: string,
): string {
  const chosen = scheduleInWords(schedule);
  if (schedule.mode === 'at' || schedule.mode === 'now' || scheduled_at === null) return chosen;
  const which = schedule.mode === 'recurring' ? 'next' : 'the first';
  return `${chosen}; ${which} at ${inWords(new Date(scheduled_at), zone)} in ${zoneCity(zone)}`;
}

/** "Repeats: every Friday", for a list; null: it goes out once. */
export function repeatWords(schedule: Schedule): string | null {
  if (schedule.mode === 'recipient_local') return 'in each person’s own time zone';
  if (schedule.mode !== 'recurring') return null;
  const { rule } = readRule(schedule.rrule);
  return rule && `repeats: ${ruleInWords(rule, schedule.local).replace(/^E/, 'e')}`;
}
