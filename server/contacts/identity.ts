// The address of a person on one connection: finding or making the contact behind it, and whether it can be written to.
import { sql } from 'kysely';
import { factsOf } from '../../contract/channel-facts.ts';
import type { Channel } from '../../contract/connections.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { knownZone, noFields } from './contact.ts';
import { besideMerges } from './merge/merge-lock.ts';
import { putFirst } from './merge/move-addresses.ts';
import { countryOfAddress, phoneFacts, phoneOfAddress } from './phone.ts';

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
  address: string;
}

interface Given {
  connectionId: string;
  channel: Channel;
  address: string;
  /** The person's other address there, which may be the only one that comes next time. */
  alsoAt?: string | undefined;
  person: PlatformPerson;
}

/**
 * The contact behind an address, made when nobody has it yet; two updates of a new person at once find one contact. On WhatsApp
 * whoever has that phone number is meant, whichever of its two spellings the platform uses.
 * Keeps the username up to date and leaves every other field alone: people in the shop may have corrected it.
 */
export async function contactOfIdentity(
  ctx: Ctx,
  given: Given,
): Promise<{ contactId: string; created: boolean }> {
  const { alsoAt: other } = given;
  if (other === undefined) return contactAt(ctx, given);
  // who was first met by the other one is not made anew
  const isKnown = (await findIdentity(ctx, given)) ?? (await findSpare(ctx, given));
  const elsewhere = isKnown ? undefined : await findIdentity(ctx, { ...given, address: other });
  const { contactId, created } = elsewhere
    ? { contactId: elsewhere.contact_id, created: false }
    : await contactAt(ctx, given);
  await noteBeside(ctx, contactId, { ...given, address: elsewhere ? given.address : other });
  return { contactId, created };
}

/** A second address of theirs; nothing where anybody has it already. */
async function noteBeside(ctx: Ctx, contactId: string, given: Given): Promise<void> {
  const { connectionId, channel, address, person } = given;
  const { workspaceId } = ctx.actor;
  await sql`
    INSERT INTO spare_identities (workspace_id, id, contact_id, connection_id, channel, address, username, reachable, created_at, country)
    SELECT ${workspaceId}::uuid, ${newId()}::uuid, ${contactId}::uuid, ${connectionId}::uuid, ${channel}, ${address}, ${person.username},
      true, ${ctx.clock.now()}::timestamptz, ${countryOfAddress(channel, address)}
    WHERE NOT EXISTS (SELECT FROM identities i
      WHERE i.workspace_id = ${workspaceId} AND i.connection_id = ${connectionId} AND i.address = ${address})
    ON CONFLICT DO NOTHING`.execute(ctx.db);
}

async function contactAt(ctx: Ctx, given: Given): Promise<{ contactId: string; created: boolean }> {
  const found = await findIdentity(ctx, given);
  if (found) return known(ctx, found, given);
  return inTransaction(ctx, async (ctx) => {
    // from here on no merge can move the address under our feet
    await besideMerges(ctx);
    const spare = (await findSpare(ctx, given)) ?? (await spareOfPhone(ctx, given));
    if (spare) {
      // we write to where the person wrote from last
      await putFirst(ctx, spare.contact_id, spare.id);
      return known(ctx, spare, given);
    }
    const made = await makeContact(ctx, given);
    if (made) return { contactId: made, created: true };
    // somebody else's insert came first; it is committed, or ours would still be waiting
    const winner = await findIdentity(ctx, given);
    if (!winner) throw new Error('An identity was refused as taken and is not there.');
    return known(ctx, winner, given);
  });
}

const found = ['id', 'contact_id', 'username', 'address'] as const;
/** The address as it came, and as else the platform may write it. */
const eitherWay = ({ channel, address }: Pick<Given, 'channel' | 'address'>) =>
  factsOf(channel).addressesArePhones
    ? sql<boolean>`address IN (${address}, whatsapp_alias(${address}))`
    : sql<boolean>`address = ${address}`;

