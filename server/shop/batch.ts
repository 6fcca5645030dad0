// What all batches of a shop's data have in common on the wire.
import { toWireId } from '../../contract/ids.ts';
import { tally, type Written } from './newest-wins.ts';

/** Bytes. A thousand rows, each with items or properties. */
export const batchLimit = 16 * 1024 * 1024;

export function batchAnswer(prefix: 'ord' | 'crt' | 'prd', rows: Written[]) {
  return {
    ...tally(rows.map((row) => row.result)),
    data: rows.map((row) => ({
      external_id: row.external_id,
      id: toWireId(prefix, row.id),
      result: row.result,
    })),
  };
}
