// What an uploaded table is: its form, its columns with examples, what each probably becomes, and how many rows there are.
import { getTimezone } from 'countries-and-timezones';
import { isSupportedCountry } from 'libphonenumber-js/max';
import { toWireId } from '../../contract/ids.ts';
import type { ColumnTarget } from '../../contract/imports.ts';
import { declaredTypes } from '../contacts/declare-attributes.ts';
import { suggestMapping } from '../contacts/import/mapping.ts';
import type { Row } from '../contacts/import/row.ts';
import { strayNote } from '../contacts/import/stray.ts';
import { openTable, type Table, type TableHints } from '../contacts/import/table.ts';
import type { Ctx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import type { Form } from './import.ts';

const rowsLookedAt = 500;
const samplesShown = 5;
const sampleLength = 80;

/**
 * Throws what `openTable` throws. A first row that looks like a person's is taken for one, unless somebody said otherwise: the
 * columns are then numbered, and a person may correct it.
 */
export async function describeTable(
  ctx: Ctx,
  file: { path: string; sizeBytes: number },
  hints: TableHints,
  country: string | null,
): Promise<Form> {
  const table = await openGuessing(file.path, hints);
  try {
    const rows = await firstRows(table, rowsLookedAt);
    const sample = rows.map(({ cells }) => cells);
    const declared = await declaredTypes(ctx);
    const suggestions = suggestMapping(table.header, sample, {
      connectionId: await onlyConnection(ctx),
      ...(country && { country }),
      declared,
    });
    return {
      format: table.format,
      encoding: table.encoding,
      delimiter: table.delimiter,
      sheet: table.sheet,
      sheets: table.sheets,
      header: table.hasHeader,
      columns: table.header.map((name, column) => ({
        name,
        samples: samplesOf(sample, column),
        suggestion: suggestions[column]!,
        note: isGuessedText(suggestions[column], declared) ? strayNote(rows, column) : null,
      })),
      rows_estimate: estimate(table, rows, file.sizeBytes),
    };
  } finally {
    await table.close();
  }
}

const isGuessedText = (target: ColumnTarget | undefined, declared: ReadonlyMap<string, unknown>) =>
  target?.kind === 'attribute' && target.type === 'text' && !declared.has(target.name);

async function openGuessing(file: string, hints: TableHints): Promise<Table> {
  try {
    return await openTable(file, hints);
  } catch (error) {
    const isGuess =
      error instanceof AppError && error.code === 'TABLE_NO_HEADER' && hints.hasHeader === undefined;
    if (!isGuess) throw error;
    return openTable(file, { ...hints, hasHeader: false });
  }
}

export async function firstRows(table: Table, most: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of table.rows) {
    rows.push(row);
    if (rows.length === most) break;
  }
  return rows;
}

function samplesOf(sample: string[][], column: number): string[] {
  const values = new Set<string>();
  for (const cells of sample) {
    const text = cells[column]?.trim();
    if (text)
      values.add(text.length > sampleLength ? `${text.slice(0, sampleLength)}…`.toWellFormed() : text);
    if (values.size === samplesShown) break;
  }
  return [...values];
}

/** Exact for short tables; else from the sheet's own word, or the size of the rows seen. */
function estimate(table: Table, rows: Row[], sizeBytes: number): number {
  if (rows.length < rowsLookedAt) return rows.length;
  const stated = table.statedRows();
  if (stated !== null) return Math.max(rows.length, stated - (table.hasHeader ? 1 : 0));
  const seen = rows.reduce((sum, { cells }) => sum + Buffer.byteLength(cells.join(',')) + 1, 0);
  const width = table.encoding?.startsWith('utf-16') ? 2 : 1;
  return Math.max(rows.length, Math.round(sizeBytes / ((seen / rows.length) * width)));
}

/** Where there is one Telegram connection, a column of Telegram ids can only mean that. */
async function onlyConnection(ctx: Ctx): Promise<string | undefined> {
  const rows = await ctx.db
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('channel', '=', 'telegram')
    .where('deleted_at', 'is', null)
    .limit(2)
    .execute();
  return rows.length === 1 ? toWireId('con', rows[0]!.id) : undefined;
}

/** Where the workspace's clocks stand: a first guess for phone numbers and dates. */
export async function homeCountry(ctx: Ctx): Promise<string | null> {
  const { time_zone } = await ctx.db
    .selectFrom('workspaces')
    .select('time_zone')
    .where('id', '=', ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  const country = getTimezone(time_zone)?.countries[0];
  return country && isSupportedCountry(country) ? country : null;
}
