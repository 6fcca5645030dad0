// When a campaign goes out: its local time as an instant, what may be chosen, and what becomes of one whose hour was missed.
import type { Campaign } from '../../../contract/campaigns.ts';
import {
  mayStillSend,
  type RecurringSchedule,
  type Reschedule,
  type Schedule,
} from '../../../contract/schedules.ts';
import { instantOf, inWords, lengthInWords, nextPossible } from '../../../contract/zones.ts';
import type { Ctx } from '../../platform/context.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import type { Place } from '../campaign.ts';
import { nextOccurrence, whyNoDates } from './recurrence.ts';
import { type Hour, hourOf } from './series.ts';

const yearMs = 366 * 86_400_000;
const furthestYears = 5;

/**
 * Null: at once; of a series: its first date. A time that the clocks skip is moved forward, of one that comes twice the first
 * is taken (contract/zones.ts).
 */
export function instantOfSchedule(schedule: Schedule): Date | null {
  if (schedule.mode === 'now') return null;
  if (schedule.mode !== 'recurring') return instantOf(schedule.local, schedule.time_zone).at;
  const first = nextOccurrence(schedule, new Date(0));
  return first && new Date(first.at);
}

/** What the row of a draft says of its hour. */
export function plannedHour(schedule: Schedule): Hour | { scheduled_at: null; occurrences_left: null } {
  const at = instantOfSchedule(schedule);
  return at ? hourOf(schedule, at) : { scheduled_at: null, occurrences_left: null };
}

/**
 * When it goes out next, as things stand: at its hour, of a series that goes on at the next date, else at once. Whoever looks ahead
 * (counts, forecast, why, the check) asks here. A campaign by everybody's own clock begins with the earliest of them once it is scheduled.
 */
export function nextHour(campaign: Pick<Campaign, 'status' | 'schedule' | 'next_at'>, now: Date): Date {
  const { status, schedule, next_at } = campaign;
  const at = next_at ? new Date(next_at) : status === 'draft' ? instantOfSchedule(schedule) : null;
  return at && at > now ? at : now;
}

export function isPast(schedule: Schedule, now: Date): boolean {
  const at = instantOfSchedule(schedule);
  return at !== null && at <= now;
}

/** The instant, if it may be chosen. Throws VALIDATION_FAILED that offers the next possible time; `at`: where the schedule stands. */
export function futureInstant(schedule: Schedule, now: Date, at = '/schedule'): Date | null {
  if (schedule.mode === 'now') return null;
  const problem = schedule.mode === 'recurring' ? whyNoDates(schedule) : null;
  if (problem) throw invalidField(`${at}/rrule`, problem);
  const instant = instantOfSchedule(schedule) as Date;
  const pointer = `${at}/local`;
  if (instant <= now) throw invalidField(pointer, pastWords(schedule, instant, now));
  if (instant.getTime() - now.getTime() > furthestYears * yearMs)
    throw invalidField(pointer, `That is more than ${furthestYears} years from now. Check the year.`);
  return instant;
}

function pastWords(schedule: Exclude<Schedule, { mode: 'now' }>, instant: Date, now: Date): string {
  const ago = lengthInWords(now.getTime() - instant.getTime());
  if (schedule.mode !== 'recurring')
    return `That was ${ago} ago in ${schedule.time_zone}. The next possible time there is ${nextPossible(now, schedule.time_zone)}.`;
  const next = nextOccurrence(schedule, now);
  return next
    ? `The first date was ${ago} ago in ${schedule.time_zone}. The next date by this rule is ${next.local}: start there.`
    : `All dates of this series are over, the first was ${ago} ago in ${schedule.time_zone}. Choose a later start or end.`;
}

/**
 * The schedule that a change is to store, null where it stays as it is. One that is not changed is not judged again: a draft
 * whose hour is over can still be edited, and a series goes on. Moving the hour of a scheduled campaign decides when people
 * are messaged. Throws VALIDATION_FAILED, FORBIDDEN.
 */
