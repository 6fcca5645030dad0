// Many contacts at once, from a shop's system or an import: found by external id, else by an address, else created. All or
// nothing, in six statements however many rows; batches of one workspace go one after the other.
import { sql } from 'kysely';
import type { ContactCreate } from '../../contract/contacts.ts';
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { isConflict } from '../platform/db/db.ts';
import { newId } from '../platform/db/ids.ts';
import { unplanned } from '../platform/db/unplanned.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import {
  type ContactFields,
  type ContactRow,
  changedFields,
  maxAttributes,
  noFields,
  plainFields,
} from './contact.ts';
import { checkAttributes } from './declare-attributes.ts';
import { checkIdentities, ofAnother, refuseTaken, type WantedIdentity } from './identities.ts';
import { formerExternalIds } from './merge/follow.ts';
import { insertContacts, insertIdentities, updateContacts } from './store.ts';

export interface Upserted {
  /** uuid */
  id: string;
  created: boolean;
}

/**
 * Returns one entry per contact given, in that order. Throws VALIDATION_FAILED, with nothing written, naming the field by
 * pointer ("/contacts/3/identities/0/address") where two rows mean one person or an address is somebody else's; and
 * VERSION_CONFLICT where these people keep being written by others.
 */
export async function upsertContacts(
  ctx: Ctx,
  list: ContactCreate[],
  /** For an import, which knows by email as well: whom each row means, found and locked under `lockUpserts`; null: nobody. */
  known?: (ContactRow | null)[],
): Promise<Upserted[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(ctx, (ctx) => upsertOnce(ctx, list, known));
    } catch (error) {
      // a single create or an inbound message took an id between our look and our write: look again
      if (!isConflict(error) || ctx.db.isTransaction) throw error;
      if (attempt === attemptsAtMost) throw stillWritten(error);
    }
  }
}

/** Each finds those who came during the one before; in a flood of people pressing Start some come during every one. */
const attemptsAtMost = 10;

const stillWritten = (cause: unknown) =>
  new AppError(
    'VERSION_CONFLICT',
    'Some of these people are being written by others at this moment. Nothing was written: send the same again in a few seconds.',
    { cause, retryAfterMs: 5000 },
  );

