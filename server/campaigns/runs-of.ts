// The runs of a campaign, the latest first, each with its figures from the counters.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { CampaignRun } from '../../contract/schedules.ts';
import type { Ctx } from '../platform/context.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { getCampaign } from './store.ts';

/** Throws NOT_FOUND. */
export async function listRuns(ctx: Ctx, campaignId: string, page: PageQuery): Promise<Page<CampaignRun>> {
  await getCampaign(ctx, campaignId);
  const counted = (states: string) =>
    sql<number>`(SELECT coalesce(sum(k.n), 0)::bigint FROM run_counts k
      WHERE k.workspace_id = r.workspace_id AND k.run_id = r.id AND k.state = ANY(${states}::text[]))`;
  const query = ctx.db
    .selectFrom('runs as r')
    .select([
      'r.id as _id',
      'r.created_at as _sort',
      'r.number',
      'r.status',
      'r.occurrence_at',
      'r.created_at',
      'r.finished_at',
      'r.planned',
      counted('{sent,delivered,read}').as('sent'),
      counted('{failed}').as('failed'),
      counted('{skipped}').as('skipped'),
      counted('{unknown}').as('unknown'),
    ])
    .where('r.workspace_id', '=', ctx.actor.workspaceId)
    .where('r.campaign_id', '=', campaignId);
  const order = { column: 'r.created_at', id: 'r.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(query, page, order, (row) => ({
    run_id: toWireId('run', row._id),
    number: row.number,
    occurrence_at: row.occurrence_at?.toISOString() ?? null,
    status: row.status as CampaignRun['status'],
    started_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
    planned: row.planned,
    sent: row.sent,
    failed: row.failed,
    skipped: row.skipped,
    unknown: row.unknown,
  }));
}
