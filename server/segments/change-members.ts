// The people of a list that is kept by hand.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId, uuidOf } from '../platform/db/ids.ts';
import { invalidField } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { segmentRow } from './store.ts';

export interface MembersChanged {
  added: number;
  removed: number;
  members: number;
}

/**
 * Puts people into a list and takes people out, at most 10,000 each, by wire id; who is there already, or not, stays so, and
 * whoever stands on both sides is out. Throws NOT_FOUND and VALIDATION_FAILED.
 */
export function changeMembers(
  ctx: Ctx,
  id: string,
  change: { add: string[]; remove: string[] },
): Promise<MembersChanged> {
  return inTransaction(ctx, async (ctx) => {
    // under this lock lists change one after the other, and no run takes one that is half changed
    const segment = await segmentRow(ctx, id, true);
    if (segment.kind === 'rule')
      throw invalidField('', 'Who is in this segment follows from its rule: change the rule.');
    const remove = new Set(change.remove.map((one) => uuidOf('cnt', one)));
    const add = [...new Set(change.add.map((one) => uuidOf('cnt', one)))];
    const there = await lockPeople(ctx, [...add, ...remove]);
    const missing = add.filter((one) => !there.has(one)).length;
    if (missing > 0) throw invalidField('/add', `${missing} of these contacts are not there. Choose again.`);
    const changed = await write(
      ctx,
      id,
      add.filter((one) => !remove.has(one)),
      [...remove],
    );
    await audit(ctx, 'segment.members_changed', { type: 'segment', id: toWireId('seg', id) });
    return changed;
  });
}

/**
 * For long work, batch by batch within its transactions: contacts (uuid) of this workspace into a list. A list that was deleted is
 * passed over.
 */
export async function addToList(ctx: Ctx, id: string, contactIds: string[]): Promise<void> {
  await changeList(ctx, id, { add: contactIds, remove: [] });
}

/** The same both ways. Null: the list was deleted, or is none that is kept by hand. */
export async function changeList(
  ctx: Ctx,
  id: string,
  { add, remove }: { add: string[]; remove: string[] },
): Promise<MembersChanged | null> {
  const list = await ctx.db
    .selectFrom('segments')
    .select('kind')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (list?.kind !== 'static') return null;
  await lockPeople(ctx, [...add, ...remove]);
  return write(ctx, id, add, remove);
}

/**
 * Which of these contacts are there. Before any row of the list is touched, for an erasure takes the two in this order: otherwise
 * each could wait for the other.
 */
async function lockPeople(ctx: Ctx, ids: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM contacts WHERE workspace_id = ${ctx.actor.workspaceId} AND id = ANY(${ids}::uuid[])
    ORDER BY id FOR KEY SHARE`.execute(ctx.db);
  return new Set(rows.map((row) => row.id));
}

/**
 * Who came and went, with the moment, in one statement. The number is not counted anew, which at a million people would take longer
 * than the change: a trigger on the rows adds to it (migrations/0024), here it is counted only where it was not known yet.
 */
async function write(ctx: Ctx, id: string, add: string[], remove: string[]): Promise<MembersChanged> {
  const { workspaceId } = ctx.actor;
  const now = ctx.clock.now();
  const checkId = newId();
  const { rows } = await sql<MembersChanged>`
    WITH put AS (
      INSERT INTO segment_members (workspace_id, segment_id, contact_id, added_at)
      SELECT ${workspaceId}::uuid, ${id}::uuid, one, ${now}::timestamptz FROM unnest(${add}::uuid[]) AS one
      ON CONFLICT DO NOTHING RETURNING contact_id
    ), taken AS (
      DELETE FROM segment_members
      WHERE workspace_id = ${workspaceId} AND segment_id = ${id} AND contact_id = ANY(${remove}::uuid[]) RETURNING contact_id
    ), known AS (
      SELECT coalesce(
        (SELECT members FROM segment_watch WHERE workspace_id = ${workspaceId} AND segment_id = ${id}),
        (SELECT count(*) FROM segment_members WHERE workspace_id = ${workspaceId} AND segment_id = ${id}))::int AS members
    ), sums AS (
      SELECT added, removed, known.members AS before, known.members + added - removed AS members
      FROM known, (SELECT (SELECT count(*) FROM put)::int AS added, (SELECT count(*) FROM taken)::int AS removed) n
    ), told AS (
      INSERT INTO segment_checks (workspace_id, segment_id, id, at, cause, members, entered, "left")
      SELECT ${workspaceId}, ${id}, ${checkId}, ${now}, 'hand', members, added, removed FROM sums WHERE added + removed > 0
    ), named AS (
      INSERT INTO segment_changes (workspace_id, segment_id, check_id, contact_id, entered)
      SELECT ${workspaceId}, ${id}, ${checkId}, contact_id, entered
      FROM (SELECT contact_id, true AS entered FROM put UNION ALL SELECT contact_id, false FROM taken) moved
    ), counted AS (
      INSERT INTO segment_watch (workspace_id, segment_id, due_at, checked_at, members)
      SELECT ${workspaceId}, ${id}, ${now}, ${now}, before FROM sums
      ON CONFLICT (workspace_id, segment_id) DO UPDATE
        SET checked_at = excluded.checked_at, members = coalesce(segment_watch.members, excluded.members)
    )
    SELECT added, removed, members FROM sums`.execute(ctx.db);
  return rows[0] as MembersChanged;
}
