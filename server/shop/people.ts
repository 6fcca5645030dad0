// Whom rows of a shop's data are about: contacts that are here already, by the shop's own id of them or by ours.
import { sql } from 'kysely';
import type { FieldProblem } from '../../contract/errors.ts';
import { fromWireId } from '../../contract/ids.ts';
import type { ContactRef } from '../../contract/shop.ts';
import { formerExternalIds, mergedInto } from '../contacts/merge/follow.ts';
import { besideMerges } from '../contacts/merge/merge-lock.ts';
import type { Ctx } from '../platform/context.ts';
import { AppError, placeAndWords } from '../platform/errors.ts';

export interface About {
  contact: ContactRef;
  /** Where the row stands in the request: "/orders/3"; '' for the body itself. */
  pointer: string;
}

const namedAtMost = 100;

/**
 * The contact (uuid) of each row, held until the transaction ends so that nobody is erased meanwhile. `summed`: as strongly as
 * a writer of their sums needs it, together with these others, all in one order. Throws VALIDATION_FAILED that names every row
 * whose contact is not here.
 */
export async function contactsOf(
  ctx: Ctx,
  rows: readonly About[],
  summed?: readonly string[],
): Promise<string[]> {
  const { workspaceId } = ctx.actor;
  // whoever is being merged at this moment is waited for
  await besideMerges(ctx);
  const externalIds = [
    ...new Set(rows.map((row) => row.contact.external_id).filter((id) => id !== undefined)),
  ];
  const ids = [
    ...new Set(rows.flatMap(({ contact }) => (contact.id ? (fromWireId('cnt', contact.id) ?? []) : []))),
  ];
  const former = await formerExternalIds(ctx, externalIds);
  const into = await mergedInto(ctx, ids);
  const merged = [...former.values(), ...into.values()];
  const strength = summed ? sql`FOR NO KEY UPDATE` : sql`FOR KEY SHARE`;
  // one look into an index per row, and locked in one order
  const found = await sql<{ id: string; external_id: string | null }>`
    SELECT c.id, c.external_id FROM contacts c
    WHERE c.workspace_id = ${workspaceId} AND c.id = ANY(ARRAY(
      SELECT known.id FROM unnest(${externalIds}::text[]) AS w(external_id) CROSS JOIN LATERAL (
        SELECT k.id FROM contacts k WHERE k.workspace_id = ${workspaceId} AND k.external_id = w.external_id LIMIT 1) known
      UNION ALL SELECT unnest(${[...ids, ...merged, ...(summed ?? [])]}::uuid[])))
    ORDER BY c.id ${strength}`.execute(ctx.db);
  const byExternalId = new Map(found.rows.map((row) => [row.external_id, row.id]));
  const there = new Set(found.rows.map((row) => row.id));
  const followed = (uuid: string | null) => (uuid ? (into.get(uuid) ?? uuid) : null);
  const errors: FieldProblem[] = [];
  const contacts = rows.map(({ contact, pointer }) => {
    const uuid = contact.id
      ? followed(fromWireId('cnt', contact.id))
      : (byExternalId.get(contact.external_id ?? null) ?? former.get(contact.external_id ?? ''));
    if (uuid && there.has(uuid)) return uuid;
    errors.push({
      pointer: `${pointer}/contact/${contact.id ? 'id' : 'external_id'}`,
      detail: contact.id
        ? 'There is no contact with this id. It may have been erased.'
        : 'There is no contact with this external id. Send the contact first: POST /api/v1/contacts/batch.',
    });
    return '';
  });
  if (errors.length > 0) throw nobodyThere(errors, rows.length);
  return contacts;
}

function nobodyThere(errors: FieldProblem[], of: number): AppError {
  const [first] = errors;
  const detail =
    of === 1 && first
      ? placeAndWords(first, 'The body')
      : `${errors.length} of ${of} rows are about contacts that are not here; nothing was written. ${
          errors.length > namedAtMost ? `The first ${namedAtMost} are named.` : 'Each is named.'
        }`;
  return new AppError('VALIDATION_FAILED', detail, { errors: errors.slice(0, namedAtMost) });
}
