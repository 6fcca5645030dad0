// Erasing people: everything about them goes, and the rows of the ledger stay without a name, so that the reports of
// campaigns they received still add up.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';
import { auditAll } from '../workspaces/audit.ts';
import { forgetMoves } from './late-moves.ts';
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
    await barAddresses(ctx, ids);
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
        UPDATE deliveries SET address = NULL, external_id = NULL, detail = NULL, content = NULL WHERE ${theirs} RETURNING id
      )
      UPDATE delivery_attempts a SET detail = NULL FROM nameless
      WHERE a.workspace_id = ${workspaceId} AND a.delivery_id = nameless.id AND a.detail IS NOT NULL`.execute(
      ctx.db,
    );
    // those that wait are worked in within moments and leave the state alone (deliveries/receipts/work-in.ts)
    await sql`
      DELETE FROM inbound_receipts i USING deliveries d
      WHERE i.workspace_id = ${workspaceId} AND i.problem IS NOT NULL
        AND d.workspace_id = i.workspace_id AND d.id = i.delivery_id AND d.contact_id = ANY(${erased}::uuid[])`.execute(
      ctx.db,
    );
    await forgetFiles(ctx, erased);
    await sql`DELETE FROM messages WHERE ${theirs}`.execute(ctx.db);
    await auditAll(
      ctx,
      'contact.erased',
      erased.map((id) => ({ type: 'contact', id: toWireId('cnt', id) })),
    );
    return erased.length;
  });
}

/** Who said stop is not written to as somebody else; a yes that came later frees what was barred (migrations/0063). */
async function barAddresses(ctx: Ctx, ids: string[]): Promise<void> {
  await sql`
    WITH theirs AS (
      SELECT a.workspace_id, a.channel, address_hash(a.workspace_id, a.channel, a.address) AS hash, k.state,
        coalesce(k.repeated_at, k.at) AS at
      FROM (
        SELECT workspace_id, contact_id, channel, address FROM identities
        UNION SELECT workspace_id, contact_id, channel, address FROM spare_identities
      ) a
      JOIN consents k ON k.workspace_id = a.workspace_id AND k.contact_id = a.contact_id AND k.channel = a.channel AND k.purpose = 'marketing'
      WHERE a.workspace_id = ${ctx.actor.workspaceId} AND a.contact_id = ANY(${ids}::uuid[])
    ), freed AS (
      DELETE FROM barred_addresses b USING theirs t
      WHERE b.workspace_id = t.workspace_id AND b.channel = t.channel AND b.address_hash = t.hash AND t.state = 'opted_in' AND t.at > b.said_at
    )
    INSERT INTO barred_addresses AS b (workspace_id, channel, address_hash, said_at)
    SELECT workspace_id, channel, hash, max(at) FROM theirs WHERE state = 'opted_out' GROUP BY workspace_id, channel, hash ORDER BY hash
    ON CONFLICT (workspace_id, channel, address_hash) DO UPDATE SET said_at = greatest(b.said_at, excluded.said_at)`.execute(
    ctx.db,
  );
}

/** What they sent lies in storage under the ids of their messages: removed once this is committed. */
async function forgetFiles(ctx: Ctx, contactIds: string[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<{ message_id: string }>`
    SELECT f.message_id FROM message_files f JOIN messages m ON m.workspace_id = f.workspace_id AND m.id = f.message_id
    WHERE m.workspace_id = ${workspaceId} AND m.contact_id = ANY(${contactIds}::uuid[]) AND f.state = 'stored'`.execute(
    ctx.db,
  );
  if (rows.length > 0)
    await ctx.jobs.enqueue(ctx, 'conversations.remove_files', {
      workspaceId,
      messageIds: rows.map((row) => row.message_id),
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
  await forgetMoves(
    ctx,
    addresses.map((one) => one.address),
  );
  await ctx.jobs.enqueue(ctx, 'channels.forget_person', { workspaceId, addresses });
}
