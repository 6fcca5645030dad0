// Making, changing and deleting segments, and the members of a list.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Rule } from '../../contract/rules.ts';
import type { Segment, SegmentCreate, SegmentPatch } from '../../contract/segments.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { needScope } from '../platform/scopes.ts';
import { audit } from '../workspaces/audit.ts';
import { missingNouns, placesOf, wrongNouns } from './nouns.ts';
import { loadSegments, reaches, tooLarge, wrongSegment } from './resolve.ts';
import { alone, checkSoon, readSegment, segmentRow, segmentsByRule } from './store.ts';
import { needsIt, usersOf } from './used-by.ts';

/** Throws FORBIDDEN: who asks by a rule learns of people. */
export async function createSegment(ctx: Ctx, given: SegmentCreate): Promise<Segment> {
  if (given.rule) needScope(ctx, 'contacts:read', '/rule');
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
      .returning('id')
      .executeTakeFirstOrThrow();
    await checkSoon(ctx, row.id);
    await audit(ctx, 'segment.created', { type: 'segment', id: toWireId('seg', row.id) });
    return readSegment(ctx, row.id);
  });
}

export async function changeSegment(ctx: Ctx, id: string, given: SegmentPatch): Promise<Segment> {
  if (given.rule) needScope(ctx, 'contacts:read', '/rule');
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
    if (given.rule) {
      await checkRule(ctx, given.rule, toWireId('seg', id));
      await checkUsers(ctx, toWireId('seg', id), given.rule);
    }
    await ctx.db
      .updateTable('segments')
      .set({
        name: given.name ?? before.name,
        ...(given.rule ? { rule: JSON.stringify(given.rule) } : {}),
        version: before.version + 1,
        updated_at: ctx.clock.now(),
      })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    if (given.rule) await checkSoon(ctx, id);
    await audit(ctx, 'segment.changed', { type: 'segment', id: toWireId('seg', id) });
    return readSegment(ctx, id);
  });
}

/** Throws SEGMENT_IN_USE where another segment or a scheduled campaign asks for it, or long work puts people into it. */
export async function deleteSegment(ctx: Ctx, id: string): Promise<void> {
  const wire = toWireId('seg', id);
  await inTransaction(ctx, async (ctx) => {
    await alone(ctx);
    const users = (await usersOf(ctx, id)).filter(needsIt);
    if (users.length > 0)
      throw new AppError(
        'SEGMENT_IN_USE',
        `${users.map((one) => `${one.kind === 'campaign' ? 'The scheduled campaign' : 'The segment'} "${one.name}"`).join(', ')} asks for it. Change that first.`,
      );
    const filling = await whoFills(ctx, wire);
    if (filling)
      throw new AppError(
        'SEGMENT_IN_USE',
        `${filling} is just changing who is in this list. Wait until it is finished, or cancel it, then delete the list.`,
      );
    await ctx.db
      .deleteFrom('segments')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    await audit(ctx, 'segment.deleted', { type: 'segment', id: wire });
  });
}

/** Long work that would go on without the list, and find nobody in it at its end. */
async function whoFills(ctx: Ctx, segmentId: string): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM (
      SELECT workspace_id, id, 'The import "' || file_name || '"' AS name FROM imports WHERE settings->>'segment_id' = ${segmentId}
      UNION ALL
      SELECT workspace_id, id, 'A bulk action' FROM bulk_actions WHERE action->>'segment_id' = ${segmentId}) f
    JOIN works w USING (workspace_id, id)
    WHERE workspace_id = ${ctx.actor.workspaceId} AND w.status IN ('queued', 'running') LIMIT 1`.execute(
    ctx.db,
  );
  return rows[0]?.name;
}

/** What the schema cannot see: segments that are not there or go in a circle, and attributes declared as something else. */
export async function checkRule(ctx: Ctx, rule: Rule, self: string | null): Promise<void> {
  const segments = await loadSegments(ctx, [rule]);
  const wrong = wrongSegment(rule, segments, self);
  if (wrong) throw invalidField(['/rule', ...wrong.path.map(String)].join('/'), wrong.detail);
  const gone = wrongNouns(rule, await missingNouns(ctx, [rule]));
  if (gone.length > 0)
    throw new AppError('VALIDATION_FAILED', (gone[0] as (typeof gone)[number]).detail, { errors: gone });
  const declared = await ctx.db
    .selectFrom('attribute_declarations')
    .select(['name', 'type'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .execute();
  const types = new Map(declared.map((one) => [one.name, one.type]));
  const misread = [...placesOf(rule)].flatMap(({ condition: one, path }) => {
    const type = one.field === 'attribute' ? types.get(one.name) : undefined;
    if (one.field !== 'attribute' || type === undefined || type === one.type) return [];
    return {
      pointer: ['/rule', ...path.map(String), 'type'].join('/'),
      detail: `The attribute "${one.name}" is declared as ${type}, not as ${one.type}.`,
    };
  });
  if (misread[0]) throw new AppError('VALIDATION_FAILED', misread[0].detail, { errors: misread });
}

/** Segments that ask for this one must stay askable with its new rule. Throws VALIDATION_FAILED. */
async function checkUsers(ctx: Ctx, self: string, rule: Rule): Promise<void> {
  const others = (await segmentsByRule(ctx)).map((one) => ({
    id: toWireId('seg', one.id),
    name: one.name,
    rule: one.rule as Rule,
  }));
  const segments = new Map<string, { rule: Rule }>(others.map((one) => [one.id, { rule: one.rule }]));
  segments.set(self, { rule });
  for (const one of others) {
    if (one.id === self || !reaches(one.rule, segments, self)) continue;
    const detail = tooLarge(one.rule, segments);
    if (detail) throw invalidField('/rule', `The segment "${one.name}" asks for this one. ${detail}`);
  }
}
