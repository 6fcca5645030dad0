// A bounded room for work that eats memory or processor time (password hashes, pictures): a few at once, the others wait
// in line, and a line that is too long says so at once instead of answering everybody late.
import { AppError } from './errors.ts';

export interface Slots {
  /** Runs `work` when a place is free. Throws UNAVAILABLE when too many are waiting already. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createSlots(atOnce: number, maxWaiting: number): Slots {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return {
    async run(work) {
      if (busy >= atOnce) {
        if (waiting.length >= maxWaiting)
          throw new AppError('UNAVAILABLE', 'The server is busy. Try again in a few seconds.', {
            retryAfterMs: 5000,
          });
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
