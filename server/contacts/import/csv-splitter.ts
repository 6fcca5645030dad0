// Text into rows and cells, piece by piece as it streams in. By hand, so that every row before a broken one is there, and the
// broken one is named by its line: a parser that reads ahead in bulk has lost both by then.
import type { Delimiter } from '../../../contract/imports.ts';
import { sizeInWords, tableError, tableLimits, tooLarge } from './limits.ts';
import type { Row } from './row.ts';

export interface Splitter {
  /** The rows that end in this piece, empty ones included. Throws TABLE_TOO_LARGE, TABLE_QUOTE_OPEN, behind the last good row. */
  feed(text: string): Generator<Row>;
  /** The last row, where no line end follows. Throws TABLE_QUOTE_OPEN. */
  end(): Generator<Row>;
}

const quote = 34;
const lineFeed = 10;

/** `line`: the number of the first line. Line ends are "\n" alone. */
export function csvSplitter(delimiter: Delimiter, line: number): Splitter {
  const divider = delimiter.charCodeAt(0);
  let row: Row = { line, cells: [] };
  /** Of the cell that is being read. */
  let text = '';
  let isQuoted = false;
  /** The piece ended behind a quotation mark: the next character says whether it closes. */
  let isMarkOpen = false;
  let quoteLine = line;
  let length = 0;

  function endCell(): void {
    row.cells.push(text);
    text = '';
  }
  function endRow(): Row {
    endCell();
    const ended = row;
    line++;
    length = 0;
    row = { line, cells: [] };
    return ended;
  }
  /** Takes text into the cell; it may be a part of one. */
  function take(part: string): void {
    length += part.length;
    if (length > tableLimits.recordBytes) throw tooLong();
    text += part;
  }
  function tooLong(): Error {
    const most = sizeInWords(tableLimits.recordBytes);
    if (line === row.line)
      return tooLarge(`Line ${line} is longer than ${most}. Save the table again with one person per line.`);
    return tableError(
      'TABLE_QUOTE_OPEN',
      `The row that begins in line ${row.line} does not end within ${most}: a quotation mark (") opens in line ${quoteLine} and is probably never closed. Close it or remove it.`,
    );
  }

  /** Within quotation marks, up to the closing one. Returns where to go on. */
  function takeQuoted(piece: string, from: number): number {
    const at = piece.indexOf('"', from);
    const part = piece.slice(from, at < 0 ? piece.length : at);
    for (let n = part.indexOf('\n'); n >= 0; n = part.indexOf('\n', n + 1)) line++;
    take(part);
    if (at < 0) return piece.length;
    isMarkOpen = true;
    return at + 1;
  }

  /** Behind a quotation mark in quotation marks: doubled it stands for itself, before a divider it closes. */
  function afterMark(next: number): boolean {
    isMarkOpen = false;
    if (next === quote) {
      take('"');
      return true;
    }
    isQuoted = false;
    // "Al" Lee: it was no quoting, the marks are the person's own
    if (next !== divider && next !== lineFeed) text = `"${text}"`;
    return false;
  }

  function* feed(piece: string): Generator<Row> {
    let at = 0;
    while (at < piece.length) {
      if (isMarkOpen) {
        if (afterMark(piece.charCodeAt(at))) at++;
        continue;
      }
      if (isQuoted) {
        at = takeQuoted(piece, at);
        continue;
      }
      if (text === '' && piece.charCodeAt(at) === quote) {
        isQuoted = true;
        quoteLine = line;
        at++;
        continue;
      }
      let end = at;
      let code = piece.charCodeAt(end);
      while (end < piece.length && code !== divider && code !== lineFeed) code = piece.charCodeAt(++end);
      if (end > at) take(piece.slice(at, end));
      at = end + 1;
      if (end === piece.length) return;
      length++;
      if (code === lineFeed) yield endRow();
      else endCell();
    }
  }

  return {
    feed,
    *end() {
      if (isMarkOpen) afterMark(lineFeed);
      if (isQuoted)
        throw tableError(
          'TABLE_QUOTE_OPEN',
          `In line ${quoteLine} a quotation mark (") opens and is never closed. Close it or remove it, and upload the file again.`,
        );
      if (text !== '' || row.cells.length > 0) yield endRow();
    },
  };
}
