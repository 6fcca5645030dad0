// Local times and instants: the changes of the clocks by name, and everything else by property against Intl itself.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTimeZone } from './lists.ts';
import { instantOf, inWords, lengthInWords, localTimeOf, nextPossible, readLocalTime } from './zones.ts';

describe('the instant of a local time', () => {
  test.each([
    ['2026-12-01T09:00', 'Asia/Tokyo', '2026-12-01T00:00:00.000Z', null],
    ['2026-12-01T09:00', 'UTC', '2026-12-01T09:00:00.000Z', null],
    ['2026-07-01T09:00', 'Europe/London', '2026-07-01T08:00:00.000Z', null],
    ['2026-12-01T09:00:30', 'Asia/Kolkata', '2026-12-01T03:30:30.000Z', null],
    // spring forward: 01:00 becomes 02:00 in London, 02:00 becomes 03:00 in New York
    ['2026-03-29T00:59', 'Europe/London', '2026-03-29T00:59:00.000Z', null],
    ['2026-03-29T01:00', 'Europe/London', '2026-03-29T01:00:00.000Z', 'skipped'],
    ['2026-03-29T01:30', 'Europe/London', '2026-03-29T01:30:00.000Z', 'skipped'],
    ['2026-03-29T02:00', 'Europe/London', '2026-03-29T01:00:00.000Z', null],
    ['2026-03-08T02:30', 'America/New_York', '2026-03-08T07:30:00.000Z', 'skipped'],
    // fall back: 01:00 to 01:59 comes twice, the first is summer time
    ['2026-10-25T01:30', 'Europe/London', '2026-10-25T00:30:00.000Z', 'twice'],
    ['2026-10-25T02:00', 'Europe/London', '2026-10-25T02:00:00.000Z', null],
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z', 'twice'],
    // half an hour only, and the southern spring
    ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z', 'skipped'],
    ['2026-04-05T01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z', 'twice'],
    // Samoa left this day out
    ['2011-12-30T12:00', 'Pacific/Apia', '2011-12-30T22:00:00.000Z', 'skipped'],
  ] as const)('%s in %s', (local, zone, at, change) => {
    const found = instantOf(local, zone);
    expect([found.at.toISOString(), found.change]).toEqual([at, change]);
  });

  test('is refused for what is no date, no time or no zone', () => {
    for (const local of [
      '2026-02-30T09:00',
      '2026-13-01T09:00',
      '2026-12-01T24:00',
      '2026-12-01',
      '2026-12-01T09:00Z',
      '',
      '0026-12-01T09:00',
    ])
      expect(readLocalTime(local), local).toBeNull();
    expect(() => instantOf('2026-02-30T09:00', 'UTC')).toThrow(RangeError);
    expect(() => instantOf('2026-02-03T09:00', 'Mars/Olympus')).toThrow(RangeError);
  });
});

const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
const instant = fc
  .date({ min: new Date('1985-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })
  .map((date) => new Date(Math.floor(date.getTime() / 60_000) * 60_000));

test('an instant that is shown as local time and read again is itself, or the earlier of two', () => {
  fc.assert(
    fc.property(instant, zone, (at, zone) => {
      const back = instantOf(localTimeOf(at, zone), zone);
      if (back.change === 'twice') expect(back.at.getTime()).toBeLessThanOrEqual(at.getTime());
      else expect(back).toEqual({ at, change: null });
      expect(localTimeOf(back.at, zone)).toBe(localTimeOf(at, zone));
    }),
    { numRuns: 2000 },
  );
});

test('every local time has an instant: itself on the wall, or later where the clocks jump', () => {
  fc.assert(
    fc.property(instant, zone, (wall, zone) => {
      const local = wall.toISOString().slice(0, 16);
      const { at, change } = instantOf(local, zone);
      const shown = localTimeOf(at, zone);
      if (change === 'skipped') expect(shown > local).toBe(true);
      else expect(shown).toBe(local);
    }),
    { numRuns: 2000 },
  );
});

test('a later local time of the same zone is never an earlier instant, but where the clocks jump', () => {
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 3000 }), zone, (wall, minutes, zone) => {
      const local = (ms: number) => new Date(ms).toISOString().slice(0, 16);
      const [a, b] = [wall.getTime(), wall.getTime() + minutes * 60_000].map((ms) =>
        instantOf(local(ms), zone),
      ) as [ReturnType<typeof instantOf>, ReturnType<typeof instantOf>];
      if (a.change !== 'skipped') expect(b.at.getTime()).toBeGreaterThan(a.at.getTime());
    }),
    { numRuns: 2000 },
  );
});

test('the next possible time lies in the future, at most two minutes', () => {
  fc.assert(
    fc.property(instant, fc.integer({ min: 0, max: 59_999 }), (minute, ms) => {
      const now = new Date(minute.getTime() + ms);
      const next = instantOf(nextPossible(now, 'Asia/Kathmandu'), 'Asia/Kathmandu').at.getTime();
      expect(next - now.getTime()).toBeGreaterThan(60_000);
      expect(next - now.getTime()).toBeLessThanOrEqual(120_000);
    }),
  );
});

test('words for a moment and a length', () => {
  expect(inWords(new Date('2026-12-01T00:00Z'), 'Asia/Tokyo')).toBe('Tue, 1 Dec 2026, 09:00');
  expect([30_000, 60_000, 11_520_000, 3_600_000, 187_200_000].map(lengthInWords)).toEqual([
    'under a minute',
    '1 min',
    '3 h 12 min',
    '1 h',
    '2 d 4 h',
  ]);
});

test('a zone is a place of the zone database, written as there: nothing that another program reads differently', () => {
  for (const name of Intl.supportedValuesOf('timeZone'))
    expect({ name, ok: isTimeZone(name) }).toEqual({ name, ok: true });
  for (const name of [
    'UTC',
    'Asia/Kolkata',
    'Europe/Kyiv',
    'America/Argentina/Buenos_Aires',
    'Asia/Ho_Chi_Minh',
  ])
    expect({ name, ok: isTimeZone(name) }).toEqual({ name, ok: true });
  for (const name of [
    'IST',
    'AET',
    'EST',
    '+05:30',
    '-12',
    'US/Pacific-New',
    'aMERICA/Punta_Arenas',
    'Europe/LONDON',
    'Nowhere/Town',
    '',
  ])
    expect({ name, ok: isTimeZone(name) }).toEqual({ name, ok: false });
});
