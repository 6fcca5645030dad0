import fc from 'fast-check';
import { RRuleTemporal } from 'rrule-temporal';
import { describe, expect, test } from 'vitest';
import { readRule } from '../../../contract/recurrence.ts';
import { type RecurringSchedule, scheduleInput } from '../../../contract/schedules.ts';
import { previewSchedule } from './preview-schedule.ts';
import {
  endOfFirst,
  lastOccurrence,
  latestOccurrence,
  nextOccurrence,
  occurrencesBetween,
  occurrencesLeft,
} from './recurrence.ts';
import { ruleDays } from './rule-days.ts';

function series(rrule: string, local: string, more: object = {}): RecurringSchedule {
  const given = { mode: 'recurring', rrule, local, time_zone: 'Europe/London', ...more };
  return scheduleInput.parse(given) as RecurringSchedule;
}
const datesOf = (schedule: RecurringSchedule, from: string, to: string) =>
  occurrencesBetween(schedule, new Date(from), new Date(to)).map(({ at, change }) =>
    change ? `${at} ${change}` : at,
  );

describe('the clocks', () => {
  test('Fridays at nine stay at nine over the change of 28 March 2027', () => {
    expect(datesOf(series('FREQ=WEEKLY;BYDAY=FR', '2027-03-19T09:00'), '2027-03-01', '2027-04-10')).toEqual([
      '2027-03-19T09:00:00.000Z',
      '2027-03-26T09:00:00.000Z',
      '2027-04-02T08:00:00.000Z',
      '2027-04-09T08:00:00.000Z',
    ]);
  });

  test('a time that does not exist is moved forward, and the date is not lost', () => {
    expect(datesOf(series('FREQ=WEEKLY;COUNT=3', '2027-03-21T01:30'), '2027-03-01', '2028-01-01')).toEqual([
      '2027-03-21T01:30:00.000Z',
      '2027-03-28T01:30:00.000Z skipped',
      '2027-04-04T00:30:00.000Z',
    ]);
  });

  test('of a time that comes twice the first is taken', () => {
    expect(datesOf(series('FREQ=WEEKLY', '2027-10-24T01:30'), '2027-10-25', '2027-11-08')).toEqual([
      '2027-10-31T00:30:00.000Z twice',
      '2027-11-07T01:30:00.000Z',
    ]);
  });
});

describe('a series', () => {
  test('begins with the first date that fits, and a count counts from there', () => {
    const three = series('FREQ=WEEKLY;BYDAY=MO;COUNT=3', '2027-01-06T09:00');
    expect(datesOf(three, '2027-01-01', '2028-01-01').map((at) => at.slice(0, 10))).toEqual([
      '2027-01-11',
      '2027-01-18',
      '2027-01-25',
    ]);
    expect(nextOccurrence(three, new Date('2027-01-25T09:00:00Z'))).toBeNull();
  });

  test('ends with its end date, that day included', () => {
    const until = (end: string) =>
      lastOccurrence(series('FREQ=DAILY', '2027-01-01T09:00', { until: end }))?.local;
    expect(until('2027-01-03')).toBe('2027-01-03T09:00');
    expect(until('2027-01-03T09:00')).toBe('2027-01-03T09:00');
    expect(until('2027-01-03T08:59')).toBe('2027-01-02T09:00');
  });

  test('leaves its exceptions out; they count', () => {
    const some = series('FREQ=DAILY;COUNT=4', '2027-01-01T09:00', { exceptions: ['2027-01-02'] });
    expect(datesOf(some, '2027-01-01', '2028-01-01').map((at) => at.slice(8, 10))).toEqual([
      '01',
      '03',
      '04',
    ]);
    expect(occurrencesLeft(some, new Date('2027-01-03T09:00:00.001Z'))).toBe(1);
  });

  test('without an end has no last date, and none that lies behind is counted', () => {
    const endless = series('FREQ=MONTHLY;BYMONTHDAY=-1', '2027-01-31T09:00');
    expect(lastOccurrence(endless)).toBeNull();
    expect(occurrencesLeft(endless, new Date(0))).toBeNull();
    expect(nextOccurrence(endless, new Date('2027-02-01T00:00:00Z'))?.local).toBe('2027-02-28T09:00');
    const latest = latestOccurrence(
      endless,
      new Date('2027-01-31T09:00:00Z'),
      new Date('2027-05-10T00:00:00Z'),
    );
    expect(latest?.local).toBe('2027-04-30T09:00');
  });
});

