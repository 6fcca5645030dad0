// The waits of an automation whose delay is over, taken: what becomes of them is written in the same transaction.
import { sql } from 'kysely';
import { type AutomationPlan, withDelay } from '../campaigns/automation.ts';
import type { Ctx } from '../platform/context.ts';

export interface DueWait {
  subject_id: string;
  since: Date;
}

/**
 * The oldest first, at most `limit`; null: all. Whatever another node or a shop's transaction holds is left to the next check. `taken`: how many
 * there were; of those the ones that began before it was switched on (a transaction that was under way when it was switched off
 * leaves them behind) are no `waits`.
 */
export async function takeDue(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationPlan,
  limit: number | null,
): Promise<{ waits: DueWait[]; taken: number }> {
  const { rows } = await sql<DueWait & { counts: boolean }>`
    WITH due AS MATERIALIZED (
      SELECT w.ctid AS place FROM trigger_waits w
      WHERE w.campaign_id = ${campaignId} AND w.since <= ${withDelay(automation, ctx.clock.now())}
      ORDER BY w.since, w.subject_id LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    -- by their places, which the lock holds: joined by key, the planner compared each with all while it had no figures of the table
    DELETE FROM trigger_waits w WHERE w.ctid = ANY(ARRAY(SELECT place FROM due))
    RETURNING w.subject_id, w.since, w.since >= (SELECT s.enabled_at FROM trigger_states s WHERE s.campaign_id = ${campaignId}) AS counts`.execute(
    ctx.db,
  );
  return { waits: rows.filter(({ counts }) => counts), taken: rows.length };
}
