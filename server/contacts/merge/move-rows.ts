// Rows that change hands in a merge, and come back. `from` and `to` are contacts (uuid) of the actor's workspace.
import { sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';
import type { Row } from './merge-values.ts';
import { type KeyedTable, keyedTables, type MovedTable } from './person-tables.ts';

/** All rows of `from`, or those with `ids`; returns the ids that moved. */
export async function moveRows(
  ctx: Ctx,
  table: MovedTable,
  given: { from: string; to: string; ids?: readonly string[] },
): Promise<string[]> {
  const which = given.ids ? sql`AND id = ANY(${given.ids}::uuid[])` : sql``;
  const { rows } = await sql<{ id: string }>`
    UPDATE ${sql.table(table)} SET contact_id = ${given.to}
    WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${given.from} ${which}
    RETURNING id`.execute(ctx.db);
  return rows.map((row) => row.id);
}

/** Rows of a table as PostgreSQL writes them in JSON, so that they can be put back to the letter. */
export async function rowsOf(ctx: Ctx, table: string, contactId: string): Promise<Row[]> {
  const { rows } = await sql<{ row: Row }>`
    SELECT to_jsonb(t) AS row FROM ${sql.table(table)} t
    WHERE t.workspace_id = ${ctx.actor.workspaceId} AND t.contact_id = ${contactId}`.execute(ctx.db);
  return rows.map(({ row }) => row);
}

/** Puts rows back as they were; one that is there again already stays, unless that is to be refused (unique violation). */
export async function putBack(
  ctx: Ctx,
  table: string,
  rows: readonly Row[],
  where: 'there stays' | 'refused when taken' = 'there stays',
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    INSERT INTO ${sql.table(table)}
    SELECT * FROM jsonb_populate_recordset(NULL::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)
    ${where === 'there stays' ? sql`ON CONFLICT DO NOTHING` : sql``}`.execute(ctx.db);
}

/** What both have stays the survivor's; what only `from` has comes over. Returns what `from` had, and which of it came over. */
export async function moveKeyed(
  ctx: Ctx,
  table: KeyedTable,
  given: { from: string; to: string },
): Promise<{ had: Row[]; came: Row[] }> {
  const had = await rowsOf(ctx, table, given.from);
  if (had.length === 0) return { had, came: [] };
  const alike = sameKey(table);
  const { rows } = await sql<{ row: Row }>`
    UPDATE ${sql.table(table)} t SET contact_id = ${given.to}
    WHERE t.workspace_id = ${ctx.actor.workspaceId} AND t.contact_id = ${given.from} AND NOT EXISTS (
      SELECT 1 FROM ${sql.table(table)} k
      WHERE k.workspace_id = t.workspace_id AND k.contact_id = ${given.to} AND ${alike})
    RETURNING to_jsonb(t) AS row`.execute(ctx.db);
  return { had, came: rows.map(({ row }) => row) };
}

/** The survivor loses what came over, and `to` has again what it had, as far as the lists are still there. */
export async function takeBackKeyed(
  ctx: Ctx,
  table: KeyedTable,
  given: { from: string; to: string; had: Row[]; came: Row[] },
): Promise<void> {
  if (given.had.length === 0) return;
  await sql`
    DELETE FROM ${sql.table(table)} k
    USING jsonb_populate_recordset(NULL::${sql.table(table)}, ${JSON.stringify(given.came)}::jsonb) t
    WHERE k.workspace_id = ${ctx.actor.workspaceId} AND k.contact_id = ${given.from} AND ${sameKey(table)}`.execute(
    ctx.db,
  );
  const parent = parents[table];
  const there = await sql<{ row: Row }>`
    SELECT to_jsonb(t) AS row FROM jsonb_populate_recordset(NULL::${sql.table(table)}, ${JSON.stringify(given.had)}::jsonb) t
    WHERE EXISTS (SELECT 1 FROM ${sql.table(parent.table)} p WHERE p.workspace_id = t.workspace_id AND p.id = ${sql.ref(`t.${parent.column}`)} FOR KEY SHARE)`.execute(
    ctx.db,
  );
  await putBack(
    ctx,
    table,
    there.rows.map(({ row }) => row),
  );
}

/** What a row of the table hangs on, which may have been deleted meanwhile. */
const parents: Record<KeyedTable, { table: string; column: string }> = {
  segment_members: { table: 'segments', column: 'segment_id' },
  segment_changes: { table: 'segment_checks', column: 'check_id' },
  product_interest: { table: 'products', column: 'product_id' },
};

const sameKey = (table: KeyedTable) =>
  sql.join(
    keyedTables[table].map((column) => sql`${sql.ref(`k.${column}`)} = ${sql.ref(`t.${column}`)}`),
    sql` AND `,
  );