test('what the panel shows: ten dates, the words and the policy', () => {
  const weekly = series('FREQ=WEEKLY;BYDAY=FR', '2027-03-19T09:00', { until: '2027-03-26' });
  expect(previewSchedule(weekly, 10, new Date('2027-03-20T00:00:00Z'))).toEqual({
    next: [{ at: '2027-03-26T09:00:00.000Z', local: '2027-03-26T09:00', change: null }],
    total: 2,
    last: '2027-03-26T09:00:00.000Z',
    words: 'Every Friday at 09:00 in London, until 26 Mar 2027',
    policy: expect.stringMatching(/moved forward/),
  });
  const tokyo = series('FREQ=DAILY;INTERVAL=2', '2027-03-19T09:00', { time_zone: 'Asia/Tokyo' });
  const shown = previewSchedule(tokyo, 10, new Date('2027-03-20T00:00:00Z'));
  expect(shown).toMatchObject({
    total: null,
    last: null,
    policy: null,
    words: 'Every 2 days at 09:00 in Tokyo',
  });
  expect(shown.next).toHaveLength(10);
});

test.each([
  ['FREQ=HOURLY', /More often than daily/],
  ['FREQ=WEEKLY;UNTIL=20270101T000000Z', /field `until`/],
  ['FREQ=WEEKLY;DTSTART=20270101', /`local`/],
  ['FREQ=WEEKLY;BYHOUR=9', /BYHOUR/],
  ['FREQ=WEEKLY;BYDAY=2MO', /Numbered weekdays/],
  ['FREQ=WEEKLY;BYMONTHDAY=2', /BYMONTHDAY/],
  ['FREQ=MONTHLY;BYSETPOS=1', /BYSETPOS/],
  ['FREQ=DAILY;COUNT=0', /COUNT/],
  ['FREQ=DAILY;COUNT=99999', /COUNT/],
  ['FREQ=DAILY;INTERVAL=1e9', /INTERVAL/],
  ['FREQ=DAILY;FREQ=WEEKLY', /twice/],
  ['FREQ=YEARLY;BYMONTH=0', /BYMONTH/],
  ['INTERVAL=2', /begin with FREQ/],
  ['every friday', /not known.*FREQ=WEEKLY;BYDAY=FR/],
  ['weekly', /"WEEKLY" is not known.*FREQ=WEEKLY;BYDAY=FR/],
  ['', /begin with FREQ|not known/],
  ['FREQ=DAILY\nRDATE:20270101', /FREQ is/],
])('the rule "%s" is refused in words', (rrule, words) => {
  expect(readRule(rrule).problem).toMatch(words);
});

