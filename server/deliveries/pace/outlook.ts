// When a run is through, and why nothing of it moves where nothing does: one arithmetic for a run that is only planned
// (forecast.ts) and for one under way, in its report, on the limits page and in the reconciliation (standing.ts).
import type { Report, Settings } from '../../../contract/campaigns.ts';
import type { CanaryReport } from '../../../contract/canary.ts';
import type { Circuit } from '../../../contract/connections.ts';
import { type Forecast, finishMs, roundedRate } from '../../../contract/forecast.ts';
import type { Ctx } from '../../platform/context.ts';
import type { Wave } from '../pressure/quiet-rows.ts';
import { isPaid, type LaneState, laneRate, readLane } from './lane-state.ts';
import { batchPause, runForecast } from './run-speed.ts';
import { type AbWait, type Progress, type Stage, stageOf } from './stage.ts';
import { resumesAt } from './warm-up.ts';

/** A run as far as it is; of one that is only planned, everything is left. */
export interface Ahead extends Progress {
  settings: Partial<Settings>;
  /** Rows that are not at an end, and those that were sent or may have been. */
  left: number;
  done: number;
  batchDueAt: Date | null;
  /** Those of the left who wait for the end of their quiet hours or for the hour of their own zone, the earliest first. */
  waves: Wave[];
  /** It meets everybody by the clock of their own zone. */
  isLocal: boolean;
  /** Messages per second over the last seconds; 0: nothing is going out. */
  measured: number;
  /** Nothing of it goes out before a person lets it go. */
  held: boolean;
  /** null: the connection's platform answers. */
  circuit: Circuit['state'] | null;
}

export interface Course {
  /** Epoch milliseconds; null: nobody can say. */
  endMs: number | null;
  /** What keeps everybody at this moment. */
  wait: Report['wait'];
  /** What stands before those who are left, also where a few still go out, one at a time or on trial. */
  obstacle: Report['wait'];
  /** What goes out per second at most; Infinity: not known. */
  perSecond: number;
  stage: Stage | null;
}

/** `from`: now, or when it is to begin. */
export function courseOf(run: Ahead, lane: LaneState, from: Date): Course {
  const { settings, left, waves } = run;
  const nowMs = from.getTime();
  const rate = laneRate(lane, settings);
  const stage = stageOf(settings, left, run);
  const speed = { settings, left, done: run.done, batchDueAt: run.batchDueAt };
  const later = (reason: NonNullable<Report['wait']>['reason'], until: Date | null): Report['wait'] =>
    until && until > from ? { reason, until: until.toISOString() } : null;
  const wait =
    standstill(run, stage) ??
    later('rate_limited', lane.refusedUntil) ??
    later('warm_up', resumesAt(lane.warmUp)) ??
    later('batch', batchPause(speed, nowMs)) ??
    later(run.isLocal ? 'local_time' : 'quiet', allWaitUntil(run));
  const obstacle = wait ?? standsBefore(run, stage);
  const perMinute = settings.messages_per_minute ?? Number.POSITIVE_INFINITY;
  const course = { wait, obstacle, perSecond: Math.min(rate, perMinute / 60), stage };
  if (run.held || run.circuit || stage?.waitMs === null) return { ...course, endMs: null };

  const shared = {
    nowMs,
    notBeforeMs: Math.max(lane.refusedUntil?.getTime() ?? 0, stage?.until?.getTime() ?? 0),
    days: lane.warmUp.days,
  };
  // measured over seconds: a wait or a pause between batches would make it now too fast, now too slow
  const isSteady = run.measured > 0 && !settings.batch && !wait;
  const perSecond = isSteady ? run.measured : rate;
  const ahead = stage && stage.until === null ? { first: stage.first, waitMs: stage.waitMs } : null;
  const endOf = (n: number, earliestMs: number, stage: Forecast['stage']) =>
    finishMs({
      ...runForecast(
        { ...speed, left: n },
        { ...shared, notBeforeMs: Math.max(shared.notBeforeMs, earliestMs), perSecond },
      ),
      stage,
    });
  // those who go first are drawn from all: some of them wait for the last hour, and everybody else for them
  const firstWaitMs = ahead ? (waves.at(-1)?.at.getTime() ?? 0) : 0;
  const ends = [
    endOf(left, firstWaitMs, ahead),
    ...afterWaves(waves, (n, earliestMs) => endOf(n, earliestMs, null)),
  ];
  // what is measured is the share of the rate that it has beside the others
  if (left > 0 && lane.waiting > 0 && !isSteady && !isPaid(lane, settings))
    ends.push(finishMs({ ...shared, left: lane.waiting + left, perSecond: rate }));
  return { ...course, endMs: ends.includes(null) ? null : Math.max(...(ends as number[])) };
}

