// What a control route receives, and how it reads bots, people and chats from a request.
import type { Bot } from '../telegram/bot.ts';
import type { Chat } from '../telegram/chat.ts';
import { dialogOf, type Person, type State } from '../telegram/state.ts';

export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ControlRequest {
  state: State;
  /** The part of the path after the noun: /control/bots/<id>. */
  id: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

/** Routes are keyed `GET bots`, `POST bots/:id/revoke`. undefined becomes `{"ok":true}`. */
export type Route = (request: ControlRequest) => unknown;

/** By id, username, or @username. With no value, the only bot there is. */
export function readBot(state: State, given: unknown): Bot {
  if ((given === undefined || given === null || given === '') && state.bots.size === 1) {
    return state.bots.values().next().value!;
  }
  const text = String(given ?? '').replace(/^@/, '');
  const bot =
    state.bots.get(Number(text)) ?? [...state.bots.values()].find((known) => known.username === text);
  if (!bot) throw new ControlError(404, `There is no bot "${text}"`);
  return bot;
}

export function readPerson(state: State, given: unknown): Person {
  const text = String(given ?? '').replace(/^@/, '');
  const person =
    state.people.get(Number(text)) ??
    [...state.people.values()].find((known) => known.about.username === text);
  if (!person) throw new ControlError(404, `There is no person "${text}"`);
  return person;
}

export function readGroup(state: State, given: unknown): Chat {
  const text = String(given ?? '');
  const chat =
    state.groups.get(Number(text)) ??
    [...state.groups.values()].find((known) => `@${known.about.username}` === text);
  if (!chat) throw new ControlError(404, `There is no group or channel "${text}"`);
  return chat;
}

/** The chat that an act happens in: `chat` when given, else the person's dialog with the bot. */
export function readPlace(
  state: State,
  body: Record<string, unknown>,
): { bot: Bot; person: Person; chat: Chat } {
  const person = readPerson(state, body.user);
  const isElsewhere = body.chat !== undefined && Number(body.chat) !== person.about.id;
  const bot = readBot(state, body.bot);
  return { bot, person, chat: isElsewhere ? readGroup(state, body.chat) : dialogOf(bot, person) };
}

export function readText(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw new ControlError(400, `"${name}" must be a text`);
  return value;
}
