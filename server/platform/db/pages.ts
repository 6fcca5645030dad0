// Keyset pages: a cursor carries the sort value and id of the last row, so a page costs the same at any depth and no
// row is shown twice when new ones arrive. The sort is in the cursor: one of another sort is refused.
import { type SelectQueryBuilder, sql } from 'kysely';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import { AppError } from '../errors.ts';

export interface PageOrder {
  /** Column references as they stand in the query, e.g. "campaigns.created_at"; never user input. */
  column: string;
  id: string;
  direction: 'asc' | 'desc';
  /** How the sort value goes into the cursor and comes back. */
  type: 'timestamptz' | 'text' | 'uuid' | 'bigint';
}

/**
 * Runs one page of `query` in `order`. The query must select the sort value as `_sort` and the id as `_id`.
 * Throws INVALID_CURSOR.
 */
export async function fetchPage<DB, TB extends keyof DB, O, T>(
  query: SelectQueryBuilder<DB, TB, O>,
  page: PageQuery,
  order: PageOrder,
  toWire: (row: O) => T,
): Promise<Page<T>> {
  const column = sql.ref(order.column);
  const id = sql.ref(order.id);
  const kind = `${order.column}.${order.direction}`;
  let q = query;
  if (page.cursor) {
    const [k, value, lastId] = decodeCursor(page.cursor);
    if (k !== kind) throw invalidCursor();
    const comparison = sql.raw(order.direction === 'asc' ? '>' : '<');
    const cast = sql.raw(order.type);
    q = q.where(sql<boolean>`(${column}, ${id}) ${comparison} (${value}::${cast}, ${lastId}::uuid)`);
  }
  const rows = await q
    .orderBy(sql`${column} ${sql.raw(order.direction)}`)
    .orderBy(sql`${id} ${sql.raw(order.direction)}`)
    .limit(page.limit + 1)
    .execute();
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1) as { _sort: unknown; _id: string } | undefined;
  const more = rows.length > page.limit && last;
  return { data: shown.map(toWire), next_cursor: more ? encodeCursor([kind, last._sort, last._id]) : null };
}

function encodeCursor(parts: unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function decodeCursor(cursor: string): [string, string, string] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === 3 && /^[0-9a-f-]{36}$/.test(String(parts[2])))
      return [String(parts[0]), String(parts[1]), String(parts[2])];
  } catch {}
  throw invalidCursor();
}

function invalidCursor(): AppError {
  return new AppError(
    'INVALID_CURSOR',
    'Use the next_cursor of the same list with the same filters and sort, or leave it out.',
  );
}
