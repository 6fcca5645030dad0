// The speed that a person set for one campaign, below whatever the platform allows: messages per minute, and batches with
// a pause after each. Pure arithmetic over a given time. Where a run stands is read from its own rows, so that a lane that
// takes over after a crash goes on in the middle of a batch and never sends two at once.
import type { Settings } from '../../../contract/campaigns.ts';
import { tokenBucket } from '../../channels/pacing.ts';

/** Where a run stands when a lane begins with it. */
export interface ThrottleStart {
  /** Rows that were sent or may have been: everything that has left the queue and will not come back by itself. */
  done: number;
  /** `runs.batch` and the milliseconds until `runs.batch_due_at`, as written at the end of a batch. */
  batch: number;
  batchDueInMs: number | null;
}

export interface Throttle {
  /** How many more rows may be claimed now, of `want`; `held` are claimed and not yet sent. Rows must not wait out a pause claimed. */
  claimable(want: number, held: number, now: number): number;
  /** 0 and one message is taken, or the milliseconds until one may be. */
  take(now: number): number;
  /** The taken message was put back unsent. */
  untake(): void;
  /** The answer to a taken message is there; `counts` false: it surely did not arrive and will be sent again. */
  settle(now: number, counts: boolean): void;
  /** Highest messages per second that the settings allow. */
  perSecond: number;
  /** The batch that is being sent, and how long until it begins. Null: no batches. */
  batch(now: number): { number: number; beginsInMs: number } | null;
}

type Speed = Partial<Pick<Settings, 'messages_per_minute' | 'batch'>>;

/** A pause is noticed to be over at once, an answer under way is asked for this often. */
const askAgainMs = 20;

/** `onBatchEnd`: a batch has ended; `number` begins in `inMs`. Called once per batch. */
export function runThrottle(
  settings: Speed,
  start: ThrottleStart,
  nowMs: number,
  onBatchEnd: (number: number, inMs: number) => void = () => {},
): Throttle {
  const perSecond = settings.messages_per_minute
    ? settings.messages_per_minute / 60
    : Number.POSITIVE_INFINITY;
  const bucket = settings.messages_per_minute ? tokenBucket(perSecond, 1, nowMs) : null;
  // the one before us may have sent a moment ago
  if (start.done > 0) bucket?.drain(nowMs);
  const batches = settings.batch ? batchGate(settings.batch, start, nowMs, onBatchEnd) : null;
  return {
    perSecond,
    claimable(want, held, now) {
      const slow = Math.max(1, Math.floor(perSecond / 2));
      // by the campaign's own speed, not the connection's: what a crash finds in hand is at most a second's worth
      if (held > slow / 2) return 0;
      return Math.max(0, Math.min(want, slow, (batches?.left(now) ?? want + held) - held));
    },
    take(now) {
      const wait = batches?.waitMs(now) ?? 0;
      if (wait > 0) return wait;
      const slow = bucket?.take(now) ?? 0;
      if (slow === 0) batches?.take();
      return slow;
    },
    untake: () => batches?.untake(),
    settle: (now, counts) => batches?.settle(now, counts),
    batch: (now) => batches?.state(now) ?? null,
  };
}

function batchGate(
  batch: NonNullable<Settings['batch']>,
  start: ThrottleStart,
  nowMs: number,
  onEnd: (number: number, inMs: number) => void,
) {
  const delayMs = batch.delay_seconds * 1000;
  let number = Math.floor(start.done / batch.size) + 1;
  let taken = start.done % batch.size;
  let underWay = 0;
  const isBoundary = taken === 0 && start.done > 0;
  // written: go by it, but a clock that was set back must not stretch the pause. Not written: it may have ended just now
  const rest =
    start.batch === number && start.batchDueInMs !== null ? Math.max(0, start.batchDueInMs) : delayMs;
  let beginsAt = isBoundary ? nowMs + Math.min(rest, delayMs) : nowMs;
  return {
    left: (now: number) => (now < beginsAt ? 0 : batch.size - taken),
    waitMs(now: number): number {
      if (now < beginsAt) return Math.ceil(beginsAt - now);
      return taken < batch.size ? 0 : askAgainMs;
    },
    take() {
      taken += 1;
      underWay += 1;
    },
    untake() {
      taken -= 1;
      underWay -= 1;
    },
    settle(now: number, counts: boolean) {
      underWay -= 1;
      if (!counts) taken -= 1;
      if (taken < batch.size || underWay > 0) return;
      number += 1;
      taken = 0;
      beginsAt = now + delayMs;
      onEnd(number, delayMs);
    },
    state: (now: number) => ({ number, beginsInMs: Math.max(0, Math.ceil(beginsAt - now)) }),
  };
}
