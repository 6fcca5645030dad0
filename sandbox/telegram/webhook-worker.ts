// Delivers updates to webhooks: lanes, retries, expiry (telegram.md §6 "Webhook delivery facts" [S]).
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Bot } from './bot.ts';
import { nowSeconds, type State } from './state.ts';
import { dropExpired, type QueuedUpdate } from './update-queue.ts';
import { executeReply } from './webhook-reply.ts';

const TIMEOUT_MS = 55_000;
const GONE_MS = 23 * 3_600_000;
const MAX_RETRY_AFTER_SECONDS = 3600;

export interface WebhookWorker {
  /** Starts delivery for every bot that has a webhook, after a restart from a snapshot. */
  resume(): void;
  close(): Promise<void>;
}

/** The delivery of one bot to one webhook. A changed webhook gets a new run; the old one ends. */
interface Run {
  bot: Bot;
  url: string;
  agent: Agent;
  busyLanes: Set<string>;
  attempts: Map<number, number>;
  stop: AbortController;
  goneSinceMs: number | undefined;
}

/** Waits before retry 1, 2, 3, 4 …: 0, 2, 4, 8 … seconds, at most a random 60–120 (telegram.md §6 [S]). */
export function retryDelayMs(retry: number, random: number): number {
  if (retry <= 1) return 0;
  return Math.min(2 ** (retry - 1), 60 + random * 60) * 1000;
}

function describe(error: unknown): string {
  const code = (error as { code?: string }).code ?? '';
  if (code === 'ECONNREFUSED') return 'Connection refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'Failed to resolve host: Name or service not known';
  if (code.includes('TIMEOUT')) return 'Read timeout expired';
  return 'Webhook connection closed';
}

export function createWebhookWorker(state: State): WebhookWorker {
  const runs = new Map<number, Run>();
  const ended: Promise<unknown>[] = [];

  function stop(bot: Bot): void {
    const run = runs.get(bot.id);
    if (!run) return;
    runs.delete(bot.id);
    bot.updates.wake = () => {};
    run.stop.abort();
    ended.push(run.agent.destroy());
  }

  function start(bot: Bot): void {
    stop(bot);
    if (!bot.webhook) return;
    const run: Run = {
      bot,
      url: bot.webhook.url,
      agent: new Agent({
        connections: bot.webhook.maxConnections,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        connect: { rejectUnauthorized: false },
      }),
      busyLanes: new Set(),
      attempts: new Map(),
      stop: new AbortController(),
      goneSinceMs: undefined,
    };
    runs.set(bot.id, run);
    bot.updates.wake = () => pump(run);
    pump(run);
  }

  /** Starts the head of every free lane while there are connections left. */
  function pump(run: Run): void {
    if (run.stop.signal.aborted) return;
    const { bot } = run;
    dropExpired(bot.updates, state.now());
    const limit = bot.webhook?.maxConnections ?? 40;
    for (const item of bot.updates.items) {
      if (run.busyLanes.size >= limit) return;
      if (run.busyLanes.has(item.lane)) continue;
      run.busyLanes.add(item.lane);
      void deliver(run, item);
    }
  }

  async function deliver(run: Run, item: QueuedUpdate): Promise<void> {
    const id = item.update.update_id;
    const waitMs = (await attempt(run, item)) ?? undefined;
    if (run.stop.signal.aborted) return;
    if (waitMs === undefined) {
      run.attempts.delete(id);
      const place = run.bot.updates.items.indexOf(item);
      if (place >= 0) run.bot.updates.items.splice(place, 1);
      state.onChange(run.bot.id, 0);
    } else if (waitMs > 0) {
      // The lane stays busy while it waits: a failing update blocks its lane, as on the platform [S].
      await delay(waitMs * state.webhookTimeScale, undefined, { signal: run.stop.signal, ref: false }).catch(
        () => {},
      );
    }
    run.busyLanes.delete(item.lane);
    pump(run);
  }

  /** One POST. Returns undefined when the update is done with, else milliseconds until the next try. */
  async function attempt(run: Run, item: QueuedUpdate): Promise<number | undefined> {
    const { bot } = run;
    const { webhook } = bot;
    if (!webhook) return undefined;
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      'Accept-Encoding': 'gzip, deflate',
    };
    if (webhook.secretToken !== '') headers['X-Telegram-Bot-Api-Secret-Token'] = webhook.secretToken;
    let problem: string;
    let retryAfterSeconds: number | undefined;
    try {
      const answer = await request(run.url, {
        method: 'POST',
        headers,
        body: JSON.stringify(item.update),
        dispatcher: run.agent,
        signal: run.stop.signal,
      });
      const body = await answer.body.text();
      if (answer.statusCode >= 200 && answer.statusCode < 300) {
        run.goneSinceMs = undefined;
        await executeReply(state, bot, body, String(answer.headers['content-type'] ?? ''));
        return undefined;
      }
      problem = `Wrong response from the webhook: ${answer.statusCode} ${answer.statusText}`;
      const asked = Number(answer.headers['retry-after']);
      if (asked > 0) retryAfterSeconds = Math.min(asked, MAX_RETRY_AFTER_SECONDS);
      if (answer.statusCode === 410) noteGone(run);
      else run.goneSinceMs = undefined;
    } catch (error) {
      if (run.stop.signal.aborted) return 0;
      problem = describe(error);
    }
    webhook.lastErrorDate = nowSeconds(state);
    webhook.lastErrorMessage = problem.trim();
    state.onChange(bot.id, 0);
    const retry = (run.attempts.get(item.update.update_id) ?? 0) + 1;
    run.attempts.set(item.update.update_id, retry);
    if (item.expiresAtMs <= state.now()) return undefined;
    return retryAfterSeconds === undefined ? retryDelayMs(retry, Math.random()) : retryAfterSeconds * 1000;
  }

  /** 410 for 23 hours on end removes the webhook [S]. */
  function noteGone(run: Run): void {
    run.goneSinceMs ??= state.now();
    if (state.now() - run.goneSinceMs < GONE_MS) return;
    run.bot.webhook = undefined;
    stop(run.bot);
  }

  state.webhookChanged = start;
  return {
    resume: () => {
      for (const bot of state.bots.values()) if (bot.webhook) start(bot);
    },
    close: async () => {
      for (const run of runs.values()) stop(run.bot);
      await Promise.allSettled(ended);
    },
  };
}
