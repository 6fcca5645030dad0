// What happened when, in at most some hundred steps: read from the rows themselves, so that it equals the report.
import { sql } from 'kysely';
import type { Course } from '../../../contract/links.ts';
import type { Ctx } from '../../platform/context.ts';
import { findRun, type RunRow, type Standing, standingOf, wholeOf } from '../pace/standing.ts';
import { countStates } from '../runs/run.ts';
import { sumsOf } from './reckoning.ts';

/** Lengths that people read easily, in seconds. */
const lengths = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
const mostSteps = 120;
/** Clicks and answers come for days; the course shows the sending and a day after it. */
const afterMs = 86_400_000;

/**
 * The course of a run, the latest unless `runId` names another; of an automation without `runId` of all its runs, as its report.
 * Throws NOT_FOUND for a run of another campaign.
 */
export async function runCourse(
  ctx: Ctx,
  campaignId: string,
  rateLimit: number | null,
  runId: string | null,
): Promise<Course> {
  const run = await findRun(ctx, campaignId, runId);
  if (!run) return { bucket_seconds: 60, data: [], forecast: [] };
  const whole = await wholeOf(ctx, run, runId);
  const ids = whole.map(({ id }) => id);
  const begin = whole[0].created_at;
  const now = ctx.clock.now();
  const until = run.finished_at
    ? new Date(Math.min(now.getTime(), run.finished_at.getTime() + afterMs))
    : now;
  const mine = sql`d.workspace_id = ${ctx.actor.workspaceId} AND d.run_id = ANY(${ids}::uuid[])`;
  const last = await sql<{ at: Date | null }>`
    SELECT greatest(
      (SELECT max(clicked_at) FROM deliveries d WHERE ${mine} AND clicked_at IS NOT NULL AND clicked_at <= ${until}),
      (SELECT max(replied_at) FROM deliveries d WHERE ${mine} AND replied_at IS NOT NULL AND replied_at <= ${until})) AS at`.execute(
    ctx.db,
  );
  const end = run.finished_at
    ? new Date(Math.max(run.finished_at.getTime(), last.rows[0]?.at?.getTime() ?? 0))
    : now;
  const seconds = Math.max(1, (end.getTime() - begin.getTime()) / 1000);
  const length = lengths.find((one) => seconds / one <= mostSteps) ?? Math.ceil(seconds / mostSteps);
  const step = (column: 'sent_at' | 'claimed_at' | 'clicked_at' | 'replied_at') =>
    sql`greatest(0, floor(extract(epoch FROM d.${sql.ref(column)} - ${begin}::timestamptz) / ${length}))::int`;
  const { rows } = await sql<{
    step: number;
    sent: number;
    failed: number;
    clicked: number;
    replied: number;
  }>`
    SELECT step, sum(sent)::bigint AS sent, sum(failed)::bigint AS failed, sum(clicked)::bigint AS clicked, sum(replied)::bigint AS replied
    FROM (
      SELECT ${step('sent_at')} AS step, 1 AS sent, 0 AS failed, 0 AS clicked, 0 AS replied FROM deliveries d
        WHERE ${mine} AND d.state IN ('sent', 'delivered', 'read') AND d.sent_at IS NOT NULL
      UNION ALL SELECT ${step('claimed_at')}, 0, 1, 0, 0 FROM deliveries d
        WHERE ${mine} AND d.state IN ('failed', 'skipped', 'unknown') AND d.state = 'failed' AND d.claimed_at IS NOT NULL
      UNION ALL SELECT ${step('clicked_at')}, 0, 0, 1, 0 FROM deliveries d
        WHERE ${mine} AND d.clicked_at IS NOT NULL AND d.clicked_at <= ${until}
      UNION ALL SELECT ${step('replied_at')}, 0, 0, 0, 1 FROM deliveries d
        WHERE ${mine} AND d.replied_at IS NOT NULL AND d.replied_at <= ${until}
    ) what GROUP BY step ORDER BY step`.execute(ctx.db);
  return {
    bucket_seconds: length,
    data: rows.map(({ step, ...figures }) => ({
      at: new Date(begin.getTime() + step * length * 1000).toISOString(),
      ...figures,
    })),
    forecast: run.finished_at === null ? await forecastOf(ctx, run, ids, rateLimit) : [],
  };
}

async function forecastOf(
  ctx: Ctx,
  run: RunRow,
  ids: string[],
  rateLimit: number | null,
): Promise<Course['forecast']> {
  const now = ctx.clock.now();
  if (run.campaign_version === null) return aheadOf(await standingOf(ctx, run, rateLimit), now);
  // nobody knows which carts will be left
  const counts = await countStates(ctx, ...ids);
  const { sent } = sumsOf({ status: 'active', planned: 0, expanded: true, counts, isTest: false });
  return [{ at: now.toISOString(), sent }];
}

/** Level while nothing goes out; only the present where nobody can say when it goes on. */
function aheadOf({ outlook, obstacle, sums }: Standing, now: Date): Course['forecast'] {
  const present = { at: now.toISOString(), sent: sums.sent };
  const stop = outlook.wait ?? obstacle;
  if (!outlook.finish_at || (stop && !stop.until)) return [present];
  return [
    present,
    ...(stop?.until ? [{ at: stop.until, sent: sums.sent }] : []),
    { at: outlook.finish_at, sent: sums.sent + sums.left },
  ];
}
