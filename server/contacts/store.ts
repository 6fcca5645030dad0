// SQL of contacts: rows with their identities and consent, as the wire shows them, and writing many at once.
import { type RawBuilder, type Selectable, sql } from 'kysely';
import { factsOf } from '../../contract/channel-facts.ts';
import type { Contact } from '../../contract/contacts.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Ctx } from '../platform/context.ts';
import type { DB } from '../platform/db/tables.gen.ts';
import { unplanned } from '../platform/db/unplanned.ts';
import { notFound } from '../platform/errors.ts';
import type { ContactFields, ContactRow } from './contact.ts';
import { countryOfAddress } from './phone.ts';

/** Throws NOT_FOUND. */
export async function loadContact(ctx: Ctx, contactId: string): Promise<Contact> {
  const row = await ctx.db
    .selectFrom('contacts')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', contactId)
    .executeTakeFirst();
  if (!row) throw notFound('contact');
  const [contact] = await toWireContacts(ctx, [row]);
  return contact!;
}

/** Rows in the order given, each with what belongs to it: two more queries however many rows. */
export async function toWireContacts(ctx: Ctx, rows: ContactRow[]): Promise<Contact[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const [identities, consents] = await Promise.all([
    ctx.db
      .selectFrom('identities')
      .innerJoin('connections', (join) =>
        join
          .onRef('connections.workspace_id', '=', 'identities.workspace_id')
          .onRef('connections.id', '=', 'identities.connection_id'),
      )
      .selectAll('identities')
      .where('identities.workspace_id', '=', ctx.actor.workspaceId)
      .where('identities.contact_id', 'in', ids)
      .where('connections.deleted_at', 'is', null)
      .orderBy('identities.id')
      .execute(),
    ctx.db
      .selectFrom('consents')
      .selectAll()
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('contact_id', 'in', ids)
      .orderBy('channel')
      .execute(),
  ]);
  const identitiesOf = Map.groupBy(identities, (identity) => identity.contact_id);
  const consentsOf = Map.groupBy(consents, (consent) => consent.contact_id);
  return rows.map((row) => toWire(row, identitiesOf.get(row.id) ?? [], consentsOf.get(row.id) ?? []));
}

function toWire(
  row: ContactRow,
  identities: Selectable<DB['identities']>[],
  consents: Selectable<DB['consents']>[],
): Contact {
  const { workspace_id: _, time_zone_guessed_from, phone_check: _c, phone_country: _p, ...fields } = row;
  return {
    ...fields,
    id: toWireId('cnt', row.id),
    time_zone_source:
      row.time_zone === null ? null : ((time_zone_guessed_from ?? 'given') as Contact['time_zone_source']),
    last_seen_at: row.last_seen_at?.toISOString() ?? null,
    orders_value: Number(row.orders_value),
    last_order_at: row.last_order_at?.toISOString() ?? null,
    attributes: row.attributes as Record<string, unknown>,
    identities: identities.map((identity) => ({
      id: toWireId('idn', identity.id),
      connection_id: toWireId('con', identity.connection_id),
      channel: identity.channel as Contact['identities'][number]['channel'],
      address: identity.address,
      username: identity.username,
      reachable: identity.reachable,
      unreachable_reason: identity.unreachable_reason,
    })),
    consent: consents.map((consent) => ({
      channel: consent.channel as Contact['consent'][number]['channel'],
      purpose: 'marketing',
      state: consent.state as Contact['consent'][number]['state'],
      source: consent.source,
      wording: consent.wording,
      at: consent.at.toISOString(),
    })),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

const columns = sql`external_id text, first_name text, last_name text, email text, phone text, phone_check text, phone_country text, language text, time_zone text, time_zone_guessed_from text, browser_time_zone text, attributes jsonb, tags jsonb`;
const tagArray = sql`ARRAY(SELECT jsonb_array_elements_text(r.tags))`;

/** One statement for any number of new contacts. Throws the unique violation of `contacts_by_external_id`. */
export async function insertContacts(ctx: Ctx, rows: ({ id: string } & ContactFields)[]): Promise<void> {
  if (rows.length === 0) return;
  const now = ctx.clock.now();
  await sql`
    INSERT INTO contacts (workspace_id, id, external_id, first_name, last_name, email, phone, phone_check, phone_country, language, time_zone,
      time_zone_guessed_from, browser_time_zone, attributes, tags, created_at, updated_at)
    SELECT ${ctx.actor.workspaceId}::uuid, r.id, r.external_id, r.first_name, r.last_name, r.email, r.phone, r.phone_check, r.phone_country, r.language,
      r.time_zone, r.time_zone_guessed_from, r.browser_time_zone, r.attributes, ${tagArray}, ${now}::timestamptz, ${now}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, ${columns})`.execute(ctx.db);
}

/** One statement for any number of changed contacts; each gets a new version. */
export async function updateContacts(ctx: Ctx, rows: ({ id: string } & ContactFields)[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    UPDATE contacts AS c SET external_id = r.external_id, first_name = r.first_name, last_name = r.last_name,
      email = r.email, phone = r.phone, phone_check = r.phone_check, phone_country = r.phone_country, language = r.language, time_zone = r.time_zone,
      time_zone_guessed_from = r.time_zone_guessed_from, browser_time_zone = r.browser_time_zone, attributes = r.attributes,
      tags = ${tagArray}, version = c.version + 1, updated_at = ${ctx.clock.now()}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, ${columns})
    WHERE c.workspace_id = ${unplanned(ctx.actor.workspaceId)} AND c.id = r.id`.execute(ctx.db);
}

export interface NewIdentity {
  id: string;
  contact_id: string;
  connection_id: string;
  channel: string;
  address: string;
}

/**
 * Throws the unique violation where an address is taken or a contact already has one on that connection. Where addresses are
 * phone numbers it takes
 * the place of the one that the phone number made.
 */
export async function insertIdentities(ctx: Ctx, rows: NewIdentity[]): Promise<void> {
  const { phones = [], others = [] } = Object.groupBy(rows, ({ channel }) =>
    factsOf(channel)?.addressesArePhones ? 'phones' : 'others',
  );
  await insertThem(ctx, others, sql``);
  await insertThem(
    ctx,
    phones,
    sql`ON CONFLICT (workspace_id, contact_id, connection_id) DO UPDATE SET address = excluded.address, country = excluded.country`,
  );
}

async function insertThem(ctx: Ctx, rows: NewIdentity[], takesPlace: RawBuilder<unknown>): Promise<void> {
  if (rows.length === 0) return;
  const known = rows.map((row) => ({ ...row, country: countryOfAddress(row.channel, row.address) }));
  await sql`
    INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, country, created_at)
    SELECT ${ctx.actor.workspaceId}::uuid, r.id, r.contact_id, r.connection_id, r.channel, r.address, r.country, ${ctx.clock.now()}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(known)}::jsonb)
      AS r(id uuid, contact_id uuid, connection_id uuid, channel text, address text, country text)
    ${takesPlace}`.execute(ctx.db);
}
