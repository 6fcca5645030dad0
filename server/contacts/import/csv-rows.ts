// The rows of a text table, one after the other, each with the line it begins in.
import type { Delimiter, Encoding } from '../../../contract/imports.ts';
import { csvSplitter } from './csv-splitter.ts';
import { sniffDelimiter } from './delimiter.ts';
import { sniffEncoding, textOf } from './encoding.ts';
import { headBytes } from './limits.ts';
import type { Row } from './row.ts';

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
  const splitter = csvSplitter(form.delimiter, form.skip > 0 ? 2 : 1);
  let skip = form.skip;
  for await (const piece of textOf(file, form.encoding)) {
    const text = skip > 0 ? piece.slice(skip) : piece;
    skip = Math.max(0, skip - piece.length);
    for (const row of splitter.feed(text)) if (hasValues(row)) yield row;
  }
  for (const row of splitter.end()) if (hasValues(row)) yield row;
}

const hasValues = ({ cells }: Row) => cells.some((cell) => cell.trim() !== '');
