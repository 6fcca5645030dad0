// The report of an import: rows that were rejected, or taken with a remark, as a CSV that can be corrected and uploaded again.
import type { Readable } from 'node:stream';
import type { RowRemark } from '../../contract/imports.ts';
import { reportColumns } from '../contacts/import/own-tables.ts';
import type { Ctx } from '../platform/context.ts';
import { csvStream } from '../platform/csv.ts';
import { AppError } from '../platform/errors.ts';
import { importRow } from './store.ts';

/** Rows may be long: few at a time. */
const rowsAtOnce = 100;

/** Throws NOT_FOUND where the file and its rows were removed. */
export async function importReport(
  ctx: Ctx,
  id: string,
  outcome?: 'rejected' | 'remarked',
): Promise<Readable> {
  const row = await importRow(ctx, id);
  if (row.file_until === null)
    throw new AppError('NOT_FOUND', 'The rows of this import were removed together with its file.');
  const columns = row.form.columns.map(({ name }) => name);
  return csvStream([...reportColumns, ...columns], reportRows(ctx, id, columns.length, outcome));
}

async function* reportRows(
  ctx: Ctx,
  id: string,
  width: number,
  outcome?: 'rejected' | 'remarked',
): AsyncGenerator<unknown[]> {
  for (let after = -1; ; ) {
    let query = ctx.db
      .selectFrom('import_rows')
      .select(['line', 'outcome', 'remarks', 'cells'])
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('import_id', '=', id)
      .where('line', '>', after);
    if (outcome) query = query.where('outcome', '=', outcome);
    const rows = await query.orderBy('line').limit(rowsAtOnce).execute();
    for (const { line, outcome, remarks, cells } of rows) {
      const said = remarks as unknown as RowRemark[];
      yield [line, outcomeWords[outcome], columnsOf(said), reasonsOf(said), ...filled(cells, width)];
    }
    if (rows.length < rowsAtOnce) return;
    after = rows.at(-1)!.line;
  }
}

const outcomeWords: Record<string, string> = { rejected: 'rejected', remarked: 'taken, please look' };

const columnsOf = (remarks: RowRemark[]) =>
  [...new Set(remarks.map(({ column }) => column).filter((column) => column !== null))].join('; ');

/** One reason stands alone; of several each names its column. */
function reasonsOf(remarks: RowRemark[]): string {
  if (remarks.length === 1) return remarks[0]!.reason;
  return remarks.map(({ column, reason }) => (column === null ? reason : `${column}: ${reason}`)).join(' ');
}

/** As many cells as the header has, and those beyond it. */
const filled = (cells: string[], width: number) =>
  cells.length >= width ? cells : [...cells, ...Array.from({ length: width - cells.length }, () => '')];
