// Whom the rows of an import mean among the people who are there already: by external id, else by an address, else by email.
import { sql } from 'kysely';
import type { ContactCreate } from '../../../contract/contacts.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import type { ContactRow } from '../contact.ts';

/** One entry per contact given; null: a new person. The rows found are locked, in one order, until the transaction ends. */
export async function findKnown(ctx: Ctx, list: ContactCreate[]): Promise<(ContactRow | null)[]> {
  const workspaceId = ctx.actor.workspaceId;
  const addresses = list.flatMap(({ identities = [] }, n) =>
    identities.map(({ connection_id, address }) => ({
      n,
      connection_id: uuidOf('con', connection_id),
      address,
    })),
  );
  const byId = list.flatMap(({ external_id }, n) => (external_id ? [{ n, value: external_id }] : []));
  const byEmail = list.flatMap(({ email }, n) => (email ? [{ n, value: email }] : []));
  // LATERAL … LIMIT: one look into the index per row, whatever the planner believes of a table that is just growing
  // by: 1 by external id, 2 by an address, 3 by email
  const { rows } = await sql<{ n: number; by: 1 | 2 | 3; id: string }>`
    SELECT w.n, 1 AS by, c.id FROM jsonb_to_recordset(${JSON.stringify(byId)}::jsonb) AS w(n int, value text)
      CROSS JOIN LATERAL (
        SELECT id FROM contacts WHERE workspace_id = ${workspaceId} AND external_id = w.value
        UNION ALL
        SELECT contact_id FROM contact_merges
        WHERE workspace_id = ${workspaceId} AND external_id = w.value AND undone_at IS NULL LIMIT 1) c
    UNION ALL
    SELECT w.n, 2, i.id FROM jsonb_to_recordset(${JSON.stringify(addresses)}::jsonb) AS w(n int, connection_id uuid, address text)
      CROSS JOIN LATERAL (
        SELECT contact_id AS id FROM identities
        WHERE workspace_id = ${workspaceId} AND connection_id = w.connection_id AND address = w.address LIMIT 1) i
    UNION ALL
    SELECT w.n, 3, c.id FROM jsonb_to_recordset(${JSON.stringify(byEmail)}::jsonb) AS w(n int, value text)
      CROSS JOIN LATERAL (
        SELECT id FROM contacts WHERE workspace_id = ${workspaceId} AND email = w.value ORDER BY email, id LIMIT 1) c`.execute(
    ctx.db,
  );
  if (rows.length === 0) return list.map(() => null);
  const people = await ctx.db
    .selectFrom('contacts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`id = ANY(${[...new Set(rows.map(({ id }) => id))]}::uuid[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  const peopleById = new Map(people.map((person) => [person.id, person]));
  const result: (ContactRow | null)[] = list.map(() => null);
  for (const { n, by, id } of rows.toSorted((a, b) => a.by - b.by)) {
    const person = peopleById.get(id);
    if (!person) continue;
    // two ids are two people, though they share a mailbox; a shared address is refused where it is written
    const isOther =
      by !== 1 && list[n]!.external_id && person.external_id && person.external_id !== list[n]!.external_id;
    if (!isOther) result[n] ??= person;
  }
  return result;
}
