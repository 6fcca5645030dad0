// The window on the clock of where a person is, against instants worked out by hand; then the rule itself, for any zone.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quietHours } from '../../../contract/pressure.ts';
import { quietByZone, quietUntil } from './quiet-hours.ts';

const night = quietHours.parse({ from: '21:00', to: '09:00' });
const at = (iso: string) => new Date(iso);
const until = (iso: string, zone: string, window = night) =>
  quietUntil(at(iso), zone, window)?.toISOString().replace(':00.000Z', 'Z') ?? null;

describe('a window through midnight', () => {
  test.each([
    ['Asia/Tokyo', '2026-06-01T11:59:59Z', null],
    ['Asia/Tokyo', '2026-06-01T12:00:00Z', '2026-06-02T00:00Z'],
    ['Asia/Tokyo', '2026-06-01T15:00:00Z', '2026-06-02T00:00Z'],
    ['Asia/Tokyo', '2026-06-01T23:59:59Z', '2026-06-02T00:00Z'],
    ['Asia/Tokyo', '2026-06-02T00:00:00Z', null],
    ['Asia/Kolkata', '2026-06-01T15:29:59Z', null],
    ['Asia/Kolkata', '2026-06-01T15:30:00Z', '2026-06-02T03:30Z'],
    ['America/New_York', '2026-06-02T00:59:00Z', null],
    ['America/New_York', '2026-06-02T01:00:00Z', '2026-06-02T13:00Z'],
    ['America/New_York', '2026-01-02T13:59:59Z', '2026-01-02T14:00Z'],
    ['UTC', '2026-06-01T21:00:00Z', '2026-06-02T09:00Z'],
  ])('in %s at %s ends at %s', (zone, now, end) => expect(until(now, zone)).toBe(end));
});

test('a window within one day', () => {
  const lunch = quietHours.parse({ from: '12:30', to: '14:00' });
  expect(until('2026-06-01T06:59:00Z', 'Asia/Kolkata', lunch)).toBeNull();
  expect(until('2026-06-01T07:00:00Z', 'Asia/Kolkata', lunch)).toBe('2026-06-01T08:30Z');
  expect(until('2026-06-01T08:30:00Z', 'Asia/Kolkata', lunch)).toBeNull();
});

describe('where the clock is set forward (New York, 8 March 2026, 02:00 becomes 03:00)', () => {
  test('a night over the change is an hour shorter', () => {
    expect(until('2026-03-08T02:00:00Z', 'America/New_York')).toBe('2026-03-08T13:00Z');
    expect(until('2026-03-07T02:00:00Z', 'America/New_York')).toBe('2026-03-07T14:00Z');
  });
  test('an end that the clock never shows is the moment of the change', () => {
    const toGap = quietHours.parse({ from: '22:00', to: '02:30' });
    expect(until('2026-03-08T06:30:00Z', 'America/New_York', toGap)).toBe('2026-03-08T07:00Z');
    expect(until('2026-03-08T07:00:00Z', 'America/New_York', toGap)).toBeNull();
  });
  test('a window that lies in the missing hour does not come that day', () => {
    const gone = quietHours.parse({ from: '02:10', to: '02:50' });
    expect(until('2026-03-08T06:59:59Z', 'America/New_York', gone)).toBeNull();
    expect(until('2026-03-08T07:00:00Z', 'America/New_York', gone)).toBeNull();
  });
});

describe('where the clock is set back (New York, 1 November 2026, 02:00 becomes 01:00)', () => {
  test('a night over the change is an hour longer', () => {
    expect(until('2026-11-01T01:00:00Z', 'America/New_York')).toBe('2026-11-01T14:00Z');
  });
  test('an end that the clock shows twice ends twice: in between it is quiet once more', () => {
    const toTwice = quietHours.parse({ from: '22:00', to: '01:30' });
    expect(until('2026-11-01T05:10:00Z', 'America/New_York', toTwice)).toBe('2026-11-01T05:30Z');
    expect(until('2026-11-01T05:30:00Z', 'America/New_York', toTwice)).toBeNull();
    expect(until('2026-11-01T06:10:00Z', 'America/New_York', toTwice)).toBe('2026-11-01T06:30Z');
  });
  test('a window that is left by the change itself ends there', () => {
    const late = quietHours.parse({ from: '01:30', to: '05:00' });
    expect(until('2026-11-01T05:45:00Z', 'America/New_York', late)).toBe('2026-11-01T06:00Z');
    expect(until('2026-11-01T06:30:00Z', 'America/New_York', late)).toBe('2026-11-01T10:00Z');
  });
});

