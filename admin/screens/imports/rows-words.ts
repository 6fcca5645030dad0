// How many rows a file has, as it is known before it is read to its end.
import { counted, figure } from '../../ui/numbers.ts';

/** Files below this are counted; above, it is estimated from their size. */
const counts = 500;

/** Whether a total of rows is a guess from the file's size. */
export const isEstimated = (total: number): boolean => total >= counts;

/** "3 rows", "about 40,000 rows". */
export function rowsInWords(estimate: number): string {
  if (!isEstimated(estimate)) return counted(estimate, 'row', 'rows');
  return `about ${figure(Number(estimate.toPrecision(2)))} rows`;
}
