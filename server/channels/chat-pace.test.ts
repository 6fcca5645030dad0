import { describe, expect, it } from 'vitest';
import { chargeSend, createFlood, DEFAULT_LIMITS } from '../../sandbox/telegram/flood.ts';
import type { ChatLimit } from './channel.ts';
import { chatPace } from './chat-pace.ts';
import { telegramPace } from './telegram/pace.ts';

/** WhatsApp's pair rate: one message per 6 s to one person, 45 at once borrow from the future (Cloud API, 2026-11-20). */
const whatsappPair: ChatLimit = { kind: 'bucket', everyMs: 6000, burst: 45 };

describe('a chat’s pace', () => {
  it('one person gets one message a second, others are not held up', () => {
    const pace = chatPace(telegramPace);
    expect([0, 1].map(() => pace.take('111', 0))).toEqual([0, 1000]);
    expect(pace.take('222', 0)).toBe(0);
    expect(pace.take('111', 1000)).toBe(0);
  });

  it('a group gets twenty in any minute, however they are spread, and the emulator agrees', () => {
    const pace = chatPace(telegramPace);
    const flood = createFlood();
    const limits = { ...DEFAULT_LIMITS, perSecond: 1000, burst: 1000 };
    let sent = 0;
    for (let now = 0; now < 600_000; now += 137)
      if (pace.take('-100200', now) === 0) {
        expect(chargeSend(flood, limits, -100_200, false, now)).toBe(0);
        sent += 1;
      }
    expect(sent).toBeGreaterThanOrEqual(199);
    expect(sent).toBeLessThanOrEqual(200);
  });

  it('the 21st message into a group waits for exactly the rest of the minute', () => {
    const pace = chatPace(telegramPace);
    for (let i = 0; i < 20; i++) expect(pace.take('-5', i * 100)).toBe(0);
    expect(pace.take('-5', 10_000)).toBe(50_000);
    expect(pace.take('-6', 10_000)).toBe(0);
    expect(pace.take('-5', 60_000)).toBe(0);
  });

  it('can express WhatsApp’s pair rate: 45 at once, then one every 6 seconds', () => {
    const pace = chatPace({ recipient: whatsappPair, group: null, isGroup: () => false });
    for (let i = 0; i < 45; i++) expect(pace.take('491', 0)).toBe(0);
    expect(pace.take('491', 0)).toBe(6000);
    expect(pace.take('491', 6000)).toBe(0);
    expect(pace.take('491', 6000)).toBe(6000);
    // after an hour of quiet the whole burst is there again
    for (let i = 0; i < 45; i++) expect(pace.take('491', 3_600_000)).toBe(0);
  });

  it('a 429 of one chat freezes that chat for exactly so long and no other', () => {
    const pace = chatPace(telegramPace);
    pace.freeze('-5', 1000, 35_000);
    expect(pace.take('-5', 1001)).toBe(34_999);
    expect(pace.take('-6', 1001)).toBe(0);
    expect(pace.take('7', 1001)).toBe(0);
    expect(pace.take('-5', 36_000)).toBe(0);
  });

  it('keeps a frozen chat in mind among a hundred thousand others, and forgets those', () => {
    const pace = chatPace(telegramPace);
    pace.freeze('-5', 0, 3_600_000);
    for (let i = 0; i < 100_000; i++) pace.take(String(i + 1), i);
    expect(pace.take('-5', 200_000)).toBe(3_400_000);
  });
});
