// Job `imports.run`: the table into contacts as long work. Each batch writes people, figures, the rows of the report and the
// mark in one transaction.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { RemarkedRow } from '../contacts/import/batch.ts';
import { importRows } from '../contacts/import/import-rows.ts';
import { openTable } from '../contacts/import/table.ts';
import type { BaseCtx, Ctx } from '../platform/context.ts';
import { plannerKeepsUp } from '../platform/db/statistics.ts';
import { storableText } from '../platform/db/storable.ts';
import { runWork, type Work } from '../platform/work/run-work.ts';
import type { WorkJob } from '../platform/work/work.ts';
import { checkRulesSoon } from '../segments/check.ts';
import { audit } from '../workspaces/audit.ts';
import { hintsOf } from './import.ts';
import { figuresOf } from './start.ts';
import { fileOf, importRow } from './store.ts';
import { optionsOf, whatElseHappens } from './write-people.ts';

interface Mark {
  line: number;
}

export function runImport(base: BaseCtx, job: WorkJob): Promise<void> {
  return runWork<Mark>(base, job, { kind: 'import', run: importTable, ended });
}

async function importTable(work: Work<Mark>): Promise<void> {
  const { ctx, id, signal } = work;
  const row = await importRow(ctx, id);
  const { settings, form } = row;
  const file = await fileOf(ctx, id);
  const options = { ...optionsOf(ctx, settings), afterLine: work.mark?.line ?? 0, signal };
  let processed = row.work?.processed ?? 0;
  const keepsUp = plannerKeepsUp(ctx, ['contacts', 'identities', 'consents', 'contact_ranks']);
  try {
    const table = await openTable(file.path, hintsOf(form));
    await importRows(table, options, async (write) => {
      // as it stands in the database: a batch that is taken back and written again counts once
      const before = processed;
      processed = await work.batch(async (ctx) => {
        const batch = await write(ctx);
        const remarked = joined(batch.doubted, await whatElseHappens(ctx, settings, batch));
        await keepFigures(ctx, id, batch.written, batch.rejected.length, remarked.length);
        await keepRows(ctx, id, batch.rejected, 'rejected');
        await keepRows(ctx, id, remarked, 'remarked');
        return {
          processed: batch.rows,
          mark: { line: batch.line },
          total: Math.max(processed + batch.rows, form.rows_estimate),
        };
      });
      await keepsUp(processed - before);
    }).finally(() => table.close());
    // to its end: now it is known how many there are
    await work.batch(async () => ({
      processed: 0,
      mark: { line: Number.MAX_SAFE_INTEGER },
      total: processed,
    }));
  } finally {
    await file.release();
  }
}

/** A row with several kinds of remarks is one row. */
function joined(...all: RemarkedRow[][]): RemarkedRow[] {
  const byLine = new Map<number, RemarkedRow>();
  for (const row of all.flat()) {
    const other = byLine.get(row.line);
    byLine.set(row.line, other ? { ...other, remarks: [...other.remarks, ...row.remarks] } : row);
  }
  return [...byLine.values()];
}

async function keepFigures(
  ctx: Ctx,
  id: string,
  written: { outcome: 'created' | 'updated' | 'skipped' }[],
  rejected: number,
  remarked: number,
): Promise<void> {
  const count = (outcome: string) => written.filter((row) => row.outcome === outcome).length;
  await sql`
    UPDATE imports SET created = created + ${count('created')}, updated = updated + ${count('updated')},
      skipped = skipped + ${count('skipped')}, rejected = rejected + ${rejected}, remarked = remarked + ${remarked}
    WHERE workspace_id = ${ctx.actor.workspaceId} AND id = ${id}`.execute(ctx.db);
}

/** A cell that is longer is cut in the report: it is not what a person looks for there. */
const cellLength = 2000;

async function keepRows(
  ctx: Ctx,
  id: string,
  rows: RemarkedRow[],
  outcome: 'rejected' | 'remarked',
): Promise<void> {
  if (rows.length === 0) return;
  const kept = rows.map(({ line, remarks, cells }) => ({
    line,
    remarks,
    cells: cells.map((cell) =>
      storableText(cell.length > cellLength ? `${cell.slice(0, cellLength)}…` : cell),
    ),
  }));
  await sql`
    INSERT INTO import_rows (workspace_id, import_id, line, outcome, remarks, cells)
    SELECT ${ctx.actor.workspaceId}::uuid, ${id}::uuid, r.line, ${outcome}, r.remarks, ARRAY(SELECT jsonb_array_elements_text(r.cells))
    FROM jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) AS r(line int, remarks jsonb, cells jsonb)`.execute(
    ctx.db,
  );
}

async function ended(ctx: Ctx, id: string, status: 'finished' | 'failed'): Promise<void> {
  const row = await importRow(ctx, id);
  await checkRulesSoon(ctx);
  await audit(ctx, `import.${status}`, { type: 'import', id: toWireId('imp', id) }, figuresOf(row));
}
