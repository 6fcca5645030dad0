// A bounded room for work that eats memory or processor time (password hashes, pictures): a few at once, the others wait
// in line, and a line that is too long says so at once instead of answering everybody late.
import { AppError } from './errors.ts';

export interface Slots {
  /** Runs `work` when a place is free. Throws UNAVAILABLE when too many are waiting already. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface SharedSlots {
  /** Runs `work` when `key` (a workspace) and the node have a place free. Throws RATE_LIMITED when too many of that key wait already. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** A room for all with a smaller one for each: whoever asks for more than others waits behind himself, not before them. */
export function createSharedSlots(
  inAll: number,
  each: { atOnce: number; maxWaiting: number },
  refusal = tooMany,
): SharedSlots {
  const all = createSlots(inAll, Number.POSITIVE_INFINITY);
  const rooms = new Map<string, { slots: Slots; inside: number }>();
  return {
    async run(key, work) {
      const room = rooms.get(key) ?? { slots: createSlots(each.atOnce, each.maxWaiting, refusal), inside: 0 };
      rooms.set(key, room);
      room.inside++;
      try {
        return await room.slots.run(() => all.run(work));
      } finally {
        if (--room.inside === 0) rooms.delete(key);
      }
    },
  };
}

const tooMany = () =>
  new AppError(
    'RATE_LIMITED',
    'Several questions of this kind are being answered already. Ask again in a few seconds.',
    {
      retryAfterMs: 5000,
    },
  );

const busyServer = () =>
  new AppError('UNAVAILABLE', 'The server is busy. Try again in a few seconds.', { retryAfterMs: 5000 });

export function createSlots(atOnce: number, maxWaiting: number, refusal = busyServer): Slots {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return {
    async run(work) {
      if (busy >= atOnce) {
        if (waiting.length >= maxWaiting) throw refusal();
        // whoever leaves hands its place over, so `busy` does not change for a waiter
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else busy++;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else busy--;
      }
    },
  };
}
