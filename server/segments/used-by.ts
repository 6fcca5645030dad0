// Who counts on a segment: other segments' rules, and campaigns that are meant for it or leave it out.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Page } from '../../contract/lists.ts';
import type { Rule } from '../../contract/rules.ts';
import type { ListedSegment, Segment, SegmentUsers } from '../../contract/segments.ts';
import type { Ctx } from '../platform/context.ts';
import { namedSegments } from './resolve.ts';
import { segmentsByRule } from './store.ts';

type User = SegmentUsers['data'][number];

/** Segments by name, then campaigns from the newest on; archived ones are over and count on nothing. */
export async function usersOf(ctx: Ctx, id: string): Promise<User[]> {
  const wire = toWireId('seg', id);
  const segments = (await segmentsByRule(ctx))
    .filter(({ rule }) => [...namedSegments(rule as Rule)].some((named) => named.id === wire))
    .map((one): User => ({ kind: 'segment', id: toWireId('seg', one.id), name: one.name, status: null }))
    .sort((a, b) => a.name.localeCompare(b.name));
  const campaigns = await ctx.db
    .selectFrom('campaigns')
    .select(['id', 'name', 'status'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('status', '<>', 'archived')
    .where(
      sql<boolean>`(audience @> ${JSON.stringify({ segment_ids: [wire] })}::jsonb
        OR audience -> 'exclude' @> ${JSON.stringify({ segment_ids: [wire] })}::jsonb)`,
    )
    .orderBy('id', 'desc')
    .execute();
  return [
    ...segments,
    ...campaigns.map(
      (one): User => ({
        kind: 'campaign',
        id: toWireId('cmp', one.id),
        name: one.name,
        status: one.status as User['status'],
      }),
    ),
  ];
}

/** Segments of a list, each with how many ask for it. */
export async function withUsers(ctx: Ctx, page: Page<Segment>): Promise<Page<ListedSegment>> {
  const ids = page.data.map((one) => one.id);
  const campaigns = await sql<{ id: string; n: number }>`
    SELECT named AS id, count(*) AS n FROM campaigns, LATERAL (
      SELECT jsonb_array_elements_text(audience -> 'segment_ids') AS named
      UNION SELECT jsonb_array_elements_text(audience -> 'exclude' -> 'segment_ids')
    ) those
    WHERE workspace_id = ${ctx.actor.workspaceId} AND status <> 'archived' AND named = ANY(${ids}) GROUP BY named`.execute(
    ctx.db,
  );
  const users = new Map(campaigns.rows.map(({ id, n }) => [id, n]));
  for (const { rule } of await segmentsByRule(ctx))
    for (const id of new Set([...namedSegments(rule as Rule)].map((named) => named.id)))
      users.set(id, (users.get(id) ?? 0) + 1);
  return { ...page, data: page.data.map((one) => ({ ...one, used_by: users.get(one.id) ?? 0 })) };
}

/** Who would go wrong without it: what was sent has its people already, and a draft says so before it is sent. */
export const needsIt = ({ kind, status }: User): boolean => kind === 'segment' || status === 'scheduled';
