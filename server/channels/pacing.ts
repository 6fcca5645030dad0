// How fast a lane may go and how it learns from being told off. Pure arithmetic over a given time; the lane does the
// waiting. Limits come from the adapter (`pace`), 429s lower the rate and quiet minutes raise it. Chats: chat-pace.ts.

/** A bucket of `capacity` tokens that refills at `perSecond`. Times are milliseconds of one clock that never steps back. */
export function tokenBucket(perSecond: number, capacity: number, nowMs: number) {
  let tokens = capacity;
  let at = nowMs;
  const rate = perSecond;
  const refill = (now: number) => {
    // a clock that steps back must not take tokens away, one that leaps must not flood
    tokens = Math.min(capacity, tokens + (Math.max(0, now - at) / 1000) * rate);
    at = now;
  };
  return {
    /** 0 and a token is taken, or the milliseconds until there is one. */
    take(now: number): number {
      refill(now);
      if (tokens >= 1) {
        tokens -= 1;
        return 0;
      }
      return Math.max(1, Math.ceil(((1 - tokens) / rate) * 1000));
    },
    /** As if it had just been used: for whoever goes on where another stopped. */
    drain(now: number): void {
      tokens = 0;
      at = now;
    },
    rate: () => rate,
  };
}
export type TokenBucket = ReturnType<typeof tokenBucket>;

/** While people are being answered, up to this share of what the rate brings is put aside for replies. */
export const replyShare = 0.2;
/** People are being answered: a reply was sent within this time. */
const answeringMs = 10_000;

/** After a 429 the rate falls to this share, never below a tenth of what is declared. */
const usualFall = 0.7;
const floorShare = 0.1;
/** It climbs back by this share of the declared rate for every second without a 429. */
const climbPerSecond = 0.01;
/** From the second 429 on it stays this far below the rate that was refused, */
const underTheWall = 0.85;
/** for so long before it tries again, twice as long after each further 429: a wall that stands is not run into all day. */
const patienceMs = 60_000;
const mostPatienceMs = 3_600_000;
/** A full rate that held for so long proves that there is no wall any more. */
const forgiveMs = 600_000;

export interface PaceOptions {
  /** Share that a 429 leaves of the rate, and the least rate it can fall to; the usual ones are above. */
  fall?: number;
  floor?: number;
}

export type MessageKind = 'reply' | 'campaign';

export interface LanePace {
  /**
   * 0: send now, and it is counted; else wait so many milliseconds and ask again. Replies may take what is put aside for them.
   * `messages`: of an album, whose pace is paid back by whoever comes after it; one by default.
   */
  take(now: number, kind?: MessageKind, messages?: number): number;
  /** The same without taking. */
  waitMs(now: number, kind?: MessageKind): number;
  /** The platform said 429: nothing before `retryAfterMs` is over, and slower from then on. */
  slowDown(now: number, retryAfterMs: number): void;
  /** Nothing for so long, without learning anything (the platform cannot be reached). */
  freeze(now: number, ms: number): void;
  frozenForMs(now: number): number;
  /** Messages per second allowed; with `now`, after what the quiet time until then has brought. */
  rate(now?: number): number;
}

/**
 * `declared` is the platform's rate per second, `learned` what a former lane was taught (null: nothing).
 * The bucket holds at most a tenth of a second: what a platform counts per second must not arrive in one blow.
 */
export function lanePace(
  declared: number,
  learned: number | null,
  startMs: number,
  options: PaceOptions = {},
): LanePace {
  const rates = learnedRate(declared, learned, startMs, options);
  const capacity = () => Math.max(1, rates.rate() / 10);
  let tokens = capacity();
  let reserved = 0;
  let at = startMs;
  let answeringUntil = Number.NEGATIVE_INFINITY;
  let frozenUntil = Number.NEGATIVE_INFINITY;

  function refill(now: number): void {
    // a clock that steps back must not take tokens away, one that leaps must not flood
    const gain = (Math.max(0, now - at) / 1000) * rates.rate();
    at = now;
    if (now >= answeringUntil) {
      tokens = Math.min(capacity(), tokens + reserved + gain);
      reserved = 0;
      return;
    }
    const aside = Math.max(0, Math.min(gain * replyShare, capacity() - reserved));
    reserved += aside;
    tokens = Math.min(capacity(), tokens + gain - aside);
  }

  function waitMs(now: number, kind: MessageKind = 'campaign'): number {
    if (now < frozenUntil) return Math.ceil(frozenUntil - now);
    refill(now);
    rates.climb(now);
    if (tokens >= 1 || (kind === 'reply' && reserved >= 1)) return 0;
    const share = now < answeringUntil && reserved < capacity() ? 1 - replyShare : 1;
    return Math.max(1, Math.ceil(((1 - tokens) / (rates.rate() * share)) * 1000));
  }

  return {
    waitMs,
    take(now, kind, messages = 1) {
      const wait = waitMs(now, kind);
      if (kind === 'reply' && now >= frozenUntil) answeringUntil = now + answeringMs;
      if (wait > 0) return wait;
      if (tokens >= 1) tokens -= messages;
      else reserved -= 1;
      return 0;
    },
    slowDown(now, retryAfterMs) {
      refill(now);
      // the answers to requests that were under way together count as one
      if (now >= frozenUntil) rates.refused(now + retryAfterMs);
      frozenUntil = Math.max(frozenUntil, now + retryAfterMs);
      rates.quietFrom(frozenUntil);
    },
    freeze(now, ms) {
      frozenUntil = Math.max(frozenUntil, now + ms);
    },
    frozenForMs: (now) => Math.max(0, Math.ceil(frozenUntil - now)),
    rate(now) {
      if (now !== undefined && now >= frozenUntil) {
        refill(now);
        rates.climb(now);
      }
      return rates.rate();
    },
  };
}

/** The rate alone: down at a refusal, up in quiet time, patient below a wall that was met more than once. */
function learnedRate(declared: number, learned: number | null, startMs: number, options: PaceOptions) {
  const floor = options.floor ?? declared * floorShare;
  const fall = options.fall ?? usualFall;
  let rate = Math.min(declared, Math.max(learned ?? declared, floor));
  let climbedAt = startMs;
  let fullSince = rate < declared ? null : startMs;
  // what a former lane learned is a wall that was met
  let refusals = rate < declared ? 1 : 0;
  let ceiling = rate;
  let probeAt = rate < declared ? startMs + patienceMs : Number.NEGATIVE_INFINITY;
  return {
    rate: () => rate,
    climb(now: number): void {
      const seconds = Math.max(0, now - climbedAt) / 1000;
      climbedAt = Math.max(climbedAt, now);
      const target = now < probeAt ? Math.max(rate, ceiling) : declared;
      rate = Math.min(target, rate + seconds * declared * climbPerSecond);
      if (rate < declared) fullSince = null;
      else fullSince ??= now;
      if (fullSince !== null && now - fullSince > forgiveMs) refusals = 0;
    },
    refused(quietAt: number): void {
      refusals += 1;
      ceiling = Math.max(floor, rate * (options.fall ?? underTheWall));
      rate = Math.max(floor, rate * fall);
      fullSince = null;
      if (refusals > 1) probeAt = quietAt + Math.min(patienceMs * 2 ** (refusals - 2), mostPatienceMs);
    },
    quietFrom(moment: number): void {
      climbedAt = Math.max(climbedAt, moment);
    },
  };
}
