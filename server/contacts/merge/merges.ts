// The merges of a person: what one would do, which were done, and forgetting what undoing would need.
import { sql } from 'kysely';
import type { Channel } from '../../../contract/connections.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Merge, MergeCounts, MergePreview } from '../../../contract/merges.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { invalidField } from '../../platform/errors.ts';
import { loadContact } from '../store.ts';
import { undoableDays } from './merge.ts';
import { type ConsentRow, consentOf, fieldsOf, type Row, stricterConsents } from './merge-values.ts';
import { rowsOf } from './move-rows.ts';
import { type MergeRow, whyNotUndoable } from './undo-merge.ts';

/** Throws NOT_FOUND, VALIDATION_FAILED as the merge would. Writes nothing. */
export async function previewMerge(ctx: Ctx, contactId: string, otherWireId: string): Promise<MergePreview> {
  const otherId = uuidOf('cnt', otherWireId);
  if (otherId === contactId)
    throw invalidField('/other_id', 'This is the same contact. Choose the one that is to become part of it.');
  const rows = await contactRows(ctx, [contactId, otherId]);
  const [mine, theirs] = [rows.get(contactId), rows.get(otherId)];
  if (!mine || !theirs)
    throw invalidField('/other_id', 'This contact is not there any more. Choose another one.');
  const [addresses, campaigns, consent] = [
    await twoAddresses(ctx, contactId, otherId),
    await campaignsWithBoth(ctx, contactId, otherId),
    await consentAfter(ctx, contactId, otherId),
  ];
  return {
    this: await loadContact(ctx, contactId),
    other: await loadContact(ctx, otherId),
    fields: fieldsOf(mine, theirs),
    comes_over: await countsOf(ctx, otherId),
    consent,
    two_addresses: addresses,
    campaigns_with_both: campaigns,
    undoable_days: undoableDays,
  };
}

async function contactRows(ctx: Ctx, ids: string[]): Promise<Map<string, Row>> {
  const { rows } = await sql<{ row: Row }>`
    SELECT to_jsonb(c) AS row FROM contacts c
    WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = ANY(${ids}::uuid[])`.execute(ctx.db);
  return new Map(rows.map(({ row }) => [String(row.id), row]));
}

const counted = {
  messages: 'messages',
  deliveries: 'deliveries',
  events: 'events',
  orders: 'orders',
  carts: 'carts',
  segments: 'segment_members',
} as const satisfies Record<keyof MergeCounts, string>;

async function countsOf(ctx: Ctx, contactId: string): Promise<MergeCounts> {
  const parts = Object.entries(counted).map(
    ([name, table]) => sql`(SELECT count(*) FROM ${sql.table(table)} t
      WHERE t.workspace_id = ${ctx.actor.workspaceId} AND t.contact_id = ${contactId}) AS ${sql.ref(name)}`,
  );
  const { rows } = await sql<MergeCounts>`SELECT ${sql.join(parts)}`.execute(ctx.db);
  return rows[0] as MergeCounts;
}

async function twoAddresses(ctx: Ctx, mine: string, theirs: string): Promise<MergePreview['two_addresses']> {
  const { rows } = await sql<{ id: string; name: string; mine: string; theirs: string }>`
    SELECT n.id, n.name, a.address AS mine, b.address AS theirs FROM identities a
    JOIN identities b ON b.workspace_id = a.workspace_id AND b.connection_id = a.connection_id AND b.contact_id = ${theirs}
    JOIN connections n ON n.workspace_id = a.workspace_id AND n.id = a.connection_id AND n.deleted_at IS NULL
    WHERE a.workspace_id = ${ctx.actor.workspaceId} AND a.contact_id = ${mine} ORDER BY n.name`.execute(
    ctx.db,
  );
  return rows.map((row) => ({
    connection_id: toWireId('con', row.id),
    name: row.name,
    this: row.mine,
    other: row.theirs,
  }));
}

