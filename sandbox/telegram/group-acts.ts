// What people do to groups and channels: join, leave, upgrade (telegram.md §6).
import type { Chat, InviteLink } from './chat.ts';
import { keepMessage } from './chat.ts';
import type { Message, UserObject } from './message.ts';
import { addGroup, nowSeconds, type Person, type State } from './state.ts';
import { addUpdate } from './update-queue.ts';
import { ADMIN_RIGHTS, addMessageUpdate, adminBots, botsIn, changeMember } from './updates.ts';

const EVERY_RIGHT = [
  ...ADMIN_RIGHTS.filter((name) => name !== 'is_anonymous' && name !== 'can_promote_members'),
  'can_post_messages',
  'can_edit_messages',
  'can_pin_messages',
];

/** true = every right of a usual administrator. */
export function readRights(given: unknown): Record<string, boolean> {
  if (typeof given === 'object' && given !== null) return given as Record<string, boolean>;
  return Object.fromEntries(EVERY_RIGHT.map((name) => [name, true]));
}

export function ownerOf(chat: Chat): UserObject | undefined {
  for (const member of chat.members.values()) if (member.status === 'creator') return member.user;
  return undefined;
}

export function chatByLink(state: State, link: string): Chat | undefined {
  for (const chat of state.groups.values()) {
    const found = chat.inviteLinks.get(link);
    if (found && !found.is_revoked && (found.expire_date ?? Number.POSITIVE_INFINITY) > nowSeconds(state))
      return chat;
  }
  return undefined;
}

/** A service message: stored, and told to every bot of the chat. */
export function addServiceMessage(
  state: State,
  chat: Chat,
  from: UserObject,
  content: Partial<Message>,
): Message {
  chat.lastMessageId += 1;
  const message: Message = {
    message_id: chat.lastMessageId,
    ...(chat.about.type === 'channel' ? { sender_chat: chat.about } : { from }),
    chat: chat.about,
    date: nowSeconds(state),
    ...content,
  };
  keepMessage(chat, message, state.now());
  for (const bot of botsIn(state, chat)) {
    addMessageUpdate(state, bot, chat.about.type === 'channel' ? 'channel_post' : 'message', message);
    state.onChange(bot.id, chat.about.id);
  }
  return message;
}

/** Joins at once, or asks when the link wants approval. */
export function join(
  state: State,
  chat: Chat,
  person: Person,
  link?: string,
  bio?: string,
): { status: string } {
  const inviteLink = link === undefined ? undefined : chat.inviteLinks.get(link);
  const { about } = person;
  if (inviteLink?.creates_join_request) {
    chat.joinRequests.set(about.id, inviteLink);
    for (const bot of adminBots(state, chat)) {
      const payload = {
        chat: chat.about,
        from: about,
        user_chat_id: about.id,
        date: nowSeconds(state),
        ...(bio === undefined ? {} : { bio }),
        invite_link: inviteLink,
      };
      addUpdate(bot.updates, 'chat_join_request', payload, `chat_join_request:${about.id}`, state.now());
    }
    return { status: 'requested' };
  }
  admit(state, chat, person.about, person.about, inviteLink);
  return { status: 'member' };
}

export function admit(
  state: State,
  chat: Chat,
  user: UserObject,
  by: UserObject,
  inviteLink?: InviteLink,
): void {
  changeMember(state, chat, {
    userId: user.id,
    user,
    to: 'member',
    by,
    ...(inviteLink ? { inviteLink } : {}),
  });
  if (chat.about.type !== 'channel') addServiceMessage(state, chat, user, { new_chat_members: [user] });
}

export function leave(state: State, chat: Chat, person: Person): void {
  const { about } = person;
  if (chat.about.type !== 'channel') addServiceMessage(state, chat, about, { left_chat_member: about });
  changeMember(state, chat, { userId: about.id, user: about, to: 'left', by: about });
}

const GROUP_ANONYMOUS_BOT: UserObject = {
  id: 1_087_968_824,
  is_bot: true,
  first_name: 'Group',
  username: 'GroupAnonymousBot',
};

/** Group → supergroup: a new id, and two service messages that name each other (telegram.md §6). */
export function upgrade(state: State, group: Chat): Chat {
  const supergroup = addGroup(state, 'supergroup', group.about.title ?? 'Group');
  supergroup.members = new Map(group.members);
  const from = ownerOf(group) ?? GROUP_ANONYMOUS_BOT;
  addServiceMessage(state, group, from, { migrate_to_chat_id: supergroup.about.id });
  group.migratedTo = supergroup.about.id;
  addServiceMessage(state, supergroup, GROUP_ANONYMOUS_BOT, { migrate_from_chat_id: group.about.id });
  return supergroup;
}
