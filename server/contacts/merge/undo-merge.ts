// Taking a merge back: the other person is there again with exactly what came over, and with what came since to their
// addresses; everything else that came since stays with the survivor. Merges of one person are undone newest first.
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import { toWireId } from '../../../contract/ids.ts';
import { type Ctx, inTransaction } from '../../platform/context.ts';
import { isUniqueViolation } from '../../platform/db/db.ts';
import type { DB } from '../../platform/db/tables.gen.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { audit } from '../../workspaces/audit.ts';
import { again, judgeAgain, lockContacts, unwritten, writeContact } from './merge.ts';
import { aloneForMerge } from './merge-lock.ts';
import { unmergeRow } from './merge-values.ts';
import { lockAddresses, takeBackAddresses, takeBackThreads } from './move-addresses.ts';
import { takeBackConsent } from './move-consent.ts';
import { takeBackDeliveries } from './move-deliveries.ts';
import { moveRows, putBack, takeBackKeyed } from './move-rows.ts';
import { type KeyedTable, keyedTables, movedTables } from './person-tables.ts';
import type { Snapshot } from './snapshot.ts';

export type MergeRow = Selectable<DB['contact_merges']>;

/** Returns both (uuid). Throws NOT_FOUND, and ILLEGAL_MOVE with the reason where it cannot be undone. */
export async function undoMerge(
  ctx: Ctx,
  contactId: string,
  mergeId: string,
): Promise<{ survivorId: string; otherId: string }> {
  return refusingTaken(() =>
    again(() =>
      inTransaction(ctx, async (ctx) => {
        await aloneForMerge(ctx);
        const merge = await findMerge(ctx, contactId, mergeId);
        const refusal = whyNotUndoable(merge, await newerMerge(ctx, merge), ctx.clock.now());
        if (refusal) throw new AppError('ILLEGAL_MOVE', refusal);
        await takeBack(ctx, merge, merge.snapshot as unknown as Snapshot);
        return { survivorId: merge.survivor_id, otherId: merge.absorbed_id };
      }),
    ),
  );
}

