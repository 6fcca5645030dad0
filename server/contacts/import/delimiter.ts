// What stands between the cells of a text table: the sign that divides the first rows into the same number of cells.
import { type Delimiter, delimiters } from '../../../contract/imports.ts';

/** Excel's own first line that names the delimiter: "sep=;". */
const named = /^sep=([,;\t|])\n/i;
const rowsLookedAt = 50;

/** `text`: the beginning of the table, lines ending in "\n". `skip`: characters before the header. */
export function sniffDelimiter(text: string): { delimiter: Delimiter; skip: number } {
  const said = named.exec(text);
  if (said) return { delimiter: said[1] as Delimiter, skip: said[0].length };
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0 };
  for (const delimiter of delimiters) {
    const score = evenness(cellsPerRow(text, delimiter));
    if (score > best.score) best = { delimiter, score };
  }
  return { delimiter: best.delimiter, skip: 0 };
}

/** Share of rows that are as long as the header, then the number of columns. 0: it divides nothing. */
function evenness(counts: number[]): number {
  const [header = 1, ...rows] = counts;
  if (header < 2) return 0;
  const even = rows.length === 0 ? 1 : rows.filter((count) => count === header).length / rows.length;
  return even + Math.min(header, 100) / 1000;
}

function cellsPerRow(text: string, delimiter: string): number[] {
  const counts: number[] = [];
  let cells = 1;
  let isQuoted = false;
  let isStart = true;
  let isEmpty = true;
  let before = '';
  for (const char of text) {
    // a second quotation mark in a row stands for one inside the value
    if (char === '"' && (isQuoted || isStart || before === '"')) isQuoted = !isQuoted;
    else if (!isQuoted && char === '\n') {
      if (!isEmpty) counts.push(cells);
      if (counts.length === rowsLookedAt) return counts;
      cells = 1;
      isEmpty = true;
      isStart = true;
      before = char;
      continue;
    } else if (!isQuoted && char === delimiter) {
      cells++;
      isStart = true;
      isEmpty = false;
      before = char;
      continue;
    }
    before = char;
    isStart = false;
    isEmpty = false;
  }
  // the last row is cut off where the head ends, unless it is the only one
  if (!isEmpty && counts.length === 0) counts.push(cells);
  return counts;
}
