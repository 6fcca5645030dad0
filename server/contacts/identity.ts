// The address of a person on one connection: finding or making the contact behind it, and whether it can be written to.
import { sql } from 'kysely';
import type { Channel } from '../../contract/connections.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { besideMerges } from './merge/merge-lock.ts';
import { putFirst } from './merge/move-addresses.ts';

/** What a platform tells of the person who wrote. */
export interface PlatformPerson {
  firstName: string | null;
  lastName: string | null;
  username: string | null;
  language: string | null;
}

interface Found {
  id: string;
  contact_id: string;
  username: string | null;
}

/**
 * The contact behind an address, made when nobody has it yet; two updates of a new person at once find one contact.
 * Keeps the username up to date and leaves every other field alone: people in the shop may have corrected it.
 */
export async function contactOfIdentity(
  ctx: Ctx,
  given: { connectionId: string; channel: Channel; address: string; person: PlatformPerson },
): Promise<{ contactId: string; created: boolean }> {
  const found = await findIdentity(ctx, given.connectionId, given.address);
  if (found) return known(ctx, found, given.person);
  return inTransaction(ctx, async (ctx) => {
    // from here on no merge can move the address under our feet
    await besideMerges(ctx);
    const spare = await findSpare(ctx, given.connectionId, given.address);
    if (spare) {
      // we write to where the person wrote from last
      await putFirst(ctx, spare.contact_id, spare.id);
      return known(ctx, spare, given.person);
    }
    const made = await makeContact(ctx, given);
    if (made) return { contactId: made, created: true };
    // somebody else's insert came first; it is committed, or ours would still be waiting
    const winner = await findIdentity(ctx, given.connectionId, given.address);
    if (!winner) throw new Error('An identity was refused as taken and is not there.');
    return known(ctx, winner, given.person);
  });
}

async function findIdentity(ctx: Ctx, connectionId: string, address: string): Promise<Found | undefined> {
  return (
    ctx.db
      .selectFrom('identities')
      .select(['id', 'contact_id', 'username'])
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('connection_id', '=', connectionId)
      .where('address', '=', address)
      // until what came in is written: a merge that would give the address to another contact waits
      .forKeyShare()
      .executeTakeFirst()
  );
}

async function findSpare(ctx: Ctx, connectionId: string, address: string): Promise<Found | undefined> {
  return ctx.db
    .selectFrom('spare_identities')
    .select(['id', 'contact_id', 'username'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connection_id', '=', connectionId)
    .where('address', '=', address)
    .executeTakeFirst();
}

async function known(ctx: Ctx, found: Found, person: PlatformPerson) {
  if (found.username !== person.username)
    await ctx.db
      .updateTable('identities')
      .set({ username: person.username })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', found.id)
      .execute();
  return { contactId: found.contact_id, created: false };
}

/** Null where the address was taken in the meantime: then nothing was written. */
async function makeContact(
  ctx: Ctx,
  given: { connectionId: string; channel: Channel; address: string; person: PlatformPerson },
): Promise<string | null> {
  const workspace_id = ctx.actor.workspaceId;
  const contactId = newId();
  const created_at = ctx.clock.now();
  const { firstName, lastName, username, language } = given.person;
  await ctx.db
    .insertInto('contacts')
    .values({
      workspace_id,
      id: contactId,
      first_name: firstName,
      last_name: lastName,
      language,
      created_at,
      updated_at: created_at,
    })
    .execute();
  const identity = await ctx.db
    .insertInto('identities')
    .values({
      workspace_id,
      id: newId(),
      contact_id: contactId,
      connection_id: given.connectionId,
      channel: given.channel,
      address: given.address,
      username,
      created_at,
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'connection_id', 'address']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (identity) return contactId;
  await ctx.db
    .deleteFrom('contacts')
    .where('workspace_id', '=', workspace_id)
    .where('id', '=', contactId)
    .execute();
  return null;
}

/** Writes down whether addresses can be written to (`reason`: blocked, deactivated). Returns the contacts that changed. */
export async function setReachability(
  ctx: Ctx,
  connectionId: string,
  addresses: string[],
  state: { reachable: boolean; reason: string | null },
): Promise<{ contactIds: string[] }> {
  if (addresses.length === 0) return { contactIds: [] };
  const reason = state.reachable ? null : state.reason;
  // locked in one order: a lane's flush and an inbound update on the same people cannot wait for each other
  const { rows } = await sql<{ contact_id: string }>`
    WITH locked AS (
      SELECT id FROM identities
      WHERE workspace_id = ${ctx.actor.workspaceId} AND connection_id = ${connectionId} AND address = ANY(${addresses}::text[])
        AND (reachable, unreachable_reason) IS DISTINCT FROM (${state.reachable}::boolean, ${reason}::text)
      ORDER BY id FOR UPDATE
    )
    UPDATE identities AS i SET reachable = ${state.reachable}, unreachable_reason = ${reason}
    FROM locked WHERE i.workspace_id = ${ctx.actor.workspaceId} AND i.id = locked.id
    RETURNING i.contact_id`.execute(ctx.db);
  return { contactIds: rows.map((row) => row.contact_id) };
}
