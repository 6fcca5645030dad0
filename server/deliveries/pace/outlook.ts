// What the report of a run says about its speed: the rate it may have at present, when it is through, which batch it is
// in, and why nothing of it moves where nothing does.
import type { Report, Settings } from '../../../contract/campaigns.ts';
import type { CanaryReport } from '../../../contract/canary.ts';
import type { Channel, Circuit } from '../../../contract/connections.ts';
import { finishMs, roundedRate } from '../../../contract/forecast.ts';
import { adapterOf } from '../../channels/registry.ts';
import type { Ctx } from '../../platform/context.ts';
import type { Wave } from '../pressure/quiet-rows.ts';
import { readRefusals } from './refusals.ts';
import { batchPause, runForecast } from './run-speed.ts';
import { readWarmUp, resumesAt } from './warm-up.ts';

export interface RunNow {
  connection_id: string;
  status: string;
  settings: unknown;
  recipient_local: unknown;
  batch_due_at: Date | null;
  /** Rows that are not at an end, and those that were sent or may have been. */
  left: number;
  done: number;
  /** Those of the left who wait for the end of their quiet hours, the earliest first. */
  waves: Wave[];
  /** Messages per second over the last seconds; 0: nothing is going out. */
  measured: number;
  /** The workspace is held: nothing of it goes out before a person lets it go. */
  held: boolean;
  canary: CanaryReport | null;
  ab: AbWait | null;
  /** null: the connection's platform answers. */
  circuit: Circuit | null;
}

/** People wait for the winner of an A/B test; `open`: its own messages still go out. */
export interface AbWait {
  open: boolean;
  decideAt: string | null;
}

export type Outlook = Pick<Report, 'rate_limit_per_second' | 'finish_at' | 'batch' | 'wait'>;

/** `allowed`: what the platform publishes, per second; null: not known. */
export async function runOutlook(ctx: Ctx, run: RunNow, allowed: number | null): Promise<Outlook> {
  const settings = run.settings as Partial<Settings>;
  const limit = Math.min(
    await allowedNow(ctx, run.connection_id, settings, allowed),
    settings.messages_per_minute ? settings.messages_per_minute / 60 : Number.POSITIVE_INFINITY,
  );
  const batch = batchOf(settings, run);
  const none = {
    rate_limit_per_second: Number.isFinite(limit) ? roundedRate(limit) : null,
    finish_at: null,
    batch,
    wait: null,
  };
  if (run.status !== 'active' || run.left === 0) return none;
  const [refusals, plan] = await Promise.all([
    readRefusals(ctx, run.connection_id),
    readWarmUp(ctx, ctx.actor.workspaceId, run.connection_id),
  ]);
  const nowMs = ctx.clock.now().getTime();
  const speed = { settings, left: run.left, done: run.done, batchDueAt: run.batch_due_at };
  const notBefore = earliest(ctx.clock.now(), run);
  const wait =
    standstill(run) ??
    waitFor('rate_limited', refusals.until) ??
    waitFor('warm_up', resumesAt(plan)) ??
    waitFor('batch', batchPause(speed, nowMs)) ??
    waitFor(run.recipient_local ? 'local_time' : 'quiet', allWaitUntil(run));
  if (notBefore === null) return { ...none, wait };
  // measured over seconds: a wait or a pause between batches would make it now too fast, now too slow
  const isSteady = run.measured > 0 && !settings.batch && !wait;
  const notBeforeMs = Math.max(refusals.until?.getTime() ?? 0, notBefore.getTime());
  const endOf = (left: number, earliestMs: number) =>
    finishMs(
      runForecast(
        { ...speed, left },
        {
          nowMs,
          notBeforeMs: Math.max(notBeforeMs, earliestMs),
          days: plan.days,
          perSecond: isSteady ? run.measured : limit,
        },
      ),
    );
  const ends = [endOf(run.left, 0), ...afterWaves(run.waves, endOf)];
  const end = ends.includes(null) ? null : Math.max(...(ends as number[]));
  const finish_at = end === null ? null : new Date(end).toISOString();
  return { ...none, finish_at, wait };
}

/** When what waits may go at the earliest; null where nobody can say: held, a canary asks, the platform does not answer. */
function earliest(now: Date, { held, canary, ab, circuit }: RunNow): Date | null {
  if (held || circuit) return null;
  if (ab) return ab.decideAt ? new Date(ab.decideAt) : null;
  if (!canary || canary.settled_at) return now;
  return canary.when_passed === 'ask' || !canary.judge_at ? null : new Date(canary.judge_at);
}

/** What keeps everybody, before any question of speed; a canary whose people are still being messaged does not. */
function standstill({ held, canary, ab, circuit }: RunNow): Report['wait'] {
  if (held) return { reason: 'held', until: null };
  if (circuit?.state === 'open') return { reason: 'circuit', until: null };
  if (ab && !ab.open) return { reason: 'variants', until: ab.decideAt };
  if (canary?.step !== 'waiting' || canary.settled_at) return null;
  return { reason: 'canary', until: canary.when_passed === 'ask' ? null : canary.judge_at };
}

/** When the first go on, if everybody who is left waits for the end of their quiet hours. */
function allWaitUntil({ left, waves }: RunNow): Date | null {
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

/** What the lane allows itself for such a message: learned from 429s, or the rate that is paid for. */
async function allowedNow(
  ctx: Ctx,
  connectionId: string,
  settings: Partial<Settings>,
  declared: number | null,
): Promise<number> {
  const connection = await ctx.db
    .selectFrom('connections')
    .select(['channel', 'learned_rate'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connectionId)
    .executeTakeFirst();
  const most = declared ?? Number.POSITIVE_INFINITY;
  if (!connection) return most;
  const paid = settings.paid_broadcast ? adapterOf(connection.channel as Channel).pace.paidPerSecond : null;
  return paid ?? Math.min(most, connection.learned_rate ?? most);
}

function batchOf(settings: Partial<Settings>, { left, done }: RunNow): Report['batch'] {
  if (!settings.batch) return null;
  const { size, delay_seconds } = settings.batch;
  const of = Math.max(1, Math.ceil((done + left) / size));
  return { number: Math.min(of, Math.floor(done / size) + 1), of, size, delay_seconds };
}

function waitFor(reason: NonNullable<Report['wait']>['reason'], until: Date | null): Report['wait'] {
  return until && { reason, until: until.toISOString() };
}
