// Making, changing and deleting segments, and the members of a list.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Rule } from '../../contract/rules.ts';
import type { Segment, SegmentCreate, SegmentPatch } from '../../contract/segments.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId, uuidOf } from '../platform/db/ids.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { conditionsOf } from './compile.ts';
import { loadSegments, namedSegments, wrongSegment } from './resolve.ts';
import { alone, segmentRow, segmentsByRule, toWire } from './store.ts';

export function createSegment(ctx: Ctx, given: SegmentCreate): Promise<Segment> {
  return inTransaction(ctx, async (ctx) => {
    await alone(ctx);
    if (given.rule) await checkRule(ctx, given.rule, null);
    const now = ctx.clock.now();
    const row = await ctx.db
      .insertInto('segments')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id: newId(),
        name: given.name,
        kind: given.rule ? 'rule' : 'static',
        rule: given.rule ? JSON.stringify(given.rule) : null,
        created_at: now,
        updated_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await audit(ctx, 'segment.created', { type: 'segment', id: toWireId('seg', row.id) });
    return toWire(row);
  });
}

export function changeSegment(ctx: Ctx, id: string, given: SegmentPatch): Promise<Segment> {
  return inTransaction(ctx, async (ctx) => {
    await alone(ctx);
    const before = await segmentRow(ctx, id, true);
    if (given.version !== undefined && given.version !== before.version)
      throw new AppError(
        'VERSION_CONFLICT',
        `It was changed in the meantime (version ${before.version} by now). Read it again, then change it.`,
      );
    if (given.rule && before.kind === 'static')
      throw invalidField('/rule', 'This is a list that is kept by hand: make a new segment for the rule.');
    if (given.rule) await checkRule(ctx, given.rule, toWireId('seg', id));
    const row = await ctx.db
      .updateTable('segments')
      .set({
        name: given.name ?? before.name,
        ...(given.rule ? { rule: JSON.stringify(given.rule) } : {}),
        version: before.version + 1,
        updated_at: ctx.clock.now(),
      })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await audit(ctx, 'segment.changed', { type: 'segment', id: toWireId('seg', id) });
    return toWire(row);
  });
}

/** Throws SEGMENT_IN_USE where another segment asks for it. */
export async function deleteSegment(ctx: Ctx, id: string): Promise<void> {
  const wire = toWireId('seg', id);
  await inTransaction(ctx, async (ctx) => {
    await alone(ctx);
    const users = (await segmentsByRule(ctx)).filter(({ rule }) =>
      [...namedSegments(rule as Rule)].some((named) => named.id === wire),
    );
    if (users.length > 0)
      throw new AppError(
        'SEGMENT_IN_USE',
        `${users.map((one) => `"${one.name}"`).join(', ')} asks for this segment. Change that first.`,
      );
    await ctx.db
      .deleteFrom('segments')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    await audit(ctx, 'segment.deleted', { type: 'segment', id: wire });
  });
}

/** Puts people into a list and takes people out; who is there already, or not, stays so. Throws VALIDATION_FAILED. */
export function changeMembers(
  ctx: Ctx,
  id: string,
  change: { add: string[]; remove: string[] },
): Promise<{ added: number; removed: number; members: number }> {
  const { workspaceId } = ctx.actor;
  return inTransaction(ctx, async (ctx) => {
    const segment = await segmentRow(ctx, id, true);
    if (segment.kind === 'rule')
      throw invalidField('', 'Who is in this segment follows from its rule: change the rule.');
    const add = [...new Set(change.add.map((one) => uuidOf('cnt', one)))];
    const remove = change.remove.map((one) => uuidOf('cnt', one));
    const there = await sql<{ id: string }>`
      SELECT id FROM contacts WHERE workspace_id = ${workspaceId} AND id = ANY(${add}::uuid[]) FOR KEY SHARE`.execute(
      ctx.db,
    );
    if (there.rows.length < add.length)
      throw invalidField(
        '/add',
        `${add.length - there.rows.length} of these contacts are not there. Choose again.`,
      );
    const added = await sql`
      INSERT INTO segment_members (workspace_id, segment_id, contact_id, added_at)
      SELECT ${workspaceId}::uuid, ${id}::uuid, one, ${ctx.clock.now()}::timestamptz FROM unnest(${add}::uuid[]) AS one
      ON CONFLICT DO NOTHING`.execute(ctx.db);
    const removed = await sql`
      DELETE FROM segment_members WHERE workspace_id = ${workspaceId} AND segment_id = ${id} AND contact_id = ANY(${remove}::uuid[])`.execute(
      ctx.db,
    );
    const counted = await sql<{ n: number }>`
      SELECT count(*) AS n FROM segment_members WHERE workspace_id = ${workspaceId} AND segment_id = ${id}`.execute(
      ctx.db,
    );
    await audit(ctx, 'segment.members_changed', { type: 'segment', id: toWireId('seg', id) });
    return {
      added: Number(added.numAffectedRows),
      removed: Number(removed.numAffectedRows),
      members: counted.rows[0]?.n ?? 0,
    };
  });
}

/** What the schema cannot see: segments that are not there or go in a circle, and attributes declared as something else. */
export async function checkRule(ctx: Ctx, rule: Rule, self: string | null): Promise<void> {
  const segments = await loadSegments(ctx, [rule]);
  const wrong = wrongSegment(rule, segments, self);
  if (wrong) throw invalidField(['/rule', ...wrong.path.map(String)].join('/'), wrong.detail);
  const declared = await ctx.db
    .selectFrom('attribute_declarations')
    .select(['name', 'type'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .execute();
  const types = new Map(declared.map((one) => [one.name, one.type]));
  for (const one of conditionsOf(rule, new Map())) {
    const type = one.field === 'attribute' ? types.get(one.name) : undefined;
    if (one.field === 'attribute' && type !== undefined && type !== one.type)
      throw invalidField('/rule', `The attribute "${one.name}" is declared as ${type}, not as ${one.type}.`);
  }
}
