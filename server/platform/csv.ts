// Every CSV that leaves: one way of writing it, so that no export forgets what spreadsheets do to a file.
import { pipeline, Readable } from 'node:stream';
import { type Options, stringify } from 'csv-stringify';
import { stringify as stringifyNow } from 'csv-stringify/sync';

const safe: Options = {
  // escape_formulas: a name like "=HYPERLINK(…)" stays text
  escape_formulas: true,
  // a lone line feed in a name would end the row in most readers
  quoted_match: /[\r\n]/,
  record_delimiter: 'windows',
};

/**
 * Programs that divide at semicolons or tabs, as many do where the comma is the decimal sign, see cells within ours, and do not
 * heed our quotation marks there. `withoutGuard` of the import takes it away again.
 */
const guarded = (row: unknown[]) =>
  row.map((cell) =>
    typeof cell === 'string' ? cell.replaceAll(/([;\t\r\n] *)(?=[=+\-@＝＋－＠])/g, "$1'") : cell,
  );

async function* eachGuarded(rows: AsyncIterable<unknown[]> | Iterable<unknown[]>): AsyncGenerator<unknown[]> {
  for await (const row of rows) yield guarded(row);
}

/** Streams rows as CSV for spreadsheets; `columns` becomes the header. The reading ends, too, when the other side hangs up. */
export function csvStream(columns: string[], rows: AsyncIterable<unknown[]> | Iterable<unknown[]>): Readable {
  // bom: spreadsheets guess another encoding without it
  const csv = stringify({ ...safe, header: true, columns: guarded(columns) as string[], bom: true });
  pipeline(Readable.from(eachGuarded(rows)), csv, (error) => {
    if (error) csv.destroy(error);
  });
  return csv;
}

/** A piece of such a file, for one that is written in parts: `header` begins it. */
export function csvText(rows: unknown[][], header: string[] | null): string {
  if (rows.length === 0 && !header) return '';
  // an array of columns would be taken for names to look up in each row
  return stringifyNow((header ? [header, ...rows] : rows).map(guarded), { ...safe, bom: header !== null });
}
