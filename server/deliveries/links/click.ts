// Somebody, or some program, opened a tracked link. Where it leads comes from the database alone, never from the request.
import { sql } from 'kysely';
import type { BaseCtx } from '../../platform/context.ts';
import { addTally } from '../reports/tallies.ts';
import type { LinkCode } from './code.ts';

/** More of one delivery is a loop or an attack, and only fills the table. Each kind for itself: previews shut nobody out. */
const recordedPerDelivery = 100;
export type ClickKind = 'click' | 'preview';
const keptMs = 90 * 86_400_000;

export interface FoundTarget {
  workspaceId: string;
  linkId: string;
  deliveryId: string;
  position: number;
  url: string;
}

/** Null: the run is gone. */
export async function targetOf(base: BaseCtx, code: LinkCode): Promise<FoundTarget | null> {
  const row = await base.db
    .selectFrom('links')
    .select(['workspace_id', 'id', 'position', 'url'])
    .where('number', '=', String(code.linkNumber) as never)
    .executeTakeFirst();
  if (!row) return null;
  const { workspace_id, id, position, url } = row;
  return { workspaceId: workspace_id, linkId: id, position, url, deliveryId: code.deliveryId };
}

/**
 * One statement: the click is written down, counted with its link, marked at the delivery, and the run's sum follows where the
 * person had clicked nothing before. The row is locked first, so that two clicks at once are a first and a second one.
 * A preview counts beside people and marks nobody. False: this delivery has as many of this kind as are written down.
 */
export async function recordClick(
  base: BaseCtx,
  { workspaceId, linkId, deliveryId, position }: FoundTarget,
  kind: ClickKind,
): Promise<boolean> {
  const now = base.clock.now();
  const isClick = sql.lit(kind === 'click');
  const { rows } = await sql<{ noted: boolean }>`/* click */
    WITH met AS MATERIALIZED (
      SELECT d.workspace_id, d.id, d.run_id, d.variant, d.clicked_at,
        (coalesce(d.clicked_links, 0) & (1::bigint << ${position}::int)) = 0 AS is_new
      FROM deliveries d WHERE d.workspace_id = ${workspaceId} AND d.id = ${deliveryId} FOR NO KEY UPDATE
    ), noted AS (
      INSERT INTO link_clicks (workspace_id, delivery_id, link_id, at, kind)
      SELECT workspace_id, id, ${linkId}::uuid, ${now}, ${kind} FROM met
      WHERE (SELECT count(*) FROM (SELECT 1 FROM link_clicks k
        WHERE k.workspace_id = ${workspaceId} AND k.delivery_id = ${deliveryId} AND k.kind = ${kind} LIMIT ${recordedPerDelivery}) k) < ${recordedPerDelivery}
      RETURNING delivery_id
    ), marked AS (
      UPDATE deliveries d SET clicked_at = coalesce(d.clicked_at, ${now}),
        clicked_links = coalesce(d.clicked_links, 0) | (1::bigint << ${position}::int)
      FROM met JOIN noted ON noted.delivery_id = met.id
      WHERE d.workspace_id = met.workspace_id AND d.id = met.id AND met.is_new AND ${isClick}
    ), counted AS (
      INSERT INTO link_counts AS c (workspace_id, link_id, shard, people, clicks, previews)
      SELECT met.workspace_id, ${linkId}::uuid, pg_backend_pid() % 16, (${isClick} AND met.is_new)::int, ${isClick}::int, (NOT ${isClick})::int
      FROM met JOIN noted ON noted.delivery_id = met.id
      ON CONFLICT (workspace_id, link_id, shard) DO UPDATE SET people = c.people + excluded.people,
        clicks = c.clicks + excluded.clicks, previews = c.previews + excluded.previews
    ), firsts AS (
      SELECT met.workspace_id, met.run_id, met.variant FROM met JOIN noted ON noted.delivery_id = met.id
      WHERE ${isClick} AND met.clicked_at IS NULL
    ), told AS (${addTally('clicked', sql`firsts`)})
    SELECT EXISTS (SELECT 1 FROM noted) AS noted`.execute(base.db);
  return rows[0]?.noted ?? false;
}

/** Job `deliveries.forget_clicks`, daily: sums and marks stay. */
export async function forgetOldClicks(base: BaseCtx): Promise<void> {
  await base.db
    .deleteFrom('link_clicks')
    .where('at', '<', new Date(base.clock.now().getTime() - keptMs))
    .execute();
}
