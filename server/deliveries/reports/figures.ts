// The figures of many campaigns at once, for a page of the list: those of each one's latest run, of an automation of all its runs,
// from the counters.
import { sql } from 'kysely';
import type { CampaignFigures } from '../../../contract/campaign-list.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { RunStatus } from '../../../contract/reconciliation.ts';
import type { Ctx } from '../../platform/context.ts';
import { sumsOf } from './reckoning.ts';
import { toldOf } from './told.ts';

interface Row {
  campaign_id: string;
  status: RunStatus;
  planned: number;
  expanded: boolean;
  counts: Record<string, number> | null;
  /** Links were tracked. */
  tracked: boolean;
  channel: Channel;
  settings: Partial<Settings>;
  tallies: Record<string, number> | null;
}

/** By campaign; one without a run is not in it. As the report: what a platform does not tell is null. */
export async function figuresOf(ctx: Ctx, campaignIds: string[]): Promise<Map<string, CampaignFigures>> {
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<Row>`
    SELECT r.campaign_id, r.status, r.planned, r.expanded_at IS NOT NULL AS expanded,
      (SELECT jsonb_object_agg(k.state, k.n) FROM (
        SELECT k.state, sum(k.n) AS n FROM run_counts k
        WHERE k.run_id = ANY(r.whole) AND k.workspace_id = ${workspaceId} GROUP BY k.state) k) AS counts,
      r.link_base IS NOT NULL AS tracked, r.settings, r.channel,
      (SELECT jsonb_object_agg(t.what, t.n) FROM (
        SELECT t.what, sum(t.n) AS n FROM run_tallies t
        WHERE t.run_id = ANY(r.whole) AND t.workspace_id = ${workspaceId} GROUP BY t.what) t) AS tallies
    FROM unnest(${campaignIds}::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
      SELECT r.*, n.channel, CASE WHEN r.campaign_version IS NULL THEN ARRAY[r.id] ELSE ARRAY(
          SELECT a.id FROM runs a WHERE a.workspace_id = r.workspace_id AND a.campaign_id = r.campaign_id AND a.campaign_version IS NOT NULL) END AS whole
      FROM runs r JOIN connections n ON n.workspace_id = r.workspace_id AND n.id = r.connection_id WHERE r.workspace_id = ${workspaceId} AND r.campaign_id = wanted.id
      ORDER BY r.created_at DESC LIMIT 1) r`.execute(ctx.db);
  return new Map(rows.map((row) => [row.campaign_id, toFigures(row)]));
}

function toFigures({
  status,
  planned,
  expanded,
  counts,
  tracked,
  channel,
  settings,
  tallies,
}: Row): CampaignFigures {
  const sums = sumsOf({ status, planned, expanded, counts: counts ?? {} });
  const tells = toldOf(channel, settings);
  return {
    planned: sums.planned,
    left: sums.left,
    sent: sums.sent,
    delivered: tells.delivered ? sums.delivered : null,
    read: tells.read ? sums.read : null,
    clicked: tracked ? (tallies?.clicked ?? 0) : null,
    replied: tallies?.replied ?? 0,
    failed: sums.failed,
  };
}
