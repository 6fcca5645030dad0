import { expect, test } from 'vitest';
import type { Held, HeldCampaign } from '../../../contract/held.ts';
import { discardWords, releaseAllWords, releasedWords, releaseWords, summary } from './held-words.ts';
import { rowsOf } from './rows.ts';

const nowMs = Date.parse('2026-11-21T10:00:00Z');
const campaign = (more: Partial<HeldCampaign>): HeldCampaign => ({
  campaign_id: `cmp_${more.name ?? 'a'}`,
  number: 1,
  name: 'Sale',
  status: 'sending',
  connection_id: null,
  connection_name: 'Shop bot',
  waiting: 0,
  unknown_to_resend: 0,
  since: null,
  scheduled_at: null,
  time_zone: null,
  released: false,
  ...more,
});
const held = (campaigns: HeldCampaign[], more: Partial<Held> = {}): Held => ({
  since: '2026-11-21T09:00:00.000Z',
  campaigns,
  direct: [],
  direct_released: false,
  missed: [],
  ...more,
});
const tomorrow = campaign({ status: 'scheduled', scheduled_at: '2026-11-22T09:00:00Z' });
const passed = campaign({ status: 'scheduled', scheduled_at: '2026-11-21T09:30:00Z' });
const direct = (replies: number, tests = 0) => ({
  connection_id: 'con_1',
  connection_name: 'Shop bot',
  replies,
  tests,
  since: '2026-11-21T08:00:00.000Z',
});
const end = 'From now on this workspace sends as usual. This cannot be taken back.';

test('nothing is held back: nothing is said to go out', () => {
  expect(summary(held([]))).toBe('');
  expect(releaseAllWords(held([]), nowMs)).toBe(`Nothing goes out at once. ${end}`);
  expect(releasedWords(held([]))).toBe('Released: this workspace sends again');
});

test('one campaign and several are counted with their people; released and paused ones are not', () => {
  const one = held([campaign({ waiting: 1 })]);
  expect(summary(one)).toBe('1 person in 1 campaign');
  expect(releaseAllWords(one, nowMs)).toContain('The sending to 1 person in 1 campaign begins at once.');
  const many = held([
    campaign({ waiting: 40 }),
    campaign({ waiting: 20 }),
    campaign({ waiting: 500, released: true }),
    campaign({ waiting: 7, status: 'paused' }),
  ]);
  expect(summary(many)).toBe('60 people in 2 campaigns, 1 paused campaign');
  const words = releaseAllWords(many, nowMs);
  expect(words).toContain('The sending to 60 people in 2 campaigns begins at once.');
  expect(words).toContain('1 paused campaign stays paused.');
});

test('a scheduled campaign goes at its hour, not at once; one whose hour has passed by its rule', () => {
  const later = releaseAllWords(held([tomorrow]), nowMs);
  expect(later).toBe(`1 scheduled campaign waits for its hour. Nothing goes out at once. ${end}`);
  const both = releaseAllWords(held([tomorrow, passed]), nowMs);
  expect(both).toContain('1 scheduled campaign whose hour has passed goes by its rule for missed hours');
  expect(both).not.toContain('Nothing goes out at once');
  const [first, second] = rowsOf(held([tomorrow, passed]));
  expect(releaseWords(first!, nowMs)).toBe('It goes out at its hour.');
  expect(releaseWords(second!, nowMs)).toMatch(/^Its hour has passed/);
});

test('a campaign that only sends unknown ones again says just that', () => {
  const [row] = rowsOf(held([campaign({ status: 'published', unknown_to_resend: 3 })]));
  expect(releaseWords(row!, nowMs)).toMatch(/^3 people of unknown outcome are sent it again/);
  expect(discardWords(row!)).toMatch(/^3 people of unknown outcome are not sent it again/);
  expect(row!.waiting).toBe('Nobody new');
});

test('replies and tests of all connections are one decision, with the number of all of them', () => {
  const rows = rowsOf(held([], { direct: [direct(2, 1), { ...direct(4), connection_name: 'Second bot' }] }));
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ count: 7, from: '2 connections', note: '6 replies, 1 test' });
  expect(releaseWords(rows[0]!, nowMs)).toMatch(/^All 7 messages go out at once/);
  expect(discardWords(rows[0]!)).toMatch(/^7 messages are not sent/);
});
