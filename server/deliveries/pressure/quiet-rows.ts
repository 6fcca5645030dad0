// Rows that wait until their person's quiet hours end: they stay `queued` with `due_at` at that moment, and `quiet_since`
// says when they could first have gone.
import { sql } from 'kysely';
import type { Report } from '../../../contract/campaigns.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { atOnce } from '../delivery.ts';
import { type Limits, quietZones } from './eligibility.ts';

const chunkSize = 5000;

/**
 * Puts off the due rows of people in the same zones at once, a chunk of them: claimed one by one, half a million people
 * whose evening begins would keep the lane from everybody else. Those who would wait too long are left to the claim.
 */
export async function deferQuiet(
  base: BaseCtx,
  limits: Limits,
  runIds: string[],
  zones: readonly (string | null)[],
): Promise<void> {
  const now = base.clock.now();
  const quiet = quietZones(limits, now, zones);
  if (!quiet || !limits.quiet) return;
  await sql`
    WITH waits AS MATERIALIZED (
      SELECT d.workspace_id, d.id, quiet.until FROM deliveries d
      JOIN contacts c ON c.workspace_id = d.workspace_id AND c.id = d.contact_id
      JOIN ${quiet} AS quiet (zone, until) ON quiet.zone = coalesce(c.time_zone, '')
      WHERE d.run_id = ANY(${runIds}::uuid[]) AND d.workspace_id = ${limits.workspaceId} AND d.state = 'queued' AND d.due_at <= ${now}
        AND quiet.until <= coalesce(d.quiet_since, ${now}) + make_interval(hours => ${limits.quiet.expire_after_hours})
      ORDER BY d.due_at, d.id LIMIT ${chunkSize} FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE deliveries d SET due_at = w.until, quiet_since = coalesce(d.quiet_since, ${now})
    FROM waits w WHERE d.workspace_id = w.workspace_id AND d.id = w.id`.execute(base.db);
}

/**
 * Job `deliveries.rejudge`: the quiet hours were changed, so whoever waits for the end of the old ones is looked at again by
 * the next claim, a chunk per job.
 */
export async function rejudgeWaiting(base: BaseCtx, job: { workspaceId: string }): Promise<void> {
  const now = base.clock.now();
  const moved = await sql<{ connection_id: string }>`
    UPDATE deliveries SET due_at = ${atOnce}
    WHERE workspace_id = ${job.workspaceId} AND id IN (
      SELECT d.id FROM runs r JOIN deliveries d ON d.run_id = r.id
      WHERE r.workspace_id = ${job.workspaceId} AND r.status IN ('active', 'paused')
        AND d.state = 'queued' AND d.due_at > ${now} AND d.quiet_since IS NOT NULL
      LIMIT ${chunkSize} FOR UPDATE OF d SKIP LOCKED)
    RETURNING connection_id`.execute(base.db);
  for (const connectionId of new Set(moved.rows.map((row) => row.connection_id)))
    await base.hub.publish(base, { topic: 'outbound', connectionId });
  if (moved.rows.length === chunkSize) await base.jobs.enqueue(base, 'deliveries.rejudge', job, {});
}

/** So many rows of one run become due in that minute. */
export interface Wave {
  at: Date;
  n: number;
}

/** Counting a million who wait takes a second, and everybody who looks at the report asks. */
const kept = new Map<string, { untilMs: number; waves: Wave[] }>();
const keptForMs = 10_000;

/**
 * Who of a run waits for the end of quiet hours or for the hour of their own zone, the earliest first. From `keepFrom` people on the figures may be ten seconds
 * old; a wave that has begun is never among them.
 */
export async function quietWaves(ctx: Ctx, runId: string, keepFrom = 20_000): Promise<Wave[]> {
  const now = ctx.clock.now();
  const known = kept.get(runId);
  if (known && ctx.clock.elapsedMs() < known.untilMs) return known.waves.filter((wave) => wave.at > now);
  const { rows } = await sql<Wave>`
    SELECT date_trunc('minute', due_at) AS at, count(*) AS n FROM deliveries
    WHERE workspace_id = ${ctx.actor.workspaceId} AND run_id = ${runId} AND state = 'queued'
      -- never claimed and not due yet: waits for the hour of their own zone
      AND due_at > ${now} AND (quiet_since IS NOT NULL OR claimed_at IS NULL)
    GROUP BY 1 ORDER BY 1`.execute(ctx.db);
  kept.delete(runId);
  if (kept.size > 500) kept.clear();
  if (rows.reduce((sum, wave) => sum + wave.n, 0) >= keepFrom)
    kept.set(runId, { untilMs: ctx.clock.elapsedMs() + keptForMs, waves: rows });
  return rows;
}

export function quietSummary(waves: Wave[]): Report['quiet'] {
  const [first] = waves;
  const last = waves.at(-1);
  if (!first || !last) return null;
  return {
    waiting: waves.reduce((sum, wave) => sum + wave.n, 0),
    next_at: first.at.toISOString(),
    until: last.at.toISOString(),
  };
}
