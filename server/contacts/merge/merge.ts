// Two contacts become one: everything of the other comes over, the other's row goes, and what undoing needs is written down.
// Alone in its workspace (merge-lock.ts); the order of locks is addresses, contacts, ledger.
import { type RawBuilder, sql } from 'kysely';
import type { Contact } from '../../../contract/contacts.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { ContactMerge } from '../../../contract/merges.ts';
import { type Ctx, inTransaction } from '../../platform/context.ts';
import { newId, uuidOf } from '../../platform/db/ids.ts';
import { wasUndone } from '../../platform/db/storable.ts';
import { invalidField, notFound } from '../../platform/errors.ts';
import { audit } from '../../workspaces/audit.ts';
import { contactName, maxAttributes, tagsAtMost } from '../contact.ts';
import { loadContact } from '../store.ts';
import { mergedInto } from './follow.ts';
import { aloneForMerge } from './merge-lock.ts';
import { type Merged, mergeRows, type Row } from './merge-values.ts';
import { lockAddresses, moveAddresses } from './move-addresses.ts';
import { moveConsent, tellConsent } from './move-consent.ts';
import { moveDeliveries } from './move-deliveries.ts';
import { moveKeyed, moveRows } from './move-rows.ts';
import { movedTables } from './person-tables.ts';
import type { Snapshot } from './snapshot.ts';

export const undoableDays = 30;

/** Throws NOT_FOUND; VALIDATION_FAILED where the other is not there, or both together have more than one contact may. */
export async function mergeContacts(ctx: Ctx, contactId: string, given: ContactMerge): Promise<Contact> {
  const otherId = uuidOf('cnt', given.other_id);
  if (otherId === contactId)
    throw invalidField('/other_id', 'This is the same contact. Choose the one that is to become part of it.');
  return again(() =>
    inTransaction(ctx, async (ctx) => {
      await aloneForMerge(ctx);
      await lockAddresses(ctx, [contactId, otherId]);
      const { mine, theirs } = await lockPair(ctx, contactId, otherId);
      const merged = mergeRows(mine, theirs, given.keep);
      refuseTooMuch(merged.row);
      await moveAll(ctx, { mine, theirs, merged });
      return loadContact(ctx, contactId);
    }),
  );
}

/** A lane or an inbound message that wants the same rows in another order: nothing of ours stands then, and we ask anew. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (!wasUndone(error) || !code?.startsWith('40') || attempt === 3) throw error;
    }
  }
}

async function lockPair(ctx: Ctx, contactId: string, otherId: string): Promise<{ mine: Row; theirs: Row }> {
  const rows = await lockContacts(ctx, [contactId, otherId]);
  const mine = rows.get(contactId);
  if (!mine) throw notFound('contact');
  const theirs = rows.get(otherId);
  if (theirs) return { mine, theirs };
  const holder = (await mergedInto(ctx, [otherId])).get(otherId);
  throw invalidField(
    '/other_id',
    holder === contactId
      ? 'This contact is part of the other already: they were merged before.'
      : holder
        ? `This contact was merged into another one meanwhile (${toWireId('cnt', holder)}). Choose that one.`
        : 'This contact is not there any more: it was erased, or never was here. Choose another one.',
  );
}

/** By id, as PostgreSQL writes them in JSON. */
export async function lockContacts(ctx: Ctx, ids: string[]): Promise<Map<string, Row>> {
  const { rows } = await sql<{ row: Row }>`
    SELECT to_jsonb(c) AS row FROM contacts c WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = ANY(${ids}::uuid[])
    ORDER BY c.id FOR UPDATE`.execute(ctx.db);
  return new Map(rows.map(({ row }) => [String(row.id), row]));
}

function refuseTooMuch(row: Row): void {
  const attributes = Object.keys(row.attributes as object).length;
  if (attributes > maxAttributes)
    throw invalidField(
      '/other_id',
      `Together they have ${attributes} attributes, and a contact may have ${maxAttributes}. Remove some first.`,
    );
  const tags = (row.tags as string[]).length;
  if (tags > tagsAtMost)
    throw invalidField(
      '/other_id',
      `Together they have ${tags} tags, and a contact may have ${tagsAtMost}. Remove some first.`,
    );
}

