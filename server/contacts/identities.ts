// Identities that a caller wants a contact to have: checked against the connections and against who has them already.
import { sql } from 'kysely';
import type { ContactCreate } from '../../contract/contacts.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { invalidField } from '../platform/errors.ts';

export interface WantedIdentity {
  /** Index of the contact in the caller's list. */
  index: number;
  pointer: string;
  connection_id: string;
  channel: string;
  address: string;
  /** The contact that has this address now, if any. */
  owner: string | null;
}

/** Throws VALIDATION_FAILED for unknown connections and for what contradicts itself within the list. */
export async function checkIdentities(
  ctx: Ctx,
  list: { pointer: string; identities: NonNullable<ContactCreate['identities']> }[],
): Promise<WantedIdentity[]> {
  const wanted: WantedIdentity[] = [];
  const byAddress = new Map<string, string>();
  for (const [index, { pointer: parent, identities }] of list.entries()) {
    const connections = new Set<string>();
    for (const [i, identity] of identities.entries()) {
      const pointer = `${parent}/identities/${i}`;
      const connection_id = uuidOf('con', identity.connection_id);
      if (connections.has(connection_id))
        throw invalidField(
          `${pointer}/connection_id`,
          'A contact has one address per connection. Leave the second out.',
        );
      connections.add(connection_id);
      const key = addressKey({ connection_id, address: identity.address });
      const first = byAddress.get(key);
      if (first)
        throw invalidField(
          `${pointer}/address`,
          `The same address stands at ${first} already. Leave one of them out.`,
        );
      byAddress.set(key, pointer);
      wanted.push({ index, pointer, connection_id, channel: '', address: identity.address, owner: null });
    }
  }
  if (wanted.length === 0) return wanted;
  const channels = await channelsOf(ctx, [...new Set(wanted.map((identity) => identity.connection_id))]);
  const owners = await ownersOf(ctx, wanted);
  for (const identity of wanted) {
    const channel = channels.get(identity.connection_id);
    if (!channel)
      throw invalidField(
        `${identity.pointer}/connection_id`,
        'There is no such connection in this workspace. Check the id.',
      );
    identity.channel = channel;
    identity.owner = owners.get(addressKey(identity)) ?? null;
  }
  return wanted;
}

function addressKey(identity: { connection_id: string; address: string }): string {
  return `${identity.connection_id} ${identity.address}`;
}

async function channelsOf(ctx: Ctx, connectionIds: string[]): Promise<Map<string, string>> {
  const rows = await ctx.db
    .selectFrom('connections')
    .select(['id', 'channel'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', 'in', connectionIds)
    .where('deleted_at', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.id, row.channel]));
}

async function ownersOf(ctx: Ctx, wanted: WantedIdentity[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ contact_id: string; connection_id: string; address: string }>`
    SELECT i.contact_id, i.connection_id, i.address
    FROM unnest(${wanted.map((w) => w.connection_id)}::uuid[], ${wanted.map((w) => w.address)}::text[]) AS w(connection_id, address)
    JOIN (
      SELECT workspace_id, connection_id, address, contact_id FROM identities
      UNION ALL SELECT workspace_id, connection_id, address, contact_id FROM spare_identities
    ) i ON i.workspace_id = ${ctx.actor.workspaceId} AND i.connection_id = w.connection_id
      AND i.address = w.address`.execute(ctx.db);
  return new Map(rows.map((row) => [addressKey(row), row.contact_id]));
}
