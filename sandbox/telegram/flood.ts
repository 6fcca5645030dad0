// Flood limits: token buckets per bot and per private chat, a sliding minute per group (telegram.md §4 [C]: FAQ numbers).
// The platform's exact algorithm is not public; the sizes of the bursts are ours, and settable per bot.

export interface Limits {
  perSecond: number;
  /** How far above the steady rate a bot may run ahead, in messages. 15 = half a second of jitter at 30/s. */
  burst: number;
  /** Rate with allow_paid_broadcast (telegram.md §4 [D]); 0 = not enabled for this bot. */
  paidPerSecond: number;
  chatPerSecond: number;
  chatBurst: number;
  groupPerMinute: number;
  /** Least number of seconds that a 429 asks for. */
  minRetryAfter: number;
}

export const DEFAULT_LIMITS: Limits = {
  perSecond: 30,
  burst: 15,
  paidPerSecond: 1000,
  chatPerSecond: 1,
  chatBurst: 3,
  groupPerMinute: 20,
  minRetryAfter: 1,
};

interface Bucket {
  tokens: number;
  atMs: number;
}

export interface Flood {
  bot: Bucket | undefined;
  paid: Bucket | undefined;
  chats: Map<number, Bucket>;
  groups: Map<number, number[]>;
  frozenUntilMs: number;
}

export function createFlood(): Flood {
  return { bot: undefined, paid: undefined, chats: new Map(), groups: new Map(), frozenUntilMs: 0 };
}

/** Refills to `nowMs`; tokens never exceed `size`. */
function refill(bucket: Bucket | undefined, perSecond: number, size: number, nowMs: number): Bucket {
  if (bucket === undefined) return { tokens: size, atMs: nowMs };
  bucket.tokens = Math.min(size, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1000) * perSecond);
  bucket.atMs = nowMs;
  return bucket;
}

/** Seconds until one token is there; 0 when it is there now. The epsilon swallows floating point dust. */
function waitSeconds(bucket: Bucket, perSecond: number): number {
  return bucket.tokens >= 1 - 1e-6 ? 0 : (1 - bucket.tokens) / perSecond;
}

function groupWaitSeconds(times: number[], perMinute: number, nowMs: number): number {
  while (times.length > 0 && times[0]! <= nowMs - 60_000) times.shift();
  return times.length < perMinute ? 0 : (times[0]! + 60_000 - nowMs) / 1000;
}

/** Full buckets say nothing that a new one would not say, so they are dropped now and then. */
function forgetIdleChats(flood: Flood, limits: Limits, nowMs: number): void {
  const idleMs = (limits.chatBurst / limits.chatPerSecond) * 1000;
  for (const [id, bucket] of flood.chats) if (nowMs - bucket.atMs > idleMs) flood.chats.delete(id);
}

/**
 * Charges one message. Returns 0 when it may pass, else the `retry_after` seconds of the 429.
 * While a 429 is running, every send of the bot gets one with the seconds that remain (telegram.md §4 [C]).
 */
export function chargeSend(
  flood: Flood,
  limits: Limits,
  chatId: number,
  isPaid: boolean,
  nowMs: number,
): number {
  if (nowMs < flood.frozenUntilMs) return Math.max(1, Math.ceil((flood.frozenUntilMs - nowMs) / 1000));
  const usePaid = isPaid && limits.paidPerSecond > 0;
  const rate = usePaid ? limits.paidPerSecond : limits.perSecond;
  const size = usePaid ? Math.max(1, limits.paidPerSecond / 2) : limits.burst;
  const bot = refill(usePaid ? flood.paid : flood.bot, rate, size, nowMs);
  if (usePaid) flood.paid = bot;
  else flood.bot = bot;

  let wait = waitSeconds(bot, rate);
  let chat: Bucket | undefined;
  let times: number[] | undefined;
  if (chatId > 0) {
    if (flood.chats.size > 20_000) forgetIdleChats(flood, limits, nowMs);
    chat = refill(flood.chats.get(chatId), limits.chatPerSecond, limits.chatBurst, nowMs);
    flood.chats.set(chatId, chat);
    wait = Math.max(wait, waitSeconds(chat, limits.chatPerSecond));
  } else {
    times = flood.groups.get(chatId) ?? [];
    flood.groups.set(chatId, times);
    wait = Math.max(wait, groupWaitSeconds(times, limits.groupPerMinute, nowMs));
  }
  if (wait > 0) {
    const seconds = Math.max(1, limits.minRetryAfter, Math.ceil(wait));
    flood.frozenUntilMs = nowMs + seconds * 1000;
    return seconds;
  }
  bot.tokens -= 1;
  if (chat) chat.tokens -= 1;
  times?.push(nowMs);
  return 0;
}
