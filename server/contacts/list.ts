// The contact list: pages in both directions, and the count.
import { sql } from 'kysely';
import type { ContactFilter, ContactQuery } from '../../contract/contact-filter.ts';
import type { Contact } from '../../contract/contacts.ts';
import type { Page } from '../../contract/lists.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { inTime, roomToCount } from '../platform/db/in-time.ts';
import { decodeCursor, encodeCursor, invalidCursor } from '../platform/db/pages.ts';
import type { FilterContacts } from './filter.ts';
import { countPeople, type Place, type Placed, readPeople } from './page-of-people.ts';
import { reversed, stretchesOf } from './sorts.ts';
import { toWireContacts } from './store.ts';

export interface ContactPage extends Page<Contact> {
  previous_cursor: string | null;
}

/** Throws INVALID_CURSOR, NOT_FOUND for a segment that is gone, VALIDATION_FAILED for a rule that names what is not there. */
export async function listContacts(
  ctx: Ctx,
  query: ContactQuery,
  filterContacts: FilterContacts,
): Promise<ContactPage> {
  const { cursor, limit, include, sort, ...filter } = query;
  const from = cursor === undefined ? null : readCursor(cursor, sort);
  const isBackwards = from?.isBackwards ?? false;
  const order = isBackwards ? reversed(stretchesOf(sort)) : stretchesOf(sort);
  const rows = await withoutCompiling(ctx, (ctx) =>
    readPeople(ctx, filter, filterContacts, { order, from, most: limit + 1 }),
  ).catch((error: { code?: string }) => {
    // class 22, data exception: a forged cursor holds a value that is no time, number or uuid
    if (from && error.code?.startsWith('22')) throw invalidCursor();
    throw error;
  });
  const hasMore = rows.length > limit;
  const shown = rows.slice(0, limit);
  if (isBackwards) shown.reverse();
  const cursorAt = (row: Placed | undefined, way: '>' | '<') =>
    row ? encodeCursor([`contacts.${sort}.${row._stretch}${way}`, row._value, row.id]) : null;
  return {
    ...(include === 'total' ? { total: await countContacts(ctx, filter, filterContacts) } : {}),
    data: await toWireContacts(
      ctx,
      shown.map(({ _stretch, _value, ...contact }) => contact),
    ),
    // whoever comes from a page has one on that side
    next_cursor: isBackwards || hasMore ? cursorAt(shown.at(-1), '>') : null,
    previous_cursor: (isBackwards ? hasMore : from) ? cursorAt(shown[0], '<') : null,
  };
}

/**
 * How many there are: exact. Everybody: off an index; a filter is answered in full. Throws UNAVAILABLE where it takes too long, and
 * what the filter throws.
 */
export const countContacts = (
  ctx: Ctx,
  filter: ContactFilter,
  filterContacts: FilterContacts,
): Promise<number> => inTime(ctx, roomToCount, (ctx) => countPeople(ctx, filter, filterContacts));

/** Compiling a statement takes longer than most of these take. */
const withoutCompiling = <R>(ctx: Ctx, work: (ctx: Ctx) => Promise<R>): Promise<R> =>
  inTransaction(ctx, async (ctx) => {
    await sql`SET LOCAL jit = off`.execute(ctx.db);
    return work(ctx);
  });

function readCursor(cursor: string, sort: ContactQuery['sort']): Place & { isBackwards: boolean } {
  const [kind, value, id] = decodeCursor(cursor);
  const parts = /^contacts\.(-?[a-z_]+)\.([a-z_]+)([<>])$/.exec(kind);
  const stretch = stretchesOf(sort).find(({ name }) => name === parts?.[2]);
  if (parts?.[1] !== sort || !stretch) throw invalidCursor();
  return { stretch: stretch.name, value, id, isBackwards: parts[3] === '<' };
}
