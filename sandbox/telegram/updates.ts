// Creates the updates that a bot receives, each in its lane (telegram.md §6 [S]: per chat or per person).
import type { Bot } from './bot.ts';
import type { Chat, InviteLink, Member, MemberStatus } from './chat.ts';
import type { Message, UserObject } from './message.ts';
import { nowSeconds, type State } from './state.ts';
import { addUpdate } from './update-queue.ts';

/** Rights that every administrator object carries (Bot API types, required fields of ChatMemberAdministrator). */
export const ADMIN_RIGHTS = [
  'can_be_edited',
  'is_anonymous',
  'can_manage_chat',
  'can_delete_messages',
  'can_manage_video_chats',
  'can_restrict_members',
  'can_promote_members',
  'can_change_info',
  'can_invite_users',
  'can_post_stories',
  'can_edit_stories',
  'can_delete_stories',
] as const;

const CHANNEL_RIGHTS = ['can_post_messages', 'can_edit_messages'] as const;
const GROUP_RIGHTS = ['can_pin_messages'] as const;

const SEND_RIGHTS = [
  'can_send_messages',
  'can_send_audios',
  'can_send_documents',
  'can_send_photos',
  'can_send_videos',
  'can_send_video_notes',
  'can_send_voice_notes',
  'can_send_polls',
  'can_send_other_messages',
  'can_add_web_page_previews',
  'can_change_info',
  'can_invite_users',
  'can_pin_messages',
  'can_manage_topics',
  'can_edit_tag',
  'can_react_to_messages',
] as const;

export function memberObject(member: Member, chat: Chat): Record<string, unknown> {
  const base = { user: member.user, status: member.status };
  switch (member.status) {
    case 'creator':
      return { ...base, is_anonymous: false };
    case 'administrator': {
      const names = [...ADMIN_RIGHTS, ...(chat.about.type === 'channel' ? CHANNEL_RIGHTS : GROUP_RIGHTS)];
      return { ...base, ...Object.fromEntries(names.map((name) => [name, member.rights[name] ?? false])) };
    }
    case 'restricted':
      return {
        ...base,
        is_member: true,
        ...Object.fromEntries(SEND_RIGHTS.map((name) => [name, member.rights[name] ?? false])),
        until_date: member.until_date,
      };
    case 'kicked':
      return { ...base, until_date: member.until_date };
    default:
      return base;
  }
}

export function addMessageUpdate(state: State, bot: Bot, kind: string, message: Message): void {
  addUpdate(bot.updates, kind, message, `message:${message.chat.id}`, state.now());
}

/** A bot in a private dialog is a "member" that was "kicked" when the person blocked it (telegram.md §6). */
export function addPrivateMembership(
  state: State,
  bot: Bot,
  chat: Chat,
  from: UserObject,
  isBlocked: boolean,
): void {
  const member = { user: bot.about, status: 'member' };
  const kicked = { user: bot.about, status: 'kicked', until_date: 0 };
  const payload = {
    chat: chat.about,
    from,
    date: nowSeconds(state),
    old_chat_member: isBlocked ? member : kicked,
    new_chat_member: isBlocked ? kicked : member,
  };
  addUpdate(bot.updates, 'my_chat_member', payload, `my_chat_member:${chat.about.id}`, state.now());
}

export interface MembershipChange {
  userId: number;
  user: UserObject;
  to: MemberStatus;
  by: UserObject;
  rights?: Record<string, boolean>;
  untilDate?: number;
  inviteLink?: InviteLink;
}

/** Changes a member of a group or channel and tells the bots that are entitled to know. */
export function changeMember(state: State, chat: Chat, change: MembershipChange): void {
  const old: Member = chat.members.get(change.userId) ?? {
    user: change.user,
    status: 'left',
    rights: {},
    until_date: 0,
  };
  const next: Member = {
    user: change.user,
    status: change.to,
    rights: change.rights ?? {},
    until_date: change.untilDate ?? 0,
  };
  chat.members.set(change.userId, next);
  const payload = {
    chat: chat.about,
    from: change.by,
    date: nowSeconds(state),
    old_chat_member: memberObject(old, chat),
    new_chat_member: memberObject(next, chat),
    ...(change.inviteLink === undefined ? {} : { invite_link: change.inviteLink }),
  };
  const about = state.bots.get(change.userId);
  if (about) {
    addUpdate(about.updates, 'my_chat_member', payload, `my_chat_member:${chat.about.id}`, state.now());
    state.onChange(about.id, chat.about.id);
    return;
  }
  for (const bot of adminBots(state, chat)) {
    addUpdate(bot.updates, 'chat_member', payload, `chat_member:${change.userId}`, state.now());
  }
}

/** Bots that take part in a chat and can still hear it. */
export function botsIn(state: State, chat: Chat): Bot[] {
  const bots: Bot[] = [];
  for (const member of chat.members.values()) {
    const bot = member.user.is_bot ? state.bots.get(member.user.id) : undefined;
    if (bot && member.status !== 'left' && member.status !== 'kicked') bots.push(bot);
  }
  return bots;
}

/** chat_member, reactions and join requests reach administrators only (telegram.md §6 [D]). */
export function adminBots(state: State, chat: Chat): Bot[] {
  return botsIn(state, chat).filter((bot) => isAdmin(chat, bot.id));
}

export function isAdmin(chat: Chat, userId: number): boolean {
  const status = chat.members.get(userId)?.status;
  return status === 'creator' || status === 'administrator';
}
