// The rows of a text table, one after the other, each with the line it begins in. A quotation mark that is never closed and a
// line without end stop at one megabyte.
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { Delimiter, Encoding } from '../../../contract/imports.ts';
import { sniffDelimiter } from './delimiter.ts';
import { sniffEncoding, textOf } from './encoding.ts';
import { headBytes, sizeInWords, tableError, tableLimits, tooLarge } from './limits.ts';

/** Cells as text; `line` counts from 1 as an editor or a spreadsheet shows it. */
export interface Row {
  line: number;
  cells: string[];
}

export interface CsvForm {
  encoding: Encoding;
  delimiter: Delimiter;
  /** Characters before the header: the line "sep=;". */
  skip: number;
}

export async function sniffCsv(
  file: string,
  head: Buffer,
  said: { encoding?: Encoding; delimiter?: Delimiter },
): Promise<CsvForm> {
  const encoding = said.encoding ?? (await sniffEncoding(file, head));
  let start = '';
  for await (const piece of textOf(file, encoding)) {
    start += piece;
    if (start.length >= headBytes) break;
  }
  const { delimiter, skip } = sniffDelimiter(start.slice(0, headBytes));
  return { encoding, delimiter: said.delimiter ?? delimiter, skip };
}

/** Rows without the empty ones. Throws TABLE_QUOTE_OPEN, TABLE_TOO_LARGE, TABLE_ENCODING, TABLE_DAMAGED. */
export async function* csvRows(file: string, form: CsvForm): AsyncGenerator<Row> {
  const skippedLines = form.skip > 0 ? 1 : 0;
  const parser = parse({
    delimiter: form.delimiter,
    record_delimiter: '\n',
    info: true,
    // ragged rows and stray quotation marks are shown with their row, they do not end the file
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: tableLimits.recordBytes,
  });
  pipeline(
    Readable.from(skipping(textOf(file, form.encoding), form.skip), { objectMode: true }),
    parser,
    () => {},
  );
  let lastLine = skippedLines;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      const line = lastLine + 1;
      lastLine = info.lines + skippedLines;
      if (record.some((cell) => cell.trim() !== '')) yield { line, cells: record };
    }
  } catch (error) {
    throw error instanceof CsvError ? inWords(error, lastLine + 1, skippedLines) : error;
  } finally {
    parser.destroy();
  }
}

async function* skipping(text: AsyncIterable<string>, skip: number): AsyncGenerator<Buffer> {
  let left = skip;
  for await (const piece of text) {
    const rest = left > 0 ? piece.slice(left) : piece;
    left = Math.max(0, left - piece.length);
    if (rest) yield Buffer.from(rest);
  }
}

/** `line`: where the row begins that could not be read. */
function inWords(error: CsvError, line: number, skippedLines: number): Error {
  const reached = Number((error as { lines?: number }).lines ?? 0) + skippedLines;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED')
    return tableError(
      'TABLE_QUOTE_OPEN',
      `In line ${line} a quotation mark (") opens and is never closed. Close it or remove it, and upload the file again.`,
      error,
    );
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    const most = sizeInWords(tableLimits.recordBytes);
    return reached > line
      ? tableError(
          'TABLE_QUOTE_OPEN',
          `The row that begins in line ${line} does not end within ${most}: a quotation mark (") opens there and is probably never closed. Close it or remove it.`,
          error,
        )
      : tooLarge(`Line ${line} is longer than ${most}. Save the table again with one person per line.`);
  }
  return tableError(
    'TABLE_DAMAGED',
    `Line ${line} cannot be read as a row of a table. Look at it in a text editor.`,
    error,
  );
}
