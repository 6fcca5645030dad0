// When each person of a run is met that goes by everybody's own clock: the same time of day in every time zone. Whose time had
// passed when the run was due has it on the next day, or is left out, as the schedule says.
import { type RawBuilder, sql } from 'kysely';
import { isTimeZone } from '../../../contract/lists.ts';
import type { Schedule } from '../../../contract/schedules.ts';
import { type Instant, instantOf, readLocalTime } from '../../../contract/zones.ts';

const dayMs = 86_400_000;

/** As it is frozen in the run: of the schedule, and when the run was due. */
export type RecipientLocal = Omit<Extract<Schedule, { mode: 'recipient_local' }>, 'mode'> & { from: string };

export interface Due extends Instant {
  local: string;
  /** That time was over there when the run was due. */
  passed: boolean;
}

/** Of people in `zone`; null, or what is no zone (an abbreviation, an offset, a misspelling): the one that the schedule names. */
export function dueIn(plan: RecipientLocal, zone: string | null): Due {
  const there = zone && isTimeZone(zone) ? zone : plan.time_zone;
  const today = { ...instantOf(plan.local, there), local: plan.local };
  if (today.at >= new Date(plan.from)) return { ...today, passed: false };
  if (plan.passed === 'skip') return { ...today, passed: true };
  const local = new Date((readLocalTime(plan.local) as number) + dayMs).toISOString().slice(0, 16);
  return { ...instantOf(local, there), local, passed: true };
}

export interface DueSql {
  /** To stand after the joins of contact `c`. */
  joins: RawBuilder<unknown>;
  /** When `c` is met; null: at once. */
  due: RawBuilder<Date | null>;
  /** Why `c` is left out for their time alone, or NULL. */
  skip: RawBuilder<string | null>;
}

/** `zones`: those of the people asked about. Null: the run goes to all at once. */
export function dueSql(plan: RecipientLocal | null, zones: readonly (string | null)[]): DueSql | null {
  if (!plan) return null;
  const dues = zones.map((zone) => dueIn(plan, zone));
  const left = dues.map(({ passed }) => passed && plan.passed === 'skip');
  return {
    joins: sql`LEFT JOIN unnest(${zones.map((zone) => zone ?? '')}::text[], ${dues.map(({ at }) => at.toISOString())}::timestamptz[],
      ${left}::boolean[]) AS own (zone, due, left_out) ON own.zone = coalesce(c.time_zone, '')`,
    due: sql<Date | null>`own.due`,
    skip: sql<string | null>`CASE WHEN own.left_out THEN 'local_time_passed' END`,
  };
}
