// Identities that a caller wants a contact to have: checked against the connections and against who has them already.
import { sql } from 'kysely';
import { factsOf } from '../../contract/channel-facts.ts';
import type { ContactCreate } from '../../contract/contacts.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { unplanned } from '../platform/db/unplanned.ts';
import { invalidField } from '../platform/errors.ts';
import { isScopedId, normalPhone, phoneFacts, whatsAppNumber } from './phone.ts';

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
      wanted.push({
        index,
        pointer,
        connection_id,
        channel: identity.channel ?? '',
        address: identity.address,
        owner: null,
      });
    }
  }
  if (wanted.length === 0) return wanted;
  const channels = await channelsOf(ctx, [...new Set(wanted.map((identity) => identity.connection_id))]);
  for (const identity of wanted) {
    const channel = channels.get(identity.connection_id);
    if (!channel)
      throw invalidField(
        `${identity.pointer}/connection_id`,
        'There is no such connection in this workspace. Check the id.',
      );
    const facts = factsOf(channel);
    if (identity.channel && identity.channel !== channel)
      throw invalidField(
        `${identity.pointer}/channel`,
        `That connection is one of ${facts?.name}. Leave channel out: it follows from the connection.`,
      );
    identity.channel = channel;
    if (facts?.addressesArePhones) identity.address = onWhatsApp(identity);
    else if (!/^-?\d{1,20}$/.test(identity.address))
      throw invalidField(
        `${identity.pointer}/address`,
        `On ${facts?.name} an address is the chat id, digits only.`,
      );
  }
  refuseRepeated(wanted);
  const owners = await ownersOf(ctx, wanted);
  for (const identity of wanted) identity.owner = owners.get(addressKey(identity)) ?? null;
  return wanted;
}

/** Two spellings of one WhatsApp number are the same address. */
function refuseRepeated(wanted: WantedIdentity[]): void {
  const byAddress = new Map<string, string>();
  for (const { connection_id, channel, address, pointer } of wanted) {
    const key = addressKey({
      connection_id,
      address: factsOf(channel)?.addressesArePhones ? whatsAppNumber(address) : address,
    });
    const first = byAddress.get(key);
    if (first)
      throw invalidField(
        `${pointer}/address`,
        `The same address stands at ${first} already. Leave one of them out.`,
      );
    byAddress.set(key, pointer);
  }
}

/** The digits that WhatsApp knows a number by, or a business-scoped id as it is. */
function onWhatsApp({ address, pointer }: WantedIdentity): string {
  if (isScopedId(address)) return address;
  const phone = normalPhone(address.startsWith('+') ? address : `+${address}`);
  if (/^[\d\s()+.-]+$/.test(address) && phoneFacts(phone).phone_check !== 'impossible') return phone.slice(1);
  throw invalidField(
    `${pointer}/address`,
    'On WhatsApp an address is a phone number with country code, like +44 20 7946 0018, or a business-scoped id like US.13491208655302741918.',
  );
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

/** Whose an address is, on WhatsApp in its other spelling as well; by `addressKey` of what was asked. */
async function ownersOf(
  ctx: Ctx,
  wanted: Pick<WantedIdentity, 'connection_id' | 'channel' | 'address'>[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ contact_id: string; connection_id: string; address: string }>`
    SELECT i.contact_id, w.connection_id, w.address
    FROM unnest(${wanted.map((w) => w.connection_id)}::uuid[], ${wanted.map((w) => w.channel)}::text[],
      ${wanted.map((w) => w.address)}::text[]) AS w(connection_id, channel, address)
    JOIN (
      SELECT workspace_id, connection_id, address, contact_id FROM identities
      UNION ALL SELECT workspace_id, connection_id, address, contact_id FROM spare_identities
    ) i ON i.workspace_id = ${unplanned(ctx.actor.workspaceId)} AND i.connection_id = w.connection_id
      AND i.address = ANY(ARRAY[w.address, CASE w.channel WHEN 'whatsapp' THEN whatsapp_alias(w.address) END])
    -- the last one counts
    ORDER BY i.address = w.address`.execute(ctx.db);
  return new Map(rows.map((row) => [addressKey(row), row.contact_id]));
}

/**
 * On WhatsApp a phone number of the same list, or of somebody who came meanwhile, may have the address since we looked. Throws
 * VALIDATION_FAILED. `ids`: uuids of the contacts, by index.
 */
export async function refuseTaken(ctx: Ctx, wanted: WantedIdentity[], ids: string[]): Promise<void> {
  const onWhatsApp = wanted.filter(({ channel }) => factsOf(channel)?.addressesArePhones);
  if (onWhatsApp.length === 0) return;
  const owners = await ownersOf(ctx, onWhatsApp);
  for (const identity of onWhatsApp) {
    const owner = owners.get(addressKey(identity));
    if (owner && owner !== ids[identity.index]) throw ofAnother(identity.pointer, owner);
  }
}

export const ofAnother = (pointer: string, owner: string) =>
  invalidField(
    `${pointer}/address`,
    `This address belongs to another contact (${toWireId('cnt', owner)}). Correct the external id, or leave the address out.`,
  );
