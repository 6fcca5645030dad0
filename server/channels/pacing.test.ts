import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lanePace, recipientPace, tokenBucket } from './pacing.ts';

/** Sends as fast as the pace allows until `untilMs`; returns the times. */
function sendAll(pace: { take(now: number): number }, fromMs: number, untilMs: number): number[] {
  const times: number[] = [];
  for (let now = fromMs; now < untilMs; ) {
    const wait = pace.take(now);
    if (wait === 0) times.push(now);
    else now += wait;
  }
  return times;
}

describe('a lane’s pace', () => {
  it('keeps to 30 per second in every single second, and uses nearly all of it', () => {
    const times = sendAll(lanePace(30, null, 0), 0, 20_000);
    for (let start = 0; start < 19_000; start += 100) {
      const inWindow = times.filter((at) => at >= start && at < start + 1000).length;
      expect(inWindow).toBeLessThanOrEqual(33);
    }
    expect(times.length / 20).toBeGreaterThan(29);
  });
  it('is silent for exactly retry_after and slower afterwards, then climbs back', () => {
    const pace = lanePace(30, null, 0);
    pace.slowDown(1000, 5000);
    expect(pace.take(1001)).toBe(4999);
    expect(pace.frozenForMs(5999)).toBe(1);
    expect(pace.rate()).toBeCloseTo(21);
    sendAll(pace, 6000, 60_000);
    expect(pace.rate()).toBe(30);
  });
  it('counts the 429s of requests that were under way together as one', () => {
    const pace = lanePace(30, null, 0);
    for (let i = 0; i < 20; i++) pace.slowDown(1000 + i, 3000);
    expect(pace.rate()).toBeCloseTo(21);
  });
  it('starts with what a former lane learned, but never below a tenth', () => {
    expect(lanePace(30, 12, 0).rate()).toBe(12);
    expect(lanePace(30, 0.1, 0).rate()).toBe(3);
  });
  it('neither stops nor floods when the clock jumps', () => {
    const bucket = tokenBucket(10, 3, 1_000_000);
    for (let i = 0; i < 3; i++) bucket.take(1_000_000);
    expect(bucket.take(0)).toBe(100);
    const burst = sendAll(bucket, 10_000_000_000, 10_000_000_001);
    expect(burst.length).toBeLessThanOrEqual(3);
  });
});

it('a bucket never hands out more than its capacity plus what time has brought', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }),
      (rate, capacity, steps) => {
        const bucket = tokenBucket(rate, capacity, 0);
        let now = 0;
        let taken = 0;
        for (const step of steps) {
          now += step;
          if (bucket.take(now) === 0) taken += 1;
        }
        return taken <= capacity + (now / 1000) * rate + 1e-6;
      },
    ),
  );
});

it('one recipient gets a short burst and then one per second, others are not held up', () => {
  const pace = recipientPace(1, 3);
  expect([1, 2, 3, 4].map(() => pace.take('111', 0))).toEqual([0, 0, 0, 1000]);
  expect(pace.take('222', 0)).toBe(0);
  expect(pace.take('111', 1000)).toBe(0);
});