/** What keeps everybody, before any question of speed; first people who are still being messaged do not. */
function standstill({ held, circuit }: Ahead, stage: Stage | null): Report['wait'] {
  if (held) return { reason: 'held', until: null };
  if (circuit === 'open') return { reason: 'circuit', until: null };
  if (!stage || stage.first > 0) return null;
  return { reason: stage.reason, until: stage.until?.toISOString() ?? null };
}

function standsBefore({ circuit }: Ahead, stage: Stage | null): Report['wait'] {
  if (circuit) return { reason: 'circuit', until: null };
  return stage ? { reason: stage.reason, until: null } : null;
}

/** When the first go on, if everybody who is left waits for the end of their quiet hours. */
function allWaitUntil({ left, waves }: Ahead): Date | null {
  const waiting = waves.reduce((sum, wave) => sum + wave.n, 0);
  return waiting >= left ? (waves[0]?.at ?? null) : null;
}

/** When each wave and all that come after it are through: nobody of them goes before it begins. */
function afterWaves<T>(waves: Wave[], endOf: (left: number, earliestMs: number) => T): T[] {
  let left = waves.reduce((sum, wave) => sum + wave.n, 0);
  return waves.map((wave) => {
    const end = endOf(left, wave.at.getTime());
    left -= wave.n;
    return end;
  });
}

export interface RunNow {
  id: string;
  connection_id: string;
  status: string;
  settings: unknown;
  recipient_local: unknown;
  batch_due_at: Date | null;
  left: number;
  done: number;
  waves: Wave[];
  measured: number;
  held: boolean;
  canary: CanaryReport | null;
  ab: AbWait | 'ahead' | null;
  circuit: Circuit | null;
}

export type Outlook = Pick<Report, 'rate_limit_per_second' | 'finish_at' | 'batch' | 'wait'>;

/** What the report of a run says about its speed. `published`: by the platform, per second; null: not known. */
export async function runOutlook(
  ctx: Ctx,
  run: RunNow,
  published: number | null,
): Promise<{ outlook: Outlook; obstacle: Report['wait'] }> {
  const settings = run.settings as Partial<Settings>;
  const lane = await readLane(ctx, run.connection_id, { but: run.id, published });
  const ahead: Ahead = {
    ...run,
    settings,
    batchDueAt: run.batch_due_at,
    isLocal: run.recipient_local !== null,
    circuit: run.circuit?.state ?? null,
  };
  const { endMs, wait, obstacle, perSecond } = courseOf(ahead, lane, ctx.clock.now());
  const isGoing = run.status === 'active' && run.left > 0;
  const outlook = {
    rate_limit_per_second: Number.isFinite(perSecond) ? roundedRate(perSecond) : null,
    finish_at: isGoing && endMs !== null ? new Date(endMs).toISOString() : null,
    batch: batchOf(settings, run),
    wait: isGoing ? wait : null,
  };
  return { outlook, obstacle: isGoing ? obstacle : null };
}

function batchOf(settings: Partial<Settings>, { left, done }: RunNow): Report['batch'] {
  if (!settings.batch) return null;
  const { size, delay_seconds } = settings.batch;
  const of = Math.max(1, Math.ceil((done + left) / size));
  return { number: Math.min(of, Math.floor(done / size) + 1), of, size, delay_seconds };
}
