// When something happened in a shop: not in the future, and not so long ago that a unit was mistaken.
import type { Ctx } from '../platform/context.ts';
import { invalidField } from '../platform/errors.ts';

/** Clocks of two machines differ; so much ahead is taken as now. */
const toleranceMs = 5 * 60_000;
const earliest = '2000-01-01T00:00:00.000Z';

/** Whether it is neither yet to come nor before there was anything to tell. */
export function canHaveHappened(ctx: Ctx, text: string): boolean {
  const at = Date.parse(text);
  return at >= Date.parse(earliest) && at <= ctx.clock.now().getTime() + toleranceMs;
}

/** Throws VALIDATION_FAILED at `pointer`. What lies a little ahead is now, so that nothing stored is yet to come. */
export function happenedAt(ctx: Ctx, text: string | undefined, pointer: string): Date {
  const now = ctx.clock.now();
  if (text === undefined) return now;
  const at = new Date(text);
  if (at.getTime() > now.getTime() + toleranceMs)
    throw invalidField(
      pointer,
      `This lies in the future: here it is ${now.toISOString()}. Send it once it has happened, or check the clock and the zone.`,
    );
  if (at < new Date(earliest))
    throw invalidField(
      pointer,
      'This lies before the year 2000. Were seconds sent where milliseconds are meant?',
    );
  return at > now ? now : at;
}
