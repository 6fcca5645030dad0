import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargeSend, createFlood, DEFAULT_LIMITS } from '../../sandbox/telegram/flood.ts';
import { type LanePace, lanePace, tokenBucket } from './pacing.ts';

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
  it('counts an album as the messages it is', () => {
    const pace = lanePace(30, null, 0);
    let sent = 0;
    for (let now = 0; now < 20_000; ) {
      const wait = pace.take(now, 'campaign', 4);
      if (wait === 0) sent += 4;
      else now += wait;
    }
    expect(sent / 20).toBeGreaterThan(29);
    expect(sent / 20).toBeLessThan(31);
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

/** A broadcast by `pace` against the emulator's own flood rule, which really allows `truth` per second. */
function againstTheWall(pace: LanePace, truth: number, untilMs: number, answerAfterMs = 40) {
  const flood = createFlood();
  const limits = { ...DEFAULT_LIMITS, perSecond: truth };
  const answers: { at: number; seconds: number }[] = [];
  const accepted: number[] = [];
  const refused: number[] = [];
  let chat = 0;
  for (let now = 0; now < untilMs; ) {
    while (answers[0] && answers[0].at <= now) {
      const { at, seconds } = answers.shift()!;
      if (seconds > 0) pace.slowDown(at, seconds * 1000);
    }
    const wait = pace.take(now);
    if (wait > 0) {
      now = Math.min(now + wait, answers[0]?.at ?? Number.POSITIVE_INFINITY);
      continue;
    }
    const seconds = chargeSend(flood, limits, ++chat, false, now);
    (seconds > 0 ? refused : accepted).push(now);
    answers.push({ at: now + answerAfterMs, seconds });
  }
  return { accepted, refused };
}
const count = (times: number[], from: number, until: number) =>
  times.filter((at) => at >= from && at < until).length;
const minute = 60_000;

describe('a lane that learns, against the emulator’s flood rule', () => {
  it('meets not one 429 in an hour at the declared rate, and uses nearly all of it', () => {
    const { accepted, refused } = againstTheWall(lanePace(30, null, 0), 30, 60 * minute);
    expect(refused).toEqual([]);
    expect(accepted.length / 3600).toBeGreaterThan(29.5);
  });

  it('finds a lower limit and stays under it: a few 429s in the first minutes, then hardly any', () => {
    const { accepted, refused } = againstTheWall(lanePace(30, null, 0), 20, 240 * minute);
    const stops = (from: number, until: number) => {
      const times = refused.filter((at) => at >= from && at < until);
      return times.filter((at, i) => i === 0 || at - times[i - 1]! > 500).length;
    };
    // a climb that never learns would be refused every half minute: 480 times in four hours
    expect(stops(0, 15 * minute)).toBeLessThanOrEqual(8);
    expect(stops(60 * minute, 240 * minute)).toBeLessThanOrEqual(3);
    expect(count(accepted, 60 * minute, 240 * minute) / (180 * 60)).toBeGreaterThan(20 * 0.95);
  });

  it('comes back to the full rate by itself once the limit is lifted', () => {
    const pace = lanePace(30, null, 0);
    againstTheWall(pace, 20, 10 * minute);
    expect(pace.rate()).toBeLessThan(23);
    const later = 10 * minute + 80 * minute;
    expect(pace.rate(later)).toBe(30);
  });

  it('a single 429 at the full rate is no wall: half a minute later the full rate is back', () => {
    const pace = lanePace(30, null, 0);
    pace.slowDown(0, 1000);
    expect(pace.rate(31_500)).toBe(30);
  });

  it('what a former lane learned is kept for a minute before more is tried', () => {
    const pace = lanePace(30, 18, 0);
    expect(pace.rate(59_000)).toBe(18);
    expect(pace.rate(63_000)).toBeGreaterThan(18);
    expect(pace.rate(110_000)).toBe(30);
  });

  it('where a paid rate is not granted it is down at the free rate after three answers', () => {
    const pace = lanePace(1000, null, 0, { fall: 0.25, floor: 30 });
    const { refused, accepted } = againstTheWall(pace, 30, 20 * minute);
    expect(count(accepted, 10 * minute, 20 * minute) / 600).toBeGreaterThan(20);
    expect(refused.length).toBeLessThan(1200);
  });
});

describe('the reserve for replies', () => {
  /** A broadcast that never runs dry, and replies at given moments, on one clock; milliseconds each reply waited. */
  function withReplies(pace: LanePace, replyTimes: number[], untilMs: number) {
    const campaign: number[] = [];
    const waits: number[] = [];
    const open = [...replyTimes];
    for (let now = 0; now < untilMs; now += 1) {
      while (open[0] !== undefined && open[0] <= now && pace.take(now, 'reply') === 0)
        waits.push(now - open.shift()!);
      while (pace.take(now) === 0) campaign.push(now);
    }
    return { campaign, waits };
  }

  it('an undisturbed broadcast runs at the full rate', () => {
    const { campaign } = withReplies(lanePace(30, null, 0), [], 60_000);
    expect(campaign.length / 60).toBeGreaterThan(29.9);
  });

  it('while people are being answered no reply waits behind the broadcast, and nothing is lost of the rate', () => {
    // two operators and a burst of three at once, over a minute
    const replies = [...Array(100).keys()].map((i) => 5000 + i * 500).concat([20_001, 20_001, 20_001]);
    replies.sort((a, b) => a - b);
    const { campaign, waits } = withReplies(lanePace(30, null, 0), replies, 60_000);
    expect(waits).toHaveLength(103);
    // the very first one takes the next token; from then on they find theirs put aside
    expect(waits[0]).toBeLessThanOrEqual(34);
    expect(Math.max(...waits.slice(1))).toBe(0);
    expect((campaign.length + waits.length) / 60).toBeGreaterThan(29.7);
  });

  it('holds back no more than a fifth of the rate', () => {
    const replies = [...Array(4000).keys()].map((i) => i * 10); // a hundred a second, more than the lane can do
    const { campaign } = withReplies(lanePace(30, null, 0), replies.slice(0, 1), 2000);
    expect(count(campaign, 500, 1500)).toBeGreaterThanOrEqual(23);
  });

  it('ten seconds after the last reply the broadcast has the full rate again', () => {
    const { campaign } = withReplies(lanePace(30, null, 0), [1000, 1100, 1200], 30_000);
    expect(count(campaign, 12_000, 30_000) / 18).toBeGreaterThan(29.9);
  });

  it('with its reserve spent at once the emulator still sees no flood', () => {
    const flood = createFlood();
    const pace = lanePace(30, null, 0);
    let chat = 0;
    for (let now = 0; now < 120_000; now += 1) {
      const kinds =
        now % 5000 === 0
          ? (['reply', 'reply', 'reply', 'reply', 'campaign'] as const)
          : (['campaign'] as const);
      for (const kind of kinds)
        while (pace.take(now, kind) === 0) {
          expect(chargeSend(flood, DEFAULT_LIMITS, ++chat, false, now)).toBe(0);
          if (kind === 'reply') break;
        }
    }
    expect(chat).toBeGreaterThan(120 * 29.5);
  });
});
