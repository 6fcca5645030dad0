import { describe, expect, it } from 'vitest';
import { finishMs, roundedRate } from './forecast.ts';

const hour = 3_600_000;

describe('the finish time', () => {
  it('is what is left by the rate', () => {
    expect(finishMs({ nowMs: 0, left: 900, perSecond: 30 })).toBe(30_000);
    expect(finishMs({ nowMs: 5, left: 0, perSecond: 30 })).toBe(5);
    expect(finishMs({ nowMs: 0, left: 1, perSecond: 0 })).toBeNull();
  });

  it('begins after a wait that the platform asked for', () => {
    expect(finishMs({ nowMs: 1000, left: 30, perSecond: 30, notBeforeMs: 36_000 })).toBe(37_000);
  });

  it('has a pause after every batch but the last', () => {
    const batch = { size: 256, delayMs: 2000, done: 0 };
    expect(finishMs({ nowMs: 0, left: 256, perSecond: 32, batch })).toBe(8000);
    expect(finishMs({ nowMs: 0, left: 512, perSecond: 32, batch })).toBe(18_000);
    expect(finishMs({ nowMs: 0, left: 512, perSecond: 32, batch: { ...batch, done: 1 } })).toBe(20_000);
  });

  it('goes through the days of a warm-up plan: 50 today, 100 tomorrow, the rest after', () => {
    const days = [
      { leftToSend: 50, endsAtMs: 10 * hour },
      { leftToSend: 100, endsAtMs: 34 * hour },
    ];
    expect(finishMs({ nowMs: 0, left: 50, perSecond: 1, days })).toBe(50_000);
    expect(finishMs({ nowMs: 0, left: 51, perSecond: 1, days })).toBe(10 * hour + 1000);
    expect(finishMs({ nowMs: 0, left: 180, perSecond: 1, days })).toBe(34 * hour + 30_000);
  });

  it('does not promise more of a day than the rate can do in it', () => {
    const days = [
      { leftToSend: 1000, endsAtMs: 100_000 },
      { leftToSend: 1000, endsAtMs: 100_000 + 24 * hour },
    ];
    expect(finishMs({ nowMs: 0, left: 300, perSecond: 1, days })).toBe(300_000);
  });

  it('lets some go first, and waits after the last of them', () => {
    const stage = { first: 10, waitMs: hour };
    expect(finishMs({ nowMs: 0, left: 100, perSecond: 1, stage })).toBe(hour + 100_000);
    expect(finishMs({ nowMs: 0, left: 10, perSecond: 1, stage })).toBe(10_000);
    expect(finishMs({ nowMs: 0, left: 5, perSecond: 1, stage: { first: 0, waitMs: hour } })).toBe(
      hour + 5000,
    );
  });

  it('counts those who go first into the day and the batch in which they go', () => {
    const stage = { first: 40, waitMs: hour };
    const days = [{ leftToSend: 50, endsAtMs: 10 * hour }];
    // 40, an hour, 10 more; the 11th of the others is tomorrow's
    expect(finishMs({ nowMs: 0, left: 50, perSecond: 1, days, stage })).toBe(hour + 50_000);
    expect(finishMs({ nowMs: 0, left: 51, perSecond: 1, days, stage })).toBe(10 * hour + 1000);
    const batch = { size: 50, delayMs: 7000, done: 0 };
    expect(finishMs({ nowMs: 0, left: 60, perSecond: 1, batch, stage })).toBe(hour + 67_000);
    const whole = { size: 40, delayMs: 2 * hour, done: 0 };
    expect(finishMs({ nowMs: 0, left: 60, perSecond: 1, batch: whole, stage })).toBe(2 * hour + 60_000);
  });
});

it('a slow rate is told as it is: one message a minute is not 0', () => {
  expect([29.96, 21, 1.04, 0.5, 1 / 60, 1 / 3600, 0].map(roundedRate)).toEqual([
    30, 21, 1, 0.5, 0.0167, 0.000278, 0,
  ]);
});
