// Liquid's `date`, of our own: Liquid's makes a new formatter of the runtime for each name of a month or day, and charges two
// characters for what takes as long as thousands. The same conversions with the same results, in English on every machine.
import type { FilterImplOptions } from 'liquidjs';
import { offsetMs } from '../../contract/zones.ts';
import { systemClock } from '../platform/clock.ts';

export type FilterHandler = Extract<FilterImplOptions, (...args: never[]) => unknown>;

/** What each `%` is charged, in characters. */
const costOfConversion = 100;
const minuteMs = 60_000;

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const machineZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What is no date stays as it is. Throws RangeError for a zone that is none. */
export const dateFilter: FilterHandler = function (value: unknown, format?: unknown, zone?: unknown) {
  const { memoryLimit, opts } = this.context;
  memoryLimit.use(typeof value === 'string' ? value.length : 0);
  const moment = momentOf(value, typeof zone === 'string' || typeof zone === 'number' ? zone : null);
  if (!moment) return value;
  const pattern = format === undefined || format === null ? opts.dateFormat : String(format);
  memoryLimit.use(pattern.length + costOfConversion * (pattern.split('%').length - 1));
  return pattern.replace(conversions, (written: string, flags = '', width = '', letter = '') => {
    memoryLimit.use(Number(width));
    return converted(moment, letter, flags, width) ?? written;
  });
};

interface Moment {
  at: number;
  /** Its UTC parts are the wall clock. */
  wall: Date;
  /** How far the wall clock is behind UTC, as in Date. */
  offset: number;
  zone: string | null;
}

/** Without `zone` a text is shown by the clock that it was written by. */
function momentOf(value: unknown, zone: string | number | null): Moment | null {
  const at = instantOf(value);
  if (at === null || Number.isNaN(at)) return null;
  const shown = (offset: number, name: string | null = null): Moment | null => {
    const wall = new Date(at - offset * minuteMs);
    return Number.isNaN(wall.getTime()) ? null : { at, wall, offset, zone: name };
  };
  if (typeof zone === 'number') return shown(zone);
  if (zone !== null) return shown(-offsetMs(at, zone) / minuteMs, zone);
  if (typeof value !== 'string' || value === 'now' || value === 'today' || /^\d+$/.test(value))
    return shown(0);
  const [, written, sign, hours, minutes] = /(Z|([+-])(\d{2}):?(\d{2}))$/.exec(value) ?? [];
  if (written === 'Z') return shown(0);
  if (written) return shown((sign === '+' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)));
  return shown(new Date(at).getTimezoneOffset(), machineZone);
}

/** In ms. Numbers are seconds since 1970. */
function instantOf(value: unknown): number | null {
  if (value === 'now' || value === 'today') return systemClock.now().getTime();
  if (typeof value === 'number') return value * 1000;
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'string') return null;
  return /^\d+$/.test(value) ? Number(value) * 1000 : new Date(value).getTime();
}

