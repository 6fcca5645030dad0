// A filter of campaigns as a condition on the campaign `c`. It asks only what each index of the list holds (migration 0030).
import { type RawBuilder, sql } from 'kysely';
import type { CampaignFilter } from '../../../contract/campaign-list.ts';
import { type CampaignStatus, campaignStatus } from '../../../contract/campaigns.ts';
import { instantOf } from '../../../contract/zones.ts';
import type { Ctx } from '../../platform/context.ts';

export const statusesOf = ({ status }: Pick<CampaignFilter, 'status'>): CampaignStatus[] =>
  status?.length ? status : campaignStatus.options.filter((one) => one !== 'archived');

// word for word as the column plain_name is made
const plain = (text: RawBuilder<unknown>) =>
  sql`translate(lower(normalize(${text}, NFD)), U&'\\0300\\0301\\0302\\0303\\0304\\0306\\0307\\0308\\030A\\030B\\030C\\0323\\0327\\0328', '')`;

/** What all of the filter asks but whether it is featured, which is asked of each stretch. */
export async function conditionOf(ctx: Ctx, filter: CampaignFilter): Promise<RawBuilder<boolean>> {
  const { kind, channel, training, search, unsettled } = filter;
  const asked: RawBuilder<boolean>[] = [
    filter.status?.length
      ? sql`c.status = ANY(${filter.status}::text[])`
      : sql<boolean>`c.status <> 'archived'`,
  ];
  if (kind?.length) asked.push(sql`c.kind = ANY(${kind}::text[])`);
  if (channel) asked.push(sql`c.channel = ${channel}`);
  if (training) asked.push(sql`c.training = ${training}`);
  if (filter.featured !== undefined) asked.push(sql`c.featured = ${filter.featured}`);
  if (search) asked.push(searched(search));
  asked.push(...(await betweenDays(ctx, filter)));
  if (unsettled !== undefined)
    asked.push(sql`c.id ${sql.raw(unsettled ? '' : 'NOT')} IN (${campaignsWithUnknown(ctx)})`);
  return sql<boolean>`(${sql.join(asked, sql` AND `)})`;
}

function searched(text: string): RawBuilder<boolean> {
  const number = /^#?\d{1,9}$/.test(text) ? Number(text.replace('#', '')) : -1;
  const part = plain(sql`${text.replaceAll(/[\\%_]/g, '\\$&')}::text`);
  return sql`(c.plain_name LIKE '%' || ${part} || '%' OR c.number = ${number})`;
}

async function betweenDays(ctx: Ctx, { from, until }: CampaignFilter): Promise<RawBuilder<boolean>[]> {
  if (!from && !until) return [];
  const zone = await workspaceZone(ctx);
  const at = sql`coalesce(c.planned_at, c.created_at)`;
  return [
    ...(from ? [sql<boolean>`${at} >= ${dayBegins(from, zone)}`] : []),
    ...(until ? [sql<boolean>`${at} < ${dayBegins(nextDay(until), zone)}`] : []),
  ];
}

export async function workspaceZone(ctx: Ctx): Promise<string> {
  const { time_zone } = await ctx.db
    .selectFrom('workspaces')
    .select('time_zone')
    .where('id', '=', ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  return time_zone;
}

/** Midnight of that day; where the clocks leap over it, the first moment after. */
export const dayBegins = (day: string, zone: string): Date => instantOf(`${day}T00:00`, zone).at;

export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** Over all their runs, from the counters that triggers keep. */
const campaignsWithUnknown = (ctx: Ctx) => sql`
  SELECT r.campaign_id FROM run_counts k JOIN runs r ON r.workspace_id = k.workspace_id AND r.id = k.run_id
  WHERE k.workspace_id = ${ctx.actor.workspaceId} AND k.state = 'unknown'
  GROUP BY r.campaign_id HAVING sum(k.n) > 0`;
