// Who got a campaign's message as a test, apart from its runs: somebody of the audience among them has it twice, and that is said.
import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';

/** What the platform took, or may have taken. */
const isOut = (row: string) => sql`${sql.ref(`${row}.state`)} IN ('sent', 'delivered', 'read', 'unknown')`;

/**
 * `contact_id` of everybody who got a test of the campaign. Looks before, between and behind the rows of its runs, a million each;
 * a test that was sent in the seconds while those were written is told in its person's row alone.
 */
export const testersOfCampaign = (ctx: Ctx, campaignId: string): RawBuilder<string> => sql<string>`
  SELECT DISTINCT t.contact_id FROM (
    SELECT lag(last_row) OVER (ORDER BY first_row) AS behind, first_row AS before FROM runs
    WHERE workspace_id = ${ctx.actor.workspaceId} AND campaign_id = ${campaignId} AND first_row IS NOT NULL
    UNION ALL
    SELECT max(last_row::text)::uuid, NULL FROM runs
    WHERE workspace_id = ${ctx.actor.workspaceId} AND campaign_id = ${campaignId} AND first_row IS NOT NULL
  ) gap JOIN LATERAL (
    SELECT d.contact_id FROM deliveries d
    WHERE d.workspace_id = ${ctx.actor.workspaceId} AND d.campaign_id = ${campaignId}
      AND d.id > coalesce(gap.behind, '00000000-0000-0000-0000-000000000000')
      AND d.id < coalesce(gap.before, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      AND d.source = 'test' AND ${isOut('d')}
  ) t ON true`;

/** Of the people who got the message of a run, how many got it as a test as well. */
export async function testedInRun(ctx: Ctx, campaignId: string, runId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*) AS n FROM deliveries r
    WHERE r.run_id = ${runId} AND r.campaign_id = ${campaignId} AND ${isOut('r')}
      AND r.contact_id = ANY(ARRAY(${testersOfCampaign(ctx, campaignId)}))`.execute(ctx.db);
  return Number(rows[0]?.n ?? 0);
}

/** Of a row `d` of a run: when its person got the message as a test; null: they did not. */
export const testedAt = sql<Date | null>`CASE WHEN d.source = 'campaign' THEN (
  SELECT max(coalesce(t.sent_at, t.unknown_at)) FROM deliveries t
  WHERE t.contact_id = d.contact_id AND t.campaign_id = d.campaign_id AND t.workspace_id = d.workspace_id
    AND t.source = 'test' AND ${isOut('t')}) END`;
