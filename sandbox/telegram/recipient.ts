// Finds the chat of a request and says why a bot may not write there (telegram.md §5, §9.6).
import { badRequest, forbidden } from './api-error.ts';
import type { Bot } from './bot.ts';
import { type Chat, kindOf } from './chat.ts';
import type { Params } from './params.ts';
import { dialogOf, type Person, type State } from './state.ts';
import { isAdmin } from './updates.ts';

export interface Recipient {
  chat: Chat;
  /** Private dialogs only. */
  person: Person | undefined;
}

function byUsername(state: State, username: string): Chat | undefined {
  const wanted = username.toLowerCase();
  for (const chat of state.groups.values()) if (chat.about.username?.toLowerCase() === wanted) return chat;
  return undefined;
}

/** @throws ApiError 400 when the platform does not know the chat. Does not ask whether the bot may write. */
export function findChat(state: State, bot: Bot, params: Params, field = 'chat_id'): Recipient {
  const given = params.text(field);
  if (given === undefined || given === '') throw badRequest(`${field} is empty`);
  if (given.startsWith('@')) {
    const chat = byUsername(state, given.slice(1));
    if (!chat) throw badRequest('chat not found');
    return { chat, person: undefined };
  }
  const id = Number(given);
  if (!Number.isSafeInteger(id) || id === 0) throw badRequest('chat not found');
  if (id > 0) {
    const person = state.people.get(id);
    if (person) return { chat: dialogOf(bot, person), person };
    if (state.bots.has(id)) throw forbidden("bot can't send messages to bots");
    throw badRequest('chat not found');
  }
  const chat = state.groups.get(id);
  if (!chat) throw badRequest('chat not found');
  // A private group that the bot never met does not exist for it.
  if (!chat.members.has(bot.id) && chat.about.username === undefined) throw badRequest('chat not found');
  return { chat, person: undefined };
}

/** A group that became a supergroup answers everything with its new id (telegram.md §1, §5 class M). */
export function refuseMigrated(chat: Chat): void {
  if (chat.migratedTo === undefined) return;
  throw badRequest('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: chat.migratedTo });
}

/** Groups and channels: the bot must be inside. @throws ApiError 403, or 400 after an upgrade. */
export function requireInside(bot: Bot, chat: Chat): void {
  refuseMigrated(chat);
  if (chat.about.type === 'private') return;
  const status = chat.members.get(bot.id)?.status;
  if (status === 'kicked') throw forbidden(`bot was kicked from the ${kindOf(chat)}`);
  if (status === undefined || status === 'left')
    throw forbidden(`bot is not a member of the ${kindOf(chat)}`);
}

export function requireRight(bot: Bot, chat: Chat, right: string, message: string): void {
  requireInside(bot, chat);
  if (chat.about.type === 'private') return;
  const member = chat.members.get(bot.id);
  if (member?.status === 'creator') return;
  if (member?.status !== 'administrator' || member.rights[right] !== true) throw badRequest(message);
}

/** A join request opens the private chat for as long as it waits (telegram.md §6, chat_join_request; 5 min there [U]). */
function hasAsked(state: State, bot: Bot, person: Person): boolean {
  for (const group of state.groups.values()) {
    if (group.joinRequests.has(person.about.id) && isAdmin(group, bot.id)) return true;
  }
  return false;
}

/** @throws ApiError 403 or 400 with the platform's reason. `what` as in "text messages", "photos". */
export function requireWritable(state: State, bot: Bot, { chat, person }: Recipient, what: string): void {
  if (person) {
    if (person.isDeactivated) throw forbidden('user is deactivated');
    if (chat.blocked) throw forbidden('bot was blocked by the user');
    if (!chat.started && !hasAsked(state, bot, person))
      throw forbidden("bot can't initiate conversation with a user");
    return;
  }
  requireInside(bot, chat);
  const member = chat.members.get(bot.id)!;
  if (chat.about.type === 'channel') {
    if (
      !isAdmin(chat, bot.id) ||
      (member.status === 'administrator' && member.rights.can_post_messages === false)
    ) {
      throw badRequest('need administrator rights in the channel chat');
    }
    return;
  }
  if (member.status === 'restricted' || (!chat.canSend && !isAdmin(chat, bot.id))) {
    throw badRequest(`not enough rights to send ${what} to the chat`);
  }
}
