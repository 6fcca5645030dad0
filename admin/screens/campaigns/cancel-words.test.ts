import { expect, test } from 'vitest';
import type { Campaign } from '../../../contract/campaigns.ts';
import { cancelWords } from './cancel-words.ts';

const now = new Date('2026-11-21T12:00:00Z');
const series = {
  name: 'Weekly',
  status: 'sending',
  held: false,
  launched_at: '2026-11-20T09:00:00Z',
  schedule: {
    mode: 'recurring',
    rrule: 'FREQ=WEEKLY;BYDAY=FR',
    local: '2026-11-20T09:00',
    time_zone: 'Europe/London',
    until: null,
    exceptions: [],
  },
  next_at: '2026-11-27T09:00:00Z',
  occurrences: { done: 1, left: 19 },
  moves: ['pause', 'cancel', 'cancel_date'],
} satisfies Partial<Campaign>;
const words = (given: object) => cancelWords({ ...series, ...given } as never, { sent: 67, open: 44 }, now);

test('while a date is sent it is asked which dates are meant, and how many those are', () => {
  expect(words({})).toMatchObject({
    title: 'Cancel sending to 44 people?',
    text: expect.stringMatching(
      /^67 messages have gone out and stay where they are\. 44 people will not get it/,
    ),
    scopes: {
      date: { help: 'It goes on with its next date, Fri, 27 Nov 2026, 09:00 in London.' },
      series: { label: 'This and all later dates (19 later)' },
    },
  });
  expect(words({ occurrences: { done: 1, left: null } }).scopes?.series.label).toBe(
    'This and all later dates',
  );
  expect(words({ next_at: '2026-11-21T09:00:00Z' }).scopes?.date.help).toMatch(/^It goes on at once/);
});

test('nothing is asked of the last date, or of what goes out once', () => {
  expect(
    words({ moves: ['pause', 'cancel'], occurrences: { done: 20, left: 0 }, next_at: null }).scopes,
  ).toBeNull();
});

test('between two dates it says how many have gone out, and never that nobody has it', () => {
  const { text, scopes } = words({ status: 'scheduled', occurrences: { done: 10, left: 9 } });
  expect(text).toMatch(
    /^10 dates have gone out and stay as they are\. The 9 that are left are not sent, and/,
  );
  expect(scopes).toBeNull();
  expect(words({ status: 'scheduled', launched_at: null }).text).toMatch(/^Nobody has received it/);
});
