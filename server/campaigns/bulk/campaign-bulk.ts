// One deed on many campaigns: chosen, counted and written down when it is asked for, done by run-bulk.ts.
import { type Selectable, sql } from 'kysely';
import {
  type CampaignBulk,
  type CampaignBulkCreate,
  type CampaignDeed,
  type CampaignSelect,
  campaignsAtOnce,
} from '../../../contract/campaign-bulk.ts';
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
import { conditionOf } from '../list/filter.ts';

export type CampaignBulkRow = Selectable<DB['campaign_bulks']>;
export const subjectOf = (id: string) => ({ type: 'campaign_bulk', id: toWireId('cbk', id) });

/** Throws FORBIDDEN, VALIDATION_FAILED; NUMBER_CHANGED where they are not as many as the person saw. */
export async function startCampaignBulk(ctx: Ctx, given: CampaignBulkCreate): Promise<CampaignBulk> {
  const { select, action, expected_count } = given;
  // who may not send one campaign may not send many
  if (action.do === 'change_status' && action.status !== 'archived')
    needScope(ctx, 'campaigns:send', '/action/status');
  return inTransaction(ctx, async (ctx) => {
    const ids = await chosenIds(ctx, select);
    refuseAnotherNumber(expected_count, ids.length);
    const id = newId();
    await ctx.db
      .insertInto('campaign_bulks')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id,
        action: JSON.stringify(action),
        campaign_ids: ids,
        expected: expected_count,
        created_at: ctx.clock.now(),
      })
      .execute();
    await startWork(ctx, { kind: 'campaign_bulk', id, total: ids.length });
    const { do: deed, ...what } = action;
    await audit(ctx, 'campaign_bulk.started', subjectOf(id), { do: deed, ...what, campaigns: ids.length });
    return getCampaignBulk(ctx, id);
  });
}

/** Oldest first, so that copies keep their order. */
async function chosenIds(ctx: Ctx, select: CampaignSelect): Promise<string[]> {
  const uuids = (ids: string[]) => ids.map((id) => uuidOf('cmp', id));
  const meant =
    'campaign_ids' in select
      ? sql`c.id = ANY(${uuids(select.campaign_ids)}::uuid[])`
      : sql`${await conditionOf(ctx, select.filter)} AND c.id <> ALL(${uuids(select.except ?? [])}::uuid[])`;
  const { rows } = await sql<{ id: string }>`
    SELECT c.id FROM campaigns c WHERE c.workspace_id = ${ctx.actor.workspaceId} AND ${meant}
    ORDER BY c.created_at, c.id LIMIT ${campaignsAtOnce + 1}`.execute(ctx.db);
  if (rows.length > campaignsAtOnce)
    throw invalidField(
      '/select/filter',
      `At most ${campaignsAtOnce.toLocaleString('en')} campaigns at once: narrow the filter, and do the rest after.`,
    );
  return rows.map((row) => row.id);
}

function refuseAnotherNumber(expected: number, count: number): void {
  if (count === expected) return;
  const figure = (n: number) => `${n.toLocaleString('en')} campaign${n === 1 ? '' : 's'}`;
  const detail = `You chose ${figure(expected)}, ${count === 1 ? '1 is' : `${count.toLocaleString('en')} are`} meant by now. Nothing was done: look again, then decide.`;
  throw new AppError('NUMBER_CHANGED', detail, { errors: [{ pointer: '/expected_count', detail }] });
}

function rows(ctx: Ctx) {
  return ctx.db
    .selectFrom('campaign_bulks as b')
    .innerJoin('works as w', (join) =>
      join.onRef('w.workspace_id', '=', 'b.workspace_id').onRef('w.id', '=', 'b.id'),
    )
    .selectAll('w')
    .select(['b.action', 'b.expected', 'b.done', 'b.refused_count', 'b.refused'])
    .where('b.workspace_id', '=', ctx.actor.workspaceId);
}

type Joined = WorkRow & Pick<CampaignBulkRow, 'action' | 'expected' | 'done' | 'refused_count' | 'refused'>;

function toWire(ctx: Ctx, row: Joined): CampaignBulk {
  return {
    id: toWireId('cbk', row.id),
    ...progressOf(row, ctx.clock.now()),
    action: row.action as CampaignDeed,
    by: row.actor_name,
    expected_count: row.expected,
    done: row.done,
    refused_count: row.refused_count,
    refused: row.refused as CampaignBulk['refused'],
  };
}

/** Throws NOT_FOUND. */
export async function getCampaignBulk(ctx: Ctx, id: string): Promise<CampaignBulk> {
  const row = await rows(ctx).where('b.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('campaign bulk action');
  return toWire(ctx, row);
}

/** Newest first. */
export function listCampaignBulks(ctx: Ctx, page: PageQuery): Promise<Page<CampaignBulk>> {
  const query = rows(ctx).select(['b.created_at as _sort', 'b.id as _id']);
  const order = { column: 'b.created_at', id: 'b.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(query, page, order, (row) => toWire(ctx, row));
}

/** What was done stays done. Throws ILLEGAL_MOVE where it is over. */
export async function cancelCampaignBulk(ctx: Ctx, id: string): Promise<CampaignBulk> {
  return inTransaction(ctx, async (ctx) => {
    await cancelWork(ctx, 'campaign_bulk', id);
    await forgetWhich(ctx, id);
    const now = await getCampaignBulk(ctx, id);
    await audit(ctx, 'campaign_bulk.cancelled', subjectOf(id), { done: now.processed, of: now.total });
    return now;
  });
}

export async function forgetWhich(ctx: Ctx, id: string): Promise<void> {
  await ctx.db
    .updateTable('campaign_bulks')
    .set({ campaign_ids: [] })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .execute();
}
