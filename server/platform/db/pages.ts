// Keyset pages: a cursor carries the sort value and id of the last row, so a page costs the same at any depth and no
// row is shown twice when new ones arrive. The sort is in the cursor: one of another sort is refused.
import { type OperationNode, type SelectQueryBuilder, sql } from 'kysely';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import { AppError } from '../errors.ts';
import type { Db } from './db.ts';

export interface PageOrder {
  /** Column references as they stand in the query, e.g. "campaigns.created_at"; never user input. */
  column: string;
  id: string;
  direction: 'asc' | 'desc';
  /** How the sort value goes into the cursor and comes back. */
  type: 'timestamptz' | 'text' | 'uuid' | 'bigint';
}

export type Total = Required<Pick<Page<unknown>, 'total'>> & Pick<Page<unknown>, 'total_is_minimum'>;

/**
 * Runs one page of `query` in `order`. The query must select the id as `_id`; the sort column must not be null.
 * `countAll`: a dearer list's own way to its total. Throws INVALID_CURSOR.
 */
export async function fetchPage<DB, TB extends keyof DB, O, T>(
  query: SelectQueryBuilder<DB, TB, O>,
  page: PageQuery,
  order: PageOrder,
  toWire: (row: O) => T,
  countAll: () => Promise<Total> = async () => ({ total: await countRows(query) }),
): Promise<Page<T>> {
  const column = sql.ref(order.column);
  const id = sql.ref(order.id);
  const kind = `${tableOf(query.toOperationNode().from)}.${order.column}.${order.direction}`;
  // as text the database's own: a Date would cut microseconds off, and rows between would be skipped
  let q = query.select(sql<string>`${column}::text`.as('_cursor'));
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
    .execute()
    .catch((error: { code?: string }) => {
      // class 22, data exception: a forged cursor holds a value that is no time, number or uuid
      if (page.cursor && error.code?.startsWith('22')) throw invalidCursor();
      throw error;
    });
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1) as { _cursor: string; _id: string } | undefined;
  const more = rows.length > page.limit && last;
  const data = (shown as unknown as { _cursor: string }[]).map(({ _cursor, ...row }) => toWire(row as O));
  const total = page.include === 'total' ? await countAll() : {};
  return { ...total, data, next_cursor: more ? encodeCursor([kind, last._cursor, last._id]) : null };
}

/** "50%" → "%50\%%": a part of a text as people type it, for LIKE and ILIKE. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

/** Rows of `query`, or that there are at least `atMost`: to count a million for one line of a page is not worth it. */
export async function countUpTo<DB, TB extends keyof DB, O>(
  { db }: { db: Db },
  query: SelectQueryBuilder<DB, TB, O>,
  atMost: number,
): Promise<Total> {
  const rows = query.clearSelect().clearOrderBy().select(sql<number>`1`.as('one')).limit(atMost);
  const counted = await sql<{ n: number }>`SELECT count(*) AS n FROM (${rows}) AS rows_found`.execute(db);
  const total = counted.rows[0]?.n ?? 0;
  return total < atMost ? { total } : { total, total_is_minimum: true };
}

/** All rows of the list, whatever the page. */
async function countRows<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): Promise<number> {
  const row = await query
    .clearSelect()
    .clearOrderBy()
    .select(sql<number>`count(*)`.as('n'))
    .executeTakeFirstOrThrow();
  return (row as { n: number }).n;
}

/** The first table of the FROM, so that a cursor of another list is told apart from ours. */
function tableOf(node: unknown): string {
  const { kind, ...parts } = (node ?? {}) as OperationNode & Record<string, unknown>;
  if (kind === 'IdentifierNode') return String(parts.name);
  const next = parts.froms ?? parts.node ?? parts.table ?? parts.identifier ?? parts.from;
  return next ? tableOf(Array.isArray(next) ? next[0] : next) : String(kind);
}

/** For lists that make their pages themselves: the name of the list, the sort value and the id of the last row. */
export function encodeCursor(parts: [string, string, string]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Throws INVALID_CURSOR. */
export function decodeCursor(cursor: string): [string, string, string] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === 3 && parts.every((part) => typeof part === 'string'))
      return parts as [string, string, string];
  } catch {}
  throw invalidCursor();
}

export function invalidCursor(): AppError {
  return new AppError(
    'INVALID_CURSOR',
    'Use the next_cursor of the same list with the same filters and sort, or leave it out.',
  );
}
