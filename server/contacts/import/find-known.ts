// Whom the rows of an import may mean among the people who are there already: by external id, by an address, by email.

import { sql } from 'kysely';
import type { ContactCreate } from '../../../contract/contacts.ts';
import type { Ctx } from '../../platform/context.ts';
import { channelIn } from '../../platform/db/channel-sql.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { unplanned } from '../../platform/db/unplanned.ts';
import type { ContactRow } from '../contact.ts';

/** Who holds what a row names; of an email the eldest. */
export interface Holders {
  byId: ContactRow[];
  byAddress: ContactRow[];
  byEmail: ContactRow[];
}

/** One entry per contact given. The rows found are locked, in one order, until the transaction ends. */
export async function findKnown(ctx: Ctx, list: ContactCreate[]): Promise<Holders[]> {
  const workspaceId = ctx.actor.workspaceId;
  const workspace = unplanned(workspaceId);
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
  const { rows } = await sql<{ n: number; by: keyof Holders; id: string }>`
    SELECT w.n, 'byId' AS by, c.id FROM jsonb_to_recordset(${JSON.stringify(byId)}::jsonb) AS w(n int, value text)
      CROSS JOIN LATERAL (
        SELECT id FROM contacts WHERE workspace_id = ${workspace} AND external_id = w.value
        UNION ALL
        SELECT contact_id FROM contact_merges
        WHERE workspace_id = ${workspace} AND external_id = w.value AND undone_at IS NULL LIMIT 1) c
    UNION ALL
    SELECT w.n, 'byAddress', i.id FROM jsonb_to_recordset(${JSON.stringify(addresses)}::jsonb) AS w(n int, connection_id uuid, address text)
      CROSS JOIN LATERAL (
        SELECT contact_id AS id FROM identities
        WHERE workspace_id = ${workspace} AND connection_id = w.connection_id
          AND address = ANY(ARRAY[w.address, whatsapp_alias(w.address)]) AND (address = w.address OR ${channelIn(sql`channel`, 'addressesArePhones')}) LIMIT 1) i
    UNION ALL
    SELECT w.n, 'byEmail', c.id FROM jsonb_to_recordset(${JSON.stringify(byEmail)}::jsonb) AS w(n int, value text)
      CROSS JOIN LATERAL (
        SELECT id FROM contacts WHERE workspace_id = ${workspace} AND email = w.value ORDER BY email, id LIMIT 1) c`.execute(
    ctx.db,
  );
  const result: Holders[] = list.map(() => ({ byId: [], byAddress: [], byEmail: [] }));
  if (rows.length === 0) return result;
  const people = await ctx.db
    .selectFrom('contacts')
    .selectAll()
    .where('workspace_id', '=', workspace)
    .where(sql<boolean>`id = ANY(${[...new Set(rows.map(({ id }) => id))]}::uuid[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  const peopleById = new Map(people.map((person) => [person.id, person]));
  for (const { n, by, id } of rows) {
    const person = peopleById.get(id);
    if (person) result[n]![by].push(person);
  }
  return result;
}
