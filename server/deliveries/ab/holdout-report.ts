// The holdout of a run against those who were sent the message: who ordered within the same days, counted from the start. Nobody of
// the holdout has a message to count from, so both sides have the run's window; of an automation each person their own.
import { type RawBuilder, sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import { eventSkips } from '../../../contract/deliveries.ts';
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
  run: {
    id: string;
    campaign_id: string;
    settings: unknown;
    created_at: Date;
    campaign_version?: number | null;
  },
  sent: number,
): Promise<HoldoutReport | null> {
  if ((run.settings as Partial<Settings>).holdout_percent == null) return null;
  if (run.campaign_version != null) return reportOf(await ongoingCounts(ctx, run.campaign_id));
  const { workspaceId } = ctx.actor;
  const until = new Date(run.created_at.getTime() + conversionDays * 86_400_000);
  const { rows } = await sql<{ people: number; converted: number; sent_converted: number }>`
    WITH buyers AS (
      SELECT DISTINCT o.contact_id FROM orders o
      WHERE o.workspace_id = ${workspaceId} AND o.placed_at >= ${run.created_at} AND o.placed_at < ${until}
        AND o.status NOT IN ('cancelled', 'returned')
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
  return reportOf({ sent, ...(rows[0] as (typeof rows)[number]) });
}

interface Counts {
  people: number;
  converted: number;
  sent: number;
  sent_converted: number;
}

/** An automation is looked back on so far. */
const lookedBackDays = 30;
/** The claim found that the event was over. Somebody of the holdout who bought at once looks the same, and counts. */
const calledOff = eventSkips.filter((reason) => reason !== 'automation_off');

/**
 * Of an automation, over all its runs, as SQL (contact_id, held, at): people, not messages, each from the first moment in this time
 * at which it was decided about them. So both sides have a moment of their own to count from.
 */
export const decidedAbout = (ctx: Ctx, campaignId: string, from: Date): RawBuilder<unknown> => sql`
  SELECT d.contact_id, d.state = 'skipped' AND d.reason = 'holdout' AS held, min(d.created_at) AS at
  FROM runs r JOIN deliveries d ON d.workspace_id = r.workspace_id AND d.run_id = r.id
  WHERE r.workspace_id = ${ctx.actor.workspaceId} AND r.campaign_id = ${campaignId} AND d.created_at >= ${from}
    AND (d.state IN ('sent', 'delivered', 'read') OR d.state = 'skipped' AND d.reason = ANY(${['holdout', ...calledOff]}::text[]))
  GROUP BY 1, 2`;

async function ongoingCounts(ctx: Ctx, campaignId: string): Promise<Counts> {
  const { workspaceId } = ctx.actor;
  const from = new Date(ctx.clock.now().getTime() - lookedBackDays * 86_400_000);
  const { rows } = await sql<Counts>`
    WITH decided AS (${decidedAbout(ctx, campaignId, from)}), met AS (
      SELECT held, EXISTS (
        SELECT FROM orders o WHERE o.workspace_id = ${workspaceId} AND o.contact_id = p.contact_id AND o.status NOT IN ('cancelled', 'returned')
          AND o.placed_at >= p.at AND o.placed_at < p.at + make_interval(days => ${conversionDays})) AS ordered
      FROM decided p
    )
    SELECT count(*) FILTER (WHERE held) AS people, count(*) FILTER (WHERE held AND ordered) AS converted,
      count(*) FILTER (WHERE NOT held) AS sent, count(*) FILTER (WHERE NOT held AND ordered) AS sent_converted
    FROM met`.execute(ctx.db);
  return rows[0] as Counts;
}

function reportOf({ people, converted, sent, sent_converted }: Counts): HoldoutReport {
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