async function findMerge(ctx: Ctx, contactId: string, mergeId: string): Promise<MergeRow> {
  const row = await ctx.db
    .selectFrom('contact_merges')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', contactId)
    .where('id', '=', mergeId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('merge');
  return row;
}

/** The newest merge into the same contact that still stands, where it is not this one. */
async function newerMerge(ctx: Ctx, merge: MergeRow): Promise<MergeRow | null> {
  const row = await ctx.db
    .selectFrom('contact_merges')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', merge.contact_id)
    .where('undone_at', 'is', null)
    .where('id', '>', merge.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** In words; null: it can be undone. */
export function whyNotUndoable(
  merge: MergeRow,
  newer: Pick<MergeRow, 'absorbed_name'> | null,
  now: Date,
): string | null {
  if (merge.undone_at) return 'It was undone already.';
  if (merge.contact_id !== merge.survivor_id)
    return 'The contact it was merged into was itself merged into this one later. Undo that merge first; then this one can be undone there.';
  if (merge.snapshot === null || merge.undoable_until <= now)
    return 'It was more than 30 days ago: what undoing would need has been deleted.';
  if (newer)
    return `${newer.absorbed_name} was merged into this contact later, and merges are undone newest first. Undo that one, then this.`;
  return null;
}

async function takeBack(ctx: Ctx, merge: MergeRow, was: Snapshot): Promise<void> {
  const { workspaceId } = ctx.actor;
  const who = { from: merge.survivor_id, to: merge.absorbed_id };
  const since = merge.id;
  await lockAddresses(ctx, [who.from]);
  const now = (await lockContacts(ctx, [who.from])).get(who.from);
  if (!now) throw notFound('contact');
  const ids = await movedIds(ctx, merge.id);
  // whose addresses are whose is written down; what the phone numbers would make of it is not asked
  await sql`SELECT set_config('carillon.addresses', 'kept', true)`.execute(ctx.db);
  // first what the survivor took of it, or two would have one external id
  await writeContact(ctx, unmergeRow(was.survivor, was.merged, now));
  await putBack(ctx, 'contacts', [was.absorbed], 'refused when taken');
  for (const table of movedTables)
    if (table !== 'messages') await moveRows(ctx, table, { ...who, ids: ids.get(table) ?? [] });
  const { theirs, onBoth } = await takeBackAddresses(ctx, { ...who, was: was.addresses });
  await takeBackDeliveries(ctx, {
    ...who,
    was: { ...was.deliveries, moved: ids.get('deliveries') ?? [] },
    since,
    addresses: theirs,
  });
  await takeBackThreads(ctx, {
    ...who,
    was: was.addresses,
    messages: ids.get('messages') ?? [],
    since,
    theirs,
    onBoth,
  });
  // a merge of before a table was made knows nothing of it
  for (const table of Object.keys(keyedTables) as KeyedTable[])
    await takeBackKeyed(ctx, table, { ...who, ...(was.keyed[table] ?? { had: [], came: [] }) });
  await takeBackConsent(ctx, { ...who, was: was.consent, since });
  await putSums(ctx, who.to, was);
  await ctx.db
    .updateTable('contact_merges')
    .set({
      undone_at: ctx.clock.now(),
      undone_by: ctx.actor.name,
      snapshot: null,
      set_aside: '{}',
      external_id: null,
    })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', merge.id)
    .execute();
  await forgetRows(ctx, merge.id);
  await judgeAgain(ctx, who.to, await runsWithout(ctx, who.to, merge.at));
  if (was.deliveries.twins.length > 0)
    await ctx.jobs.enqueue(ctx, 'deliveries.untwin', {
      workspaceId,
      ids: was.deliveries.twins,
      by: ctx.actor.name,
    });
  const subject = { type: 'contact', id: toWireId('cnt', who.from) };
  await audit(ctx, 'contact.merge_undone', subject, { other: toWireId('cnt', who.to) });
}

/** Runs whose rows were written while the other was not there. */
async function runsWithout(ctx: Ctx, contactId: string, since: Date): Promise<string[]> {
  const rows = await unwritten(ctx)
    .where((eb) =>
      eb.or([
        eb('expanded_at', '>=', since),
        eb.and([
          eb('expanded_at', 'is', null),
          // of segments the list of the launch is asked: whether they stand there, and whether that part was taken
          eb.or([eb('expand_cursor', '>=', contactId), sql<boolean>`audience ? 'segment_ids'`]),
        ]),
      ]),
    )
    .execute();
  return rows.map((row) => row.id);
}

async function movedIds(ctx: Ctx, mergeId: string): Promise<Map<string, string[]>> {
  const rows = await ctx.db
    .selectFrom('contact_merge_rows')
    .select(['table_name', 'ids'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('merge_id', '=', mergeId)
    .execute();
  return new Map(rows.map((row) => [row.table_name, row.ids]));
}

async function forgetRows(ctx: Ctx, mergeId: string): Promise<void> {
  await ctx.db
    .deleteFrom('contact_merge_rows')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('merge_id', '=', mergeId)
    .execute();
}

/** Whoever came back was last seen when they were, or when they wrote since. */
async function putSums(ctx: Ctx, contactId: string, was: Snapshot): Promise<void> {
  await sql`
    UPDATE contacts c SET last_seen_at = greatest(c.last_seen_at, (
      SELECT max(m.at) FROM messages m WHERE m.workspace_id = c.workspace_id AND m.contact_id = c.id AND m.direction = 'in'
        AND m.at > ${String(was.merged.updated_at)}::timestamptz))
    WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = ${contactId}`.execute(ctx.db);
}

/** What the other had was given to somebody else since. */
async function refusingTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error, 'contacts_by_external_id'))
      throw new AppError(
        'ILLEGAL_MOVE',
        'The external id of one of the two was given to another contact since. Change it there, then undo.',
      );
    throw error;
  }
}
