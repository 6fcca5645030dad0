// The holdout of a run against those who were sent the message: who ordered within the same days, counted from the start. Nobody of
// the holdout has a message to count from, so both sides have the run's window.
import { sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import type { HoldoutReport } from '../../../contract/variants.ts';
import type { Ctx } from '../../platform/context.ts';
import { conversionDays } from '../reports/tallies.ts';
import { liftOf } from './lift.ts';

/**
 * Counted from the orders of those days, which are few beside the rows of a run. Null: the run holds nobody out. `sent`: what
 * was accepted, as the report says.
 */
export async function holdoutReport(
  ctx: Ctx,
  run: { id: string; campaign_id: string; settings: unknown; created_at: Date },
  sent: number,
): Promise<HoldoutReport | null> {
  if ((run.settings as Partial<Settings>).holdout_percent == null) return null;
  const { workspaceId } = ctx.actor;
  const until = new Date(run.created_at.getTime() + conversionDays * 86_400_000);
  const { rows } = await sql<{ people: number; converted: number; sent_converted: number }>`
    WITH buyers AS (
      SELECT DISTINCT o.contact_id FROM orders o
      WHERE o.workspace_id = ${workspaceId} AND o.placed_at >= ${run.created_at} AND o.placed_at < ${until} AND o.status <> 'cancelled'
    ), met AS (
      SELECT d.state, d.reason FROM buyers
      JOIN deliveries d ON d.contact_id = buyers.contact_id AND d.campaign_id = ${run.campaign_id} AND d.event_key = ${run.id}
      WHERE d.workspace_id = ${workspaceId}
    )
    SELECT (SELECT count(*) FROM deliveries WHERE workspace_id = ${workspaceId} AND run_id = ${run.id}
        AND state = 'skipped' AND reason = 'holdout') AS people,
      count(*) FILTER (WHERE state = 'skipped' AND reason = 'holdout') AS converted,
      count(*) FILTER (WHERE state IN ('sent', 'delivered', 'read')) AS sent_converted
    FROM met`.execute(ctx.db);
  const { people, converted, sent_converted } = rows[0] as (typeof rows)[number];
  const lift = liftOf({ people: sent, converted: sent_converted }, { people, converted });
  return {
    people,
    converted,
    rate: lift.rate,
    sent,
    sent_converted,
    sent_rate: lift.sentRate,
    lift_percent: lift.liftPercent,
    interval: lift.interval,
    days: conversionDays,
    words: lift.words,
  };
}
