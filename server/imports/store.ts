// SQL of imports: rows, and how the wire shows them together with their work.
import { type Selectable, sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { ContactImport, ImportSettings } from '../../contract/imports.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { WorkStatus } from '../../contract/progress.ts';
import type { Ctx } from '../platform/context.ts';
import { fetchPage } from '../platform/db/pages.ts';
import type { DB } from '../platform/db/tables.gen.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { progressOf, type WorkRow } from '../platform/work/work.ts';
import type { Form } from './import.ts';

type Stored = Omit<Selectable<DB['imports']>, 'form' | 'settings'>;
export interface ImportRow extends Stored {
  form: Form;
  settings: ImportSettings;
  work: WorkRow | null;
}

/** With its work, where it was started. `lock`: nobody else changes it until the transaction ends. Throws NOT_FOUND. */
export async function importRow(ctx: Ctx, id: string, lock = false): Promise<ImportRow> {
  const query = ctx.db
    .selectFrom('imports')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  if (!row) throw notFound('import');
  const work = await ctx.db
    .selectFrom('works')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  return { ...row, form: row.form as unknown as Form, settings: row.settings as unknown as ImportSettings, work: work ?? null }; // biome-ignore format: one row
}

/** Newest first. */
export async function listImports(
  ctx: Ctx,
  status: 'mapping' | WorkStatus | undefined,
  page: PageQuery,
): Promise<Page<ContactImport>> {
  let query = ctx.db
    .selectFrom('imports as i')
    .leftJoin('works as w', (join) =>
      join.onRef('w.workspace_id', '=', 'i.workspace_id').onRef('w.id', '=', 'i.id'),
    )
    .selectAll('i')
    .select([
      'i.id as _id',
      'i.created_at as _sort',
      sql<string | null>`CASE WHEN w.id IS NOT NULL THEN to_jsonb(w) END`.as('work'),
    ])
    .where('i.workspace_id', '=', ctx.actor.workspaceId);
  if (status)
    query = status === 'mapping' ? query.where('w.id', 'is', null) : query.where('w.status', '=', status);
  const order = { column: 'i.created_at', id: 'i.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(query, page, order, (row) =>
    importToWire(ctx, { ...row, work: workOf(row.work) } as never),
  );
}

const moments = ['created_at', 'started_at', 'finished_at', 'beaten_at', 'pace_from'] as const;

/** A row that came as JSON. */
function workOf(json: unknown): WorkRow | null {
  if (!json) return null;
  const work = { ...(json as Record<string, unknown>) };
  for (const moment of moments)
    work[moment] = work[moment] === null ? null : new Date(work[moment] as string);
  return work as unknown as WorkRow;
}

export function importToWire(ctx: Ctx, row: ImportRow): ContactImport {
  const { form, work } = row;
  const id = toWireId('imp', row.id);
  const waiting = {
    status: 'mapping' as const,
    processed: 0,
    total: form.rows_estimate,
    per_second: null,
    finish_at: null,
    problem: null,
    started_at: null,
    finished_at: null,
  };
  const hasReport = row.rejected + row.remarked > 0 && row.file_until !== null;
  return {
    id,
    ...(work ? progressOf(work, ctx.clock.now()) : waiting),
    created_at: row.created_at.toISOString(),
    file_name: row.file_name,
    size_bytes: row.size_bytes,
    format: form.format,
    encoding: form.encoding,
    delimiter: form.delimiter,
    sheet: form.sheet,
    sheets: form.sheets,
    header: form.header,
    // uploaded before notes were taken
    columns: form.columns.map((column) => ({ ...column, note: column.note ?? null })),
    rows_estimate: form.rows_estimate,
    settings: row.settings,
    created: row.created,
    updated: row.updated,
    skipped: row.skipped,
    rejected: row.rejected,
    remarked: row.remarked,
    report_url: hasReport ? `/api/v1/imports/${id}/report` : null,
    created_by: row.created_by,
    file_until: row.file_until?.toISOString() ?? null,
    version: row.version,
  };
}

export const storageKey = (ctx: Ctx, id: string) => `${ctx.actor.workspaceId}/${id}`;

/** For as long as `work` reads it; also where it is removed meanwhile that is NOT_FOUND. */
export async function withFile<R>(ctx: Ctx, id: string, work: (path: string) => Promise<R>): Promise<R> {
  const file = await fileOf(ctx, id);
  try {
    return await work(file.path);
  } catch (error) {
    throw goneFile(error) ?? error;
  } finally {
    await file.release();
  }
}

/** Throws NOT_FOUND where it was removed, or lies on another machine's disk. */
export async function fileOf(ctx: Ctx, id: string): Promise<{ path: string; release(): Promise<void> }> {
  try {
    return await ctx.storage.localFile(storageKey(ctx, id));
  } catch (cause) {
    throw goneFile(cause) ?? cause;
  }
}

function goneFile(cause: unknown): AppError | null {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return null;
  return new AppError(
    'NOT_FOUND',
    'The uploaded file is not on this server any more. Upload it again. (Several servers need one shared folder for DATA_DIR/media.)',
    { cause },
  );
}
