// What an update says of a group, supergroup or channel. A message in one is not a message to us: it tells who is there.
import type { Group, GroupEvent, Standing } from '../channel.ts';
import { type Fields, fields, string, time } from '../fields.ts';
import { person } from './person.ts';

const standings: Record<string, Standing> = {
  creator: 'owner',
  administrator: 'administrator',
  member: 'member',
  restricted: 'restricted',
  left: 'left',
  kicked: 'banned',
};

/** In a message, a service message (who joined, who left, a move to a supergroup) or a channel's post. */
export function parseGroupMessage(message: Fields): GroupEvent[] {
  const group = groupOf(message.chat);
  const at = time(message.date);
  if (!group || !at) return [];
  const to = chatId(message.migrate_to_chat_id);
  if (to) return [{ kind: 'group_moved', from: group.address, to, at }];
  const from = chatId(message.migrate_from_chat_id);
  if (from)
    return [
      { kind: 'group_moved', from, to: group.address, at },
      { kind: 'group_seen', group, at },
    ];
  if (Array.isArray(message.new_chat_members))
    return people(message.new_chat_members).map((who) => ({ kind: 'group_joined', group, ...who, at }));
  if (message.left_chat_member)
    return people([message.left_chat_member]).map((who) => ({
      kind: 'group_member',
      group,
      ...who,
      standing: 'left',
      at,
    }));
  // written in the name of a channel or of the group itself: nobody in particular
  const writers = message.sender_chat ? [] : people([message.from]);
  if (writers.length === 0) return [{ kind: 'group_seen', group, at }];
  // whoever comments on a channel's post writes into its group without being a member
  const isMember = group.kind === 'group';
  return writers.map((who) => ({ kind: 'group_wrote', group, ...who, isMember, at }));
}

/** my_chat_member and chat_member, outside of private chats. */
export function parseGroupMembership(change: Fields, whose: 'of the bot' | 'of somebody'): GroupEvent[] {
  const group = groupOf(change.chat);
  const at = time(change.date);
  const member = fields(change.new_chat_member);
  const standing = standingOf(member);
  if (!group || !at || !standing) return [];
  if (whose === 'of the bot') return [{ kind: 'group_standing', group, standing, at }];
  return people([member.user]).map((who) => ({ kind: 'group_member', group, ...who, standing, at }));
}

/** Null: a status that is not known here. Somebody restricted may have left. */
export function standingOf(member: Fields): Standing | null {
  if (member.status === 'restricted' && member.is_member === false) return 'left';
  return standings[string(member.status) ?? ''] ?? null;
}

/** Bots are no people. */
function people(users: unknown[]) {
  return users.flatMap((user) => {
    const { id, is_bot } = fields(user);
    return Number.isSafeInteger(id) && is_bot !== true ? [{ address: String(id), person: person(user) }] : [];
  });
}

function groupOf(chat: unknown): Group | null {
  const { id, type, title, username } = fields(chat);
  if (!Number.isSafeInteger(id) || (type !== 'group' && type !== 'supergroup' && type !== 'channel'))
    return null;
  return { address: String(id), kind: type, title: string(title) ?? '', username: string(username) };
}

const chatId = (id: unknown): string | null => (Number.isSafeInteger(id) ? String(id) : null);
