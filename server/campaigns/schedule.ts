// When a campaign goes out: its local time as an instant, what may be chosen, and what becomes of one whose hour was missed.
import type { Campaign } from '../../contract/campaigns.ts';
import { type Missed, onTimeMinutes, type Schedule } from '../../contract/schedules.ts';
import { instantOf, inWords, lengthInWords, nextPossible } from '../../contract/zones.ts';
import type { Ctx } from '../platform/context.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import type { Place } from './campaign.ts';

const yearMs = 366 * 86_400_000;
const furthestYears = 5;

/** Null: at once. A time that the clocks skip is moved forward, of one that comes twice the first is taken (contract/zones.ts). */
export function instantOfSchedule(schedule: Schedule): Date | null {
  return schedule.mode === 'now' ? null : instantOf(schedule.local, schedule.time_zone).at;
}

/** When it would go out if it were sent off now: at its hour, or at once. */
export function sendsAt(schedule: Schedule, now: Date): Date {
  const at = instantOfSchedule(schedule);
  return at && at > now ? at : now;
}

export function isPast(schedule: Schedule, now: Date): boolean {
  const at = instantOfSchedule(schedule);
  return at !== null && at <= now;
}

/** The instant, if it may be chosen. Throws VALIDATION_FAILED that offers the next possible time; `pointer`: of the local time. */
export function futureInstant(schedule: Schedule, now: Date, pointer = '/schedule/local'): Date | null {
  if (schedule.mode === 'recurring' || schedule.mode === 'recipient_local')
    throw invalidField('/schedule/mode', 'Campaigns like this are not possible yet.');
  const at = instantOfSchedule(schedule);
  if (schedule.mode === 'now' || !at) return null;
  if (at <= now)
    throw invalidField(
      pointer,
      `That was ${lengthInWords(now.getTime() - at.getTime())} ago in ${schedule.time_zone}. The next possible time there is ${nextPossible(now, schedule.time_zone)}.`,
    );
  if (at.getTime() - now.getTime() > furthestYears * yearMs)
    throw invalidField(pointer, `That is more than ${furthestYears} years from now. Check the year.`);
  return at;
}

/**
 * The schedule that a change may store. One that is not changed is not judged again: a draft whose hour is over can still be edited.
 * Moving the hour of a scheduled campaign decides when people are messaged. Throws VALIDATION_FAILED, FORBIDDEN.
 */
export async function movedSchedule(
  ctx: Ctx,
  campaignId: string,
  place: Place,
  before: Schedule,
  after: Schedule,
): Promise<Schedule> {
  if (sameSchedule(before, after)) return after;
  const at = futureInstant(after, ctx.clock.now());
  if (place !== 'scheduled') return after;
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
  return after;
}

function sameSchedule(a: Schedule, b: Schedule): boolean {
  if (a.mode === 'now' || b.mode === 'now') return a.mode === b.mode;
  return a.local === b.local && a.time_zone === b.time_zone;
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

/** Null: send it. Otherwise why it is held, measured from its hour to the moment somebody came to look. */
export function whyMissed(
  campaign: Pick<Campaign, 'schedule' | 'settings'>,
  scheduledAt: Date,
  now: Date,
): string | null {
  const lateMs = now.getTime() - scheduledAt.getTime();
  if (mayStillSend(campaign.settings.missed, lateMs)) return null;
  return `Held: Carillon came to it ${lengthInWords(lateMs)} late; it was due ${dueWords(campaign.schedule, scheduledAt)}. Send it now, choose another time, or cancel it.`;
}

function mayStillSend(missed: Missed, lateMs: number): boolean {
  if (missed.mode === 'send' || lateMs <= onTimeMinutes * 60_000) return true;
  return missed.mode === 'send_if_late_less_than' && lateMs < missed.minutes * 60_000;
}

/** Why it could not be sent at its hour; `detail` says what is to be mended. */
export function whyNotSent(campaign: Pick<Campaign, 'schedule'>, scheduledAt: Date, detail: string): string {
  return `Not sent at its hour: ${detail} It was due ${dueWords(campaign.schedule, scheduledAt)}; nobody was messaged. Mend it, then send it now or choose another time.`;
}

function dueWords(schedule: Schedule, at: Date): string {
  const zone = schedule.mode === 'at' ? schedule.time_zone : 'UTC';
  return `${inWords(at, zone)} (${zone})`;
}