test('a rule without dates is refused: 30 February', () => {
  const never = series('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '2027-01-01T09:00');
  expect(() => previewSchedule(never, 10, new Date('2027-01-01T00:00:00Z'))).toThrow(/no date within/);
});

test.each([
  ['FREQ=WEEKLY', 'Every Tuesday'],
  ['FREQ=WEEKLY;BYDAY=MO,FR', 'Every Monday and Friday'],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=FR', 'Every 2 weeks on Friday'],
  ['FREQ=MONTHLY', 'Every month on the 5th'],
  ['FREQ=MONTHLY;BYMONTHDAY=-1', 'Every month on the last day'],
  ['FREQ=MONTHLY;BYDAY=2TU', 'Every month on the 2nd Tuesday'],
  ['FREQ=YEARLY', 'Every year on the 5th in January'],
])('%s reads "%s"', (rrule, words) => {
  const schedule = series(rrule, '2027-01-05T09:00');
  expect(previewSchedule(schedule, 1, new Date('2027-01-01T00:00:00Z')).words).toBe(
    `${words} at 09:00 in London`,
  );
});

describe('the days of a rule', () => {
  const day = (text: string) => Date.parse(text) / 86_400_000;
  const text = (days: Iterable<number>) =>
    [...days].map((one) => new Date(one * 86_400_000).toISOString().slice(0, 10));

  const some = (values: fc.Arbitrary<number | string>, most: number) =>
    fc.uniqueArray(values, { minLength: 1, maxLength: most }).map((list) => list.join(','));
  const signed = (most: number) =>
    fc.oneof(fc.integer({ min: 1, max: most }), fc.integer({ min: -most, max: -1 }));
  const weekday = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU');
  const part = (name: string, values: fc.Arbitrary<number | string>) =>
    fc.option(
      values.map((value) => `${name}=${value}`),
      { nil: '' },
    );
  const rule = fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY').chain((freq) => {
    // the other reader of rules forgets plain weekdays and days of the month beside numbered ones of a year
    const numbered = freq === 'MONTHLY' ? [fc.tuple(signed(5), weekday).map((one) => one.join(''))] : [];
    return fc
      .tuple(
        fc.constant(`FREQ=${freq}`),
        part('INTERVAL', fc.integer({ min: 1, max: 5 })),
        part('BYMONTH', some(fc.integer({ min: 1, max: 12 }), 4)),
        freq === 'WEEKLY' ? fc.constant('') : part('BYMONTHDAY', some(signed(31), 4)),
        part('BYDAY', some(fc.oneof(weekday, ...numbered), 4)),
        part('BYSETPOS', some(signed(5), 2)),
        part('WKST', weekday),
        part('COUNT', fc.integer({ min: 1, max: 40 })),
      )
      .map((parts) => parts.filter(Boolean).join(';'))
      .filter((one) => readRule(one).problem === null);
  });

  test('are those that another reader of RFC 5545 finds', () => {
    const start = fc.integer({ min: day('2026-01-01'), max: day('2032-12-31') });
    fc.assert(
      fc.property(rule, start, fc.nat(500), fc.nat(900), (rrule, begin, ahead, length) => {
        const [from, to] = [begin + ahead - 5, begin + ahead - 5 + length];
        const stamp = text([begin])[0]?.replaceAll('-', '');
        const other = new RRuleTemporal({
          rruleString: `DTSTART:${stamp}T000000Z\nRRULE:${rrule}`,
          maxIterations: 100_000,
        });
        const between = other.between(new Date(from * 86_400_000), new Date(to * 86_400_000), true);
        expect([...ruleDays(rrule, begin, from, to)]).toEqual(
          between.map((date) => Number(date.epochMilliseconds) / 86_400_000),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('numbered weekdays of a year stand beside plain ones, and within days of the month', () => {
    const all = (rrule: string) =>
      text(ruleDays(rrule, day('2027-01-01'), day('2027-01-01'), day('2027-12-31')));
    expect(all('FREQ=YEARLY;BYDAY=1MO,53FR,-1TU')).toEqual(['2027-01-04', '2027-12-28', '2027-12-31']);
    expect(all('FREQ=YEARLY;BYDAY=1MO,WE')).toHaveLength(53);
    expect(all('FREQ=YEARLY;BYMONTHDAY=4,20;BYDAY=1MO')).toEqual(['2027-01-04']);
    expect(all('FREQ=YEARLY;BYMONTH=2,6;BYDAY=-1MO')).toEqual(['2027-02-22', '2027-06-28']);
  });
});

test.each([
  [
    'FREQ=DAILY;BYDAY=FR,WE,SA;BYMONTHDAY=30,-31,28,8,10,27,14,18,31,9,17,29,25,26,24;BYMONTH=8,5,7,12,11;COUNT=3660',
    3131,
    '2128-05-14T00:00',
  ],
  ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=7,-7,1,-1;COUNT=3660', 3660, '2063-03-26T00:00'],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU;COUNT=3660', 4, '2128-02-29T00:00'],
])('a rule that must be looked at for long has its last date: %s', (rrule, total, last) => {
  const schedule = series(rrule, '2028-02-29T00:00');
  expect(previewSchedule(schedule, 10, new Date('2028-01-01T00:00:00Z')).total).toBe(total);
  expect(lastOccurrence(schedule)?.local).toBe(last);
});

test('of many series only the first dates are worked out, and none of them is missed', () => {
  const daily = series('FREQ=DAILY', '2027-01-01T23:30', { time_zone: 'Pacific/Kiritimati' });
  const weekly = series('FREQ=WEEKLY', '2027-01-01T00:30', { time_zone: 'Pacific/Pago_Pago' });
  const [from, to, since] = [new Date('2027-02-01'), new Date('2028-02-01'), new Date('2027-02-03')];
  const all = [...Array(300).fill({ schedule: daily, since }), { schedule: weekly, since }];
  const end = endOfFirst(2001, all, from, to) as Date;
  expect(end.toISOString() < '2027-02-16').toBe(true);
  const before =
    300 * occurrencesBetween(daily, since, end).length + occurrencesBetween(weekly, since, end).length;
  expect(before).toBeGreaterThanOrEqual(2001);
  expect(endOfFirst(2001, [{ schedule: daily, since }], from, to)).toBeNull();
});

test('a year from which there is no way back to a timestamp is refused in words', () => {
  const given = { mode: 'at', local: '9999-12-31T23:59', time_zone: 'Etc/GMT+12' };
  expect(scheduleInput.safeParse(given).error?.issues).toMatchObject([
    { path: ['local'], message: 'Choose a year before 3000.' },
  ]);
});
