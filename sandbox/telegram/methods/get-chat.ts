// getChat, getChatMemberCount, getChatMember, getChatAdministrators.
import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';
import type { Chat } from '../chat.ts';
import { findChat, requireInside } from '../recipient.ts';
import { isAdmin, memberObject } from '../updates.ts';

const GIFTS = {
  unlimited_gifts: false,
  limited_gifts: false,
  unique_gifts: false,
  premium_subscription: false,
  gifts_from_channels: false,
};

const PERMISSIONS = [
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
];

function isPresent(status: string): boolean {
  return status !== 'left' && status !== 'kicked';
}

export function getChat({ state, bot, params }: Call): unknown {
  const { chat } = findChat(state, bot, params);
  if (chat.about.type !== 'private' && chat.about.username === undefined) requireInside(bot, chat);
  const pinned = chat.messages.get(chat.pinned.at(-1) ?? 0);
  const link = [...chat.inviteLinks.values()].find((one) => one.is_primary && !one.is_revoked);
  return {
    ...chat.about,
    ...(chat.about.username === undefined ? {} : { active_usernames: [chat.about.username] }),
    ...(chat.description === undefined ? {} : { description: chat.description }),
    ...(link ? { invite_link: link.invite_link } : {}),
    ...(chat.linkedChatId === undefined ? {} : { linked_chat_id: chat.linkedChatId }),
    ...(pinned ? { pinned_message: pinned } : {}),
    ...(chat.about.type === 'group' || chat.about.type === 'supergroup'
      ? { permissions: Object.fromEntries(PERMISSIONS.map((name) => [name, chat.canSend])) }
      : {}),
    accent_color_id: Math.abs(chat.about.id) % 7,
    max_reaction_count: 11,
    accepted_gift_types: GIFTS,
  };
}

export function getChatMemberCount({ state, bot, params }: Call): unknown {
  const { chat } = findChat(state, bot, params);
  if (chat.about.type === 'private') return 2;
  requireInside(bot, chat);
  return [...chat.members.values()].filter((member) => isPresent(member.status)).length;
}

function requireGroup(chat: Chat): void {
  if (chat.about.type === 'private') throw badRequest('there are no administrators in the private chat');
}

export function getChatMember({ state, bot, params }: Call): unknown {
  const { chat } = findChat(state, bot, params);
  requireInside(bot, chat);
  const id = params.integer('user_id') ?? 0;
  const user = state.people.get(id)?.about ?? state.bots.get(id)?.about;
  if (!user) throw badRequest('PARTICIPANT_ID_INVALID');
  if (chat.about.type === 'private') return { user, status: 'member' };
  // Others are only guaranteed to administrators; a channel hides its subscribers from everyone else.
  const isHidden = chat.about.type === 'channel' && id !== bot.id && !isAdmin(chat, bot.id);
  if (isHidden) throw badRequest('CHAT_ADMIN_REQUIRED');
  const member = chat.members.get(id) ?? { user, status: 'left' as const, rights: {}, until_date: 0 };
  return memberObject(member, chat);
}

export function getChatAdministrators({ state, bot, params }: Call): unknown {
  const { chat } = findChat(state, bot, params);
  requireGroup(chat);
  requireInside(bot, chat);
  const withBots = params.boolean('return_bots');
  return (
    [...chat.members.values()]
      .filter((member) => isAdmin(chat, member.user.id))
      // Other bots are left out unless asked for (telegram.md §2, since 10.x).
      .filter((member) => withBots || !member.user.is_bot || member.user.id === bot.id)
      .map((member) => memberObject(member, chat))
  );
}
