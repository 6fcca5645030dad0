// Every CSV that leaves: one way of writing it, so that no export forgets what spreadsheets do to a file.
import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';

/** Streams rows as CSV for spreadsheets; `columns` becomes the header. The reading ends, too, when the other side hangs up. */
export function csvStream(columns: string[], rows: AsyncIterable<unknown[]> | Iterable<unknown[]>): Readable {
  // bom: spreadsheets guess another encoding without it; escape_formulas: a name like "=HYPERLINK(…)" stays text
  const csv = stringify({
    header: true,
    columns,
    bom: true,
    escape_formulas: true,
    // a lone line feed in a name would end the row in most readers
    quoted_match: /[\r\n]/,
    record_delimiter: 'windows',
  });
  pipeline(Readable.from(rows), csv, (error) => {
    if (error) csv.destroy(error);
  });
  return csv;
}
