// Whom a webhook is about: a contact that is here already, by the shop's own id, else by phone or email; or a new one. What the
// shop says of people is taken over, unless somebody edited it here since. It never gives an opt-in. What is typed at a checkout finds
// a contact and changes none: anybody can type somebody else's email address there, beside a number and a name of their own.
import { type RawBuilder, sql } from 'kysely';
import { type ContactCreate, contactCreate } from '../../../contract/contacts.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { ContactRow } from '../../contacts/contact.ts';
import { readPhone } from '../../contacts/import/values.ts';
import { formerExternalIds } from '../../contacts/merge/follow.ts';
import { besideMerges } from '../../contacts/merge/merge-lock.ts';
import { lockUpserts, upsertContacts } from '../../contacts/upsert.ts';
import type { Ctx } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { canHaveHappened } from '../times.ts';
import type { ConnectorRow } from './connector.ts';
import type { Person, PersonField } from './told.ts';

type Connector = Pick<ConnectorRow, 'id' | 'id_prefix'>;
type Profile = Pick<ContactCreate, 'first_name' | 'last_name' | 'email' | 'phone' | 'language'>;

/** Ids of people whom the shop has no account of begin so; one that gets an account later takes its id. */
const guestMark = 'guest:';

/** The cart and the order that a webhook is about, by the ids they have here. */
export interface Purchase {
  carts: string[];
  order: string | null;
}

/**
 * The contact as other requests name it; null: nobody could be written to, and nobody is made. In a transaction whose locks of
 * orders and carts (alone.ts) are taken already.
 */
export async function contactOf(
  ctx: Ctx,
  connector: Connector,
  person: Person,
  purchase: Purchase,
): Promise<{ id: string } | null> {
  const profile = profileOf(person);
  if (person.customerId === null && !profile.phone && !profile.email) return null;
  // of an order that would be lost with it: a time that cannot be counts as none
  const updatedAt =
    person.updatedAt !== null && canHaveHappened(ctx, person.updatedAt) ? person.updatedAt : null;
  await lockUpserts(ctx);
  await besideMerges(ctx);
  const { id_prefix } = connector;
  const externalId =
    person.customerId === null
      ? `${id_prefix}${guestMark}${profile.phone ?? profile.email}`.slice(0, 200)
      : `${id_prefix}${person.customerId}`;
  const known = await findContact(ctx, externalId, person, profile);
  const last = known && (await lastTold(ctx, connector.id, known.id));
  const kept = withoutTyped(profile, person);
  // nobody becomes somebody by an address that they typed
  const isTheirs = !known || known.isById || isFoundBy(known, kept);
  const isKept = known?.external_id && known.external_id !== externalId && !isGuest(known.external_id);
  const told = known && (await isMadeBy(ctx, known, purchase)) ? profile : isTheirs ? kept : {};
  const fields = {
    ...(known ? changesOf(known, told, updatedAt, last) : profile),
    // a guest's own contact keeps the id that it has
    ...(known && (isKept || person.customerId === null || !isTheirs) ? {} : { external_id: externalId }),
  };
  const [written] = await upsertContacts(ctx, [fields], [known]);
  const contactId = written!.id;
  if (person.customerId !== null && updatedAt !== null && isTheirs)
    await noteTold(ctx, connector.id, contactId, updatedAt, last);
  return { id: toWireId('cnt', contactId) };
}

const isGuest = (externalId: string) => externalId.includes(guestMark);

const columns = {
  firstName: 'first_name',
  lastName: 'last_name',
  email: 'email',
  phone: 'phone',
} as const satisfies Record<PersonField, keyof Profile>;

function withoutTyped(profile: Profile, { typed }: Person): Profile {
  const left = { ...profile };
  for (const field of typed) delete left[columns[field]];
  return left;
}

const isFoundBy = (known: ContactRow, { phone, email }: Profile) =>
  (phone !== undefined && phone === known.phone) || (email !== undefined && email === known.email);

/**
 * A guest's contact that this very cart or order has made: who types an address first and a number a page later is the same guest.
 * With another cart or order it may be somebody else's.
 */
