import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';
import type { Chat } from '../chat.ts';
import type { UserObject } from '../message.ts';
import { findChat, requireRight } from '../recipient.ts';
import { nowSeconds } from '../state.ts';
import { changeMember, isAdmin } from '../updates.ts';

function findTarget({ state, bot, params }: Call): { chat: Chat; user: UserObject } {
  const { chat } = findChat(state, bot, params);
  if (chat.about.type === 'private') throw badRequest("can't ban members in private chats");
  requireRight(bot, chat, 'can_restrict_members', 'not enough rights to restrict/unrestrict chat member');
  const id = params.integer('user_id') ?? 0;
  const user = state.people.get(id)?.about ?? state.bots.get(id)?.about;
  if (!user) throw badRequest('PARTICIPANT_ID_INVALID');
  return { chat, user };
}

export function banChatMember(call: Call): unknown {
  const { state, bot, params } = call;
  const { chat, user } = findTarget(call);
  if (isAdmin(chat, user.id)) throw badRequest('user is an administrator of the chat');
  const until = params.integer('until_date') ?? 0;
  const left = until - nowSeconds(state);
  // Less than 30 s or more than 366 days ahead means for ever (telegram.md §2).
  const untilDate = left < 30 || left > 366 * 86_400 ? 0 : until;
  changeMember(state, chat, { userId: user.id, user, to: 'kicked', by: bot.about, untilDate });
  if (params.boolean('revoke_messages') || chat.about.type === 'supergroup') {
    for (const [id, message] of chat.messages) if (message.from?.id === user.id) chat.messages.delete(id);
  }
  return true;
}

/** Without only_if_banned a current member is removed (telegram.md §2). */
export function unbanChatMember(call: Call): unknown {
  const { state, bot, params } = call;
  const { chat, user } = findTarget(call);
  const status = chat.members.get(user.id)?.status;
  if (params.boolean('only_if_banned') && status !== 'kicked') return true;
  if (status !== undefined && status !== 'left') {
    changeMember(state, chat, { userId: user.id, user, to: 'left', by: bot.about });
  }
  return true;
}
