// The emulator's own count of what arrived, the resets, and the clock of the webhook worker.
import { type Chat, createChat } from '../telegram/chat.ts';
import { createFlood } from '../telegram/flood.ts';
import { createLedger, listDuplicates } from '../telegram/ledger.ts';
import { chatsOf } from '../telegram/state.ts';
import { ControlError, type Route, readBot } from './control-request.ts';

/** A benchmark that sends one text to everybody twice would otherwise be answered with all of it. */
const MAX_LISTED_DUPLICATES = 500;

function chatTotals(chats: Chat[], withChats: boolean): Record<string, unknown> {
  const duplicates = listDuplicates(chats);
  return {
    chats_reached: chats.filter((chat) => chat.accepted > 0).length,
    duplicates: duplicates.slice(0, MAX_LISTED_DUPLICATES),
    duplicates_total: duplicates.length,
    ...(withChats
      ? {
          by_chat: Object.fromEntries(chats.map((chat) => [chat.about.id, chat.accepted])),
          last_at_by_chat: Object.fromEntries(chats.map((chat) => [chat.about.id, chat.activeAt])),
        }
      : {}),
  };
}

export const statsRoutes: Record<string, Route> = {
  /** ?bot &brief=1 (no walk over the chats) &by_chat=1 */
  'GET stats': ({ state, query }) => {
    const bot = readBot(state, query.get('bot'));
    const { ledger } = bot;
    const seconds = (ledger.lastAtMs - ledger.firstAtMs) / 1000;
    return {
      bot: bot.id,
      accepted: ledger.accepted,
      sent_twice: ledger.sentTwice,
      rate_limited: ledger.rateLimited,
      requests_by_method: ledger.requestsByMethod,
      errors: ledger.errorsByDescription,
      per_second: {
        max: ledger.maxPerSecond,
        average: seconds > 0 ? Math.round((ledger.accepted / seconds) * 100) / 100 : ledger.accepted,
        first_at: ledger.firstAtMs,
        last_at: ledger.lastAtMs,
      },
      frozen_until: bot.flood.frozenUntilMs > state.now() ? bot.flood.frozenUntilMs : null,
      stars_spent: Math.round(bot.flood.starsSpent * 10) / 10,
      pending_updates: bot.updates.items.length,
      ...(query.get('brief') === '1' ? {} : chatTotals(chatsOf(state, bot), query.get('by_chat') === '1')),
    };
  },

  /** what: "counts" (ledger, flood), "messages" (and the chats' contents) or "all" (everything but the running server). */
  'POST reset': ({ state, body }) => {
    const what = String(body.what ?? 'counts');
    if (!['counts', 'messages', 'all'].includes(what)) {
      throw new ControlError(400, '"what" is counts, messages or all');
    }
    const bots = body.bot === undefined ? [...state.bots.values()] : [readBot(state, body.bot)];
    for (const bot of bots) {
      bot.ledger = createLedger();
      bot.flood = createFlood();
      for (const chat of chatsOf(state, bot)) {
        chat.accepted = 0;
        chat.fingerprints.clear();
        if (what === 'counts') continue;
        const { about, started, blocked } = chat;
        // message ids go on counting, as they do when a person clears the history
        if (about.type === 'private') {
          Object.assign(chat, { ...createChat(about), started, blocked, lastMessageId: chat.lastMessageId });
        } else chat.messages.clear();
      }
      if (what !== 'counts') bot.updates.items = [];
    }
    if (what === 'all') {
      for (const bot of bots) {
        bot.webhook = undefined;
        state.webhookChanged(bot);
        state.bots.delete(bot.id);
        state.botsByToken.delete(bot.token);
      }
      if (body.bot === undefined) {
        state.people.clear();
        state.groups.clear();
      }
      state.faults.list = [];
    }
    state.onChange(0, 0);
  },

  /** Multiplies the waits between webhook retries; 0 retries at once. */
  'POST webhook-time-scale': ({ state, body }) => {
    const scale = Number(body.scale);
    if (!(scale >= 0)) throw new ControlError(400, '"scale" is a number of 0 or more');
    state.webhookTimeScale = scale;
    return { scale };
  },
};
