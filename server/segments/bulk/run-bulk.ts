// Job `bulk_actions.run`: the people are written down, then the deed is done to them, a batch and its mark in one transaction.
import type { BulkDeed } from '../../../contract/bulk.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';
import { runWork, type Work, type WorkSpec } from '../../platform/work/run-work.ts';
import type { WorkJob } from '../../platform/work/work.ts';
import { audit } from '../../workspaces/audit.ts';
import { checkRulesSoon } from '../check.ts';
import { type Chosen, nextChosen, writeDownChosen } from '../chosen-people.ts';
import { type BulkRow, forgetWhom, refuseAnotherNumber } from './bulk-action.ts';
import { doDeed } from './deeds.ts';

/** `after`: the last contact that is done (uuid); null: they are written down, and nobody is done yet. */
interface Mark {
  after: string | null;
}
export interface BatchSizes {
  plain: number;
  erase: number;
}

export function runBulkAction(
  base: BaseCtx,
  job: WorkJob,
  sizes: BatchSizes = { plain: 2000, erase: 250 },
): Promise<void> {
  return runWork(base, job, spec(sizes));
}

const spec = (sizes: BatchSizes): WorkSpec<Mark> => ({
  kind: 'bulk_action',
  async run(work) {
    const row = await load(work.ctx, work.id);
    const action = row.action as BulkDeed;
    let { mark } = work;
    mark ??= await writeDown(work, row, action);
    const size = action.do === 'erase' ? sizes.erase : sizes.plain;
    for (let more = true; more; ) {
      await work.batch(async (ctx) => {
        const turn = await nextChosen(ctx, work.id, mark?.after ?? null, size);
        const { ids } = turn;
        const done = await doDeed(ctx, action, turn);
        await count(ctx, work.id, done);
        more = ids.length === size;
        mark = { after: ids.at(-1) ?? mark?.after ?? null };
        return { processed: ids.length, mark };
      });
    }
  },
  async ended(ctx, id, status) {
    const { action, changed, unchanged, gone, refused, merged } = await load(ctx, id);
    await forgetWhom(ctx, id);
    await checkRulesSoon(ctx);
    await audit(
      ctx,
      `bulk_action.${status}`,
      { type: 'bulk_action', id: toWireId('blk', id) },
      { do: (action as BulkDeed).do, changed, unchanged, gone, refused, merged },
    );
  },
});

async function writeDown(work: Work<Mark>, row: BulkRow, action: BulkDeed): Promise<Mark> {
  const mark: Mark = { after: null };
  await work.batch(async (ctx) => {
    const total = await writeDownChosen(ctx, work.id, row.chosen as Chosen);
    // between the click and this moment it may have become another number
    refuseAnotherNumber(action, row.expected, total);
    return { processed: 0, mark, total };
  });
  return mark;
}

async function load(ctx: Ctx, id: string): Promise<BulkRow> {
  const row = await ctx.db
    .selectFrom('bulk_actions')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('bulk action');
  return row;
}

async function count(ctx: Ctx, id: string, done: Awaited<ReturnType<typeof doDeed>>): Promise<void> {
  await ctx.db
    .updateTable('bulk_actions')
    .set((eb) => ({
      changed: eb('changed', '+', done.changed),
      unchanged: eb('unchanged', '+', done.unchanged),
      gone: eb('gone', '+', done.gone),
      refused: eb('refused', '+', done.refused),
      merged: eb('merged', '+', done.merged),
    }))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .execute();
}
