// One deed on many people: checked and counted when it is asked for, done by run-bulk.ts. Asked for by the list of contacts.
import type { Selectable } from 'kysely';
import type { BulkAction, BulkCreate, BulkDeed } from '../../../contract/bulk.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import { type Ctx, inTransaction } from '../../platform/context.ts';
import { newId, uuidOf } from '../../platform/db/ids.ts';
import { fetchPage } from '../../platform/db/pages.ts';
import type { DB } from '../../platform/db/tables.gen.ts';
import { AppError, invalidField, notFound } from '../../platform/errors.ts';
import { needScope } from '../../platform/scopes.ts';
import { cancelWork, progressOf, startWork, type WorkRow } from '../../platform/work/work.ts';
import { audit } from '../../workspaces/audit.ts';
import { checkRulesSoon } from '../check.ts';
import { countChosen, forgetChosen } from '../chosen-people.ts';
import { inTurn } from '../in-turn.ts';
import { segmentRow } from '../store.ts';

export type BulkRow = Selectable<DB['bulk_actions']>;

/** Throws FORBIDDEN, VALIDATION_FAILED, NOT_FOUND; NUMBER_CHANGED where they are not as many as the person saw. */
export async function startBulkAction(ctx: Ctx, given: BulkCreate): Promise<BulkAction> {
  mayDo(ctx, given.action);
  // how many a filter means says who they are, one question after the other
  if ('filter' in given.select) needScope(ctx, 'contacts:read', '/select/filter');
  if ('segment_id' in given.action) await checkList(ctx, given.action.segment_id);
  const count = await inTurn(ctx, () => countChosen(ctx, given.select));
  refuseAnotherNumber(given.action, given.expected_count, count);
  const id = newId();
  return inTransaction(ctx, async (ctx) => {
    await ctx.db
      .insertInto('bulk_actions')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id,
        action: JSON.stringify(given.action),
        chosen: JSON.stringify(given.select),
        expected: given.expected_count,
        created_at: ctx.clock.now(),
      })
      .execute();
    await startWork(ctx, { kind: 'bulk_action', id, total: count });
    const { do: deed, ...what } = given.action;
    await audit(ctx, 'bulk_action.started', subjectOf(id), { do: deed, ...what, people: count });
    return getBulkAction(ctx, id);
  });
}

const subjectOf = (id: string) => ({ type: 'bulk_action', id: toWireId('blk', id) });

/** `contacts:write` opened the door; what reaches further needs its own scope. */
function mayDo(ctx: Ctx, action: BulkDeed): void {
  if (action.do === 'erase') needScope(ctx, 'contacts:erase', '/action/do');
  if ('segment_id' in action) needScope(ctx, 'segments:write', '/action/do');
}

/** Throws VALIDATION_FAILED where it is no list that is kept by hand. */
async function checkList(ctx: Ctx, segmentId: string): Promise<void> {
  const row = await segmentRow(ctx, uuidOf('seg', segmentId)).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  });
  if (!row)
    throw invalidField('/action/segment_id', 'There is no such list in this workspace. Choose another one.');
  if (row.kind !== 'static')
    throw invalidField(
      '/action/segment_id',
      'Who is in this segment follows from its rule: choose a list that is kept by hand.',
    );
}

/** What cannot be taken back is done to exactly as many as were seen; the rest to about as many. */
export function refuseAnotherNumber(action: BulkDeed, expected: number, count: number): void {
  const tolerance = action.do === 'erase' ? 0 : Math.max(10, Math.floor(expected / 100));
  if (count > 0 && Math.abs(count - expected) <= tolerance) return;
  const figure = (n: number) => n.toLocaleString('en');
  const detail = `You chose ${figure(expected)} ${expected === 1 ? 'person' : 'people'}, ${count === 1 ? '1 is' : `${figure(count)} are`} meant by now. Nothing was done: look again, then decide.`;
  throw new AppError('NUMBER_CHANGED', detail, { errors: [{ pointer: '/expected_count', detail }] });
}

function rows(ctx: Ctx) {
  return ctx.db
    .selectFrom('bulk_actions as b')
    .innerJoin('works as w', (join) =>
      join.onRef('w.workspace_id', '=', 'b.workspace_id').onRef('w.id', '=', 'b.id'),
    )
    .selectAll('w')
    .select(['b.action', 'b.expected', 'b.changed', 'b.unchanged', 'b.gone', 'b.refused', 'b.merged'])
    .where('b.workspace_id', '=', ctx.actor.workspaceId);
}

type Joined = WorkRow & Omit<BulkRow, 'chosen'>;

function toWire(ctx: Ctx, row: Joined): BulkAction {
  return {
    id: toWireId('blk', row.id),
    ...progressOf(row, ctx.clock.now()),
    action: row.action as BulkDeed,
    by: row.actor_name,
    expected_count: row.expected,
    changed: row.changed,
    unchanged: row.unchanged,
    gone: row.gone,
    refused: row.refused,
    merged: row.merged,
  };
}

/** Throws NOT_FOUND. */
export async function getBulkAction(ctx: Ctx, id: string): Promise<BulkAction> {
  const row = await rows(ctx).where('b.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('bulk action');
  return toWire(ctx, row);
}

/** Newest first. */
export function listBulkActions(ctx: Ctx, page: PageQuery): Promise<Page<BulkAction>> {
  const query = rows(ctx).select(['b.created_at as _sort', 'b.id as _id']);
  const order = { column: 'b.created_at', id: 'b.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(query, page, order, (row) => toWire(ctx, row));
}

/** What was done stays done. Throws ILLEGAL_MOVE where it is over. */
export async function cancelBulkAction(ctx: Ctx, id: string): Promise<BulkAction> {
  return inTransaction(ctx, async (ctx) => {
    await cancelWork(ctx, 'bulk_action', id);
    await forgetWhom(ctx, id);
    await checkRulesSoon(ctx);
    const now = await getBulkAction(ctx, id);
    await audit(ctx, 'bulk_action.cancelled', subjectOf(id), { done: now.processed, of: now.total });
    return now;
  });
}

/** It is over: a filter holds names that were searched for, and the list of people is long. */
export async function forgetWhom(ctx: Ctx, id: string): Promise<void> {
  await forgetChosen(ctx, id);
  await ctx.db
    .updateTable('bulk_actions')
    .set({ chosen: null })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .execute();
}
