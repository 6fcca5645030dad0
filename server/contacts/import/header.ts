// The names of the columns: each different and none empty, so that people and errors can speak of them.

import { tableError, tableLimits, tooLarge } from './limits.ts';
import type { Row } from './row.ts';

const nameLength = 100;

/**
 * `isData`: the first row is already a person, and columns are called "Column 1". Throws TABLE_NO_HEADER where nobody said
 * whether there is a header and the first row looks like a person's, TABLE_TOO_LARGE for too many columns.
 */
export function headerOf(first: Row, said?: boolean): { header: string[]; isData: boolean } {
  const cells = withoutEmptyEnd(first.cells.map((cell) => cell.trim()));
  if (cells.length > tableLimits.columns)
    throw tooLarge(
      `The table has ${cells.length} columns; up to ${tableLimits.columns} can be read. Remove those that are not needed.`,
    );
  if (cells.length === 0)
    throw tableError(
      'TABLE_NO_HEADER',
      `The first row (line ${first.line}) is empty. Put the names of the columns there.`,
    );
  if (said === false) return { header: cells.map((_, index) => `Column ${index + 1}`), isData: true };
  if (said === undefined && cells.some(looksLikeData))
    throw tableError(
      'TABLE_NO_HEADER',
      `The first row (line ${first.line}) holds values, not the names of columns. Put names there, like "Email", or say that the table has no header.`,
    );
  return {
    header: distinct(cells.map((cell, index) => cell.slice(0, nameLength) || `Column ${index + 1}`)),
    isData: false,
  };
}

/** An email address, a phone number, a date: nobody calls a column so. A bare year may be a name. */
function looksLikeData(cell: string): boolean {
  return (
    /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(cell) ||
    (/^[+(]?\d[\d\s()./:-]*$/.test(cell) && cell.replaceAll(/\D/g, '').length >= 6)
  );
}

function withoutEmptyEnd(cells: string[]): string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
}

function distinct(names: string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name} (${n})`;
    taken.add(free.toLowerCase());
    return free;
  });
}
