import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';

/** The platform keeps a query for 150 s (telegram.md §6). */
const LIFETIME_MS = 150_000;

export function answerCallbackQuery({ state, bot, params }: Call): unknown {
  const id = params.text('callback_query_id') ?? '';
  const text = params.text('text');
  if (text !== undefined && text.length > 200) throw badRequest('MESSAGE_TOO_LONG');
  const query = bot.queries.get(id);
  if (!query || state.now() - query.atMs > LIFETIME_MS) {
    bot.queries.delete(id);
    throw badRequest('query is too old and response timeout expired or query ID is invalid');
  }
  query.answer = {
    ...(text === undefined ? {} : { text }),
    ...(params.boolean('show_alert') ? { show_alert: true } : {}),
    ...(params.has('url') ? { url: params.text('url') } : {}),
  };
  state.onChange(bot.id, query.userId);
  return true;
}
