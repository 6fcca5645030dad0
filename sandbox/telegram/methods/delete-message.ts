import { badRequest } from '../api-error.ts';
import type { Bot } from '../bot.ts';
import type { Call } from '../call.ts';
import type { Chat } from '../chat.ts';
import type { Message } from '../message.ts';
import { asArray } from '../params.ts';
import { findChat, requireInside } from '../recipient.ts';
import { nowSeconds } from '../state.ts';

const WINDOW_SECONDS = 48 * 3600;

/** 48 h; in supergroups and channels an administrator with the right may delete anything (telegram.md §2 Notes [D]). */
function mayDelete(bot: Bot, chat: Chat, message: Message, now: number): boolean {
  const member = chat.members.get(bot.id);
  const isStrong = member?.status === 'administrator' && member.rights.can_delete_messages === true;
  if (isStrong && (chat.about.type === 'supergroup' || chat.about.type === 'channel')) return true;
  if (now - message.date > WINDOW_SECONDS) return false;
  const isOwn = message.from?.id === bot.id || message.sender_chat?.id === chat.about.id;
  return isOwn || isStrong || chat.about.type === 'private';
}

function remove(call: Call, chat: Chat, id: number): void {
  chat.messages.delete(id);
  chat.pinned = chat.pinned.filter((pinned) => pinned !== id);
  call.state.onChange(call.bot.id, chat.about.id);
}

export function deleteMessage(call: Call): unknown {
  const { state, bot, params } = call;
  const { chat } = findChat(state, bot, params);
  requireInside(bot, chat);
  const message = chat.messages.get(params.integer('message_id') ?? 0);
  if (!message) throw badRequest('message to delete not found');
  if (!mayDelete(bot, chat, message, nowSeconds(state))) throw badRequest("message can't be deleted");
  remove(call, chat, message.message_id);
  return true;
}

/** Missing ones are skipped (telegram.md §2). */
export function deleteMessages(call: Call): unknown {
  const { state, bot, params } = call;
  const ids = asArray(params.nested('message_ids', 'message identifiers'), 'Integer').map(Number);
  if (ids.length === 0) throw badRequest('message identifiers are not specified');
  if (ids.length > 100) throw badRequest('too many message identifiers specified');
  const { chat } = findChat(state, bot, params);
  requireInside(bot, chat);
  for (const id of ids) {
    const message = chat.messages.get(id);
    if (message && mayDelete(bot, chat, message, nowSeconds(state))) remove(call, chat, id);
  }
  return true;
}
