// The report of an import that comes back corrected: what was decided for the table it came from holds for it, too.
import { sql } from 'kysely';
import type { ImportSettings } from '../../contract/imports.ts';
import { reportColumns } from '../contacts/import/own-tables.ts';
import type { Ctx } from '../platform/context.ts';
import { checkSettings } from './change.ts';
import { asDeclared } from './declared.ts';
import type { Form } from './import.ts';

/**
 * Null: no report, or not of an import that is still known. It is the newest that was started with these columns and has the
 * report's first line among its remarked or rejected rows.
 */
export async function settingsOfReport(ctx: Ctx, form: Form): Promise<ImportSettings | null> {
  const names = form.columns.map(({ name }) => name);
  const line = Number(form.columns[0]?.samples[0]);
  if (!reportColumns.every((name, index) => names[index] === name) || !Number.isSafeInteger(line))
    return null;
  const { rows } = await sql<{ settings: ImportSettings }>`
    SELECT i.settings FROM imports i
    JOIN import_rows r ON r.workspace_id = i.workspace_id AND r.import_id = i.id AND r.line = ${line}
    WHERE i.workspace_id = ${ctx.actor.workspaceId}
      AND jsonb_path_query_array(i.form, '$.columns[*].name') = ${JSON.stringify(names.slice(reportColumns.length))}::jsonb
    ORDER BY i.created_at DESC LIMIT 1`.execute(ctx.db);
  const before = rows[0]?.settings;
  if (!before) return null;
  const ignored = reportColumns.map(() => ({ kind: 'ignore' as const }));
  const settings = await asDeclared(ctx, { ...before, mapping: [...ignored, ...before.mapping] });
  // a list or a connection may have been deleted since
  for (const some of [settings, { ...settings, segment_id: null }])
    if (await holds(ctx, form, some)) return some;
  return null;
}

const holds = (ctx: Ctx, form: Form, settings: ImportSettings): Promise<boolean> =>
  checkSettings(ctx, form, settings).then(
    () => true,
    () => false,
  );
