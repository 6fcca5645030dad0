// Local time in a time zone ↔ an exact instant, on the runtime's own zone data (Intl): the server schedules by it and the
// panel shows the same instant before anything is saved. "2026-12-01T09:00" is a local time, without a zone of its own.

const minuteMs = 60_000;
const dayMs = 86_400_000;
const localTime = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/;

const formats = new Map<string, Intl.DateTimeFormat>();
/** More than there are zones: who has more of them has names from before they were checked. */
const formatsAtMost = 1000;
function partsFormat(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    if (formats.size >= formatsAtMost) formats.clear();
    formats.set(zone, found);
  }
  return found;
}

/** The wall clock of `zone` at an instant, as if it were UTC (ms). */
function wallMs(at: number, zone: string): number {
  const part: Record<string, string> = {};
  for (const { type, value } of partsFormat(zone).formatToParts(at)) part[type] = value;
  const second = Math.floor(at / 1000) * 1000;
  const wall = Date.UTC(
    Number(part.year),
    Number(part.month) - 1,
    Number(part.day),
    Number(part.hour),
    Number(part.minute),
    Number(part.second),
  );
  return wall + (at - second);
}

/** How far `zone` is ahead of UTC at an instant, ms. */
export function offsetMs(at: number, zone: string): number {
  return wallMs(at, zone) - at;
}

/**
 * As `offsetMs`, for very many instants of some weeks: each zone is asked for the ends of each day (UTC), and for an instant only
 * where they differ. No clock is set forward and back within a day.
 */
export function offsetsByDay(): typeof offsetMs {
  const known = new Map<string, Map<number, number>>();
  return (at, zone) => {
    const days = known.get(zone) ?? new Map<number, number>();
    known.set(zone, days);
    const startOf = (day: number): number => {
      const offset = days.get(day) ?? offsetMs(day * dayMs, zone);
      days.set(day, offset);
      return offset;
    };
    const day = Math.floor(at / dayMs);
    const offset = startOf(day);
    return offset === startOf(day + 1) ? offset : offsetMs(at, zone);
  };
}

/** "2026-12-01T09:00" as if it were UTC (ms), or null where there is no such calendar day or time of day. */
export function readLocalTime(local: string): number | null {
  const found = localTime.exec(local);
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1).map((text) => Number(text ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isThatTime =
    year >= 1000 &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return isThatTime ? date.getTime() : null;
}

export interface Instant {
  at: Date;
  /**
   * skipped: the clocks jump over this local time, so it is moved forward by the length of the jump.
   * twice: the clocks are set back over it, and the first of the two is taken.
   */
  change: 'skipped' | 'twice' | null;
}

/** The instant of a local time (RFC 5545's rule, Temporal's "compatible"). Throws RangeError for a text that is no local time or zone. */
export function instantOf(local: string, zone: string): Instant {
  const wall = readLocalTime(local);
  if (wall === null) throw new RangeError(`"${local}" is no local time`);
  // a day before and after lie on both sides of any change of the clocks, the lost day of Samoa included
  const before = offsetMs(wall - dayMs, zone);
  const after = offsetMs(wall + dayMs, zone);
  const fits = [...new Set([before, after])]
    .map((offset) => wall - offset)
    .filter((at) => wallMs(at, zone) === wall)
    .sort((a, b) => a - b);
  const first = fits[0];
  if (first === undefined) return { at: new Date(wall - before), change: 'skipped' };
  return { at: new Date(first), change: fits.length > 1 ? 'twice' : null };
}

/** The local time of an instant to the minute: "2026-12-01T09:00". */
export function localTimeOf(at: Date, zone: string): string {
  return new Date(wallMs(at.getTime(), zone)).toISOString().slice(0, 16);
}

/** The first full minute that can still be chosen, as local time. */
export function nextPossible(now: Date, zone: string): string {
  return localTimeOf(new Date((Math.floor(now.getTime() / minuteMs) + 2) * minuteMs), zone);
}

/** "Tue, 1 Dec 2026, 09:00". */
export function inWords(at: Date, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
}

/** "London" of "Europe/London": enough beside a time of day. */
export function zoneCity(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');
}

/** How long something is or was, for a sentence: "3 h 12 min", "2 d 4 h", "under a minute". */
export function lengthInWords(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / minuteMs);
  if (minutes < 1) return 'under a minute';
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .slice(0, 2)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}
