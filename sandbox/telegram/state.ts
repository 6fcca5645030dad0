// Everything that the emulated Telegram knows. Time comes in as a function, so that tests can turn the clock.

import { createFaultBook, type FaultBook } from '../faults.ts';
import { type Bot, createBot, makeToken } from './bot.ts';
import { type Chat, createChat } from './chat.ts';
import { createFileShelf, type FileShelf } from './file-shelf.ts';
import { DEFAULT_LIMITS, type Limits } from './flood.ts';
import type { ChatObject, UserObject } from './message.ts';

export interface Person {
  about: UserObject;
  isDeactivated: boolean;
}

export interface State {
  now: () => number;
  bots: Map<number, Bot>;
  botsByToken: Map<string, Bot>;
  people: Map<number, Person>;
  groups: Map<number, Chat>;
  files: FileShelf;
  faults: FaultBook;
  defaultLimits: Limits | null;
  nextBotId: number;
  nextPersonId: number;
  nextGroupId: number;
  nextQueryId: number;
  /** Multiplies every wait of the webhook worker: 0.01 makes a day of retries last 15 minutes. */
  webhookTimeScale: number;
  /** Set by the webhook worker: (re)starts or stops the delivery of a bot after its webhook changed. */
  webhookChanged: (bot: Bot) => void;
  /** Told about every chat that changed; the phones page and the snapshot listen. chatId 0 = the bot itself. */
  onChange: (botId: number, chatId: number) => void;
}

export function createState(
  options: { now?: () => number; limits?: Limits | null; filesDir?: string } = {},
): State {
  return {
    now: options.now ?? Date.now,
    bots: new Map(),
    botsByToken: new Map(),
    people: new Map(),
    groups: new Map(),
    files: createFileShelf(options.filesDir),
    faults: createFaultBook(),
    defaultLimits: options.limits === undefined ? DEFAULT_LIMITS : options.limits,
    nextBotId: 7_100_000_001,
    nextPersonId: 1_001,
    nextGroupId: 4_001,
    nextQueryId: 1,
    webhookTimeScale: 1,
    webhookChanged: () => {},
    onChange: () => {},
  };
}

export function nowSeconds(state: State): number {
  return Math.floor(state.now() / 1000);
}

/** Adds a bot. A given token decides the bot's id, as on the platform. */
export function addBot(state: State, username: string, name: string, token?: string): Bot {
  const given = token === undefined ? Number.NaN : Number(token.slice(0, token.indexOf(':')));
  const id = Number.isSafeInteger(given) && given > 0 ? given : state.nextBotId++;
  const old = state.bots.get(id);
  if (old) state.botsByToken.delete(old.token);
  const bot = createBot(id, token ?? makeToken(id), username, name, state.defaultLimits);
  state.bots.set(id, bot);
  state.botsByToken.set(bot.token, bot);
  state.onChange(id, 0);
  return bot;
}

export function addPerson(state: State, about: Partial<UserObject>): Person {
  const id = about.id ?? state.nextPersonId++;
  const person: Person = {
    about: { ...about, id, is_bot: false, first_name: about.first_name ?? `Person ${id}` },
    isDeactivated: false,
  };
  if (id >= state.nextPersonId) state.nextPersonId = id + 1;
  state.people.set(id, person);
  for (const bot of state.bots.values()) {
    const dialog = bot.dialogs.get(id);
    if (dialog) dialog.about = privateChat(person);
  }
  return person;
}

export function privateChat(person: Person): ChatObject {
  const { id, first_name, last_name, username } = person.about;
  return {
    id,
    first_name,
    ...(last_name === undefined ? {} : { last_name }),
    ...(username === undefined ? {} : { username }),
    type: 'private',
  };
}

/** The dialog of a bot and a person; made on first use, in the state "never started". */
export function dialogOf(bot: Bot, person: Person): Chat {
  const id = person.about.id;
  let chat = bot.dialogs.get(id);
  if (chat === undefined) {
    chat = createChat(privateChat(person));
    bot.dialogs.set(id, chat);
  }
  return chat;
}

/** Group: -n. Supergroup and channel: -100n (telegram.md §1 [C]). */
export function addGroup(
  state: State,
  type: 'group' | 'supergroup' | 'channel',
  title: string,
  username?: string,
): Chat {
  const serial = state.nextGroupId++;
  const id = type === 'group' ? -serial : -1_000_000_000_000 - 1_000_000_000 - serial;
  const chat = createChat({ id, title, ...(username === undefined ? {} : { username }), type });
  state.groups.set(id, chat);
  return chat;
}

/** Every chat that a bot can have messages in. */
export function chatsOf(state: State, bot: Bot): Chat[] {
  const groups = [...state.groups.values()].filter((chat) => chat.members.has(bot.id));
  return [...bot.dialogs.values(), ...groups];
}
