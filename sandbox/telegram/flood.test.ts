// The platform's algorithm is not public: these tests stand on telegram.md §4 alone.
import { describe, expect, it } from 'vitest';
import { chargeSend, createFlood, DEFAULT_LIMITS } from './flood.ts';

/** Sends at a steady pace to ever new people; returns the seconds until the first 429, or undefined. */
function secondsUntilRefused(
  perSecond: number,
  seconds: number,
  batch = 1,
  isPaid = false,
): number | undefined {
  const flood = createFlood();
  for (let sent = 0; sent < perSecond * seconds; sent += 1) {
    const atMs = (Math.floor(sent / batch) * batch * 1000) / perSecond;
    if (chargeSend(flood, DEFAULT_LIMITS, sent + 1, isPaid, atMs) > 0) return atMs / 1000;
  }
  return undefined;
}

describe('flood limits (telegram.md §4 only, no foreign peer)', () => {
  it('never trips a bot that paces 30/s, in batches of up to ten', () => {
    for (const batch of [1, 3, 10]) expect(secondsUntilRefused(30, 600, batch)).toBeUndefined();
  });

  it('trips a bot that keeps 31/s within 20 seconds, and 40/s within 2', () => {
    expect(secondsUntilRefused(31, 60)).toBeLessThan(20);
    expect(secondsUntilRefused(40, 60)).toBeLessThan(2);
  });

  it('lifts the bot to 1,000/s with allow_paid_broadcast', () => {
    expect(secondsUntilRefused(1000, 20, 10, true)).toBeUndefined();
    expect(secondsUntilRefused(1100, 20, 10, true)).toBeDefined();
  });

  it('takes short bursts in one chat but not more than 1/s for long', () => {
    const flood = createFlood();
    const charge = (atMs: number) => chargeSend(flood, DEFAULT_LIMITS, 5, false, atMs);
    expect([charge(0), charge(1), charge(2), charge(3)]).toEqual([0, 0, 0, 1]);
    const paced = createFlood();
    for (let second = 0; second < 300; second += 1) {
      expect(chargeSend(paced, DEFAULT_LIMITS, 5, false, second * 1000)).toBe(0);
    }
  });

  it('takes 20 messages a minute in one group and says when the next may come', () => {
    const flood = createFlood();
    for (let sent = 0; sent < 20; sent += 1)
      expect(chargeSend(flood, DEFAULT_LIMITS, -5, false, sent * 100)).toBe(0);
    expect(chargeSend(flood, DEFAULT_LIMITS, -5, false, 10_000)).toBe(50);
    expect(chargeSend(flood, DEFAULT_LIMITS, -5, false, 60_001)).toBe(0);
  });

  it('a group that is full does not hold up the bot elsewhere', () => {
    const flood = createFlood();
    for (let sent = 0; sent <= 20; sent += 1) chargeSend(flood, DEFAULT_LIMITS, -5, false, sent * 100);
    expect(chargeSend(flood, DEFAULT_LIMITS, -5, false, 10_000)).toBe(50);
    expect(chargeSend(flood, DEFAULT_LIMITS, -6, false, 10_000)).toBe(0);
    expect(chargeSend(flood, DEFAULT_LIMITS, 6, false, 10_000)).toBe(0);
    expect(chargeSend(flood, DEFAULT_LIMITS, -5, false, 60_001)).toBe(0);
  });

  it('takes a tenth of a Star for every paid message above the free rate, and none below it', () => {
    const cheap = createFlood();
    for (let sent = 0; sent < 300; sent += 1)
      expect(chargeSend(cheap, DEFAULT_LIMITS, sent + 1, true, sent * 34)).toBe(0);
    expect(cheap.starsSpent).toBe(0);
    const fast = createFlood();
    for (let sent = 0; sent < 5000; sent += 1)
      expect(chargeSend(fast, DEFAULT_LIMITS, sent + 1, true, sent * 2)).toBe(0);
    // ten seconds: 330 within the free rate, the rest paid
    expect(fast.starsSpent).toBeCloseTo(467, -1);
  });

  it('without enough Stars the flag changes nothing', () => {
    const flood = createFlood();
    const limits = { ...DEFAULT_LIMITS, stars: 9_999 };
    let refused = 0;
    for (let sent = 0; sent < 200; sent += 1)
      if (chargeSend(flood, limits, sent + 1, true, sent) > 0) refused += 1;
    expect(refused).toBeGreaterThan(150);
    expect(flood.starsSpent).toBe(0);
  });

  it('answers every send of the bot with the remaining seconds while a 429 is running', () => {
    const flood = createFlood();
    const limits = { ...DEFAULT_LIMITS, minRetryAfter: 18 };
    for (let sent = 0; sent < 3; sent += 1) chargeSend(flood, limits, 5, false, 0);
    expect(chargeSend(flood, limits, 5, false, 0)).toBe(18);
    expect(chargeSend(flood, limits, 77, false, 7_500)).toBe(11);
    expect(chargeSend(flood, limits, 77, false, 18_000)).toBe(0);
  });
});
