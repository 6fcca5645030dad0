// Token buckets: how fast a lane may go, to whom, and how it learns from being told off. Pure arithmetic over a given
// time; the lane does the waiting. Limits come from the adapter (`pace`), 429s lower the rate and quiet minutes raise it.

/** A bucket of `capacity` tokens that refills at `perSecond`. Times are epoch milliseconds. */
export function tokenBucket(perSecond: number, capacity: number, nowMs: number) {
  let tokens = capacity;
  let at = nowMs;
  let rate = perSecond;
  const refill = (now: number) => {
    // a clock that steps back must not take tokens away, one that leaps must not flood
    tokens = Math.min(capacity, tokens + (Math.max(0, now - at) / 1000) * rate);
    at = now;
  };
  const wait = (now: number): number => {
    refill(now);
    return tokens >= 1 ? 0 : Math.max(1, Math.ceil(((1 - tokens) / rate) * 1000));
  };
  return {
    /** 0 and a token is taken, or the milliseconds until there is one. */
    take(now: number): number {
      const waitMs = wait(now);
      if (waitMs === 0) tokens -= 1;
      return waitMs;
    },
    /** The milliseconds until there is a token, none being taken. */
    waitMs: wait,
    setRate(next: number, now: number): void {
      refill(now);
      rate = next;
    },
    rate: () => rate,
  };
}
export type TokenBucket = ReturnType<typeof tokenBucket>;

/** After a 429 the rate falls to this share, never below a tenth of what is declared. */
const fall = 0.7;
const floorShare = 0.1;
/** It climbs back by this share of the declared rate for every second without a 429. */
const climbPerSecond = 0.01;

export interface LanePace {
  /** 0: send now; else wait so many milliseconds. */
  take(now: number): number;
  /** The milliseconds until a token, none being taken. */
  waitMs(now: number): number;
  /** The platform said 429: nothing before `retryAfterMs` is over, and slower from then on. */
  slowDown(now: number, retryAfterMs: number): void;
  /** Nothing for so long, without learning anything (the platform cannot be reached). */
  freeze(now: number, ms: number): void;
  frozenForMs(now: number): number;
  rate(): number;
}

/**
 * `declared` is the platform's rate per second, `learned` what a former lane was taught (null: nothing).
 * The bucket holds at most a tenth of a second: what a platform counts per second must not arrive in one blow.
 */
export function lanePace(declared: number, learned: number | null, startMs: number): LanePace {
  let rate = Math.min(declared, Math.max(learned ?? declared, declared * floorShare));
  const bucket = tokenBucket(rate, Math.max(1, declared / 10), startMs);
  let frozenUntil = 0;
  let climbedAt = startMs;
  const climb = (now: number) => {
    if (rate < declared && now > climbedAt) {
      rate = Math.min(declared, rate + ((now - climbedAt) / 1000) * declared * climbPerSecond);
      bucket.setRate(rate, now);
    }
    climbedAt = Math.max(climbedAt, now);
  };
  return {
    waitMs(now) {
      if (now < frozenUntil) return frozenUntil - now;
      climb(now);
      return bucket.waitMs(now);
    },
    take(now) {
      if (now < frozenUntil) return frozenUntil - now;
      climb(now);
      return bucket.take(now);
    },
    slowDown(now, retryAfterMs) {
      // the answers to requests that were under way together count as one
      if (now >= frozenUntil) rate = Math.max(declared * floorShare, rate * fall);
      frozenUntil = Math.max(frozenUntil, now + retryAfterMs);
      climbedAt = frozenUntil;
      bucket.setRate(rate, now);
    },
    freeze(now, ms) {
      frozenUntil = Math.max(frozenUntil, now + ms);
    },
    frozenForMs: (now) => Math.max(0, frozenUntil - now),
    rate: () => rate,
  };
}

/** Buckets per recipient, forgotten once full again, so that a million recipients do not stay in memory. */
export function recipientPace(perSecond: number, burst: number) {
  const buckets = new Map<string, { bucket: TokenBucket; usedAt: number }>();
  const fullAfterMs = (burst / perSecond) * 1000;
  return {
    take(address: string, now: number): number {
      if (buckets.size > 10_000)
        for (const [key, { usedAt }] of buckets) if (now - usedAt > fullAfterMs) buckets.delete(key);
      const entry = buckets.get(address) ?? { bucket: tokenBucket(perSecond, burst, now), usedAt: now };
      buckets.set(address, entry);
      entry.usedAt = now;
      return entry.bucket.take(now);
    },
  };
}
