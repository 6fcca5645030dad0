// How many campaigns each tab and each status would show, in one look at all of them.
import { sql } from 'kysely';
import type { CampaignCounts, CampaignFilter } from '../../../contract/campaign-list.ts';
import { type CampaignStatus, campaignStatus } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { Ctx } from '../../platform/context.ts';
import { conditionOf, statusesOf } from './filter.ts';

export async function countByFacet(ctx: Ctx, filter: CampaignFilter): Promise<CampaignCounts> {
  const { channel, status: _, ...others } = filter;
  const condition = await conditionOf(ctx, { ...others, status: [...campaignStatus.options] });
  const { rows } = await sql<{ channel: Channel | null; status: CampaignStatus; n: number }>`
    SELECT c.channel, c.status, count(*) AS n FROM campaigns c
    WHERE c.workspace_id = ${ctx.actor.workspaceId} AND ${condition} GROUP BY 1, 2`.execute(ctx.db);
  const statuses = statusesOf(filter);
  const sum = (holds: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(holds).reduce((total, row) => total + row.n, 0);
  const ofChannel = (one: Channel | null) =>
    sum((row) => row.channel === one && statuses.includes(row.status));
  const isAsked = (row: (typeof rows)[number]) => channel === undefined || row.channel === channel;
  return {
    total: sum((row) => isAsked(row) && statuses.includes(row.status)),
    by_channel: {
      telegram: ofChannel('telegram'),
      whatsapp: ofChannel('whatsapp'),
      website: ofChannel('website'),
      none: ofChannel(null),
    },
    by_status: Object.fromEntries(
      campaignStatus.options.map((one) => [one, sum((row) => isAsked(row) && row.status === one)]),
    ) as CampaignCounts['by_status'],
  };
}
