// Erasing people: everything about them goes, and the rows of the ledger stay without a name, so that the reports of
// campaigns they received still add up.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';
import { auditAll } from '../workspaces/audit.ts';
import { besideMerges } from './merge/merge-lock.ts';

/** Throws NOT_FOUND. Messages still waiting for this person are cancelled. */
export async function eraseContact(ctx: Ctx, contactId: string): Promise<void> {
  if ((await eraseContacts(ctx, [contactId])) === 0) throw notFound('contact');
}

/** Those of `ids` (uuids) that are there; returns how many. A few hundred at most: they are erased in one transaction. */
export async function eraseContacts(given: Ctx, ids: string[]): Promise<number> {
  const { workspaceId } = given.actor;
  return inTransaction(given, async (ctx) => {
    await besideMerges(ctx);
    await forgetAddresses(ctx, ids);
    await sql`
      SELECT FROM contacts WHERE workspace_id = ${workspaceId} AND id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`.execute(
      ctx.db,
    );
    // out of all lists at once, not person by person: the numbers of the lists are locked in one order (migrations/0024)
    await sql`
      DELETE FROM segment_members WHERE workspace_id = ${workspaceId} AND contact_id = ANY(${ids}::uuid[])`.execute(
      ctx.db,
    );
    // first, so that nothing new can hang itself on them; addresses, consent with its history, conversations, notes, events,
    // orders, carts, memberships and merges go by cascade
    const { rows } = await sql<{ id: string }>`
      DELETE FROM contacts WHERE workspace_id = ${workspaceId} AND id = ANY(${ids}::uuid[])
      RETURNING id`.execute(ctx.db);
    const erased = rows.map((row) => row.id);
    if (erased.length === 0) return 0;
    const theirs = sql`workspace_id = ${workspaceId} AND contact_id = ANY(${erased}::uuid[])`;
    await sql`
      UPDATE deliveries SET state = 'cancelled', reason = NULL WHERE ${theirs} AND state IN ('planned', 'queued')`.execute(
      ctx.db,
    );
    await sql`
      WITH nameless AS (
        UPDATE deliveries SET address = NULL, detail = NULL, content = NULL WHERE ${theirs} RETURNING id
      )
      UPDATE delivery_attempts a SET detail = NULL FROM nameless
      WHERE a.workspace_id = ${workspaceId} AND a.delivery_id = nameless.id AND a.detail IS NOT NULL`.execute(
      ctx.db,
    );
    await sql`DELETE FROM messages WHERE ${theirs}`.execute(ctx.db);
    await auditAll(
      ctx,
      'contact.erased',
      erased.map((id) => ({ type: 'contact', id: toWireId('cnt', id) })),
    );
    return erased.length;
  });
}

/** What is known under their addresses and not under their contact: in groups, and as the platforms sent it. */
async function forgetAddresses(ctx: Ctx, ids: string[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  const theirs = sql`workspace_id = ${workspaceId} AND contact_id = ANY(${ids}::uuid[])`;
  const { rows: addresses } = await sql<{ connection_id: string; address: string }>`
    SELECT connection_id, address FROM identities WHERE ${theirs}
    UNION SELECT connection_id, address FROM spare_identities WHERE ${theirs}`.execute(ctx.db);
  if (addresses.length === 0) return;
  await sql`
    DELETE FROM group_members WHERE workspace_id = ${workspaceId} AND (connection_id, address) IN (
      SELECT * FROM unnest(${addresses.map((one) => one.connection_id)}::uuid[], ${addresses.map((one) => one.address)}::text[]))`.execute(
    ctx.db,
  );
  await ctx.jobs.enqueue(ctx, 'channels.forget_person', { workspaceId, addresses });
}
