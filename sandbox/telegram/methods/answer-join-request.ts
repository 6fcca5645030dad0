// approveChatJoinRequest and declineChatJoinRequest.
import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';
import { admit } from '../group-acts.ts';
import { findChat, requireRight } from '../recipient.ts';

function takeRequest({ state, bot, params }: Call) {
  const { chat } = findChat(state, bot, params);
  requireRight(bot, chat, 'can_invite_users', 'CHAT_ADMIN_REQUIRED');
  const id = params.integer('user_id') ?? 0;
  const user = state.people.get(id)?.about;
  if (!user) throw badRequest('user not found');
  if (!chat.joinRequests.has(id)) throw badRequest('HIDE_REQUESTER_MISSING');
  const link = chat.joinRequests.get(id);
  chat.joinRequests.delete(id);
  return { chat, user, link };
}

export function approveChatJoinRequest(call: Call): unknown {
  const { chat, user, link } = takeRequest(call);
  admit(call.state, chat, user, call.bot.about, link);
  return true;
}

export function declineChatJoinRequest(call: Call): unknown {
  takeRequest(call);
  return true;
}
