// How fast a number may send. A number's own throughput (20, 80 or 1,000 a second) is read from its health and replaces the first.
import type { Pace } from '../channel.ts';

export const whatsappPace: Pace = {
  perSecond: 80,
  paidPerSecond: null,
  recipient: { kind: 'bucket', everyMs: 6000, burst: 45 },
  group: null,
  isGroup: () => false,
  sources: {
    connection: 'Cloud API, throughput, read 2026-11-20: 80 messages a second, 1,000 for large senders',
    recipient:
      'Cloud API, pair rate limits, read 2026-11-20: one every 6 seconds, up to 45 at once on account',
  },
};
