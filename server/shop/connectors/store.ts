// SQL of shop connectors.
import { sql } from 'kysely';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import type { RemovedShop, ShopConnector, ShopKind } from '../../../contract/shop-connectors.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { fetchPage } from '../../platform/db/pages.ts';
import { notFound } from '../../platform/errors.ts';
import { type ConnectorRow, shopFacts, toConnector } from './connector.ts';

const select = (ctx: Ctx) =>
  ctx.db.selectFrom('shop_connectors').selectAll().where('workspace_id', '=', ctx.actor.workspaceId);

/** Newest first. */
export function listConnectors(ctx: Ctx, page: PageQuery): Promise<Page<ShopConnector>> {
  const order = { column: 'created_at', id: 'id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(select(ctx).select('id as _id'), page, order, (row) => toConnector(ctx.config, row));
}

/** Throws NOT_FOUND. */
export async function readConnector(ctx: Ctx, id: string): Promise<ConnectorRow> {
  const row = await select(ctx).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('shop connector');
  return row;
}

/** By id alone: who delivers is not known to belong to any workspace. */
export function findAnywhere(base: BaseCtx, id: string): Promise<ConnectorRow | undefined> {
  return base.db.selectFrom('shop_connectors').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Whoever comes second has seen the first: names and prefixes go by those that are taken. In a transaction. */
export async function connectorsAlone(ctx: Ctx): Promise<ConnectorRow[]> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('shop.connectors ' || ${ctx.actor.workspaceId}, 0))`.execute(
    ctx.db,
  );
  return select(ctx).execute();
}

/** Also by shops whose connector was removed. */
export async function prefixesTaken(ctx: Ctx): Promise<Set<string>> {
  const rows = await ctx.db
    .selectFrom('shop_prefixes')
    .select('id_prefix')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .execute();
  return new Set(rows.map(({ id_prefix }) => id_prefix));
}

/** For good: no other shop gets it by itself. */
export async function keepPrefix(ctx: Ctx, id: string, prefix: string): Promise<void> {
  await ctx.db
    .insertInto('shop_prefixes')
    .values({ workspace_id: ctx.actor.workspaceId, id_prefix: prefix })
    .onConflict((oc) => oc.doNothing())
    .execute();
  await ctx.db
    .updateTable('shop_connectors')
    .set({ id_prefix: prefix, id_prefix_open: false })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .execute();
}

/** With its prefix stays whose it was, for whoever connects that shop again. Of a shop that told nothing there is nothing to keep. */
export async function keepRemoved(
  ctx: Ctx,
  { kind, name, shop_url, source, id_prefix, has_written }: ConnectorRow,
): Promise<void> {
  // only tried: what stands as its prefix may be another shop's
  if (!has_written) return;
  await ctx.db
    .updateTable('shop_prefixes')
    .set({ kind, name, shop_url: shop_url ?? source, source, was_told: true, removed_at: ctx.clock.now() })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id_prefix', '=', id_prefix)
    .execute();
}

/** The shop's own address of itself, of which something came under this prefix. */
export async function sourceOf(ctx: Ctx, kind: ShopKind, prefix: string): Promise<string | null> {
  const row = await ctx.db
    .selectFrom('shop_prefixes')
    .select('source')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id_prefix', '=', prefix)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row?.source ?? null;
}

/** The last fifty, the latest first. Not those that are connected again. */
export async function removedShops(ctx: Ctx): Promise<RemovedShop[]> {
  const { rows } = await sql<Omit<RemovedShop, 'removed_at'> & { removed_at: Date | null }>`
    SELECT p.id_prefix, p.kind, p.name, p.shop_url, p.removed_at FROM shop_prefixes p
    WHERE p.workspace_id = ${ctx.actor.workspaceId} AND p.was_told AND NOT EXISTS (
      SELECT FROM shop_connectors c WHERE c.workspace_id = p.workspace_id AND c.id_prefix = p.id_prefix AND NOT c.id_prefix_open)
    ORDER BY p.removed_at DESC NULLS LAST, p.id_prefix LIMIT 50`.execute(ctx.db);
  return rows.map((row) => ({ ...row, removed_at: row.removed_at?.toISOString() ?? null }));
}

const shopTopics = new Set(
  Object.values(shopFacts).flatMap(({ topics }) => topics.map(([, topic]) => topic)),
);

export interface Arrival {
  topic: string;
  /** The shop's own address of itself. */
  source: string | null;
  /** Why there was nothing to write down. */
  passedOver: string | null;
  /** Why it was not understood. */
  problem: string | null;
}

/**
 * The last statement of a webhook's transaction: its row is locked no longer than that. Throws NOT_FOUND where the connector was removed
 * meanwhile, so that nothing stands of which nobody would know whose it is.
 */
export async function noteArrival(
  ctx: Ctx,
  id: string,
  { topic, source, passedOver, problem }: Arrival,
): Promise<void> {
  const now = ctx.clock.now();
  const passed = passedOver === null ? sql`` : sql`, passed_over = passed_over + 1, passed_topic = ${topic}, passed_detail = ${passedOver}, passed_at = ${now}`; // biome-ignore format: one clause
  const mended = (column: string) => sql`${sql.ref(column)} = CASE WHEN problem_topic = ${topic} THEN NULL ELSE ${sql.ref(column)} END`; // biome-ignore format: one clause
  // a shop may tell of anything: only what is asked for is kept
  const known = shopTopics.has(topic) ? sql`, topics_at = topics_at || jsonb_build_object(${topic}::text, ${now}::timestamptz)` : sql``; // biome-ignore format: one clause
  const trouble =
    problem === null
      ? sql.join(['problem_detail', 'problem_at', 'problem_topic'].map(mended))
      : sql`problem_detail = ${problem}, problem_at = ${now}, problem_topic = ${topic}`;
  // of what is only tried nothing says whose connector this is
  const wrote = passedOver === null && problem === null;
  const whose = wrote ? sql`, source = CASE WHEN has_written THEN source ELSE coalesce(${source}, source) END, has_written = true` : sql``; // biome-ignore format: one clause
  const { numAffectedRows } = await sql`
    UPDATE shop_connectors SET received = received + 1, last_received_at = ${now}, last_topic = ${topic} ${whose} ${known} ${passed},
      ${trouble}
    WHERE workspace_id = ${ctx.actor.workspaceId} AND id = ${id}`.execute(ctx.db);
  if (!numAffectedRows) throw notFound('shop connector');
}