async function moveAll(ctx: Ctx, given: { mine: Row; theirs: Row; merged: Merged }): Promise<void> {
  const { mine, theirs, merged } = given;
  const who = { from: String(theirs.id), to: String(mine.id) };
  const mergeId = newId();
  // the ledger first: whoever records an outcome now is waited for, and their message is then seen below
  const deliveries = await moveDeliveries(ctx, who);
  const ids: Record<string, string[]> = { deliveries: deliveries.moved };
  for (const table of movedTables) ids[table] = await moveRows(ctx, table, who);
  const addresses = await moveAddresses(ctx, who);
  const consent = await moveConsent(ctx, who);
  const members = await moveKeyed(ctx, 'segment_members', who);
  const changes = await moveKeyed(ctx, 'segment_changes', who);
  const interest = await moveKeyed(ctx, 'product_interest', who);
  await ctx.db
    .deleteFrom('contacts')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', who.from)
    .execute();
  const row = await writeContact(ctx, merged.row);
  await tellConsent(ctx, who.to, 'merge');
  const { moved: _, ...ledger } = deliveries;
  const snapshot: Snapshot = {
    survivor: mine,
    merged: row,
    absorbed: theirs,
    deliveries: ledger,
    addresses,
    consent,
    keyed: { segment_members: members, segment_changes: changes, product_interest: interest },
  };
  await writeDown(ctx, { mergeId, who, merged, snapshot, ids, name: contactName(theirs as never) });
  await judgeAgain(ctx, who.to, await runsThatPassed(ctx, who));
  await audit(
    ctx,
    'contact.merged',
    { type: 'contact', id: toWireId('cnt', who.to) },
    { other: toWireId('cnt', who.from) },
  );
}

/** Runs whose rows are being written, which have passed the one without asking the other: together they may be meant. */
async function runsThatPassed(ctx: Ctx, who: { from: string; to: string }): Promise<string[]> {
  const rows = await unwritten(ctx)
    .where('expanded_at', 'is', null)
    .where('expand_cursor', '>=', who.to)
    .where('expand_cursor', '<', who.from)
    .execute();
  return rows.map((row) => row.id);
}

/** Of an automation, whose rows are events, there is no audience that somebody could have been passed over in. */
export const unwritten = (ctx: Ctx) =>
  ctx.db
    .selectFrom('runs')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_version', 'is', null)
    .where('status', 'in', ['active', 'paused']);

/** Whether these runs are meant for the person is asked once more, by the module that knows (deliveries/runs/after-merge.ts). */
export async function judgeAgain(ctx: Ctx, contactId: string, runIds: string[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  for (const runId of runIds)
    await ctx.jobs.enqueue(ctx, 'deliveries.expand_person', { workspaceId, runId, contactId });
}

/** Every column a merge or its undo may change. Returns the row as it stands then. */
export async function writeContact(ctx: Ctx, row: Row): Promise<Row> {
  const { rows } = await sql<{ row: Row }>`
    UPDATE contacts c SET external_id = r.external_id, first_name = r.first_name, last_name = r.last_name, email = r.email,
      phone = r.phone, phone_check = r.phone_check, phone_country = r.phone_country, language = r.language, time_zone = r.time_zone, time_zone_guessed_from = r.time_zone_guessed_from,
      browser_time_zone = r.browser_time_zone, attributes = r.attributes, tags = r.tags, created_at = r.created_at,
      last_seen_at = r.last_seen_at, version = c.version + 1, updated_at = ${ctx.clock.now()}
    FROM ${rowOf('contacts', row)} r
    WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = r.id
    RETURNING to_jsonb(c) AS row`.execute(ctx.db);
  if (!rows[0]) throw notFound('contact');
  return rows[0].row;
}

const rowOf = (table: string, row: Row): RawBuilder<unknown> =>
  sql`jsonb_populate_record(NULL::${sql.table(table)}, ${JSON.stringify(row)}::jsonb)`;

async function writeDown(
  ctx: Ctx,
  given: {
    mergeId: string;
    who: { from: string; to: string };
    merged: Merged;
    snapshot: Snapshot;
    ids: Record<string, string[]>;
    name: string;
  },
): Promise<void> {
  const { workspaceId: workspace_id } = ctx.actor;
  const at = ctx.clock.now();
  await ctx.db
    .insertInto('contact_merges')
    .values({
      workspace_id,
      id: given.mergeId,
      contact_id: given.who.to,
      survivor_id: given.who.to,
      absorbed_id: given.who.from,
      absorbed_name: given.name,
      external_id: given.merged.formerExternalId,
      set_aside: JSON.stringify(given.merged.setAside),
      snapshot: JSON.stringify(given.snapshot),
      actor_kind: ctx.actor.kind,
      actor_name: ctx.actor.name,
      at,
      undoable_until: new Date(at.getTime() + undoableDays * 86_400_000),
    })
    .execute();
  const rows = Object.entries(given.ids)
    .filter(([, ids]) => ids.length > 0)
    .map(([table_name, ids]) => ({ workspace_id, merge_id: given.mergeId, table_name, ids }));
  if (rows.length > 0) await ctx.db.insertInto('contact_merge_rows').values(rows).execute();
}
