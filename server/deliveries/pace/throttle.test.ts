import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runThrottle, type ThrottleStart } from './throttle.ts';

const fresh: ThrottleStart = { done: 0, batch: 1, batchDueInMs: null };
type Speed = Parameters<typeof runThrottle>[0];

/**
 * A lane in short: claims what may be claimed, sends every 10 ms at most, and is killed at `kills` and begins again from
 * what its rows say. Answers take 35 ms. Returns when messages left, and when each was claimed.
 */
function run(speed: Speed, people: number, untilMs: number, kills: number[] = []) {
  const sends: { at: number; claimedAt: number }[] = [];
  let answered = 0;
  let batch = 1;
  let dueAt: number | null = null;
  let clock = 0;
  let lost = 0;
  let throttle: ReturnType<typeof runThrottle>;
  let answers: number[] = [];
  let held: number[] = [];
  const begin = (now: number) => {
    // a crash: what was under way is unknown and counts, what was claimed too; nobody gets it again by itself
    lost += held.length;
    const done = sends.length + lost;
    held = [];
    answers = [];
    throttle = runThrottle(
      speed,
      { done, batch, batchDueInMs: dueAt === null ? null : dueAt - now },
      now,
      (number, inMs) => {
        batch = number;
        dueAt = clock + inMs;
      },
    );
  };
  begin(0);
  for (let now = 0; now < untilMs; now += 10) {
    clock = now;
    if (kills.includes(now)) begin(now);
    while (answers[0] !== undefined && answers[0] <= now) {
      answers.shift();
      answered += 1;
      throttle!.settle(now, true);
    }
    const left = people - lost - sends.length - held.length;
    if (held.length < 5)
      for (let n = throttle!.claimable(Math.min(15, left), held.length, now); n > 0; n--) held.push(now);
    if (held.length > 0 && throttle!.take(now) === 0) {
      sends.push({ at: now, claimedAt: held.shift()! });
      answers.push(now + 35);
    }
  }
  return { sends, answered };
}

describe('batches', () => {
  const speed: Speed = { batch: { size: 10, delay_seconds: 3 } };

  it('are sent with the delay between the last answer of one and the first message of the next', () => {
    const { sends } = run(speed, 35, 20_000);
    expect(sends).toHaveLength(35);
    for (const edge of [10, 20, 30])
      expect(sends[edge]!.at - sends[edge - 1]!.at).toBeGreaterThanOrEqual(3000 + 35);
    for (let i = 1; i < 35; i++) if (i % 10 !== 0) expect(sends[i]!.at - sends[i - 1]!.at).toBe(10);
  });

  it('no row waits out a pause claimed, where a crash would make it unknown', () => {
    const { sends } = run(speed, 35, 20_000);
    for (const { at, claimedAt } of sends) expect(at - claimedAt).toBeLessThan(200);
  });

  it('a message that surely did not arrive leaves its place in the batch to another', () => {
    const throttle = runThrottle(speed, fresh, 0);
    for (let i = 0; i < 10; i++) expect(throttle.take(0)).toBe(0);
    expect(throttle.take(0)).toBeGreaterThan(0);
    throttle.settle(50, false);
    expect(throttle.take(50)).toBe(0);
    for (let i = 0; i < 10; i++) throttle.settle(100, true);
    expect(throttle.batch(100)).toEqual({ number: 2, beginsInMs: 3000 });
    expect(throttle.take(3099)).toBe(1);
    expect(throttle.take(3100)).toBe(0);
  });

  it('whenever the lane dies, no batch has more than its size and no pause is shorter', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1500 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (kills, size) => {
          const { sends } = run(
            { batch: { size, delay_seconds: 1 } },
            60,
            20_000,
            kills.map((k) => k * 10),
          );
          // in any stretch as long as the pause there is never more than one batch
          return sends.every(
            ({ at }) => sends.filter((other) => other.at >= at && other.at < at + 1000).length <= size,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('a lane that takes over waits the rest of a pause that was written down, the whole of one that was not', () => {
    const at = (start: ThrottleStart) => runThrottle(speed, start, 0).take(0);
    expect(at({ done: 20, batch: 3, batchDueInMs: 1200 })).toBe(1200);
    expect(at({ done: 20, batch: 2, batchDueInMs: -500 })).toBe(3000);
    expect(at({ done: 20, batch: 3, batchDueInMs: -500 })).toBe(0);
    // a clock that was set back by an hour
    expect(at({ done: 20, batch: 3, batchDueInMs: 3_600_000 })).toBe(3000);
    expect(at({ done: 23, batch: 2, batchDueInMs: null })).toBe(0);
    expect(runThrottle(speed, { done: 23, batch: 2, batchDueInMs: null }, 0).claimable(100, 0, 0)).toBe(7);
  });
});

describe('messages per minute', () => {
  it('let a lane hold at most a second’s worth, however fast the connection could send', () => {
    const throttle = runThrottle({ messages_per_minute: 120 }, { done: 0, batch: 1, batchDueInMs: null }, 0);
    expect([0, 1, 2, 7].map((held) => throttle.claimable(15, held, 0))).toEqual([1, 0, 0, 0]);
    const faster = runThrottle({ messages_per_minute: 600 }, { done: 0, batch: 1, batchDueInMs: null }, 0);
    expect([0, 2, 3, 8].map((held) => faster.claimable(15, held, 0))).toEqual([5, 5, 0, 0]);
  });

  it('are kept in every minute, also by a lane that takes over every few seconds', () => {
    const kills = [...Array(60).keys()].map((i) => i * 4000);
    const { sends } = run({ messages_per_minute: 60 }, 500, 240_000, kills);
    for (const { at } of sends)
      expect(sends.filter((s) => s.at >= at && s.at < at + 60_000).length).toBeLessThanOrEqual(61);
    expect(run({ messages_per_minute: 60 }, 500, 240_000).sends.length).toBeGreaterThanOrEqual(235);
  });

  it('together with batches both are kept', () => {
    const { sends } = run({ messages_per_minute: 600, batch: { size: 20, delay_seconds: 5 } }, 200, 30_000);
    expect(sends[19]!.at).toBeGreaterThanOrEqual(1900);
    expect(sends[20]!.at - sends[19]!.at).toBeGreaterThanOrEqual(5000);
  });
});
