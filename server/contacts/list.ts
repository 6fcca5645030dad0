// The contact list: search, filters and sorts, one page at a time.
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Contact } from '../../contract/contacts.ts';
import { wireId } from '../../contract/ids.ts';
import { type Page, pageQuery } from '../../contract/lists.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { containing, fetchPage } from '../platform/db/pages.ts';
import { notFound } from '../platform/errors.ts';
import { contactText, identityText } from './search.ts';
import { toWireContacts } from './store.ts';

export const contactQuery = pageQuery.extend({
  search: z.string().trim().max(200).optional(),
  tag: z.string().trim().max(60).optional(),
  connection_id: wireId('con').optional(),
  segment_id: wireId('seg').optional(),
  sort: z.enum(['-created_at', 'created_at', 'name', '-name']).default('-created_at'),
});
export type ContactQuery = z.output<typeof contactQuery>;

const sortName = sql<string>`lower(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))`;

/** Who is in a segment, as a condition on the contact `c`: segments stand above contacts. Throws NOT_FOUND. */
export type InSegment = (ctx: Ctx, segmentId: string) => Promise<RawBuilder<boolean>>;

export async function listContacts(
  ctx: Ctx,
  query: ContactQuery,
  inSegment?: InSegment,
): Promise<Page<Contact>> {
  const workspaceId = ctx.actor.workspaceId;
  const byName = query.sort.endsWith('name');
  let rows = ctx.db
    .selectFrom((eb) =>
      eb
        .selectFrom('contacts')
        .selectAll()
        .select(sortName.as('sort_name'))
        .where('workspace_id', '=', workspaceId)
        .as('c'),
    )
    .selectAll('c')
    .select(byName ? 'c.sort_name as _sort' : sql<string>`c.created_at`.as('_sort'))
    .select('c.id as _id');
  for (const term of terms(query.search))
    rows = rows.where(
      sql<boolean>`c.id IN (
        SELECT k.id FROM contacts k WHERE k.workspace_id = ${workspaceId} AND ${contactText('k')} ILIKE ${term}
        UNION ALL
        SELECT i.contact_id FROM identities i WHERE i.workspace_id = ${workspaceId} AND ${identityText('i')} ILIKE ${term})`,
    );
  if (query.tag) rows = rows.where(sql<boolean>`c.tags @> ARRAY[${query.tag}]::text[]`);
  if (query.segment_id) {
    if (!inSegment) throw notFound('segment');
    rows = rows.where(await inSegment(ctx, uuidOf('seg', query.segment_id)));
  }
  if (query.connection_id) {
    const connectionId = uuidOf('con', query.connection_id);
    rows = rows.where(
      sql<boolean>`EXISTS (SELECT 1 FROM identities i WHERE i.workspace_id = ${workspaceId} AND i.contact_id = c.id
        AND i.connection_id = ${connectionId})`,
    );
  }
  const page = await fetchPage(
    rows,
    query,
    {
      column: byName ? 'c.sort_name' : 'c.created_at',
      id: 'c.id',
      direction: query.sort.startsWith('-') ? 'desc' : 'asc',
      type: byName ? 'text' : 'timestamptz',
    },
    (row) => {
      const { sort_name: _name, _sort, _id, ...contact } = row;
      return contact;
    },
  );
  return { ...page, data: await toWireContacts(ctx, page.data) };
}

/** Each word must occur somewhere; "@ann" is a username as people write it. At most five, so that a query stays small. */
function terms(search: string | undefined): string[] {
  const words = search?.split(/\s+/).filter(Boolean).slice(0, 5) ?? [];
  return words.map((word) => containing(word.replace(/^@(?=\w)/, '')));
}
