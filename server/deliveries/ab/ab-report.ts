// The A/B test as the report of its run shows it.
import type { Content } from '../../../contract/message.ts';
import type { VariantsReport } from '../../../contract/variants.ts';
import type { Ctx } from '../../platform/context.ts';
import { keyOf } from './ab.ts';
import { countVariants } from './count-variants.ts';
import { readAb } from './tend-ab.ts';
import { runsOfTest } from './whole-test.ts';

/** `waiting`: rows that nothing was let go of yet. Null: the run has no test. */
export async function variantsReport(
  ctx: Ctx,
  runId: string,
  waiting: number,
): Promise<VariantsReport | null> {
  const run = await readAb(ctx, { workspaceId: ctx.actor.workspaceId, runId });
  if (!run) return null;
  const { ab, record, winner } = run;
  const texts = [await ownText(ctx, runId), ...ab.variants.map(({ content }) => content.text)];
  const counts = await countVariants(ctx, { ...run, runIds: await runsOfTest(ctx, run) });
  return {
    step: run.step,
    by: ab.winner.by,
    test_percent: ab.test_percent,
    decide_at: run.step === 'testing' ? record.decideAt : null,
    waiting,
    winner: winner === null ? null : keyOf(winner),
    decided_at: run.winnerAt?.toISOString() ?? null,
    decided_by: record.decidedBy,
    finding: record.finding,
    data: counts.map(({ open: _open, ...figures }, index) => ({
      key: keyOf(index),
      text: texts[index] ?? '',
      ...figures,
    })),
  };
}

/** Of the campaign's own content, which is variant a. */
async function ownText(ctx: Ctx, runId: string): Promise<string> {
  const { content } = await ctx.db
    .selectFrom('runs')
    .select('content')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', runId)
    .executeTakeFirstOrThrow();
  return (content as Content).text;
}
