// Flood limits: token buckets per bot and per private chat, a sliding minute per group (telegram.md §4 [C]: FAQ numbers).
// The platform's exact algorithm is not public; the sizes of the bursts are ours, and settable per bot.

export interface Limits {
  perSecond: number;
  /** How far above the steady rate a bot may run ahead, in messages. 15 = half a second of jitter at 30/s. */
  burst: number;
  /** Rate with allow_paid_broadcast (telegram.md §4 [D]); 0 = not enabled for this bot. */
  paidPerSecond: number;
  /** The bot's Stars. Below STARS_NEEDED the flag changes nothing: what the platform answers then is not documented. */
  stars: number;
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
  stars: 100_000,
  chatPerSecond: 1,
  chatBurst: 3,
  groupPerMinute: 20,
  minRetryAfter: 1,
};

/** Least balance for paid broadcasts (telegram.md §4 [C]), and the price of each message above the free rate [D]. */
export const STARS_NEEDED = 10_000;
export const STARS_PER_MESSAGE = 0.1;

interface Bucket {
  tokens: number;
  atMs: number;
}

export interface Flood {
  bot: Bucket | undefined;
  paid: Bucket | undefined;
  /** What of the paid messages is within the free rate and costs nothing. */
  unpriced: Bucket | undefined;
  starsSpent: number;
  chats: Map<number, Bucket>;
  groups: Map<number, number[]>;
  frozenGroups: Map<number, number>;
  frozenUntilMs: number;
}

export function createFlood(): Flood {
  return {
    bot: undefined,
    paid: undefined,
    unpriced: undefined,
    starsSpent: 0,
    chats: new Map(),
    groups: new Map(),
    frozenGroups: new Map(),
    frozenUntilMs: 0,
  };
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
 * While a 429 is running, every send of the bot gets one with the seconds that remain (telegram.md §4 [C]). The limit of
 * a group is that group's alone: the bot goes on elsewhere.
 */
export function chargeSend(
  flood: Flood,
  limits: Limits,
  chatId: number,
  isPaid: boolean,
  nowMs: number,
): number {
  const frozenUntilMs = Math.max(flood.frozenUntilMs, flood.frozenGroups.get(chatId) ?? 0);
  if (nowMs < frozenUntilMs) return Math.max(1, Math.ceil((frozenUntilMs - nowMs) / 1000));
  const usePaid = isPaid && limits.paidPerSecond > 0 && limits.stars - flood.starsSpent >= STARS_NEEDED;
  const rate = usePaid ? limits.paidPerSecond : limits.perSecond;
  const size = usePaid ? Math.max(1, limits.paidPerSecond / 2) : limits.burst;
  const bot = refill(usePaid ? flood.paid : flood.bot, rate, size, nowMs);
  if (usePaid) flood.paid = bot;
  else flood.bot = bot;

  const botWait = waitSeconds(bot, rate);
  let wait = botWait;
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
    if (times && botWait === 0) flood.frozenGroups.set(chatId, nowMs + seconds * 1000);
    else flood.frozenUntilMs = nowMs + seconds * 1000;
    return seconds;
  }
  bot.tokens -= 1;
  if (usePaid) chargeStars(flood, limits, nowMs);
  if (chat) chat.tokens -= 1;
  times?.push(nowMs);
  return 0;
}

function chargeStars(flood: Flood, limits: Limits, nowMs: number): void {
  flood.unpriced = refill(flood.unpriced, limits.perSecond, limits.perSecond, nowMs);
  if (flood.unpriced.tokens >= 1) flood.unpriced.tokens -= 1;
  else flood.starsSpent += STARS_PER_MESSAGE;
}
