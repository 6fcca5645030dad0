// How far a run is and what its own settings allow: what a finish time is made from.
import type { Settings } from '../../../contract/campaigns.ts';
import type { Forecast } from '../../../contract/forecast.ts';

export interface RunSpeed {
  settings: Partial<Settings>;
  /** Rows that are not at an end, those that are still to be written included. */
  left: number;
  /** Rows that were sent or may have been: what fills batches. */
  done: number;
  batchDueAt: Date | null;
}

/** The forecast of one run: what its connection allows, and its own settings below that. */
export function runForecast(
  run: RunSpeed,
  lane: Pick<Forecast, 'nowMs' | 'perSecond' | 'notBeforeMs' | 'days'>,
): Forecast {
  const { messages_per_minute: perMinute, batch } = run.settings;
  const pauseMs = batchPause(run, lane.nowMs)?.getTime() ?? 0;
  return {
    ...lane,
    left: run.left,
    perSecond: Math.min(lane.perSecond, perMinute ? perMinute / 60 : Number.POSITIVE_INFINITY),
    notBeforeMs: Math.max(lane.notBeforeMs ?? 0, pauseMs),
    batch: batch
      ? { size: batch.size, delayMs: batch.delay_seconds * 1000, done: run.done % batch.size }
      : null,
  };
}

/** When the pause between two batches ends, where one is on. */
export function batchPause(
  run: Pick<RunSpeed, 'settings' | 'done' | 'batchDueAt'>,
  nowMs: number,
): Date | null {
  const { batch } = run.settings;
  if (!batch || !run.batchDueAt || run.done === 0 || run.done % batch.size !== 0) return null;
  return run.batchDueAt.getTime() > nowMs ? run.batchDueAt : null;
}
