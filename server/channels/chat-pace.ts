// How fast one chat may be written to, a person's or a group's: limits declared by the adapter, and waits that the platform
// asked for in that chat alone. Pure. Full again means forgotten, so that a million recipients do not stay in memory.
import type { ChatLimit, Pace } from './channel.ts';
import { tokenBucket } from './pacing.ts';

const forgetAbove = 10_000;

interface Chat {
  take(now: number): number;
  frozenUntil: number;
  usedAt: number;
}

export interface ChatPace {
  /** 0: send now, and it is counted; else wait so many milliseconds. */
  take(address: string, now: number): number;
  /** The platform said 429 for this chat: nothing into it before `ms` are over; every other chat goes on. */
  freeze(address: string, now: number, ms: number): void;
}

export function chatPace(pace: Pick<Pace, 'recipient' | 'group' | 'isGroup'>): ChatPace {
  const chats = new Map<string, Chat>();
  const fullAfterMs = Math.max(...[pace.recipient, pace.group].map((limit) => (limit ? refillMs(limit) : 0)));

  let sweepAbove = forgetAbove;

  function forgetFull(now: number): void {
    for (const [key, chat] of chats)
      if (now - chat.usedAt > fullAfterMs && now >= chat.frozenUntil) chats.delete(key);
    // a walk over all chats only after as many new ones: whatever stays, the price per message does not grow
    sweepAbove = Math.max(forgetAbove, 2 * chats.size);
  }

  function chatAt(address: string, now: number): Chat {
    if (chats.size > sweepAbove) forgetFull(now);
    let chat = chats.get(address);
    if (!chat) {
      const limit = pace.isGroup(address) && pace.group ? pace.group : pace.recipient;
      chat = { take: takerOf(limit, now), frozenUntil: Number.NEGATIVE_INFINITY, usedAt: now };
      chats.set(address, chat);
    }
    return chat;
  }

  return {
    take(address, now) {
      const chat = chatAt(address, now);
      if (now < chat.frozenUntil) return Math.ceil(chat.frozenUntil - now);
      chat.usedAt = now;
      return chat.take(now);
    },
    freeze(address, now, ms) {
      const chat = chatAt(address, now);
      chat.frozenUntil = Math.max(chat.frozenUntil, now + ms);
    },
  };
}

function refillMs(limit: ChatLimit): number {
  return limit.kind === 'bucket' ? limit.everyMs * limit.burst : limit.perMs;
}

function takerOf(limit: ChatLimit, now: number): (now: number) => number {
  return limit.kind === 'bucket'
    ? tokenBucket(1000 / limit.everyMs, limit.burst, now).take
    : slidingWindow(limit.messages, limit.perMs);
}

/** At most `messages` in any stretch of `perMs`. */
function slidingWindow(messages: number, perMs: number) {
  const times: number[] = [];
  return (now: number): number => {
    while (times.length > 0 && now - (times[0] as number) >= perMs) times.shift();
    if (times.length >= messages) return Math.max(1, Math.ceil((times[0] as number) + perMs - now));
    times.push(now);
    return 0;
  };
}
