// Why rows of an import were rejected, or taken with a remark: each reason with how many rows have it.
import { sql } from 'kysely';
import type { ImportReason } from '../../contract/imports.ts';
import type { Ctx } from '../platform/context.ts';
import { importRow } from './store.ts';

/** The most frequent ones; the report has each row with its own. */
const mostReasons = 50;

/** Reasons that differ in the line they name ("the same contact as line 17") are one. Throws NOT_FOUND. */
export async function importReasons(ctx: Ctx, id: string): Promise<ImportReason[]> {
  await importRow(ctx, id);
  const { rows } = await sql<ImportReason>`
    SELECT i.outcome, r.column, regexp_replace(r.reason, '\\mline [0-9]+', 'another line', 'g') AS reason, count(*)::int AS rows
    FROM import_rows i CROSS JOIN LATERAL jsonb_to_recordset(i.remarks) AS r("column" text, reason text)
    WHERE i.workspace_id = ${ctx.actor.workspaceId} AND i.import_id = ${id}
    GROUP BY 1, 2, 3 ORDER BY count(*) DESC, 2, 3 LIMIT ${mostReasons}`.execute(ctx.db);
  return rows;
}
