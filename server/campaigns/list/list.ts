// The campaign list: pages in both directions, featured first, each row with the figures of its latest run.
import { type RawBuilder, sql } from 'kysely';
import type {
  CampaignFilter,
  CampaignPage,
  CampaignQuery,
  ListedCampaign,
} from '../../../contract/campaign-list.ts';
import { scheduleInWords } from '../../../contract/schedule-words.ts';
import type { Schedule } from '../../../contract/schedules.ts';
import { figuresOf } from '../../deliveries/reports/figures.ts';
import type { Ctx } from '../../platform/context.ts';
import { decodeCursor, encodeCursor, invalidCursor } from '../../platform/db/pages.ts';
import { campaignRows, toCampaign } from '../store.ts';
import { conditionOf, statusesOf } from './filter.ts';
import { reversed, type Stretch, stretchesOf } from './orders.ts';

/** A campaign's place in the order. */
interface Place {
  stretch: string;
  value: string;
  id: string;
}

/** Throws INVALID_CURSOR. */
export async function listCampaigns(ctx: Ctx, query: CampaignQuery): Promise<CampaignPage> {
  const { cursor, limit, include, sort, ...filter } = query;
  const order = stretchesOf(sort, { statuses: statusesOf(filter), featured: filter.featured });
  const from = cursor === undefined ? null : readCursor(cursor, sort, order);
  const isBackwards = from?.isBackwards ?? false;
  const condition = await conditionOf(ctx, filter);
  const places = await readPlaces(ctx, condition, {
    order: isBackwards ? reversed(order) : order,
    from,
    most: limit + 1,
  }).catch((error: { code?: string }) => {
    // class 22, data exception: a forged cursor holds a value that is no time or uuid
    if (from && error.code?.startsWith('22')) throw invalidCursor();
    throw error;
  });
  const hasMore = places.length > limit;
  const shown = places.slice(0, limit);
  if (isBackwards) shown.reverse();
  const cursorAt = (place: Place | undefined, way: '>' | '<') =>
    place ? encodeCursor([`campaigns.${sort}.${place.stretch}${way}`, place.value, place.id]) : null;
  return {
    ...(include === 'total' ? { total: await countCampaigns(ctx, filter) } : {}),
    data: await toListed(
      ctx,
      shown.map((place) => place.id),
    ),
    // whoever comes from a page has one on that side
    next_cursor: isBackwards || hasMore ? cursorAt(shown.at(-1), '>') : null,
    previous_cursor: (isBackwards ? hasMore : from) ? cursorAt(shown[0], '<') : null,
  };
}

export async function countCampaigns(ctx: Ctx, filter: CampaignFilter): Promise<number> {
  const condition = await conditionOf(ctx, filter);
  const { rows } = await sql<{ n: number }>`
    SELECT count(*) AS n FROM campaigns c WHERE c.workspace_id = ${ctx.actor.workspaceId} AND ${condition}`.execute(
    ctx.db,
  );
  return rows[0]?.n ?? 0;
}

/** At most `most` of the order behind `from`; null: from its beginning. */
export async function readPlaces(
  ctx: Ctx,
  condition: RawBuilder<boolean>,
  { order, from, most }: { order: Stretch[]; from: Place | null; most: number },
): Promise<Place[]> {
  const places: Place[] = [];
  const first = from ? order.findIndex((stretch) => stretch.name === from.stretch) : 0;
  for (const [at, stretch] of order.entries()) {
    const wanted = most - places.length;
    if (at < first || wanted <= 0) continue;
    const { value, direction, name: key } = stretch;
    const [way, comparison] = direction === 'asc' ? [sql`ASC`, sql`>`] : [sql`DESC`, sql`<`];
    const behind =
      from && at === first
        ? sql`(${value}, c.id) ${comparison} (${from.value}::${sql.raw(stretch.type)}, ${from.id}::uuid)`
        : sql`true`;
    const { rows } = await sql<{ value: string; id: string }>`
      SELECT c.id, ${value}::text AS value FROM campaigns c
      WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.featured = ${stretch.featured} AND ${stretch.where}
        AND ${behind} AND ${condition}
      ORDER BY ${value} ${way}, c.id ${way} LIMIT ${wanted}`.execute(ctx.db);
    places.push(...rows.map((row) => ({ ...row, stretch: key })));
  }
  return places;
}

/** In the order of `ids`; one that was deleted meanwhile is left out. */
export async function toListed(ctx: Ctx, ids: string[]): Promise<ListedCampaign[]> {
  if (ids.length === 0) return [];
  const [rows, figures] = await Promise.all([
    campaignRows(ctx).where('c.id', 'in', ids).execute(),
    figuresOf(ctx, ids),
  ]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (!row) return [];
    return [
      {
        ...toCampaign(row),
        figures: figures.get(id) ?? null,
        estimated_reach: row.estimated_reach,
        estimated_at: row.estimated_at?.toISOString() ?? null,
        repeats: repeatsOf(row.schedule as Schedule),
      },
    ];
  });
}

const repeatsOf = (schedule: Schedule) => (schedule.mode === 'recurring' ? scheduleInWords(schedule) : null);

function readCursor(
  cursor: string,
  sort: CampaignQuery['sort'],
  order: Stretch[],
): Place & { isBackwards: boolean } {
  const [kind, value, id] = decodeCursor(cursor);
  const parts = /^campaigns\.(-?[a-z_]+)\.([a-z_]+)([<>])$/.exec(kind);
  const stretch = order.find(({ name }) => name === parts?.[2]);
  if (parts?.[1] !== sort || !stretch) throw invalidCursor();
  return { stretch: stretch.name, value, id, isBackwards: parts[3] === '<' };
}
