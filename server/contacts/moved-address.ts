// A person has another number from now on, as the platform tells it (WhatsApp: "user_changed_number", and "user_id_update" for
// those without a number, 2026-11-20). Their address follows on every connection of the channel, and so does the phone number
// that we know them by; the old number may be a stranger's tomorrow.
import { type RawBuilder, sql } from 'kysely';
import type { Channel } from '../../contract/connections.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { type ContactFields, changedFields } from './contact.ts';
import { type Move, noteMove } from './late-moves.ts';
import { besideMerges } from './merge/merge-lock.ts';
import { putFirst } from './merge/move-addresses.ts';
import { countryOfAddress, phoneOfAddress } from './phone.ts';
import { updateContacts } from './store.ts';

interface Held {
  id: string;
  contact_id: string;
  connection_id: string;
}

const tables = ['identities', 'spare_identities'] as const;
const all = sql`(SELECT workspace_id, id, contact_id, connection_id, address FROM identities
  UNION ALL SELECT workspace_id, id, contact_id, connection_id, address FROM spare_identities)`;
/** The address as the platform tells it, and as else it may write it. */
const either = (address: string) => sql<boolean>`i.address IN (${address}, whatsapp_alias(${address}))`;

/**
 * Returns whose it is; null: nobody is known by the old address, or it was moved from later still (late-moves.ts). Where the
 * new one is somebody else's, the old is only given up.
 */
export function followMove(
  given: Ctx,
  connection: { id: string; channel: Channel },
  move: Move,
): Promise<string | null> {
  const { from } = move;
  return inTransaction(given, async (ctx) => {
    await besideMerges(ctx);
    const to = await noteMove(ctx, move);
    if (to === null) return null;
    const { workspaceId } = ctx.actor;
    const { rows: known } = await sql<{ contact_id: string }>`
      SELECT contact_id FROM ${all} i
      WHERE i.workspace_id = ${workspaceId} AND i.connection_id = ${connection.id} AND ${either(from)}
      ORDER BY i.address = ${from} DESC LIMIT 1`.execute(ctx.db);
    const contactId = known[0]?.contact_id;
    if (!contactId) return null;
    // there and back again
    if (to === from) return contactId;
    const moved = await moveAll(ctx, { contactId, channel: connection.channel, from, to });
    if (moved) await movePhone(ctx, { contactId, from, to });
    return contactId;
  });
}

/** False where somebody else has the new address on one of the connections. */
async function moveAll(
  ctx: Ctx,
  { contactId, channel, from, to }: { contactId: string; channel: Channel; from: string; to: string },
): Promise<boolean> {
  let isFree = true;
  for (const table of tables) {
    const { rows } = await sql<Held>`
      SELECT id, contact_id, connection_id FROM ${sql.table(table)} i
      WHERE i.workspace_id = ${ctx.actor.workspaceId} AND i.contact_id = ${contactId} AND i.channel = ${channel} AND ${either(from)}
      ORDER BY id FOR UPDATE`.execute(ctx.db);
    for (const old of rows) {
      const holder = await holderOf(ctx, old.connection_id, to);
      if (holder && holder.contact_id !== contactId) {
        isFree = false;
        await change(ctx, old.id, sql`reachable = false, unreachable_reason = 'deactivated'`);
        continue;
      }
      if (holder && holder.id !== old.id)
        await putInPlaceOf(ctx, { old, holder, wasFirst: table === 'identities' });
      const country = countryOfAddress(channel, to);
      await change(
        ctx,
        holder?.id ?? old.id,
        sql`address = ${to}, country = ${country}, reachable = true, unreachable_reason = NULL`,
      );
    }
  }
  return isFree;
}

/** After a merge they had both: the new one is written to from now on, and the old one is nobody's. */
async function putInPlaceOf(
  ctx: Ctx,
  { old, holder, wasFirst }: { old: Held; holder: Held; wasFirst: boolean },
): Promise<void> {
  for (const table of tables)
    await sql`DELETE FROM ${sql.table(table)} WHERE workspace_id = ${ctx.actor.workspaceId} AND id = ${old.id}`.execute(
      ctx.db,
    );
  if (wasFirst) await putFirst(ctx, holder.contact_id, holder.id);
}

/** Whose the address is, in its other spelling as well. */
async function holderOf(ctx: Ctx, connectionId: string, address: string): Promise<Held | undefined> {
  const { rows } = await sql<Held>`
    SELECT id, contact_id, connection_id FROM ${all} i
    WHERE i.workspace_id = ${ctx.actor.workspaceId} AND i.connection_id = ${connectionId} AND ${either(address)}
    ORDER BY i.address = ${address} DESC LIMIT 1`.execute(ctx.db);
  return rows[0];
}

async function change(ctx: Ctx, id: string, to: RawBuilder<unknown>): Promise<void> {
  for (const table of tables)
    await sql`UPDATE ${sql.table(table)} SET ${to} WHERE workspace_id = ${ctx.actor.workspaceId} AND id = ${id}`.execute(
      ctx.db,
    );
}

async function movePhone(
  ctx: Ctx,
  { contactId, from, to }: { contactId: string; from: string; to: string },
): Promise<void> {
  const [before, after] = [phoneOfAddress(from), phoneOfAddress(to)];
  if (before === null || after === null) return;
  const row = await ctx.db
    .selectFrom('contacts')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', contactId)
    .where('phone', 'in', [before, `+${from}`])
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!row) return;
  await updateContacts(ctx, [
    { ...changedFields(row as unknown as ContactFields, { phone: after }), id: contactId },
  ]);
}
