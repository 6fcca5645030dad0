// What a person does in the chat with a bot or in a group, and the updates that come of it (telegram.md §6).
import type { Bot } from './bot.ts';
import { type Chat, keepMessage, type PersonAct } from './chat.ts';
import { findEntities } from './entities-found.ts';
import { sortEntities } from './formatted-text.ts';
import type { Message } from './message.ts';
import { nowSeconds, type Person, type State } from './state.ts';
import { addUpdate } from './update-queue.ts';
import { addMessageUpdate, addPrivateMembership, adminBots, botsIn, isAdmin } from './updates.ts';

/** The act is impossible in the real app too; the message says why. */
export class ImpossibleAct extends Error {}

export interface Place {
  state: State;
  bot: Bot;
  person: Person;
  chat: Chat;
}

function note({ state, bot, chat }: Place, act: Omit<PersonAct, 'at'>): void {
  chat.acts += 1;
  chat.lastAct = { ...act, at: state.now() };
  chat.activeAt = state.now();
  state.onChange(bot.id, chat.about.id);
}

/** A bot with privacy mode on hears only what is meant for it (telegram.md §6 [C]). */
function hears(bot: Bot, chat: Chat, message: Message): boolean {
  if (chat.about.type !== 'group' && chat.about.type !== 'supergroup') return true;
  if (!bot.privacy || isAdmin(chat, bot.id)) return true;
  if (message.reply_to_message?.from?.id === bot.id) return true;
  const command = /^\/\w+(?:@(\w+))?/.exec(message.text ?? message.caption ?? '');
  return (
    command !== null && (command[1] === undefined || command[1].toLowerCase() === bot.username.toLowerCase())
  );
}

function tell(place: Place, kind: 'message' | 'edited_message', message: Message): void {
  const { state, bot, chat } = place;
  const name = chat.about.type === 'channel' ? kind.replace('message', 'channel_post') : kind;
  const listeners = chat.about.type === 'private' ? [bot] : botsIn(state, chat);
  for (const listener of listeners) {
    if (hears(listener, chat, message)) addMessageUpdate(state, listener, name, message);
    if (listener !== bot) state.onChange(listener.id, chat.about.id);
  }
}

function requireActive({ person, chat }: Place): void {
  if (person.isDeactivated) throw new ImpossibleAct('This account was deleted');
  if (chat.blocked) throw new ImpossibleAct('The bot is blocked; unblock it first');
  if (chat.migratedTo !== undefined)
    throw new ImpossibleAct(`The group was upgraded; it is ${chat.migratedTo} now`);
  const status = chat.members.get(person.about.id)?.status;
  if (chat.about.type !== 'private' && (status === undefined || status === 'left' || status === 'kicked')) {
    throw new ImpossibleAct('This person is not in the chat');
  }
}

/** Puts a message of the person into the chat. `content` is text with entities, a photo with a caption, … */
export function say(
  place: Place,
  content: Partial<Message>,
  replyTo?: number,
  act: PersonAct['kind'] = 'message',
): Message {
  requireActive(place);
  const { state, person, chat } = place;
  chat.lastMessageId += 1;
  const quoted = replyTo === undefined ? undefined : chat.messages.get(replyTo);
  const message: Message = {
    message_id: chat.lastMessageId,
    ...(chat.about.type === 'channel' ? { sender_chat: chat.about } : { from: person.about }),
    chat: chat.about,
    date: nowSeconds(state),
    ...content,
  };
  if (quoted) {
    const { reply_to_message: _nested, ...flat } = quoted;
    message.reply_to_message = flat;
  }
  if (chat.about.type === 'private') chat.started = true;
  keepMessage(chat, message, state.now());
  tell(place, 'message', message);
  note(place, { kind: act, messageId: message.message_id });
  return message;
}

export function textContent(text: string): Partial<Message> {
  const entities = sortEntities(findEntities(text, []));
  return entities.length > 0 ? { text, entities } : { text };
}

/** The Start button. The payload arrives as `/start <payload>` (telegram.md §7). Lifts a block first, as the app does. */
export function pressStart(place: Place, payload?: string): Message {
  if (place.chat.blocked) unblock(place);
  return say(place, textContent(payload ? `/start ${payload}` : '/start'), undefined, 'start');
}

