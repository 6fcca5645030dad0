// A webhook may answer with a method call in its body; it is executed and its result is told to nobody (telegram.md §6 [S]).
import type { Bot } from './bot.ts';
import { findMethod } from './method-table.ts';
import { Params } from './params.ts';
import type { State } from './state.ts';

const REFUSED = /^(get|setwebhook$|deletewebhook$|close$|logout$)/i;

function readReply(body: string, contentType: string): Record<string, unknown> | undefined {
  if (contentType.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(body));
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export async function executeReply(state: State, bot: Bot, body: string, contentType: string): Promise<void> {
  if (body === '' || !body.includes('method')) return;
  const reply = readReply(body, contentType);
  if (typeof reply?.method !== 'string' || REFUSED.test(reply.method)) return;
  const method = findMethod(reply.method);
  if (!method) return;
  bot.ledger.requestsByMethod[method.name] = (bot.ledger.requestsByMethod[method.name] ?? 0) + 1;
  try {
    await method.run({ state, bot, params: new Params(reply), signal: undefined });
  } catch {
    // The platform reports nothing back either.
  }
}
