// People and what they do. Every act is a POST with { bot, user, chat? } and what the act needs.
import sharp from 'sharp';
import type { UserObject } from '../telegram/message.ts';
import * as acts from '../telegram/person-acts.ts';
import { photoSizes, storePhoto } from '../telegram/photo.ts';
import { addPerson, dialogOf } from '../telegram/state.ts';
import {
  ControlError,
  type ControlRequest,
  type Route,
  readBot,
  readPerson,
  readPlace,
  readText,
} from './control-request.ts';

function place({ state, body }: ControlRequest): acts.Place {
  return { state, ...readPlace(state, body) };
}

/** An impossible act is the caller's mistake (409), not a failure of the sandbox. */
function act(route: (place: acts.Place, body: Record<string, unknown>) => unknown): Route {
  return async (request) => {
    try {
      return await route(place(request), request.body);
    } catch (error) {
      if (error instanceof acts.ImpossibleAct) throw new ControlError(409, error.message);
      throw error;
    }
  };
}

async function photoBytes(given: unknown): Promise<Buffer> {
  if (typeof given === 'string' && given.length > 0)
    return Buffer.from(given.replace(/^data:[^,]*,/, ''), 'base64');
  return sharp({ create: { width: 640, height: 480, channels: 3, background: '#8579e8' } })
    .jpeg()
    .toBuffer();
}

const optionalNumber = (value: unknown) =>
  value === undefined || value === null ? undefined : Number(value);

export const peopleRoutes: Record<string, Route> = {
  'GET users': ({ state, query }) => {
    const limit = Number(query.get('limit') ?? 100);
    const people = [...state.people.values()];
    return { total: people.length, users: people.slice(0, limit).map((person) => person.about) };
  },

  /** Bulk: `{users: [...]}` or a bare array. Known ids are updated. */
  'POST users': ({ state, body }) => {
    const list = Array.isArray(body.users) ? body.users : [body];
    const users = list.map((given) => {
      const about = given as Partial<UserObject>;
      const { id, first_name, last_name, username, language_code } = about;
      return addPerson(state, { id, first_name, last_name, username, language_code }).about;
    });
    state.onChange(0, 0);
    return { users };
  },

  /** One person (`user`) or many (`users`: ids, or "all"). */
  'POST start': (request) => {
    const { state, body } = request;
    const payload = body.payload === undefined ? undefined : String(body.payload);
    if (payload !== undefined && !/^[\w-]{0,64}$/.test(payload)) {
      throw new ControlError(400, 'A payload is up to 64 of A-Z a-z 0-9 _ -');
    }
    if (body.users === undefined)
      return act((where) => ({ message: acts.pressStart(where, payload) }))(request);
    const bot = readBot(state, body.bot);
    const people =
      body.users === 'all'
        ? [...state.people.values()]
        : (body.users as unknown[]).map((id) => readPerson(state, id));
    for (const person of people)
      acts.pressStart({ state, bot, person, chat: dialogOf(bot, person) }, payload);
    return { started: people.length };
  },

  'POST message': act((where, body) => ({
    message: acts.say(where, acts.textContent(readText(body, 'text')), optionalNumber(body.reply_to)),
  })),

  /** `photo`: base64; absent: a plain picture. */
  'POST photo': act(async (where, body) => {
    const stored = await storePhoto(where.state.files, where.bot.id, await photoBytes(body.photo), true);
    const caption = typeof body.caption === 'string' && body.caption !== '' ? { caption: body.caption } : {};
    return { message: acts.say(where, { photo: photoSizes(where.state.files, stored), ...caption }) };
  }),

  'POST press': act((where, body) =>
    acts.press(where, Number(body.message_id), {
      ...(body.button === undefined ? {} : { button: Number(body.button) }),
      ...(body.data === undefined ? {} : { data: String(body.data) }),
    }),
  ),

  'POST edit': act((where, body) => ({
    message: acts.edit(where, Number(body.message_id), readText(body, 'text')),
  })),

  /** `emoji` null or absent takes the reaction back. */
  'POST react': act((where, body) =>
    acts.react(where, Number(body.message_id), typeof body.emoji === 'string' ? body.emoji : undefined),
  ),

  'POST block': act((where) => acts.block(where)),
  'POST unblock': act((where) => acts.unblock(where)),

  /** The account is deleted: every bot gets 403 "user is deactivated". `active: true` brings it back. */
  'POST deactivate': ({ state, body }) => {
    const person = readPerson(state, body.user);
    person.isDeactivated = body.active !== true;
    for (const bot of state.bots.values()) state.onChange(bot.id, person.about.id);
  },

  /** Sets the state of a private chat without any update: for tests that need a chat to be so. */
  'POST state': ({ state, body }) => {
    const { bot, person, chat } = readPlace(state, body);
    const wanted = String(body.state);
    if (!['open', 'never_started', 'blocked', 'deactivated'].includes(wanted)) {
      throw new ControlError(400, '"state" is open, never_started, blocked or deactivated');
    }
    person.isDeactivated = wanted === 'deactivated';
    chat.blocked = wanted === 'blocked';
    chat.started = wanted !== 'never_started';
    state.onChange(bot.id, person.about.id);
  },
};
