// The people of a segment, page by page, from the newest on.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Rule } from '../../contract/rules.ts';
import type { SegmentMember } from '../../contract/segments.ts';
import { contactName } from '../contacts/contact.ts';
import type { Ctx } from '../platform/context.ts';
import { inTime } from '../platform/db/in-time.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { needScope } from '../platform/scopes.ts';
import { inTurn } from './in-turn.ts';
import { membersWhere } from './membership.ts';
import { readSegment, segmentRow } from './store.ts';

const newestFirst = { column: 'c.id', id: 'c.id', direction: 'desc', type: 'uuid' } as const;

/** Of a rule: of whom it holds at this moment. Throws NOT_FOUND, INVALID_CURSOR, and UNAVAILABLE or RATE_LIMITED as a preview. */
export async function listMembers(ctx: Ctx, id: string, page: PageQuery): Promise<Page<SegmentMember>> {
  needScope(ctx, 'contacts:read');
  const { rule } = await segmentRow(ctx, id);
  if (rule === null) return membersOfList(ctx, id, page);
  const look = async (ctx: Ctx) => {
    const way = await quickest(ctx, id, page);
    const where = await membersWhere(ctx, rule as Rule, ctx.clock.now(), way);
    return fetchPage(
      people(ctx).select(sql<Date | null>`NULL`.as('added_at')).where(where),
      page,
      newestFirst,
      toMember,
    );
  };
  return inTurn(ctx, () => inTime(ctx, { gathered: 1, workers: 1 }, look));
}

/** One after the other until the page is full, where so many belong to it that this is soon; else all are gathered. */
const lookedAt = 50_000;
async function quickest(ctx: Ctx, id: string, page: PageQuery): Promise<'each' | 'whole'> {
  const { count } = await readSegment(ctx, id);
  if (page.include === 'total' || !count) return 'whole';
  const known = await sql<{ n: number }>`
    SELECT count(*) AS n FROM contacts WHERE workspace_id = ${ctx.actor.workspaceId}`.execute(ctx.db);
  return ((known.rows[0]?.n ?? 0) / count) * page.limit < lookedAt ? 'each' : 'whole';
}

const people = (ctx: Ctx) =>
  ctx.db
    .selectFrom('contacts as c')
    .select(['c.id', 'c.id as _id', 'c.first_name', 'c.last_name', 'c.email', 'c.phone', 'c.external_id'])
    .where('c.workspace_id', '=', ctx.actor.workspaceId);

function membersOfList(ctx: Ctx, id: string, page: PageQuery): Promise<Page<SegmentMember>> {
  const listed = people(ctx)
    .innerJoin('segment_members as m', (join) =>
      join.onRef('m.workspace_id', '=', 'c.workspace_id').onRef('m.contact_id', '=', 'c.id'),
    )
    .where('m.segment_id', '=', id)
    .select('m.added_at');
  return fetchPage(listed, page, { ...newestFirst, column: 'm.contact_id', id: 'm.contact_id' }, toMember);
}

type Person = Parameters<typeof contactName>[0] & { id: string; email: string | null };
export const toPerson = (row: Person) => ({
  contact_id: toWireId('cnt', row.id),
  name: contactName(row),
  email: row.email,
});
const toMember = (row: Person & { added_at: Date | null }): SegmentMember => ({
  ...toPerson(row),
  added_at: row.added_at?.toISOString() ?? null,
});
