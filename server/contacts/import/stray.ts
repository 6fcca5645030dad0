// A column that would be numbers, dates or yes and no, were it not for a cell or two: it is taken as text, and that is said.
import type { DateOrder } from '../../../contract/imports.ts';
import type { Row } from './row.ts';
import { readBoolean, readDate, readNumber } from './values.ts';

/** As few values say nothing about what a column is. */
const fewest = 10;
const orders: DateOrder[] = ['ymd', 'dmy', 'mdy'];

/** Digits behind a zero or a plus, and very many of them: text by intent. */
const isCode = (value: string) => /^[+0]\d|^\d{16,}$/.test(value);

const kinds: { words: string; fits: (value: string) => boolean }[] = [
  { words: 'neither yes nor no', fits: (value) => readBoolean(value) !== null && !/^\d$/.test(value) },
  ...orders.map((order) => ({ words: 'no date', fits: (value: string) => readDate(value, order) !== null })),
  ...(['.', ','] as const).map((decimal) => ({
    words: 'no number',
    fits: (value: string) => readNumber(value, decimal) !== null,
  })),
];

/** Null: all values are of one kind, or at least a tenth is not. */
export function strayNote(rows: Row[], column: number): string | null {
  const cells = rows.flatMap(({ line, cells }) => {
    const value = cells[column]?.trim();
    return value ? [{ line, value }] : [];
  });
  if (cells.length < fewest || cells.some(({ value }) => isCode(value))) return null;
  for (const { words, fits } of kinds) {
    const strays = cells.filter(({ value }) => !fits(value));
    if (strays.length === 0) return null;
    if (strays.length > cells.length / 10) continue;
    const lines = strays.slice(0, 3).map(({ line }) => line);
    const more = strays.length > lines.length ? ` and ${strays.length - lines.length} more` : '';
    return `${strays.length} of the first ${cells.length} values ${strays.length === 1 ? 'is' : 'are'} ${words} (${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more}), so the column is text.`;
  }
  return null;
}
