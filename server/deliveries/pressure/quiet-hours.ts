// Quiet hours on the clock of where a person is: a window of wall-clock time that may pass midnight, right across daylight
// saving. Pure; the instant comes in, the instant at which the person may be messaged comes out.
import { isTimeZone } from '../../../contract/lists.ts';
import type { QuietHours } from '../../../contract/pressure.ts';
import { offsetMs } from '../../../contract/zones.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Minutes since midnight of "HH:MM". */
function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Whether a wall clock that shows `msOfDay` is inside the window; `from` is inside, `to` is not. */
function isInside(msOfDay: number, { from, to }: QuietHours): boolean {
  const start = minutesOf(from) * minuteMs;
  const end = minutesOf(to) * minuteMs;
  return start < end ? msOfDay >= start && msOfDay < end : msOfDay >= start || msOfDay < end;
}

/**
 * The first instant at which the clock in `zone` shows a time outside the window, or null when it does so at `now`. The
 * wall clock decides alone: where it is set back into the window, the person is in quiet hours once more; where it is set
 * forward past the end, they end at that instant. `offsetAt`: for who asks very often (contract/zones.ts).
 */
export function quietUntil(now: Date, zone: string, window: QuietHours, offsetAt = offsetMs): Date | null {
  let at = now.getTime();
  const msOfDay = (ms: number) => mod(ms + offsetAt(ms, zone), dayMs);
  if (!isInside(msOfDay(at), window)) return null;
  // each round ends at the window's end or at a change of the clock: zones change theirs seldom
  for (let rounds = 0; rounds < 10 && isInside(msOfDay(at), window); rounds++) {
    const end = at + mod(minutesOf(window.to) * minuteMs - msOfDay(at), dayMs);
    at = firstChange((ms) => offsetAt(ms, zone), at, end) ?? end;
  }
  return new Date(at);
}

/** The first whole minute in (from, to] whose offset is not that of `from`; looks every hour, so that none hides in between. */
function firstChange(offsetAt: (ms: number) => number, from: number, to: number): number | null {
  const before = offsetAt(from);
  for (let seen = from; seen < to; ) {
    const next = Math.min(seen + 60 * minuteMs, to);
    if (offsetAt(next) !== before) {
      let low = Math.floor(seen / minuteMs);
      let high = Math.ceil(next / minuteMs);
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (offsetAt(middle * minuteMs) === before) low = middle;
        else high = middle;
      }
      return high * minuteMs;
    }
    seen = next;
  }
  return null;
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/** Until when people of each named zone are quiet; null, empty and unknown names fall back to the workspace's zone. */
export function quietByZone(
  now: Date,
  zones: readonly (string | null)[],
  workspaceZone: string,
  window: QuietHours | null,
): Map<string | null, Date> {
  const quiet = new Map<string | null, Date>();
  if (!window) return quiet;
  const home = isTimeZone(workspaceZone) ? workspaceZone : 'UTC';
  for (const zone of new Set(zones)) {
    const until = quietUntil(now, zone && isTimeZone(zone) ? zone : home, window);
    if (until) quiet.set(zone, until);
  }
  return quiet;
}
