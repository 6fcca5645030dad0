// The columns of a file of contacts, when nobody chose any.
import { sql } from 'kysely';
import { attributePrefix, exportColumns } from '../../../contract/exports.ts';
import type { Ctx } from '../../platform/context.ts';

/** Spreadsheets show more, people do not; those with the most people stay. */
const attributesAtMost = 1000;

/** All, with every attribute that anybody in the file has, by name. */
export async function allColumns(ctx: Ctx, workId: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT a.name FROM work_people p
    JOIN contacts c ON c.workspace_id = p.workspace_id AND c.id = p.contact_id
    CROSS JOIN LATERAL jsonb_object_keys(c.attributes) AS a (name)
    WHERE p.workspace_id = ${ctx.actor.workspaceId} AND p.work_id = ${workId}
    GROUP BY a.name ORDER BY count(*) DESC, a.name LIMIT ${attributesAtMost}`.execute(ctx.db);
  const attributes = rows.map((row) => attributePrefix + row.name).sort();
  return [...exportColumns, ...attributes];
}
