import { describe, expect, test } from 'vitest';
import { dueIn, type RecipientLocal } from './due.ts';

const plan: RecipientLocal = {
  local: '2027-03-28T01:30',
  time_zone: 'UTC',
  passed: 'next_day',
  from: '2027-03-27T00:00:00.000Z',
};
const due = (zone: string | null, more: Partial<RecipientLocal> = {}) => {
  const { at, local, change, passed } = dueIn({ ...plan, ...more }, zone);
  return [at.toISOString(), local, change, passed];
};

describe('one time of day in everybody’s own zone', () => {
  test('is another instant in each, and the clocks of each are minded', () => {
    expect(due('Asia/Tokyo')).toEqual(['2027-03-27T16:30:00.000Z', '2027-03-28T01:30', null, false]);
    expect(due('Europe/London')).toEqual(['2027-03-28T01:30:00.000Z', '2027-03-28T01:30', 'skipped', false]);
  });

  // what the wire refuses as a zone is none here either, though the runtime takes it
  test.each([null, '', 'Mars/Olympus', 'EST', '+05:30', 'asia/tokyo'])(
    'of people in %j is that of the schedule',
    (zone) => {
      expect(due(zone)).toEqual(['2027-03-28T01:30:00.000Z', '2027-03-28T01:30', null, false]);
    },
  );

  test('that had passed when the run was due comes on the next day, or not at all', () => {
    const from = '2027-03-28T01:00:00.000Z';
    expect(due('Asia/Tokyo', { from })).toEqual(['2027-03-28T16:30:00.000Z', '2027-03-29T01:30', null, true]);
    expect(due('Asia/Tokyo', { from, passed: 'skip' })).toEqual([
      '2027-03-27T16:30:00.000Z',
      '2027-03-28T01:30',
      null,
      true,
    ]);
    expect(due('Europe/London', { from })[3]).toBe(false);
  });
});
