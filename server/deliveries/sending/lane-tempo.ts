// How fast one lane may go: one bucket per kind of message, the chats' own pauses, and what a 429 or a platform out of reach
// does to them. What it learns stays with the connection. The arithmetic is in channels/pacing.ts and channels/chat-pace.ts.
import { sql } from 'kysely';
import type { Account, Adapter, Outcome } from '../../channels/channel.ts';
import { chatPace } from '../../channels/chat-pace.ts';
import { lanePace } from '../../channels/pacing.ts';
import type { BaseCtx } from '../../platform/context.ts';
import { backoffMs } from '../delivery.ts';
import type { Minutes } from '../pace/minutes.ts';
import type { Kind } from './feeds.ts';

/** A paid rate that is not granted (too few Stars, not switched on) is at the free rate after a few answers, and stays patient. */
const paidFall = 0.25;
/** A learned rate is written down when it has moved by so many messages per second. */
const worthTelling = 0.5;

type Deferred = Extract<Outcome, { kind: 'deferred' }>;

export interface LaneTempo {
  /** Milliseconds until a message of that kind may go; 0: now. */
  waitMs(now: number, kind: Kind): number;
  /** `messages`: as the platform counts; an album is several. */
  take(now: number, kind: Kind, messages: number): void;
  /** Messages per second. */
  rate(kind: Kind): number;
  /** Milliseconds this chat still wants; 0: its turn is taken. */
  takeChat(address: string, now: number): number;
  /** Milliseconds for which the platform wants to hear nothing at all. */
  frozenForMs(now: number): number;
  /** The platform answered: the next failure is the first in a row. */
  answered(): void;
  /** A 429 freezes exactly its scope for exactly as long as it says; a platform out of reach, everything for a while. */
  deferred(outcome: Deferred, address: string, kind: Kind, isReachable: boolean): Promise<void>;
  /** Writes the learned rate down for the next lane, where it has moved. */
  teach(): Promise<void>;
}

export function laneTempo(
  base: BaseCtx,
  { account, adapter, learnedRate }: { account: Account; adapter: Adapter; learnedRate: number | null },
  minutes: Minutes,
): LaneTempo {
  const { perSecond, paidPerSecond } = adapter.pace;
  const nowMs = () => base.clock.elapsedMs();
  const pace = lanePace(perSecond, learnedRate, nowMs());
  const paid = lanePace(paidPerSecond ?? perSecond, null, nowMs(), { fall: paidFall, floor: perSecond });
  const paceOf = (kind: Kind) => (kind === 'paid' ? paid : pace);
  const chats = chatPace(adapter.pace);
  let failuresInRow = 0;
  let taughtRate = learnedRate ?? perSecond;

  function freezeAll(now: number, ms: number): void {
    for (const one of [pace, paid]) one.freeze(now, ms);
  }

  async function teach(): Promise<void> {
    const rate = pace.rate(nowMs());
    const isFull = rate >= perSecond;
    if (Math.abs(rate - taughtRate) < worthTelling && !(isFull && taughtRate < perSecond)) return;
    taughtRate = rate;
    await sql`UPDATE connections SET learned_rate = ${isFull ? null : rate}
      WHERE workspace_id = ${account.workspaceId} AND id = ${account.connectionId}`.execute(base.db);
  }

  return {
    waitMs: (now, kind) => paceOf(kind).waitMs(now, replyOr(kind)),
    take: (now, kind, messages) => void paceOf(kind).take(now, replyOr(kind), messages),
    rate: (kind) => paceOf(kind).rate(),
    takeChat: (address, now) => chats.take(address, now),
    frozenForMs: (now) => pace.frozenForMs(now),
    answered() {
      failuresInRow = 0;
    },
    async deferred({ scope, retryAfterMs }, address, kind, isReachable) {
      const now = nowMs();
      if (scope === 'message') return;
      if (retryAfterMs === null) {
        // calls that were under way together fail together: that is one failure. Beyond a few the breaker takes over
        if (scope === 'connection' && isReachable && pace.frozenForMs(now) === 0)
          freezeAll(now, backoffMs(failuresInRow++));
        return;
      }
      minutes.limited(account, scope === 'connection' ? retryAfterMs : null);
      if (scope === 'recipient') return chats.freeze(address, now, retryAfterMs);
      paceOf(kind).slowDown(now, retryAfterMs);
      freezeAll(now, retryAfterMs);
      await teach();
    },
    teach,
  };
}

const replyOr = (kind: Kind) => (kind === 'reply' ? 'reply' : 'campaign');
