import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';
import type { Chat } from '../chat.ts';
import { addServiceMessage } from '../group-acts.ts';
import { findChat, requireInside } from '../recipient.ts';
import { addMessageUpdate, isAdmin } from '../updates.ts';

function requirePinRight({ bot }: Call, chat: Chat): void {
  requireInside(bot, chat);
  if (chat.about.type === 'private') return;
  const member = chat.members.get(bot.id);
  const right = chat.about.type === 'channel' ? 'can_edit_messages' : 'can_pin_messages';
  const isStrong = isAdmin(chat, bot.id) && (member?.status === 'creator' || member?.rights[right] === true);
  if (!isStrong) throw badRequest('not enough rights to manage pinned messages in the chat');
}

export function pinChatMessage(call: Call): unknown {
  const { state, bot, params } = call;
  const { chat } = findChat(state, bot, params);
  requirePinRight(call, chat);
  const message = chat.messages.get(params.integer('message_id') ?? 0);
  if (!message) throw badRequest('message to pin not found');
  chat.pinned = [...chat.pinned.filter((id) => id !== message.message_id), message.message_id];
  // One of the few own messages that come back as an update (telegram.md §6 "What bots do not receive").
  const { reply_to_message: _nested, ...flat } = message;
  const service = addServiceMessage(state, chat, bot.about, { pinned_message: flat });
  if (chat.about.type === 'private') addMessageUpdate(state, bot, 'message', service);
  state.onChange(bot.id, chat.about.id);
  return true;
}

/** Without message_id: the most recent pin. */
export function unpinChatMessage(call: Call): unknown {
  const { state, bot, params } = call;
  const { chat } = findChat(state, bot, params);
  requirePinRight(call, chat);
  const id = params.integer('message_id') ?? chat.pinned.at(-1);
  if (id === undefined || !chat.pinned.includes(id)) throw badRequest('message to unpin not found');
  chat.pinned = chat.pinned.filter((pinned) => pinned !== id);
  state.onChange(bot.id, chat.about.id);
  return true;
}
