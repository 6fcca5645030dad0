// The hours in which people can be answered freely (channel-facts.ts has how many). On WhatsApp whatever is no approved template reaches only who wrote within the last 24 hours
// (Cloud API, "Send messages", 2026-11-20). Whatever a business sends does not make it longer.
import { factsOf } from './channel-facts.ts';
import type { Channel } from './connections.ts';
import { type Content, templateOn } from './message.ts';

/** Whether a message reaches only people whose window is open. */
export function needsWindow(channel: Channel, content: Pick<Content, 'whatsapp'>): boolean {
  return factsOf(channel).replyWindowHours !== null && !templateOn(channel, content);
}

/** Of a conversation on the wire; null: the channel knows no window. */
export function answerWindow(channel: Channel, lastInboundAt: Date | null, now: Date) {
  const hours = factsOf(channel).replyWindowHours;
  if (hours === null) return null;
  const until = lastInboundAt && new Date(lastInboundAt.getTime() + hours * 3_600_000);
  return { open: until !== null && until > now, until: until?.toISOString() ?? null };
}
