// SQL of campaigns: rows to wire shape. Pages of them are in list/.
import { sql } from 'kysely';
import { type Campaign, type CampaignStatus, settings } from '../../contract/campaigns.ts';
import type { Channel } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Ctx } from '../platform/context.ts';
import { wireOrNull } from '../platform/db/ids.ts';
import { notFound } from '../platform/errors.ts';
import { movesOf } from './campaign.ts';

/** Over all its runs, from the counters that triggers keep. */
const unknownOf = sql<number>`(
  SELECT coalesce(sum(k.n), 0)::bigint FROM runs r JOIN run_counts k ON k.run_id = r.id AND k.state = 'unknown'
  WHERE r.workspace_id = c.workspace_id AND r.campaign_id = c.id)`;

const offSince = sql<Date | null>`(
  SELECT s.disabled_at FROM trigger_states s WHERE s.workspace_id = c.workspace_id AND s.campaign_id = c.id)`;

export function campaignRows(ctx: Ctx) {
  return ctx.db
    .selectFrom('campaigns as c')
    .selectAll('c')
    .select([unknownOf.as('unknown'), offSince.as('off_since')])
    .where('c.workspace_id', '=', ctx.actor.workspaceId);
}
type CampaignRow = Awaited<ReturnType<ReturnType<typeof campaignRows>['executeTakeFirstOrThrow']>>;

export function toCampaign(row: CampaignRow): Campaign {
  const campaign = withoutMoves(row);
  return { ...campaign, moves: movesOf(campaign) };
}

function withoutMoves(row: CampaignRow): Omit<Campaign, 'moves'> {
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
    next_at: nextAt(row),
    held: row.held_at !== null,
    occurrences: repeats(row) ? { done: row.occurrences_done, left: row.occurrences_left } : null,
    settings: settings.parse(row.settings),
    trigger: row.trigger as Campaign['trigger'],
    off_since: row.off_since?.toISOString() ?? null,
    training: row.training as Campaign['training'],
    featured: row.featured,
    version: row.version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    launched_at: row.launched_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    unknown: row.unknown,
  };
}

const repeats = (row: CampaignRow) => (row.schedule as Campaign['schedule']).mode === 'recurring';

/** While a run of a series is under way, `scheduled_at` is already the next date. */
function nextAt(row: CampaignRow): string | null {
  const isAhead =
    row.status === 'scheduled' ||
    (['sending', 'paused'].includes(row.status) &&
      row.held_at === null &&
      repeats(row) &&
      row.occurrences_left !== 0);
  return isAhead ? (row.scheduled_at?.toISOString() ?? null) : null;
}

export async function getCampaign(ctx: Ctx, id: string): Promise<Campaign> {
  const row = await campaignRows(ctx).where('c.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('campaign');
  return toCampaign(row);
}
