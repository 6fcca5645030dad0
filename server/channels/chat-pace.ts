// How fast one chat may be written to, a person's or a group's: limits declared by the adapter, and waits that the platform
// asked for in that chat alone. Pure. A number per chat, and what is full again is forgotten: a million recipients do not stay
// in memory, and the collector of garbage has nothing to walk through.
import type { ChatLimit, Pace } from './channel.ts';

/** Above so many waits that were asked for, those that are over are cleared away. */
const clearAbove = 1000;

export interface ChatPace {
  /** 0: send now, and it is counted; else wait so many milliseconds. */
  take(address: string, now: number): number;
  /** The platform said 429 for this chat: nothing into it before `ms` are over; every other chat goes on. */
  freeze(address: string, now: number, ms: number): void;
}

export function chatPace(pace: Pick<Pace, 'recipient' | 'group' | 'isGroup'>): ChatPace {
  const takePerson = takerOf(pace.recipient);
  const takeGroup = pace.group && takerOf(pace.group);
  const frozenUntil = new Map<string, number>();
  let sweepAbove = clearAbove;

  function clearOver(now: number): void {
    for (const [address, until] of frozenUntil) if (until <= now) frozenUntil.delete(address);
    // a walk over all only after as many new ones: whatever stays, the price of one does not grow
    sweepAbove = Math.max(clearAbove, 2 * frozenUntil.size);
  }

  return {
    take(address, now) {
      const until = frozenUntil.get(address);
      if (until !== undefined && now < until) return Math.ceil(until - now);
      return takeGroup && pace.isGroup(address) ? takeGroup(address, now) : takePerson(address, now);
    },
    freeze(address, now, ms) {
      if (frozenUntil.size >= sweepAbove) clearOver(now);
      frozenUntil.set(address, Math.max(frozenUntil.get(address) ?? 0, now + ms));
    },
  };
}

type Taker = (address: string, now: number) => number;

function takerOf(limit: ChatLimit): Taker {
  return limit.kind === 'bucket'
    ? bucket(limit.everyMs, limit.burst)
    : slidingWindow(limit.messages, limit.perMs);
}

/** A token bucket for each chat, as one number: the moment at which it is full again (the generic cell rate algorithm). */
function bucket(everyMs: number, burst: number): Taker {
  const fullAt = remembered<number>(everyMs * burst);
  return (address, now) => {
    const at = Math.max(now, fullAt.get(address, now) ?? now);
    const waitMs = at - now - (burst - 1) * everyMs;
    if (waitMs > 0) return Math.ceil(waitMs);
    fullAt.set(address, at + everyMs);
    return 0;
  };
}

/** At most `messages` in any stretch of `perMs`. */
function slidingWindow(messages: number, perMs: number): Taker {
  const sent = remembered<number[]>(perMs);
  return (address, now) => {
    const times = sent.get(address, now) ?? [];
    while (times.length > 0 && now - (times[0] as number) >= perMs) times.shift();
    if (times.length >= messages) return Math.max(1, Math.ceil((times[0] as number) + perMs - now));
    times.push(now);
    sent.set(address, times);
    return 0;
  };
}

/** Keeps what was set for at least `forMs` and less than three times as long, without ever walking through it. */
function remembered<T>(forMs: number) {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  let turnedAt = Number.NEGATIVE_INFINITY;
  return {
    get(address: string, now: number): T | undefined {
      if (now - turnedAt >= forMs) {
        old = now - turnedAt >= 2 * forMs ? new Map() : young;
        young = new Map();
        turnedAt = now;
      }
      return young.get(address) ?? old.get(address);
    },
    set(address: string, value: T): void {
      young.set(address, value);
    },
  };
}
