// The contact list: search, filters and sorts, one page at a time.
import { sql } from 'kysely';
import type { ContactFilter, ContactQuery } from '../../contract/contact-filter.ts';
import type { Contact } from '../../contract/contacts.ts';
import type { Page } from '../../contract/lists.ts';
import type { Ctx } from '../platform/context.ts';
import { fetchPage } from '../platform/db/pages.ts';
import type { FilterContacts } from './filter.ts';
import { toWireContacts } from './store.ts';

const sortName = sql<string>`lower(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))`;

/** How many there are: exact. */
export async function countContacts(
  ctx: Ctx,
  filter: ContactFilter,
  filterContacts: FilterContacts,
): Promise<number> {
  const condition = await filterContacts(ctx, filter, 'whole');
  const counted = await sql<{ n: number }>`
    SELECT count(*) AS n FROM contacts c WHERE c.workspace_id = ${ctx.actor.workspaceId} AND ${condition}`.execute(
    ctx.db,
  );
  return counted.rows[0]?.n ?? 0;
}

export async function listContacts(
  ctx: Ctx,
  query: ContactQuery,
  filterContacts: FilterContacts,
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
  rows = rows.where(await filterContacts(ctx, query, 'whole'));
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
