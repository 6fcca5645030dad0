// Who came into a segment and who left it, as the checks noticed it (check.ts) and as people edited lists.
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { SegmentChange, SegmentCheck } from '../../contract/segments.ts';
import type { Ctx } from '../platform/context.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { needScope } from '../platform/scopes.ts';
import { toPerson } from './members.ts';

/** From the newest on; erased people are not in it. Throws FORBIDDEN without the scope to read people. */
export async function listChanges(
  ctx: Ctx,
  id: string,
  query: PageQuery & { change?: 'entered' | 'left' },
): Promise<Page<SegmentChange>> {
  needScope(ctx, 'contacts:read');
  let rows = ctx.db
    .selectFrom('segment_changes as g')
    .innerJoin('segment_checks as k', (join) =>
      join
        .onRef('k.workspace_id', '=', 'g.workspace_id')
        .onRef('k.segment_id', '=', 'g.segment_id')
        .onRef('k.id', '=', 'g.check_id'),
    )
    .innerJoin('contacts as c', (join) =>
      join.onRef('c.workspace_id', '=', 'g.workspace_id').onRef('c.id', '=', 'g.contact_id'),
    )
    .where('g.workspace_id', '=', ctx.actor.workspaceId)
    .where('g.segment_id', '=', id)
    .select(['g.entered', 'k.at', 'k.since', 'g.contact_id as _id'])
    .select(['c.id', 'c.first_name', 'c.last_name', 'c.email', 'c.phone', 'c.external_id']);
  if (query.change) rows = rows.where('g.entered', '=', query.change === 'entered');
  return fetchPage(
    rows,
    query,
    { column: 'g.check_id', id: 'g.contact_id', direction: 'desc', type: 'uuid' },
    (row): SegmentChange => ({
      ...toPerson(row),
      change: row.entered ? 'entered' : 'left',
      at: row.at.toISOString(),
      since: row.since?.toISOString() ?? null,
    }),
  );
}

/** The checks at which something had changed, from the newest on. */
export function listChecks(ctx: Ctx, id: string, page: PageQuery): Promise<Page<SegmentCheck>> {
  const rows = ctx.db
    .selectFrom('segment_checks as k')
    .where('k.workspace_id', '=', ctx.actor.workspaceId)
    .where('k.segment_id', '=', id)
    .select(['k.at', 'k.cause', 'k.members', 'k.entered', 'k.left', 'k.id as _id']);
  return fetchPage(
    rows,
    page,
    { column: 'k.id', id: 'k.id', direction: 'desc', type: 'uuid' },
    (row): SegmentCheck => ({
      at: row.at.toISOString(),
      cause: row.cause as SegmentCheck['cause'],
      count: row.members,
      entered: row.entered,
      left: row.left,
    }),
  );
}
