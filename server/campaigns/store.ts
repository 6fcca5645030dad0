// SQL of campaigns: rows to wire shape, lists, and the version-checked update that two tabs meet at.
import { sql } from 'kysely';
import { type Campaign, type CampaignStatus, settings } from '../../contract/campaigns.ts';
import type { Channel } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Ctx } from '../platform/context.ts';
import { wireOrNull } from '../platform/db/ids.ts';
import { containing, fetchPage, type PageOrder } from '../platform/db/pages.ts';
import { notFound } from '../platform/errors.ts';

/** Over all its runs, from the counters that triggers keep. */
const unknownOf = sql<number>`(
  SELECT coalesce(sum(k.n), 0)::bigint FROM runs r JOIN run_counts k ON k.run_id = r.id AND k.state = 'unknown'
  WHERE r.workspace_id = c.workspace_id AND r.campaign_id = c.id)`;

export function campaignRows(ctx: Ctx) {
  return ctx.db
    .selectFrom('campaigns as c')
    .leftJoin('connections as n', (join) =>
      join.onRef('n.workspace_id', '=', 'c.workspace_id').onRef('n.id', '=', 'c.connection_id'),
    )
    .selectAll('c')
    .select(['n.channel', 'c.id as _id', unknownOf.as('unknown')])
    .where('c.workspace_id', '=', ctx.actor.workspaceId);
}
type CampaignRow = Awaited<ReturnType<ReturnType<typeof campaignRows>['executeTakeFirstOrThrow']>>;

export function toCampaign(row: CampaignRow): Campaign {
  return {
    id: toWireId('cmp', row.id),
    number: row.number,
    kind: row.kind as Campaign['kind'],
    name: row.name,
    type: row.type as Campaign['type'],
    status: row.status as CampaignStatus,
    status_reason: row.status_reason,
    connection_id: wireOrNull('con', row.connection_id),
    channel: row.channel as Channel | null,
    audience: row.audience as Campaign['audience'],
    content: row.content as Campaign['content'],
    schedule: row.schedule as Campaign['schedule'],
    scheduled_at: row.scheduled_at?.toISOString() ?? null,
    settings: settings.parse(row.settings),
    trigger: row.trigger as Campaign['trigger'],
    training: 'not_trained',
    featured: row.featured,
    version: row.version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    launched_at: row.launched_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    unknown: row.unknown,
  };
}

export async function getCampaign(ctx: Ctx, id: string): Promise<Campaign> {
  const row = await campaignRows(ctx).where('c.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('campaign');
  return toCampaign(row);
}

export interface CampaignFilter {
  statuses?: CampaignStatus[];
  kinds?: Campaign['kind'][];
  channel?: Channel;
  /** Part of the name, or the number. */
  search?: string;
  featured?: boolean;
  /** With or without unknown deliveries. */
  unsettled?: boolean;
}

export type CampaignSort = 'created_at' | '-created_at' | 'name' | '-name' | 'updated_at' | '-updated_at';

export function listCampaigns(
  ctx: Ctx,
  filter: CampaignFilter,
  sort: CampaignSort,
  page: PageQuery,
): Promise<Page<Campaign>> {
  const column = sort.replace('-', '') as 'created_at' | 'name' | 'updated_at';
  const order: PageOrder = {
    column: `c.${column}`,
    id: 'c.id',
    direction: sort.startsWith('-') ? 'desc' : 'asc',
    type: column === 'name' ? 'text' : 'timestamptz',
  };
  let query = campaignRows(ctx).select(`c.${column} as _sort`);
  if (filter.statuses?.length) query = query.where('c.status', 'in', filter.statuses);
  else query = query.where('c.status', '<>', 'archived');
  if (filter.kinds?.length) query = query.where('c.kind', 'in', filter.kinds);
  if (filter.channel) query = query.where('n.channel', '=', filter.channel);
  if (filter.featured !== undefined) query = query.where('c.featured', '=', filter.featured);
  if (filter.unsettled !== undefined)
    query = query.where(sql<boolean>`${unknownOf} ${sql.raw(filter.unsettled ? '> 0' : '= 0')}`);
  if (filter.search) {
    const pattern = containing(filter.search);
    const number = /^#?\d{1,9}$/.test(filter.search) ? Number(filter.search.replace('#', '')) : -1;
    query = query.where(sql<boolean>`(c.name ILIKE ${pattern} OR c.number = ${number})`);
  }
  return fetchPage(query, page, order, toCampaign);
}
