// The list as CSV, streamed page by page.
import type { Readable } from 'node:stream';
import type { CampaignFilter, CampaignQuery, ListedCampaign } from '../../../contract/campaign-list.ts';
import type { Ctx } from '../../platform/context.ts';
import { csvStream } from '../../platform/csv.ts';
import { listCampaigns, toListed } from './list.ts';

const columns = [
  'ID',
  'Name',
  'Platform',
  'Status',
  'Training',
  'Schedule at',
  'Time zone',
  'Type',
  'Featured',
  'Audience',
  'Sent',
  'Failed',
  'Clicked',
  'Replied',
  'Created at',
];

/** `ids` (uuids): these alone, in this order; else all that the filter means, as the list orders them. */
export function exportCampaigns(
  ctx: Ctx,
  { ids, filter, sort }: { ids: string[] | null; filter: CampaignFilter; sort: CampaignQuery['sort'] },
): Readable {
  async function* rows() {
    if (ids) {
      yield* (await toListed(ctx, ids)).map(toRow);
      return;
    }
    for (let cursor: string | undefined; ; ) {
      const page = await listCampaigns(ctx, { ...filter, sort, limit: 200, cursor });
      yield* page.data.map(toRow);
      if (!page.next_cursor) return;
      cursor = page.next_cursor;
    }
  }
  return csvStream(columns, rows());
}

/** Where there is no figure the cell is empty: 0 would be one. */
function toRow(campaign: ListedCampaign): unknown[] {
  const { figures, schedule } = campaign;
  return [
    campaign.number,
    campaign.name,
    campaign.channel,
    campaign.status,
    campaign.training,
    campaign.scheduled_at,
    schedule.mode === 'now' ? null : schedule.time_zone,
    campaign.type,
    campaign.featured ? 'yes' : 'no',
    figures?.planned ?? campaign.estimated_reach,
    figures?.sent,
    figures?.failed,
    figures?.clicked,
    figures?.replied,
    campaign.created_at,
  ];
}
