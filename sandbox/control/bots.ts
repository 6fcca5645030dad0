// Bots: what @BotFather does.
import { makeToken } from '../telegram/bot.ts';
import { createFlood, DEFAULT_LIMITS, type Limits } from '../telegram/flood.ts';
import { addBot } from '../telegram/state.ts';
import { ControlError, type Route, readBot, readText } from './control-request.ts';

type BotView = Record<string, unknown>;

export function readLimits(given: unknown): Limits | null {
  return given === null ? null : { ...DEFAULT_LIMITS, ...(given as Partial<Limits>) };
}

function view(bot: ReturnType<typeof readBot>): BotView {
  return {
    id: bot.id,
    username: bot.username,
    name: bot.name,
    token: bot.token,
    limits: bot.limits,
    privacy: bot.privacy,
    accepted: bot.ledger.accepted,
    webhook_url: bot.webhook?.url ?? '',
    pending_updates: bot.updates.items.length,
  };
}

export const botRoutes: Record<string, Route> = {
  /** Without tokens: whoever looks at phones need not be able to speak as the bot. */
  'GET bots': ({ state }) => ({
    bots: [...state.bots.values()].map((bot) => {
      const { token: _token, ...rest } = view(bot);
      return rest;
    }),
  }),

  'POST bots': ({ state, body }) => {
    const token = body.token === undefined ? undefined : String(body.token);
    if (token !== undefined && !/^[1-9]\d*:[\w-]{24,}$/.test(token)) {
      throw new ControlError(400, 'A token is "<number>:<at least 24 characters>"');
    }
    const username = readText(body, 'username').replace(/^@/, '');
    // Asking again for the same token is how a demo starts twice: the bot and its chats stay.
    const known = token === undefined ? undefined : state.botsByToken.get(token);
    const bot = known ?? addBot(state, username, String(body.name ?? username), token);
    if (body.limits !== undefined) bot.limits = readLimits(body.limits);
    return view(bot);
  },

  'PATCH bots/:id': ({ state, id, body }) => {
    const bot = readBot(state, id);
    if (body.limits !== undefined) {
      bot.limits = readLimits(body.limits);
      bot.flood = createFlood();
    }
    if (typeof body.name === 'string') {
      bot.name = body.name;
      bot.about.first_name = body.name;
    }
    if (typeof body.privacy === 'boolean') bot.privacy = body.privacy;
    state.onChange(bot.id, 0);
    return view(bot);
  },

  /** The old token answers 401 from now on; the new one is in the answer. */
  'POST bots/:id/revoke': ({ state, id }) => {
    const bot = readBot(state, id);
    state.botsByToken.delete(bot.token);
    bot.token = makeToken(bot.id);
    state.botsByToken.set(bot.token, bot);
    state.onChange(bot.id, 0);
    return view(bot);
  },

  'DELETE bots/:id': ({ state, id }) => {
    const bot = readBot(state, id);
    bot.webhook = undefined;
    state.webhookChanged(bot);
    state.botsByToken.delete(bot.token);
    state.bots.delete(bot.id);
    state.onChange(bot.id, 0);
  },
};
