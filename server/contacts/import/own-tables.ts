// Tables that Carillon wrote itself and that come back: an export that was edited, the report of an import that was corrected.
// What only we know (ids, counts, the remarks of the report) is no news of the person.
import { attributePrefix, exportColumns } from '../../../contract/exports.ts';

/** Before the columns of the file, in the report of an import. */
export const reportColumns = ['Line', 'Outcome', 'Column', 'Reason'] as const;

const onlyOurs: ReadonlySet<string> = new Set([
  'id', 'time_zone_guess', 'addresses', 'consent', 'created_at', 'last_seen_at', 'orders_count', 'orders_value', 'last_order_at',
]); // biome-ignore format: one row
const ownId = /^cnt_[0-9a-z]{26}$/;

export interface OwnTable {
  /** Nothing that an import could write. */
  isOurs(name: string, column: number): boolean;
  /** The attribute a column holds, null: none, or it is read from its name as in any table. */
  attributeOf(name: string): string | null;
}

/** Told by the header, and of an export by the ids in its first column too. Null: somebody else's table. */
export function ownTable(header: string[], sample: string[][]): OwnTable | null {
  const isReport = reportColumns.every((name, column) => header[column] === name);
  const first = isReport ? reportColumns.length : 0;
  const isExport =
    header[first] === exportColumns[0] &&
    sample.length > 0 &&
    sample.every((cells) => ownId.test(cells[first]?.trim() ?? ''));
  if (!isReport && !isExport) return null;
  return {
    isOurs: (name, column) => column < first || (isExport && onlyOurs.has(name)),
    attributeOf: (name) => {
      const attribute = name.startsWith(attributePrefix) ? name.slice(attributePrefix.length) : '';
      return isExport && /^[a-z][a-z0-9_]{0,62}$/.test(attribute) ? attribute : null;
    },
  };
}
