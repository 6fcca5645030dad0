// When a campaign goes out, in words: the same in the wizard, its review and the confirmation.
import type { Campaign } from '../../../../contract/campaigns.ts';
import { readRule, ruleInWords } from '../../../../contract/recurrence.ts';
import type { Schedule } from '../../../../contract/schedules.ts';
import { instantOf, readLocalTime } from '../../../../contract/zones.ts';

/** When it goes out first; null: at once, or no time is chosen yet. Of a series the server knows: what is stored says it. */
export function firstInstant(schedule: Schedule, stored?: Campaign): Date | null {
  if (schedule.mode === 'now' || readLocalTime(schedule.local) === null) return null;
  if (schedule.mode === 'recurring' && stored?.schedule.mode === 'recurring' && stored.scheduled_at)
    return new Date(stored.scheduled_at);
  return instantOf(schedule.local, schedule.time_zone).at;
}

/** "Repeats: every Friday", for a list; null: it goes out once. */
export function repeatWords(schedule: Schedule): string | null {
  if (schedule.mode === 'recipient_local') return 'in each person’s own time zone';
  if (schedule.mode !== 'recurring') return null;
  const { rule } = readRule(schedule.rrule);
  return rule && `repeats: ${ruleInWords(rule, schedule.local).replace(/^E/, 'e')}`;
}