async function isMadeBy(ctx: Ctx, known: ContactRow, { carts, order }: Purchase): Promise<boolean> {
  if (!known.external_id || !isGuest(known.external_id)) return false;
  const { rows } = await sql<{ ours: boolean | null }>`
    SELECT bool_and(ours) AS ours FROM (
      SELECT coalesce(external_id = ANY(${carts}::text[]), false) AS ours FROM carts
      WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${known.id}
      UNION ALL SELECT coalesce(external_id = ${order}::text, false) FROM orders
      WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${known.id}) AS of_them`.execute(ctx.db);
  return rows[0]?.ours ?? false;
}

/** Only what can be one; a shop checks less of it than is checked here. */
function profileOf(person: Person): Profile {
  const phone = person.phone === null ? null : readPhone(person.phone, person.country?.toUpperCase()).phone;
  const given: Profile = {
    ...(person.firstName && { first_name: person.firstName }),
    ...(person.lastName && { last_name: person.lastName }),
    ...(person.email && { email: person.email.toLowerCase() }),
    ...(phone && { phone }),
    ...(person.language && { language: person.language }),
  };
  return Object.fromEntries(
    Object.entries(given).filter(
      ([field, value]) =>
        contactCreate.safeParse({ first_name: 'x', [field]: value }).success &&
        !(field.endsWith('_name') && webAddress.test(value ?? '')),
    ),
  );
}

/** Messages say names, and a messenger makes a link of an address in one. */
const webAddress = /:\/\/|\bwww\.|[\p{L}\p{N}-]\.\p{L}{2,}/iu;

/** Locked until the transaction ends. */
async function findContact(
  ctx: Ctx,
  externalId: string,
  { customerId }: Person,
  { phone, email }: Profile,
): Promise<(ContactRow & { isById?: true }) | null> {
  const former = await formerExternalIds(ctx, [externalId]);
  const one = async (where: RawBuilder<boolean>) =>
    (await ctx.db
      .selectFrom('contacts')
      .selectAll()
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where(where)
      .orderBy('id')
      .limit(1)
      .forNoKeyUpdate()
      .executeTakeFirst()) ?? null;
  const byId = await one(sql`(external_id = ${externalId} OR id = ${former.get(externalId) ?? null}::uuid)`);
  if (byId) return { ...byId, isById: true };
  // two ids are two people, though they share a number or a mailbox
  const free =
    customerId === null ? sql`true` : sql`(external_id IS NULL OR external_id LIKE ${`%${guestMark}%`})`;
  const byPhone = phone ? await one(sql`phone = ${phone} AND ${free}`) : null;
  return byPhone ?? (email ? await one(sql`email = ${email} AND ${free}`) : null);
}

interface LastTold {
  id: string;
  told_at: Date;
  contact_version: number;
}

async function lastTold(ctx: Ctx, connectorId: string, contactId: string): Promise<LastTold | null> {
  const row = await ctx.db
    .selectFrom('shop_customers')
    .select(['id', 'told_at', 'contact_version'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', contactId)
    .where('connector_id', '=', connectorId)
    .orderBy('told_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** What is empty here is filled in any case; the rest is written over by what is newer. */
function changesOf(
  known: ContactRow,
  profile: Profile,
  updatedAt: string | null,
  last: LastTold | null,
): Profile {
  const at = updatedAt === null ? null : new Date(updatedAt);
  const isNews = at !== null && (!last || at >= last.told_at);
  const isUntouched = last?.contact_version === known.version;
  const wins = isNews && (isUntouched || at > known.updated_at);
  return Object.fromEntries(
    Object.entries(profile).filter(([field]) => wins || !known[field as keyof Profile]),
  );
}

async function noteTold(
  ctx: Ctx,
  connectorId: string,
  contactId: string,
  updatedAt: string,
  last: LastTold | null,
): Promise<void> {
  const workspaceId = ctx.actor.workspaceId;
  // what a person edited here in between stays an edit: the version is noted only with news that was taken
  if (last && new Date(updatedAt) < last.told_at) return;
  await sql`
    INSERT INTO shop_customers AS s (workspace_id, id, contact_id, connector_id, told_at, contact_version)
    SELECT c.workspace_id, ${last?.id ?? newId()}::uuid, c.id, ${connectorId}::uuid, ${updatedAt}::timestamptz, c.version
    FROM contacts c WHERE c.workspace_id = ${workspaceId} AND c.id = ${contactId}
    ON CONFLICT (workspace_id, id) DO UPDATE SET told_at = excluded.told_at, contact_version = excluded.contact_version`.execute(
    ctx.db,
  );
}