export function block(place: Place): void {
  const { state, bot, person, chat } = place;
  if (chat.blocked) return;
  chat.blocked = true;
  addPrivateMembership(state, bot, chat, person.about, true);
  note(place, { kind: 'block' });
}

export function unblock(place: Place): void {
  const { state, bot, person, chat } = place;
  if (!chat.blocked) return;
  chat.blocked = false;
  addPrivateMembership(state, bot, chat, person.about, false);
  note(place, { kind: 'unblock' });
}

export function edit(place: Place, messageId: number, text: string): Message {
  requireActive(place);
  const { state, person, chat } = place;
  const old = chat.messages.get(messageId);
  if (!old || old.from?.id !== person.about.id) throw new ImpossibleAct('Only own messages can be edited');
  const { entities: _entities, ...rest } = old;
  const message = { ...rest, ...textContent(text), edit_date: nowSeconds(state) };
  chat.messages.set(messageId, message);
  tell(place, 'edited_message', message);
  note(place, { kind: 'edit', messageId });
  return message;
}

/** Sets or clears a reaction: people are named in groups, channels report totals only (telegram.md §6). */
export function react(place: Place, messageId: number, emoji: string | undefined): void {
  requireActive(place);
  const { state, bot, person, chat } = place;
  if (!chat.messages.has(messageId)) throw new ImpossibleAct('There is no such message');
  const byPerson = chat.reactions.get(messageId) ?? new Map<number, unknown[]>();
  chat.reactions.set(messageId, byPerson);
  const before = byPerson.get(person.about.id) ?? [];
  const after = emoji === undefined ? [] : [{ type: 'emoji', emoji }];
  byPerson.set(person.about.id, after);
  const base = { chat: chat.about, message_id: messageId, date: nowSeconds(state) };
  const listeners = chat.about.type === 'private' ? [bot] : adminBots(state, chat);
  for (const listener of listeners) {
    if (chat.about.type === 'channel') {
      const payload = { ...base, reactions: countReactions(byPerson) };
      addUpdate(
        listener.updates,
        'message_reaction_count',
        payload,
        `reactions:${chat.about.id}`,
        state.now(),
      );
    } else {
      const payload = { ...base, user: person.about, old_reaction: before, new_reaction: after };
      addUpdate(listener.updates, 'message_reaction', payload, `reactions:${chat.about.id}`, state.now());
    }
  }
  note(place, { kind: 'react', messageId });
}

function countReactions(byPerson: Map<number, unknown[]>): unknown[] {
  const totals = new Map<string, number>();
  for (const list of byPerson.values()) {
    for (const reaction of list) {
      const key = JSON.stringify(reaction);
      totals.set(key, (totals.get(key) ?? 0) + 1);
    }
  }
  return [...totals].map(([type, total_count]) => ({ type: JSON.parse(type) as unknown, total_count }));
}

/** Presses an inline button. Returns the address of a url button, or the id of the callback query that was made. */
export function press(
  place: Place,
  messageId: number,
  choose: { button?: number; data?: string },
): { url?: string; callback_query_id?: string } {
  requireActive(place);
  const { state, bot, person, chat } = place;
  const message = chat.messages.get(messageId);
  const buttons = message?.reply_markup?.inline_keyboard.flat() ?? [];
  const index =
    choose.data === undefined
      ? (choose.button ?? 0)
      : buttons.findIndex((one) => one.callback_data === choose.data);
  const button = buttons[index];
  if (!message || !button) throw new ImpossibleAct('There is no such button');
  if (button.callback_data === undefined) {
    note(place, { kind: 'press', messageId, button: index });
    return button.url === undefined ? {} : { url: button.url };
  }
  const id = `${4_382_749_203_847_562_000n + BigInt(state.nextQueryId++)}`;
  const owner = state.bots.get(message.from?.id ?? bot.id) ?? bot;
  owner.queries.set(id, { id, userId: person.about.id, atMs: state.now() });
  const payload = {
    id,
    from: person.about,
    message,
    chat_instance: `${-3_141_592_653_589_000_000n - BigInt(Math.abs(chat.about.id))}`,
    data: button.callback_data,
  };
  addUpdate(owner.updates, 'callback_query', payload, `callback_query:${person.about.id}`, state.now());
  note(place, { kind: 'press', messageId, button: index, queryId: id });
  return { callback_query_id: id };
}
