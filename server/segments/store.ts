// SQL of segments: their rows, and as the wire shows them.
import type { Selectable } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Segment } from '../../contract/segments.ts';
import type { Ctx } from '../platform/context.ts';
import { fetchPage } from '../platform/db/pages.ts';
import type { DB } from '../platform/db/tables.gen.ts';
import { notFound } from '../platform/errors.ts';

export function toWire(row: Selectable<DB['segments']>): Segment {
  return {
    id: toWireId('seg', row.id),
    name: row.name,
    kind: row.kind as Segment['kind'],
    rule: row.rule as Segment['rule'],
    version: row.version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

const ofWorkspace = (ctx: Ctx) =>
  ctx.db.selectFrom('segments').where('segments.workspace_id', '=', ctx.actor.workspaceId);

/** `toChange`: locked until the transaction ends. Throws NOT_FOUND. */
export async function segmentRow(
  ctx: Ctx,
  id: string,
  toChange = false,
): Promise<Selectable<DB['segments']>> {
  const query = ofWorkspace(ctx).selectAll().where('id', '=', id);
  const row = await (toChange ? query.forUpdate() : query).executeTakeFirst();
  if (!row) throw notFound('segment');
  return row;
}

export const listSegments = (ctx: Ctx, page: PageQuery): Promise<Page<Segment>> =>
  fetchPage(
    ofWorkspace(ctx).selectAll().select('segments.id as _id'),
    page,
    { column: 'segments.created_at', id: 'segments.id', direction: 'desc', type: 'timestamptz' },
    toWire,
  );

/** Every segment by rule, for the question who names whom. */
export const segmentsByRule = (ctx: Ctx) =>
  ofWorkspace(ctx).select(['id', 'name', 'rule']).where('rule', 'is not', null).execute();

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