export async function movedSchedule(
  ctx: Ctx,
  campaignId: string,
  place: Place,
  before: Schedule,
  after: Schedule,
): Promise<{ schedule: Schedule; hour: ReturnType<typeof plannedHour> } | null> {
  if (sameSchedule(before, after)) return null;
  const now = ctx.clock.now();
  const at =
    place === 'scheduled' && goesOn(before, after) ? nextDate(after, now) : futureInstant(after, now);
  const moved = {
    schedule: after,
    hour: at && place === 'scheduled' ? hourOf(after, at) : plannedHour(after),
  };
  if (place !== 'scheduled') return moved;
  if (ctx.actor.kind !== 'system' && !ctx.actor.scopes.has('campaigns:send'))
    throw new AppError(
      'FORBIDDEN',
      'Moving the hour of a scheduled campaign needs the scope "campaigns:send".',
      {
        errors: [{ pointer: '/schedule', detail: 'Leave it as it is, or ask somebody who may send.' }],
      },
    );
  if (!at)
    throw invalidField(
      '/schedule/mode',
      'This campaign is scheduled. To send it at once, use send_now; to give it up, cancel it.',
    );
  await wakeAt(ctx, campaignId, at);
  return moved;
}

/** A series from the same start: its rule, its end or its exceptions are changed, and it is judged by the next date, not by the first. */
function goesOn(before: Schedule, after: Schedule): after is RecurringSchedule {
  return (
    before.mode === 'recurring' &&
    after.mode === 'recurring' &&
    before.local === after.local &&
    before.time_zone === after.time_zone
  );
}

/** Throws VALIDATION_FAILED; `at`: where the schedule stands. */
function nextDate(schedule: RecurringSchedule, now: Date, at = '/schedule'): Date {
  const problem = whyNoDates(schedule);
  if (problem) throw invalidField(`${at}/rrule`, problem);
  const next = nextOccurrence(schedule, now);
  if (!next) throw invalidField(`${at}/until`, 'All dates of this series are over. Choose a later end.');
  return new Date(next.at);
}

export function sameSchedule(a: Schedule, b: Schedule): boolean {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof Schedule)[];
  return keys.every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));
}

/** The schedule that a person means who gives this campaign another time. Throws VALIDATION_FAILED. */
export function rescheduled(
  before: Schedule,
  given: Reschedule,
  now: Date,
): { schedule: Schedule; at: Date } {
  const schedule = 'schedule' in given ? given.schedule : withTime(before, given);
  // a series that is told to go on: its next date, the missed ones are left out
  if (goesOn(before, schedule)) return { schedule, at: nextDate(schedule, now) };
  return { schedule, at: futureInstant(schedule, now, 'schedule' in given ? '/schedule' : '') as Date };
}

/** The same kind of schedule at another time; one that had none goes out once. */
function withTime(before: Schedule, time: { local: string; time_zone: string }): Schedule {
  const local = time.local.slice(0, 16);
  return before.mode === 'recurring' || before.mode === 'recipient_local'
    ? { ...before, ...time, local }
    : { mode: 'at', ...time };
}

/** A look for due campaigns at exactly that moment, besides the one every minute. Leaves with the caller's transaction. */
export async function wakeAt(ctx: Ctx, campaignId: string, at: Date): Promise<void> {
  await ctx.jobs.enqueue(
    ctx,
    'campaigns.launch_due',
    {},
    { key: `${campaignId} ${at.toISOString()}`, startAfter: at },
  );
}

/**
 * Null: send it. Otherwise why it is held, measured to the moment somebody came to look; `since`: from when, where the run
 * before it was still under way at its hour.
 */
export function whyMissed(
  campaign: Pick<Campaign, 'schedule' | 'settings'>,
  scheduledAt: Date,
  now: Date,
  since = scheduledAt,
): string | null {
  const lateMs = now.getTime() - since.getTime();
  if (mayStillSend(campaign.settings.missed, lateMs)) return null;
  return `Held: Carillon came to it ${lengthInWords(lateMs)} late; it was due ${dueWords(campaign.schedule, scheduledAt)}. Send it now, choose another time, or cancel it.`;
}

/** Why it could not be sent at its hour; `detail` says what is to be mended. */
export function whyNotSent(campaign: Pick<Campaign, 'schedule'>, scheduledAt: Date, detail: string): string {
  return `Not sent at its hour: ${detail} It was due ${dueWords(campaign.schedule, scheduledAt)}; nobody was messaged. Mend it, then send it now or choose another time.`;
}

function dueWords(schedule: Schedule, at: Date): string {
  const zone = 'time_zone' in schedule ? schedule.time_zone : 'UTC';
  return `${inWords(at, zone)} (${zone})`;
}