async function findIdentity(ctx: Ctx, given: Given): Promise<Found | undefined> {
  return (
    ctx.db
      .selectFrom('identities')
      .select(found)
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('connection_id', '=', given.connectionId)
      .where(eitherWay(given))
      .orderBy(sql`address = ${given.address}`, 'desc')
      .limit(1)
      // until what came in is written: a merge that would give the address to another contact waits
      .forKeyShare()
      .executeTakeFirst()
  );
}

async function findSpare(ctx: Ctx, given: Given): Promise<Found | undefined> {
  return ctx.db
    .selectFrom('spare_identities')
    .select(found)
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connection_id', '=', given.connectionId)
    .where(eitherWay(given))
    .executeTakeFirst();
}

/**
 * Somebody has this phone number and is known here by none or by another address: it becomes theirs, as a second one. People
 * who were there before the connection have none until its job has been through (reach-by-phone.ts).
 */
async function spareOfPhone(ctx: Ctx, { connectionId, channel, address }: Given): Promise<Found | undefined> {
  const phone = factsOf(channel).addressesArePhones ? phoneOfAddress(address) : null;
  if (phone === null) return undefined;
  const { rows } = await sql<Found>`
    INSERT INTO spare_identities (workspace_id, id, contact_id, connection_id, channel, address, reachable, created_at, country)
    SELECT c.workspace_id, ${newId()}::uuid, c.id, ${connectionId}::uuid, ${channel}, ${address}, true, ${ctx.clock.now()}::timestamptz,
      ${countryOfAddress(channel, address)}
    FROM contacts c
    LEFT JOIN identities i ON i.workspace_id = c.workspace_id AND i.contact_id = c.id AND i.connection_id = ${connectionId}
    WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.phone IN (${phone}, ${`+${address}`})
      -- somebody who wrote at the same moment may have become a contact since we looked: that is no second address
      AND NOT EXISTS (SELECT FROM identities o
        WHERE o.workspace_id = c.workspace_id AND o.connection_id = ${connectionId} AND o.address IN (${address}, whatsapp_alias(${address})))
    ORDER BY i.id IS NOT NULL, c.id LIMIT 1
    ON CONFLICT DO NOTHING
    RETURNING id, contact_id, username, address`.execute(ctx.db);
  return rows[0];
}

async function known(ctx: Ctx, found: Found, { person, address }: Given) {
  if (found.username !== person.username || found.address !== address)
    await ctx.db
      .updateTable('identities')
      .set({ username: person.username, address })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', found.id)
      .execute();
  return { contactId: found.contact_id, created: false };
}

/** Null where the address was taken in the meantime: then nothing was written. */
async function makeContact(ctx: Ctx, given: Given): Promise<string | null> {
  const workspace_id = ctx.actor.workspaceId;
  const id = newId();
  const created_at = ctx.clock.now();
  const { firstName: first_name, lastName: last_name, language } = given.person;
  const phone = factsOf(given.channel).addressesArePhones ? phoneOfAddress(given.address) : null;
  const zone = phone === null ? {} : { ...knownZone({ ...noFields, phone }), ...phoneFacts(phone) };
  await ctx.db
    .insertInto('contacts')
    .values({
      workspace_id,
      id,
      first_name,
      last_name,
      phone,
      language,
      ...zone,
      created_at,
      updated_at: created_at,
    })
    .execute();
  if (await giveAddress(ctx, id, given)) return id;
  await ctx.db.deleteFrom('contacts').where('workspace_id', '=', workspace_id).where('id', '=', id).execute();
  return null;
}

/** Whether the new contact has the address now; their phone number may have given it to them already, in the other spelling. */
async function giveAddress(ctx: Ctx, contactId: string, given: Given): Promise<boolean> {
  const { connectionId: connection_id, channel, address, person } = given;
  const own = await ctx.db
    .selectFrom('identities')
    .select(found)
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', contactId)
    .where('connection_id', '=', connection_id)
    .executeTakeFirst();
  if (own) {
    await known(ctx, own, given);
    return true;
  }
  const identity = await ctx.db
    .insertInto('identities')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id: newId(),
      contact_id: contactId,
      connection_id,
      channel,
      address,
      username: person.username,
      country: countryOfAddress(channel, address),
      created_at: ctx.clock.now(),
    })
    // in this spelling or the other
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return identity !== undefined;
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
