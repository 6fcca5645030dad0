// The rows of one sheet. Of a formula the value is taken that the spreadsheet program stored with it; the formula itself is
// never looked at.
import { type CellStyles, cellText, columnOf } from './cell.ts';
import { damaged, sizeInWords, tableLimits, tooLarge } from './limits.ts';
import { readMarkup } from './markup.ts';
import type { Row } from './row.ts';
import type { SharedStrings } from './shared-strings.ts';

const broken = 'Open it, save it again as XLSX, and upload that.';

/** What a sheet says of its own size, before its first row. */
export interface Dimension {
  rows: number | null;
}

/** Rows without the empty ones, numbered as the sheet numbers them. `pieces`: the XML of the sheet. */
export async function* sheetRows(
  pieces: AsyncIterable<string>,
  strings: SharedStrings,
  styles: CellStyles,
  said: Dimension = { rows: null },
): AsyncGenerator<Row> {
  const collector = createCollector(strings, styles, said);
  for await (const _ of readMarkup(pieces, collector.handlers)) yield* collector.take();
  yield* collector.take();
}

function createCollector(strings: SharedStrings, styles: CellStyles, said: Dimension) {
  let ready: Row[] = [];
  let row: Row = { line: 0, cells: [] };
  let length = 0;
  let cell = { column: -1, type: 'n', style: 0, text: '' };
  let isInRow = false;
  let isInCell = false;
  let isInValue = false;
  let phonetic = 0;

  function openRow(reference: string | undefined): void {
    const line = reference === undefined ? row.line + 1 : Number(reference);
    if (!Number.isInteger(line) || line <= row.line || line > tableLimits.sheetRows)
      throw damaged(`The rows of the sheet are not numbered in order after row ${row.line}. ${broken}`);
    row = { line, cells: [] };
    cell.column = -1;
    length = 0;
    isInRow = true;
  }

  function openCell(attributes: Record<string, string>): void {
    const column = attributes.r === undefined ? cell.column + 1 : columnOf(attributes.r);
    if (column === null || column >= tableLimits.sheetColumns)
      throw damaged(`Row ${row.line} of the sheet has a cell without a place. ${broken}`);
    cell = { column, type: attributes.t ?? 'n', style: Number(attributes.s ?? 0), text: '' };
    isInCell = true;
  }

  function closeCell(): void {
    isInCell = false;
    if (cell.text === '') return;
    const isShared = cell.type === 's';
    const text = isShared
      ? strings.get(Number(cell.text))
      : cellText(cell.type, cell.text, cell.style, styles);
    length += text.length;
    if (length > tableLimits.recordBytes)
      throw tooLarge(
        `Row ${row.line} of the sheet is longer than ${sizeInWords(tableLimits.recordBytes)}. Shorten it.`,
      );
    while (row.cells.length < cell.column) row.cells.push('');
    row.cells[cell.column] = text;
  }

  return {
    take(): Row[] {
      const rows = ready;
      ready = [];
      return rows;
    },
    handlers: {
      open(name: string, attributes: Record<string, string>) {
        if (name === 'row') openRow(attributes.r);
        else if (name === 'dimension') said.rows = rowsOf(attributes.ref);
        else if (name === 'c' && isInRow) openCell(attributes);
        else if (name === 'rPh') phonetic++;
        // <v>: the value; <is><t>: a text that stands in the cell itself
        else if (isInCell && (name === 'v' || (name === 't' && phonetic === 0))) isInValue = true;
      },
      text(more: string) {
        if (!isInValue) return;
        cell.text += more;
        if (cell.text.length > tableLimits.recordBytes)
          throw tooLarge(`A cell in row ${row.line} of the sheet is too long. Shorten it.`);
      },
      close(name: string) {
        if (name === 'v' || name === 't') isInValue = false;
        else if (name === 'rPh') phonetic--;
        else if (name === 'c' && isInCell) closeCell();
        else if (name === 'row') {
          isInRow = false;
          if (row.cells.some((text) => text.trim() !== '')) ready.push(row);
        }
      },
    },
  };
}

/** "A1:J1001" → 1001; a single cell says nothing: many programs write "A1" whatever follows. */
function rowsOf(reference = ''): number | null {
  const ends = /^[A-Z]{1,3}(\d{1,7}):[A-Z]{1,3}(\d{1,7})$/.exec(reference);
  return ends ? Number(ends[2]) - Number(ends[1]) + 1 : null;
}