test('a change of half an hour (Lord Howe, 5 April 2026) is seen as exactly', () => {
  // 02:00 (+11:00) becomes 01:30 (+10:30)
  expect(until('2026-04-04T14:00:00Z', 'Australia/Lord_Howe')).toBe('2026-04-04T22:30Z');
});

test('the end is the first instant outside the window, in every zone, for every window, at every moment', () => {
  const zones = [
    'America/New_York',
    'Europe/London',
    'Asia/Kolkata',
    'Asia/Tokyo',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'Africa/Casablanca',
    'Pacific/Chatham',
  ];
  const time = fc
    .integer({ min: 0, max: 1439 })
    .map((m) => `${`${Math.floor(m / 60)}`.padStart(2, '0')}:${`${m % 60}`.padStart(2, '0')}`);
  const wallClock = (ms: number, zone: string) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(ms);
  const inside = (wall: string, from: string, to: string) =>
    from < to ? wall >= from && wall < to : wall >= from || wall < to;
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      time,
      time,
      fc.integer({ min: Date.UTC(2026, 0, 1) / 1000, max: Date.UTC(2027, 0, 1) / 1000 }),
      (zone, from, to, seconds) => {
        fc.pre(from !== to);
        const window = quietHours.parse({ from, to });
        const now = seconds * 1000;
        const end = quietUntil(new Date(now), zone, window)?.getTime();
        expect(end !== undefined).toBe(inside(wallClock(now, zone), from, to));
        if (end === undefined) return;
        expect(inside(wallClock(end, zone), from, to)).toBe(false);
        for (let ms = now; ms < end; ms += 5 * 60_000)
          expect(inside(wallClock(ms, zone), from, to)).toBe(true);
        expect(inside(wallClock(end - 1000, zone), from, to)).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});

test('people without a zone, or with one that nobody knows, live by the workspace’s clock', () => {
  const quiet = quietByZone(
    at('2026-06-01T22:30:00Z'),
    [null, '', 'Mars/Olympus', 'Asia/Tokyo', 'Asia/Tokyo'],
    'Europe/London',
    night,
  );
  expect([...quiet].map(([zone, end]) => [zone, end.toISOString()])).toEqual([
    [null, '2026-06-02T08:00:00.000Z'],
    ['', '2026-06-02T08:00:00.000Z'],
    ['Mars/Olympus', '2026-06-02T08:00:00.000Z'],
    ['Asia/Tokyo', '2026-06-02T00:00:00.000Z'],
  ]);
  expect(quietByZone(at('2026-06-01T22:30:00Z'), [null], 'Europe/London', null).size).toBe(0);
  expect(quietByZone(at('2026-06-01T22:30:00Z'), [null], 'Nowhere/At all', night).size).toBe(1);
});

test('quiet hours that end when they begin are refused, and so is a time that no clock shows', () => {
  const wrong = (window: object) =>
    quietHours.safeParse(window).error?.issues.map((issue) => issue.path.join('/'));
  expect(wrong({ from: '21:00', to: '21:00' })).toEqual(['to']);
  expect(wrong({ from: '24:00', to: '9:00' })).toEqual(['from', 'to']);
  expect(wrong({ from: '21:00', to: '09:00', expire_after_hours: 0 })).toEqual(['expire_after_hours']);
  expect(quietHours.parse({ from: '21:00', to: '09:00' }).expire_after_hours).toBe(24);
});