async function campaignsWithBoth(
  ctx: Ctx,
  mine: string,
  theirs: string,
): Promise<MergePreview['campaigns_with_both']> {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT DISTINCT c.id, c.name FROM deliveries a
    JOIN deliveries b ON b.contact_id = ${theirs} AND b.campaign_id = a.campaign_id AND b.run_id = a.run_id
    JOIN runs r ON r.workspace_id = a.workspace_id AND r.id = a.run_id AND r.status IN ('active', 'paused') AND r.campaign_version IS NULL
    JOIN campaigns c ON c.workspace_id = a.workspace_id AND c.id = a.campaign_id
    WHERE a.workspace_id = ${ctx.actor.workspaceId} AND a.contact_id = ${mine} ORDER BY c.name`.execute(
    ctx.db,
  );
  return rows.map((row) => ({ campaign_id: toWireId('cmp', row.id), name: row.name }));
}

async function consentAfter(ctx: Ctx, mineId: string, theirsId: string): Promise<MergePreview['consent']> {
  const mine = (await rowsOf(ctx, 'consents', mineId)) as ConsentRow[];
  const theirs = (await rowsOf(ctx, 'consents', theirsId)) as ConsentRow[];
  return stricterConsents(mine, theirs).map((row) => {
    const changes = (rows: ConsentRow[]) => consentOf(rows, row)?.state !== row.state;
    return {
      channel: row.channel as Channel,
      state: row.state,
      changes_for: changes(mine) ? 'this' : changes(theirs) ? 'other' : null,
    } as const;
  });
}

/** Newest first, those of whoever became part of this person before as well. */
export async function listMerges(ctx: Ctx, contactId: string): Promise<Merge[]> {
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .selectFrom('contact_merges')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('contact_id', '=', contactId)
    .orderBy('id', 'desc')
    .execute();
  const spare = await ctx.db
    .selectFrom('spare_identities')
    .select(['connection_id', 'channel', 'address'])
    .where('workspace_id', '=', workspaceId)
    .where('contact_id', '=', contactId)
    .orderBy('id')
    .execute();
  const counts = await movedCounts(
    ctx,
    rows.map((row) => row.id),
  );
  const spare_addresses = spare.map((row) => ({
    connection_id: toWireId('con', row.connection_id),
    channel: row.channel as Channel,
    address: row.address,
  }));
  const now = ctx.clock.now();
  return rows.map((row) => {
    const newer = rows.find((other) => other.undone_at === null && other.id > row.id) ?? null;
    const why_not = whyNotUndoable(row, newer, now);
    return {
      id: toWireId('mrg', row.id),
      contact_id: toWireId('cnt', row.contact_id),
      merged_into: toWireId('cnt', row.survivor_id),
      other_id: toWireId('cnt', row.absorbed_id),
      other_name: row.absorbed_name,
      by: row.actor_name,
      at: row.at.toISOString(),
      undoable_until: row.undoable_until.toISOString(),
      undoable: why_not === null,
      why_not,
      undone_at: row.undone_at?.toISOString() ?? null,
      undone_by: row.undone_by,
      comes_over: row.snapshot === null ? null : (counts.get(row.id) ?? null),
      set_aside: row.set_aside as MergeRow['set_aside'] & Record<string, unknown>,
      spare_addresses: row.undone_at ? [] : spare_addresses,
    };
  });
}

async function movedCounts(ctx: Ctx, ids: string[]): Promise<Map<string, MergeCounts>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; table_name: string; n: number }>`
    SELECT m.id, r.table_name, cardinality(r.ids) AS n FROM contact_merges m
    JOIN contact_merge_rows r ON r.workspace_id = m.workspace_id AND r.merge_id = m.id
    WHERE m.workspace_id = ${ctx.actor.workspaceId} AND m.id = ANY(${ids}::uuid[])
    UNION ALL
    SELECT m.id, 'segment_members', jsonb_array_length(m.snapshot #> '{keyed,segment_members,had}') FROM contact_merges m
    WHERE m.workspace_id = ${ctx.actor.workspaceId} AND m.id = ANY(${ids}::uuid[]) AND m.snapshot IS NOT NULL`.execute(
    ctx.db,
  );
  const of = (id: string, table: string) =>
    rows.find((row) => row.id === id && row.table_name === table)?.n ?? 0;
  return new Map(
    ids.map((id) => [
      id,
      Object.fromEntries(
        Object.entries(counted).map(([name, table]) => [name, of(id, table)]),
      ) as MergeCounts,
    ]),
  );
}

/** Job `contacts.forget_merges`, every hour: after 30 days nobody's former state is kept; what was done stays written. */
export async function forgetOldMerges(base: BaseCtx): Promise<void> {
  await sql`
    WITH old AS (
      UPDATE contact_merges SET snapshot = NULL WHERE snapshot IS NOT NULL AND undoable_until < ${base.clock.now()}
      RETURNING workspace_id, id
    )
    DELETE FROM contact_merge_rows r USING old WHERE r.workspace_id = old.workspace_id AND r.merge_id = old.id`.execute(
    base.db,
  );
}
