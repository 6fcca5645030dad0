// What one more sign of somebody in a group makes of what was known, in whatever order signs arrive.
import { expect, test } from 'vitest';
import type { Group } from '../channels/channel.ts';
import { type MemberEvent, type MemberStanding, nextPlace } from './member.ts';

const group: Group = { address: '-1', kind: 'supergroup', title: 'Collectors', username: null };
const person = { firstName: 'Ann', lastName: null, username: null, language: null };
const at = (second: number) => new Date(1_795_219_000_000 + second * 1000);
const base = { group, address: '1', person };
const told = (standing: 'member' | 'left' | 'banned' | 'administrator', second: number): MemberEvent => ({
  kind: 'group_member', ...base, standing, at: at(second),
}); // biome-ignore format: one event
const wrote = (second: number, isMember = false): MemberEvent => ({
  kind: 'group_wrote',
  ...base,
  isMember,
  at: at(second),
});
const joined = (second: number): MemberEvent => ({ kind: 'group_joined', ...base, at: at(second) });

test.each<[string, MemberEvent[], MemberStanding]>([
  ['who only writes is seen', [wrote(1)], 'seen'],
  ['who writes in a basic group is a member', [wrote(1, true)], 'member'],
  ['who was let in is a member', [joined(1)], 'member'],
  ['who was seen and joins is a member', [wrote(1), joined(2)], 'member'],
  ['who joins and writes stays a member', [joined(1), wrote(2)], 'member'],
  [
    'an administrator who writes stays one',
    [told('administrator', 1), wrote(2), wrote(3, true), joined(1)],
    'administrator',
  ],
  ['who left and comments is seen', [told('left', 1), wrote(2)], 'seen'],
  ['who left and comes back is a member', [told('left', 1), joined(2)], 'member'],
  ['a message from before leaving brings nobody back', [told('left', 5), wrote(4)], 'left'],
  ['a message of the same second as leaving brings nobody back', [told('left', 5), wrote(5)], 'left'],
  ['news that is overtaken by later news is not believed', [told('banned', 5), told('member', 4)], 'banned'],
  ['of one second the later told is believed', [told('member', 5), told('left', 5)], 'left'],
])('%s', (_what, events, expected) => {
  let place = null as ReturnType<typeof nextPlace> | null;
  for (const event of events) place = nextPlace(place, event);
  expect(place?.standing).toBe(expected);
});
