// Job `campaign_bulks.run`: campaign by campaign, each with its mark in one transaction, so that after a crash none has its turn
// twice: a copy is made once. One that refuses is noted with the words a person would have got, and the next has its turn.
import { sql } from 'kysely';
import { type CampaignDeed, refusedShown } from '../../../contract/campaign-bulk.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { runWork, type WorkSpec } from '../../platform/work/run-work.ts';
import type { WorkJob } from '../../platform/work/work.ts';
import { audit } from '../../workspaces/audit.ts';
import { type CampaignBulkRow, forgetWhich, subjectOf } from './campaign-bulk.ts';
import { doDeed, prepareDeed } from './deeds.ts';

/** How many had their turn. */
interface Mark {
  turns: number;
}

export const runCampaignBulk = (base: BaseCtx, job: WorkJob): Promise<void> => runWork(base, job, spec);

const spec: WorkSpec<Mark> = {
  kind: 'campaign_bulk',
  async run(work) {
    const row = await load(work.ctx, work.id);
    const deed = row.action as CampaignDeed;
    for (let turns = work.mark?.turns ?? 0; turns < row.campaign_ids.length; turns++) {
      const id = row.campaign_ids[turns] as string;
      const mark = { turns: turns + 1 };
      try {
        await prepareDeed(work.ctx, id, deed);
        await work.batch(async (ctx) => {
          await doDeed(ctx, id, deed);
          await ctx.db
            .updateTable('campaign_bulks')
            .set((eb) => ({ done: eb('done', '+', 1) }))
            .where('workspace_id', '=', ctx.actor.workspaceId)
            .where('id', '=', work.id)
            .execute();
          return { processed: 1, mark };
        });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // what it had written is taken back with its transaction
        await work.batch(async (ctx) => {
          await noteRefusal(ctx, work.id, id, error.message);
          return { processed: 1, mark };
        });
      }
    }
  },
  async ended(ctx, id, status) {
    const { action, done, refused_count } = await load(ctx, id);
    await forgetWhich(ctx, id);
    await audit(ctx, `campaign_bulk.${status}`, subjectOf(id), {
      do: (action as CampaignDeed).do,
      done,
      refused: refused_count,
    });
  },
};

async function load(ctx: Ctx, id: string): Promise<CampaignBulkRow> {
  const row = await ctx.db
    .selectFrom('campaign_bulks')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('campaign bulk action');
  return row;
}

async function noteRefusal(ctx: Ctx, bulkId: string, campaignId: string, detail: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const campaign = await ctx.db
    .selectFrom('campaigns')
    .select('name')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', campaignId)
    .executeTakeFirst();
  const refusal = {
    campaign_id: toWireId('cmp', campaignId),
    name: campaign?.name ?? 'Deleted meanwhile',
    detail,
  };
  await sql`
    UPDATE campaign_bulks SET refused_count = refused_count + 1,
      refused = CASE WHEN refused_count < ${refusedShown} THEN refused || ${JSON.stringify([refusal])}::jsonb ELSE refused END
    WHERE workspace_id = ${workspaceId} AND id = ${bulkId}`.execute(ctx.db);
}
