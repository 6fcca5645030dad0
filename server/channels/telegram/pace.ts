// How fast a bot may send. Telegram publishes approximate figures and moves them; what it really allows is learned from its
// 429s (channels/pacing.ts).
import type { Pace } from '../channel.ts';

const faq = 'Telegram’s bots FAQ, read 2026-11-20';

export const telegramPace: Pace = {
  perSecond: 30,
  paidPerSecond: 1000,
  recipient: { kind: 'bucket', everyMs: 1000, burst: 1 },
  group: { kind: 'window', messages: 20, perMs: 60_000 },
  isGroup,
  sources: {
    connection: faq,
    recipient: faq,
    group: faq,
    paid: 'Bot API 10.1, allow_paid_broadcast, read 2026-11-20: 0.1 Star per message above the free 30 a second',
  },
};

/** Groups and channels have ids below zero, or a public name (Bot API 10.1, chat_id, 2026-06-11). */
export function isGroup(address: string): boolean {
  return address.startsWith('-') || address.startsWith('@');
}
