// How many rows a file has, as it is known before it is read to its end.
import { counted, figure } from '../../ui/numbers.ts';

/** Files below this are counted; above, it is estimated from their size. */
const counts = 500;

/** "3 rows", "about 40,000 rows". */
export function rowsInWords(estimate: number): string {
  if (estimate < counts) return counted(estimate, 'row', 'rows');
  return `about ${figure(Number(estimate.toPrecision(2)))} rows`;
}
