// How far the runs of a connection are and what their own settings allow: what a finish time is made from.
import { sql } from 'kysely';
import type { Settings } from '../../contract/campaigns.ts';
import type { Ctx } from '../platform/context.ts';
import type { Forecast } from './forecast.ts';

export interface RunSpeed {
  id: string;
  settings: Partial<Settings>;
  /** Rows that are not at an end, those that are still to be written included. */
  left: number;
  /** Rows that were sent or may have been: what fills batches. */
  done: number;
  batch: number;
  batchDueAt: Date | null;
}

/** The active runs of a connection. */
export async function runsUnderWay(ctx: Ctx, connectionId: string): Promise<RunSpeed[]> {
  const result = await sql<{
    id: string;
    settings: Partial<Settings>;
    planned: number;
    expanded: boolean;
    batch: number;
    batch_due_at: Date | null;
    written: number;
    waiting: number;
    done: number;
  }>`
    SELECT r.id, r.settings, r.planned, r.expanded_at IS NOT NULL AS expanded, r.batch, r.batch_due_at,
      coalesce(sum(c.n), 0)::bigint AS written,
      coalesce(sum(c.n) FILTER (WHERE c.state IN ('planned', 'queued', 'sending')), 0)::bigint AS waiting,
      coalesce(sum(c.n) FILTER (WHERE c.state IN ('sending', 'sent', 'delivered', 'read', 'failed', 'unknown')), 0)::bigint AS done
    FROM runs r LEFT JOIN run_counts c ON c.run_id = r.id
    WHERE r.workspace_id = ${ctx.actor.workspaceId} AND r.connection_id = ${connectionId} AND r.status = 'active'
    GROUP BY r.workspace_id, r.id`.execute(ctx.db);
  return result.rows.map((row) => ({
    id: row.id,
    settings: row.settings,
    left: row.waiting + (row.expanded ? 0 : Math.max(0, row.planned - row.written)),
    done: row.done,
    batch: row.batch,
    batchDueAt: row.batch_due_at,
  }));
}

/** The forecast of one run: what its connection allows, and its own settings below that. */
export function runForecast(
  run: Pick<RunSpeed, 'settings' | 'left' | 'done' | 'batchDueAt'>,
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