const conversions = /%([-_0^#:]+)?(\d+)?[EO]?(.)/g;
// biome-ignore format: as in Ruby's table
const padWidths: Record<string, number> = {
  C: 2, d: 2, e: 2, H: 2, I: 2, j: 3, k: 2, l: 2, L: 3, m: 2, M: 2, S: 2, U: 2, W: 2, y: 2, Y: 4,
};
const padsWithSpaces = 'aAbBceklpP';

function converted(moment: Moment, letter: string, flags: string, width: string): string | null {
  const found = Object.hasOwn(parts, letter) ? parts[letter]?.(moment, flags, width) : undefined;
  if (found === undefined) return null;
  const text = flags.includes('^') ? found.toUpperCase() : flags.includes('#') ? otherCase(found) : found;
  const padding = flags.includes('_')
    ? ' '
    : flags.includes('0')
      ? '0'
      : padsWithSpaces.includes(letter)
        ? ' '
        : '0';
  const least = flags.includes('-') ? 0 : Number(width) || (padWidths[letter] ?? 0);
  if (padding === '0' && text.startsWith('-')) return `-${text.slice(1).padStart(least - 1, padding)}`;
  return text.padStart(least, padding);
}

const otherCase = (text: string) => (/[a-z]/.test(text) ? text.toUpperCase() : text.toLowerCase());

const parts: Record<string, (moment: Moment, flags: string, width: string) => string> = {
  a: ({ wall }) => dayOf(wall).slice(0, 3),
  A: ({ wall }) => dayOf(wall),
  b: ({ wall }) => monthOf(wall).slice(0, 3),
  B: ({ wall }) => monthOf(wall),
  h: ({ wall }) => monthOf(wall).slice(0, 3),
  c: ({ wall }) => `${shortDate(wall)}, ${timeOf(wall)}`,
  x: ({ wall }) => shortDate(wall),
  X: ({ wall }) => timeOf(wall),
  C: ({ wall }) => String(Math.floor(wall.getUTCFullYear() / 100)),
  d: ({ wall }) => String(wall.getUTCDate()),
  e: ({ wall }) => String(wall.getUTCDate()),
  H: ({ wall }) => String(wall.getUTCHours()),
  k: ({ wall }) => String(wall.getUTCHours()),
  I: ({ wall }) => String(wall.getUTCHours() % 12 || 12),
  l: ({ wall }) => String(wall.getUTCHours() % 12 || 12),
  j: ({ wall }) => String(dayOfYear(wall)),
  L: ({ wall }) => String(wall.getUTCMilliseconds()),
  m: ({ wall }) => String(wall.getUTCMonth() + 1),
  M: ({ wall }) => String(wall.getUTCMinutes()),
  N: ({ wall }, _flags, width) => {
    const digits = Number(width) || 9;
    return String(wall.getUTCMilliseconds()).padStart(3, '0').slice(0, digits).padEnd(digits, '0');
  },
  p: ({ wall }) => (wall.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: ({ wall }) => (wall.getUTCHours() < 12 ? 'am' : 'pm'),
  q: ({ wall }) => ordinal(wall.getUTCDate()),
  s: ({ at }) => String(Math.floor(at / 1000)),
  S: ({ wall }) => String(wall.getUTCSeconds()),
  u: ({ wall }) => String(wall.getUTCDay() || 7),
  w: ({ wall }) => String(wall.getUTCDay()),
  U: ({ wall }) => String(weekOfYear(wall, 0)),
  W: ({ wall }) => String(weekOfYear(wall, 1)),
  y: ({ wall }) => String(((wall.getUTCFullYear() % 100) + 100) % 100),
  Y: ({ wall }) => String(wall.getUTCFullYear()),
  z: offsetOf,
  Z: (moment, flags) => moment.zone ?? offsetOf(moment, flags),
  t: () => '\t',
  n: () => '\n',
  '%': () => '%',
};

const dayOf = (wall: Date) => days[wall.getUTCDay()] as string;
const monthOf = (wall: Date) => months[wall.getUTCMonth()] as string;
const two = (n: number) => String(n).padStart(2, '0');
const shortDate = (wall: Date) => `${wall.getUTCMonth() + 1}/${wall.getUTCDate()}/${wall.getUTCFullYear()}`;

function timeOf(wall: Date): string {
  const hours = wall.getUTCHours();
  return `${hours % 12 || 12}:${two(wall.getUTCMinutes())}:${two(wall.getUTCSeconds())} ${hours < 12 ? 'AM' : 'PM'}`;
}

function offsetOf({ offset }: Moment, flags: string): string {
  const minutes = Math.abs(offset);
  return `${offset > 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${flags.includes(':') ? ':' : ''}${two(Math.floor(minutes % 60))}`;
}

function dayOfYear(wall: Date): number {
  const first = Date.UTC(wall.getUTCFullYear(), 0, 1);
  return Math.floor((wall.getTime() - first) / (24 * 60 * minuteMs)) + 1;
}

/** Days before the first `startDay` of the year are in week 0. */
function weekOfYear(wall: Date, startDay: number): number {
  return Math.floor((dayOfYear(wall) - 1 - ((wall.getUTCDay() - startDay + 7) % 7) + 7) / 7);
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return { 1: 'st', 2: 'nd', 3: 'rd' }[day % 10] ?? 'th';
}
