// A table out of a file that somebody uploaded: what kind it is, its header, and its rows one after the other. The memory does
// not grow with the file. Formulas are never run; of a spreadsheet the values are read that it shows.
import { open, stat } from 'node:fs/promises';
import type { Delimiter, Encoding } from '../../../contract/imports.ts';
import { csvRows, sniffCsv } from './csv-rows.ts';
import { headerOf } from './header.ts';
import { kindOfFile } from './kind.ts';
import { headBytes, sizeInWords, tableError, tableLimits, tooLarge } from './limits.ts';
import type { Row } from './row.ts';
import { openWorkbook } from './workbook.ts';

/** What a person said of the file, against what would be guessed. */
export interface TableHints {
  encoding?: Encoding;
  delimiter?: Delimiter;
  /** XLSX: name of the sheet; else the first one that is not hidden. */
  sheet?: string;
  /** Whether the first row holds names of columns; else it is judged by its looks. */
  hasHeader?: boolean;
}

export interface Table {
  format: 'csv' | 'xlsx';
  /** Of text tables. */
  encoding: Encoding | null;
  delimiter: Delimiter | null;
  /** Of XLSX: the sheet that is read, and all there are. */
  sheet: string | null;
  sheets: string[];
  /** Names of the columns, each different, none empty. */
  header: string[];
  /** False: the first row is data already, and the names are made up. */
  hasHeader: boolean;
  /** How many rows a spreadsheet says it has; null: it says nothing. Known once a row was read; may be wrong. */
  statedRows(): number | null;
  /** The rows below the header; can be gone through once. Errors of the file come while reading. */
  rows: AsyncIterable<Row>;
  /** Lets go of the file; also needed where the rows were not read to their end. */
  close(): Promise<void>;
}

/**
 * Throws TABLE_EMPTY, TABLE_NO_HEADER, TABLE_TOO_LARGE, TABLE_UNSUPPORTED, TABLE_LOCKED, TABLE_ENCODING, TABLE_QUOTE_OPEN,
 * TABLE_DAMAGED, each with what to do in its words; going through the rows throws the same.
 */
export async function openTable(file: string, hints: TableHints = {}): Promise<Table> {
  const { head, tail } = await endsOf(file);
  const kind = await kindOfFile(head, tail);
  const source = kind === 'archive' ? await openXlsx(file, hints) : await openCsv(file, head, hints);
  const { rows, close, ...about } = source;
  const iterator = rows[Symbol.asyncIterator]();
  const closeAll = async () => {
    await iterator.return?.(undefined);
    await close();
  };
  try {
    const first = await iterator.next();
    if (first.done)
      throw tableError('TABLE_EMPTY', 'The table has no rows. Choose another file or another sheet.');
    const { header, isData } = headerOf(first.value, hints.hasHeader);
    return {
      ...about,
      header,
      hasHeader: !isData,
      rows: rest(iterator, isData ? first.value : null),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openCsv(file: string, head: Buffer, hints: TableHints) {
  const form = await sniffCsv(file, head, hints);
  const { encoding, delimiter } = form;
  return {
    format: 'csv' as const,
    encoding,
    delimiter,
    sheet: null,
    sheets: [],
    statedRows: () => null,
    rows: csvRows(file, form),
    close: async () => {},
  };
}

async function openXlsx(file: string, hints: TableHints) {
  const workbook = await openWorkbook(file, hints.sheet);
  return { format: 'xlsx' as const, encoding: null, delimiter: null, ...workbook };
}

async function* rest(iterator: AsyncIterator<Row>, first: Row | null): AsyncGenerator<Row> {
  if (first) yield first;
  for (;;) {
    const next = await iterator.next();
    if (next.done) return;
    yield next.value;
  }
}

async function endsOf(file: string): Promise<{ head: Buffer; tail: Buffer }> {
  const { size } = await stat(file);
  if (size === 0) throw tableError('TABLE_EMPTY', 'The file is empty. Choose another one.');
  if (size > tableLimits.fileBytes)
    throw tooLarge(
      `A table may have up to ${sizeInWords(tableLimits.fileBytes)}. Divide it into several files.`,
    );
  const handle = await open(file);
  try {
    const length = Math.min(size, headBytes);
    const head = Buffer.alloc(length);
    const tail = Buffer.alloc(length);
    await handle.read(head, 0, length, 0);
    await handle.read(tail, 0, length, size - length);
    return { head, tail };
  } finally {
    await handle.close();
  }
}
