import { expect, test } from 'vitest';
import { scheduleInWords } from './schedule-words.ts';
import type { Schedule } from './schedules.ts';

const fridays = {
  mode: 'recurring',
  rrule: 'FREQ=WEEKLY;BYDAY=FR',
  local: '2026-12-04T09:00',
  time_zone: 'Europe/London',
  until: null,
  exceptions: [],
} satisfies Schedule;

test.each<[string, Schedule]>([
  ['At once, when it is sent off', { mode: 'now' }],
  [
    'Tue, 1 Dec 2026, 09:00 in Ho Chi Minh',
    { mode: 'at', local: '2026-12-01T09:00', time_zone: 'Asia/Ho_Chi_Minh' },
  ],
  [
    '1 Dec 2026, 09:00, in each person’s own time zone',
    { mode: 'recipient_local', local: '2026-12-01T09:00', time_zone: 'UTC', passed: 'skip' },
  ],
  ['Every Friday at 09:00 in London', fridays],
  ['Every Friday at 09:00 in London, 1 time', { ...fridays, rrule: `${fridays.rrule};COUNT=1` }],
  [
    'Every Friday at 09:00 in London, 1,200 times, 1 date left out',
    { ...fridays, rrule: `${fridays.rrule};COUNT=1200`, exceptions: ['2026-12-11'] },
  ],
  ['Every Friday at 09:00 in London, until 26 Mar 2027', { ...fridays, until: '2027-03-26T09:00' }],
  ['No time is chosen yet', { ...fridays, local: '' }],
  ['The rule cannot be read yet', { ...fridays, rrule: 'FREQ=' }],
])('a schedule reads "%s"', (words, schedule) => {
  expect(scheduleInWords(schedule)).toBe(words);
});

test('the start is named where it is asked for', () => {
  const ends = { ...fridays, until: '2027-03-26' };
  expect(scheduleInWords(ends, { withStart: true })).toBe(
    'Every Friday at 09:00 in London, from 4 Dec 2026, until 26 Mar 2027',
  );
});
