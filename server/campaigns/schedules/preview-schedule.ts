// What a schedule means, in dates and in words: the panel shows it while it is chosen.
import { scheduleInWords } from '../../../contract/schedule-words.ts';
import type { Schedule, SchedulePreview } from '../../../contract/schedules.ts';
import { instantOf } from '../../../contract/zones.ts';
import { invalidField } from '../../platform/errors.ts';
import { lastOccurrence, occurrencesAfter, occurrencesLeft, policyFor, whyNoDates } from './recurrence.ts';

/** Throws VALIDATION_FAILED where a rule gives no dates. */
export function previewSchedule(schedule: Schedule, limit: number, now: Date): SchedulePreview {
  const words = scheduleInWords(schedule);
  if (schedule.mode === 'now') return { next: [], total: 1, last: null, words, policy: null };
  if (schedule.mode !== 'recurring') {
    const { at, change } = instantOf(schedule.local, schedule.time_zone);
    const one = { at: at.toISOString(), local: schedule.local.slice(0, 16), change };
    return {
      next: at > now ? [one] : [],
      total: 1,
      last: one.at,
      words,
      policy: policyFor(schedule.time_zone, at),
    };
  }
  const problem = whyNoDates(schedule);
  if (problem) throw invalidField('/schedule/rrule', problem);
  const next = occurrencesAfter(schedule, now, limit);
  return {
    next,
    total: occurrencesLeft(schedule, new Date(0)),
    last: lastOccurrence(schedule)?.at ?? null,
    words,
    policy: policyFor(schedule.time_zone, new Date(next[0]?.at ?? now)),
  };
}