/** One batch at a time per workspace: two with the same people in another order would wait for each other for ever. */
export async function lockUpserts(ctx: Ctx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('contacts.upsert ' || ${ctx.actor.workspaceId}, 0))`.execute(
    ctx.db,
  );
}

async function upsertOnce(
  ctx: Ctx,
  list: ContactCreate[],
  known?: (ContactRow | null)[],
): Promise<Upserted[]> {
  refuseRepeatedExternalIds(list);
  if (!known) await lockUpserts(ctx);
  await checkAttributes(
    ctx,
    list.map(({ attributes }, i) => ({ pointer: pointerOf(i), attributes })),
  );
  const wanted = await checkIdentities(
    ctx,
    list.map(({ identities = [] }, i) => ({ pointer: pointerOf(i), identities })),
  );
  const former = await formerExternalIds(ctx, externalIdsOf(list));
  const rows = await knownContacts(ctx, list, wanted, { known, former: [...former.values()] });
  const matches = matchAll(list, wanted, rows, { known, former });

  const result: Upserted[] = [];
  const created: ({ id: string } & ContactFields)[] = [];
  const updated: ({ id: string } & ContactFields)[] = [];
  for (const [index, { identities: _, ...fields }] of list.entries()) {
    const row = matches[index];
    const before = (row ?? noFields) as ContactFields;
    const change = former.has(fields.external_id ?? '') ? withoutExternalId(fields) : fields;
    const after = changedFields(before, change);
    if (Object.keys(after.attributes).length > maxAttributes)
      throw invalidField(
        `${pointerOf(index)}/attributes`,
        `At most ${maxAttributes} attributes per contact. Remove some by setting them to null.`,
      );
    const id = row?.id ?? newId();
    if (!row) created.push({ id, ...after });
    else if (differ(before, after)) updated.push({ ...after, id });
    result.push({ id, created: !row });
  }
  await insertContacts(ctx, created);
  await updateContacts(ctx, updated);
  await addIdentities(ctx, wanted, result);
  return result;
}

const externalIdsOf = (list: ContactCreate[]) =>
  list.map((contact) => contact.external_id).filter((id): id is string => Boolean(id));

function withoutExternalId<T extends { external_id?: unknown }>({
  external_id: _,
  ...rest
}: T): Omit<T, 'external_id'> {
  return rest;
}

/** Every contact that the list may mean, locked in one order, by id. */
async function knownContacts(
  ctx: Ctx,
  list: ContactCreate[],
  wanted: WantedIdentity[],
  { known, former }: { known?: (ContactRow | null)[]; former: string[] },
): Promise<Map<string, ContactRow>> {
  const found = new Map((known ?? []).flatMap((row) => (row ? [[row.id, row]] : [])));
  const externalIds = known ? [] : externalIdsOf(list);
  const owners = [...wanted.map((identity) => identity.owner), ...former].filter(
    (owner) => owner !== null && !found.has(owner),
  );
  if (externalIds.length + owners.length === 0) return found;
  const rows = await ctx.db
    .selectFrom('contacts')
    .selectAll()
    .where('workspace_id', '=', unplanned(ctx.actor.workspaceId))
    // one look into the index per row, whatever the planner believes of a table that is just growing
    .where(
      sql<boolean>`id = ANY(ARRAY(
        SELECT found.id FROM unnest(${externalIds}::text[]) AS w(external_id) CROSS JOIN LATERAL (
          SELECT c.id FROM contacts c
          WHERE c.workspace_id = ${unplanned(ctx.actor.workspaceId)} AND c.external_id = w.external_id LIMIT 1) found
        UNION ALL SELECT unnest(${owners}::uuid[])))`,
    )
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  for (const row of rows) found.set(row.id, row);
  return found;
}

/** For each contact given the one it means, or undefined for a new one. */
function matchAll(
  list: ContactCreate[],
  wanted: WantedIdentity[],
  rows: Map<string, ContactRow>,
  { known, former }: { known?: (ContactRow | null)[]; former: Map<string, string> },
): (ContactRow | undefined)[] {
  const byExternalId = new Map([...rows.values()].map((row) => [row.external_id, row]));
  const identitiesOf = Map.groupBy(wanted, (identity) => identity.index);
  const meantBy = new Map<string, number>();
  return list.map((contact, index) => {
    const external = contact.external_id;
    // an id that a merge put aside means the person still, and does not become the contact's again
    let match = external ? (byExternalId.get(external) ?? rows.get(former.get(external) ?? '')) : undefined;
    for (const { owner, pointer } of identitiesOf.get(index) ?? []) {
      if (owner === null) continue;
      const holder = rows.get(owner)!;
      const isAnother = match ? match.id !== owner : contact.external_id && holder.external_id !== null;
      if (isAnother) throw ofAnother(pointer, owner);
      match ??= holder;
    }
    match ??= known?.[index] ?? undefined;
    if (!match) return undefined;
    const other = meantBy.get(match.id);
    if (other !== undefined)
      throw invalidField(
        pointerOf(index),
        `This is the same contact as ${pointerOf(other)} (${toWireId('cnt', match.id)}). Put both into one.`,
      );
    meantBy.set(match.id, index);
    return match;
  });
}

async function addIdentities(ctx: Ctx, wanted: WantedIdentity[], result: Upserted[]): Promise<void> {
  const fresh = wanted.filter((identity) => identity.owner === null);
  const existing = fresh.filter((identity) => !result[identity.index]!.created);
  if (existing.length > 0) {
    const { rows } = await sql<{ n: number }>`
      SELECT w.n FROM unnest(${existing.map((w) => result[w.index]!.id)}::uuid[], ${existing.map((w) => w.connection_id)}::uuid[],
        ${existing.map((w) => w.address)}::text[]) WITH ORDINALITY AS w(contact_id, connection_id, address, n)
      JOIN identities i ON i.workspace_id = ${unplanned(ctx.actor.workspaceId)} AND i.contact_id = w.contact_id
        AND i.connection_id = w.connection_id AND i.address <> w.address ORDER BY w.n LIMIT 1`.execute(
      ctx.db,
    );
    const refused = rows[0] && existing[rows[0].n - 1];
    if (refused)
      throw invalidField(
        `${refused.pointer}/address`,
        `This contact (${toWireId('cnt', result[refused.index]!.id)}) has another address on this connection already. Leave this one out.`,
      );
  }
  await refuseTaken(
    ctx,
    fresh,
    result.map(({ id }) => id),
  );
  await insertIdentities(
    ctx,
    fresh.map((identity) => ({ ...identity, id: newId(), contact_id: result[identity.index]!.id })),
  );
}

function refuseRepeatedExternalIds(list: ContactCreate[]): void {
  const first = new Map<string, number>();
  for (const [index, { external_id }] of list.entries()) {
    if (!external_id) continue;
    const other = first.get(external_id);
    if (other !== undefined)
      throw invalidField(
        `${pointerOf(index)}/external_id`,
        `The same external id stands at ${pointerOf(other)} already. Put both into one.`,
      );
    first.set(external_id, index);
  }
}

function differ(before: ContactFields, after: ContactFields): boolean {
  return (
    plainFields.some((field) => before[field] !== after[field]) ||
    before.time_zone_guessed_from !== after.time_zone_guessed_from ||
    JSON.stringify(before.tags) !== JSON.stringify(after.tags) ||
    !sameAttributes(before.attributes, after.attributes)
  );
}

function sameAttributes(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && JSON.stringify(a[name]) === JSON.stringify(b[name]))
  );
}

function pointerOf(index: number): string {
  return `/contacts/${index}`;
}
