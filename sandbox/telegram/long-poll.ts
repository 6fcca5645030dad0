// getUpdates (telegram.md §6 "getUpdates facts" [S]): one poll at a time per bot, the newer one wins.
import { ApiError } from './api-error.ts';
import type { Bot } from './bot.ts';
import type { Call } from './call.ts';
import { confirm, dropExpired, setAllowed, type Update } from './update-queue.ts';

const MAX_TIMEOUT_SECONDS = 50;
const RESPONSE_LIMIT_BYTES = 4 * 1024 * 1024;

interface Poll {
  end: (error?: ApiError) => void;
}

interface Habit {
  offset: number;
  atMs: number;
}

const running = new WeakMap<Bot, Poll>();
const habits = new WeakMap<Bot, Habit>();

/** Ends the running poll of a bot with 409. `by`: "other getUpdates request" or "setWebhook request". */
export function terminatePoll(bot: Bot, by: string): void {
  const hint = by.startsWith('other') ? '; make sure that only one bot instance is running' : '';
  running.get(bot)?.end(new ApiError(409, `terminated by ${by}${hint}`));
}

function take(bot: Bot, limit: number): Update[] {
  const updates: Update[] = [];
  let sizeBytes = 0;
  for (const { update } of bot.updates.items) {
    if (updates.length >= limit) break;
    sizeBytes += JSON.stringify(update).length;
    if (sizeBytes > RESPONSE_LIMIT_BYTES && updates.length > 0) break;
    updates.push(update);
  }
  return updates;
}

export async function poll({ state, bot, params, signal }: Call): Promise<Update[]> {
  if (bot.webhook) {
    throw new ApiError(
      409,
      "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
  }
  const offset = params.integer('offset') ?? 0;
  const limit = Math.min(100, Math.max(1, params.integer('limit') ?? 100));
  let timeout = Math.min(MAX_TIMEOUT_SECONDS, Math.max(0, params.integer('timeout') ?? 0));
  const allowed = params.nested('allowed_updates', 'allowed updates');
  setAllowed(bot.updates, Array.isArray(allowed) ? allowed.map(String) : undefined);
  terminatePoll(bot, 'other getUpdates request');
  dropExpired(bot.updates, state.now());
  if (offset !== 0) confirm(bot.updates, offset);

  // Asking for the same offset again within 3 s is a busy loop: it is slowed down [S].
  const habit = habits.get(bot);
  if (habit && habit.offset === offset && timeout < 3 && state.now() - habit.atMs < 3000) timeout = 3;
  habits.set(bot, { offset, atMs: state.now() });
  if (bot.updates.items.length > 0 || timeout === 0) return take(bot, limit);
  return wait(bot, limit, timeout, signal);
}

function wait(bot: Bot, limit: number, seconds: number, signal: AbortSignal | undefined): Promise<Update[]> {
  return new Promise((resolve, reject) => {
    const own: Poll = {
      end: (error) => {
        clearTimeout(timer);
        if (running.get(bot) === own) {
          running.delete(bot);
          bot.updates.wake = () => {};
        }
        if (error) reject(error);
        else resolve(take(bot, limit));
      },
    };
    const timer = setTimeout(() => own.end(), seconds * 1000);
    running.set(bot, own);
    // Answered on the next turn, so that updates made together are fetched together.
    bot.updates.wake = () => setImmediate(() => own.end());
    signal?.addEventListener('abort', () => own.end(), { once: true });
  });
}
