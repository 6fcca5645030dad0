// SQL of segments: their rows, and as the wire shows them.
import { type Selectable, sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Rule } from '../../contract/rules.ts';
import type { Segment } from '../../contract/segments.ts';
import type { Ctx } from '../platform/context.ts';
import { containing, fetchPage } from '../platform/db/pages.ts';
import type { DB } from '../platform/db/tables.gen.ts';
import { notFound } from '../platform/errors.ts';
import { missingNouns, wrongNouns } from './nouns.ts';

const inWorkspace = (ctx: Ctx) =>
  ctx.db.selectFrom('segments').where('segments.workspace_id', '=', ctx.actor.workspaceId);

/** With what the last check of each said. */
const withCounts = (ctx: Ctx) =>
  inWorkspace(ctx)
    .leftJoin('segment_watch as w', (join) =>
      join.onRef('w.workspace_id', '=', 'segments.workspace_id').onRef('w.segment_id', '=', 'segments.id'),
    )
    .selectAll('segments')
    .select(['w.members as count', 'w.checked_at as counted_at', 'w.problem as count_problem']);
type Counted = Awaited<ReturnType<ReturnType<typeof withCounts>['executeTakeFirstOrThrow']>>;

/** `toChange`: locked until the transaction ends. Throws NOT_FOUND. */
export async function segmentRow(
  ctx: Ctx,
  id: string,
  toChange = false,
): Promise<Selectable<DB['segments']>> {
  const query = inWorkspace(ctx).selectAll().where('id', '=', id);
  const row = await (toChange ? query.forUpdate() : query).executeTakeFirst();
  if (!row) throw notFound('segment');
  return row;
}

/** Throws NOT_FOUND. */
export async function readSegment(ctx: Ctx, id: string): Promise<Segment> {
  const row = await withCounts(ctx).where('segments.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('segment');
  return (await withProblems(ctx, [row]))[0] as Segment;
}

/** `search`: part of the name. */
export async function listSegments(
  ctx: Ctx,
  page: PageQuery & { search?: string | undefined; kind?: 'rule' | 'static' | undefined },
): Promise<Page<Segment>> {
  let rows = withCounts(ctx).select('segments.id as _id');
  if (page.search) rows = rows.where('segments.name', 'ilike', containing(page.search));
  if (page.kind) rows = rows.where('segments.kind', '=', page.kind);
  const found = await fetchPage(
    rows,
    page,
    { column: 'segments.created_at', id: 'segments.id', direction: 'desc', type: 'timestamptz' },
    (row) => row,
  );
  return { ...found, data: await withProblems(ctx, found.data) };
}

async function withProblems(ctx: Ctx, rows: Counted[]): Promise<Segment[]> {
  const rules = rows.flatMap(({ rule }) => (rule as Rule | null) ?? []);
  const missing = await missingNouns(ctx, rules);
  return rows.map((row) => ({
    id: toWireId('seg', row.id),
    name: row.name,
    kind: row.kind as Segment['kind'],
    rule: row.rule as Segment['rule'],
    version: row.version,
    count: row.count,
    counted_at: row.counted_at?.toISOString() ?? null,
    count_problem: row.count_problem,
    problems: row.rule ? wrongNouns(row.rule as Rule, missing) : [],
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }));
}

/** Every segment by rule, for the question who names whom. */
export const segmentsByRule = (ctx: Ctx) =>
  inWorkspace(ctx).select(['id', 'name', 'rule']).where('rule', 'is not', null).execute();

/**
 * One at a time: two segments that are changed at once could come to name each other. To be called first in the transaction.
 */
export async function alone(ctx: Ctx): Promise<void> {
  await ctx.db
    .selectFrom('workspaces')
    .select('id')
    .where('id', '=', ctx.actor.workspaceId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** The segment is looked at as soon as somebody has time for it. */
export async function checkSoon(ctx: Ctx, segmentId: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  await sql`
    INSERT INTO segment_watch (workspace_id, segment_id, due_at) VALUES (${workspaceId}, ${segmentId}, ${ctx.clock.now()})
    ON CONFLICT (workspace_id, segment_id) DO UPDATE SET due_at = excluded.due_at`.execute(ctx.db);
  await ctx.jobs.enqueue(ctx, 'segments.check', { workspaceId, segmentId }, { key: segmentId });
}
