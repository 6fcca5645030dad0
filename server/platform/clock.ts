// Time as a dependency: nothing in the server asks Date directly, so a test can move the hands.
export interface Clock {
  now(): Date;
  /** Milliseconds since some moment, never stepping back: for waits and rates, which a corrected wall clock must not touch. */
  elapsedMs(): number;
  /** Resolves after `ms` (24 days at most), or at once when the signal aborts (never rejects: a woken sleeper looks for itself). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What a timer of Node's takes; it makes 1 ms of anything longer. */
const longestSleepMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => new Date(),
  elapsedMs: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, longestSleepMs));
      signal?.addEventListener('abort', done, { once: true });
    });
  },
};

/** A clock that only moves when told; sleepers wake as it passes them. For tests. */
export function manualClock(start: Date): Clock & { advance(ms: number): void } {
  let nowMs = start.getTime();
  let sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => new Date(nowMs),
    elapsedMs: () => nowMs,
    sleep(ms, signal) {
      return new Promise((resolve) => {
        if (ms <= 0 || signal?.aborted) return resolve();
        sleepers.push({ at: nowMs + ms, wake: resolve });
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    advance(ms) {
      nowMs += ms;
      const due = sleepers.filter((sleeper) => sleeper.at <= nowMs);
      sleepers = sleepers.filter((sleeper) => sleeper.at > nowMs);
      for (const sleeper of due) sleeper.wake();
    },
  };
}

/** The system's clock whose wall can be set: waits are real, `now` is what the story says. For tests. */
export function settableClock(start: Date): Clock & { set(now: Date): void } {
  let shiftMs = start.getTime() - Date.now();
  return {
    ...systemClock,
    now: () => new Date(Date.now() + shiftMs),
    set(now) {
      shiftMs = now.getTime() - Date.now();
    },
  };
}

/** A clock that runs so many times as fast as the system's: minutes of a schedule pass in seconds, in the right order. For tests. */
export function hurriedClock(start: Date, times: number): Clock {
  const beganAt = performance.now();
  const passedMs = () => (performance.now() - beganAt) * times;
  return {
    now: () => new Date(start.getTime() + passedMs()),
    elapsedMs: passedMs,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  };
}
