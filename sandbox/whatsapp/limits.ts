// What the platform does not let a business do, by the clock (Cloud API, throughput, messaging limits and rate limits, 2026-11-20).
// The sizes are the documented ones; how the buckets refill is ours, because it is not published.
import { GraphError } from './graph-error.ts';

export interface WaLimits {
  /** Messages per second of the number, in and out; 1000 when the number's throughput is HIGH. */
  perSecond: number | null;
  /** One message per so many seconds to one person … */
  pairEverySeconds: number | null;
  /** … of which so many may be borrowed from the future. */
  pairBurst: number;
  /** Unique people per rolling day outside the window, of the whole portfolio; null = by the number's messaging limit. */
  uniquePerDay: number | null;
  /** Marketing templates that one person gets in a rolling day outside the window; null = no cap but `capped` people. */
  marketingPerDay: number | null;
  /** Where 131047 is said for free-form messages outside the 24-hour window; null = not at all. */
  window: 'sync' | 'async' | null;
  /** Where 131026 is said. */
  existence: 'sync' | 'async';
  /** Marketing templates to US numbers are not delivered. */
  usMarketing: boolean;
}

export const DEFAULT_WA_LIMITS: WaLimits = {
  perSecond: 80,
  pairEverySeconds: 6,
  pairBurst: 45,
  uniquePerDay: null,
  marketingPerDay: null,
  window: 'sync',
  existence: 'async',
  usMarketing: true,
};

export const DAY_MS = 86_400_000;

export interface Buckets {
  /** Tokens of the throughput bucket and when they were counted. */
  tokens: number;
  at: number;
}

export function createBuckets(): Buckets {
  return { tokens: Number.POSITIVE_INFINITY, at: 0 };
}

/** Takes one message from the second's allowance. @throws GraphError 130429 */
export function chargeThroughput(buckets: Buckets, limits: WaLimits, isHigh: boolean, nowMs: number): void {
  if (limits.perSecond === null) return;
  const size = isHigh ? Math.max(1000, limits.perSecond) : limits.perSecond;
  const refill = Math.max(0, nowMs - buckets.at) * (size / 1000);
  const tokens = Math.min(size, buckets.tokens + refill);
  buckets.at = nowMs;
  buckets.tokens = tokens;
  if (tokens < 1) throw new GraphError(130429, { subcode: 2494055 });
  buckets.tokens = tokens - 1;
}

/** One message per six seconds and person; 45 may be borrowed. @throws GraphError 131056 */
export function chargePair(chat: { pairTat: number }, limits: WaLimits, nowMs: number): void {
  if (limits.pairEverySeconds === null) return;
  const everyMs = limits.pairEverySeconds * 1000;
  const tat = Math.max(chat.pairTat, nowMs) + everyMs;
  if (tat - nowMs > everyMs * limits.pairBurst) throw new GraphError(131056);
  chat.pairTat = tat;
}

const TIERS: Readonly<Record<string, number>> = {
  TIER_250: 250,
  TIER_2K: 2_000,
  TIER_10K: 10_000,
  TIER_100K: 100_000,
  TIER_UNLIMITED: Number.POSITIVE_INFINITY,
};

export function uniquePeopleLimit(limits: WaLimits, messagingLimit: string): number {
  return limits.uniquePerDay ?? TIERS[messagingLimit] ?? Number.POSITIVE_INFINITY;
}

/**
 * Counts a person who is written to outside the window against the portfolio's rolling day. The documents name no code for
 * the overflow; 131048 is what integrators report [U].
 * @throws GraphError 131048
 */
export function chargePortfolio(
  people: Map<string, number>,
  waId: string,
  limit: number,
  nowMs: number,
): void {
  if (limit === Number.POSITIVE_INFINITY) return;
  const oldest = nowMs - DAY_MS;
  // insertion order is time order: a repeated person goes to the end only when the day is over
  for (const [id, at] of people) {
    if (at > oldest) break;
    people.delete(id);
  }
  if (people.has(waId)) return;
  if (people.size >= limit) throw new GraphError(131048);
  people.set(waId, nowMs);
}

// Area codes of +1 that are not the United States: Canada, the Caribbean and the Pacific.
const NOT_US = new Set(
  (
    '204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 387 403 416 418 428 431 437 438 450 460 468 474 506 514 519 537 548 ' +
    '568 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 ' +
    '242 246 264 268 284 340 345 441 473 649 658 664 670 671 684 721 758 767 784 787 809 829 849 868 869 876 939'
  ).split(' '),
);

/** "+1 dialling code and a US area code" (Cloud API, per-user marketing limits, 2026-11-20). */
export function isUsNumber(waId: string): boolean {
  return /^1\d{10}$/.test(waId) && !NOT_US.has(waId.slice(1, 4));
}
