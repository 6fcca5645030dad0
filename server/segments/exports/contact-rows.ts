// Contacts as rows of a file: one cell per column, in the order of the ids.
import { sql } from 'kysely';
import { attributePrefix, type ExportColumn } from '../../../contract/exports.ts';
import { toWireId } from '../../../contract/ids.ts';
import { type ContactRow, givenZone } from '../../contacts/contact.ts';
import type { Ctx } from '../../platform/context.ts';

interface Exported extends ContactRow {
  /** "telegram: 4242 @ann" */
  addresses: string[];
  /** "telegram: opted_in" */
  consents: string[];
}

/** Rows of the contacts that are still there. */
export async function exportRows(ctx: Ctx, ids: string[], columns: string[]): Promise<string[][]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Exported>`
    SELECT c.*,
      ARRAY(SELECT concat_ws(' ', i.channel || ':', i.address, '@' || i.username) FROM identities i
        WHERE i.workspace_id = c.workspace_id AND i.contact_id = c.id ORDER BY i.id) AS addresses,
      ARRAY(SELECT k.channel || ': ' || k.state FROM consents k
        WHERE k.workspace_id = c.workspace_id AND k.contact_id = c.id ORDER BY k.channel) AS consents
    FROM contacts c WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = ANY(${ids}::uuid[])
    ORDER BY c.id`.execute(ctx.db);
  const cells = columns.map(cellOf);
  return rows.map((row) => cells.map((cell) => cell(row)));
}

const time = (at: Date | null) => at?.toISOString() ?? '';
const special: Partial<Record<ExportColumn, (row: Exported) => string>> = {
  id: (row) => toWireId('cnt', row.id),
  time_zone: (row) => givenZone(row) ?? '',
  time_zone_guess: (row) => (givenZone(row) === null ? (row.time_zone ?? '') : ''),
  tags: (row) => row.tags.join(', '),
  addresses: (row) => row.addresses.join(', '),
  consent: (row) => row.consents.join(', '),
  created_at: (row) => time(row.created_at),
  last_seen_at: (row) => time(row.last_seen_at),
  last_order_at: (row) => time(row.last_order_at),
};

function cellOf(column: string): (row: Exported) => string {
  if (column.startsWith(attributePrefix)) {
    const name = column.slice(attributePrefix.length);
    return (row) => {
      const all = row.attributes as Record<string, unknown>;
      return Object.hasOwn(all, name) ? valueText(all[name]) : '';
    };
  }
  return special[column as ExportColumn] ?? ((row) => String(row[column as keyof ContactRow] ?? ''));
}

/** A list of plain words as people write it, so that it can be read in again; anything deeper as JSON. */
function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' && !/[,;]/.test(one)))
    return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
