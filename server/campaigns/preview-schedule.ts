// What a schedule means, in dates and in words: the panel shows it while it is chosen.
import type { Schedule, SchedulePreview } from '../../contract/schedules.ts';
import { instantOf, inWords } from '../../contract/zones.ts';
import { invalidField } from '../platform/errors.ts';
import {
  lastOccurrence,
  occurrencesAfter,
  occurrencesLeft,
  policyFor,
  scheduleInWords,
  whyNoDates,
} from './recurrence.ts';

/** Throws VALIDATION_FAILED where a rule gives no dates. */
export function previewSchedule(schedule: Schedule, limit: number, now: Date): SchedulePreview {
  if (schedule.mode === 'now')
    return { next: [], total: 1, last: null, words: 'As soon as it is sent off', policy: null };
  if (schedule.mode !== 'recurring') {
    const { at, change } = instantOf(schedule.local, schedule.time_zone);
    const one = { at: at.toISOString(), local: schedule.local.slice(0, 16), change };
    const when = inWords(at, schedule.time_zone);
    return {
      next: at > now ? [one] : [],
      total: 1,
      last: one.at,
      words:
        schedule.mode === 'at'
          ? `${when} (${schedule.time_zone})`
          : `${when}, in each person’s own time zone`,
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
    words: scheduleInWords(schedule),
    policy: policyFor(schedule.time_zone, new Date(next[0]?.at ?? now)),
  };
}
