import { expect, test } from 'vitest';
import type { Schedule } from '../../../../contract/schedules.ts';
import { scheduledWords } from './words.ts';

const said = (schedule: Schedule, scheduled_at: string) =>
  scheduledWords({ schedule, scheduled_at }, 'Europe/London');

test('the hour that was chosen is said, and where the first message goes out at another one, that too', () => {
  const local = '2026-11-23T09:00';
  const time_zone = 'Europe/London';
  expect(
    said({ mode: 'recipient_local', local, time_zone, passed: 'next_day' }, '2026-11-22T19:15:00Z'),
  ).toBe(
    '23 Nov 2026, 09:00, in each person’s own time zone; the first at Sun, 22 Nov 2026, 19:15 in London',
  );
  expect(said({ mode: 'at', local, time_zone }, '2026-11-23T09:00:00Z')).toBe(
    'Mon, 23 Nov 2026, 09:00 in London',
  );
});
