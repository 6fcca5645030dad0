// A person chooses the winner of an A/B test.
import type { VariantKey } from '../../contract/variants.ts';
import { pickWinnerOf } from '../deliveries/ab/tend-ab.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { subject } from './control.ts';

/** Everybody beyond the test gets this variant. Throws NOT_FOUND, ILLEGAL_MOVE when it is decided, VALIDATION_FAILED. */
export async function pickWinner(
  ctx: Ctx,
  id: string,
  given: { runId: string; variant: VariantKey },
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const run = await ctx.db
      .selectFrom('campaigns as c')
      .innerJoin('runs as r', (join) =>
        join.onRef('r.workspace_id', '=', 'c.workspace_id').onRef('r.campaign_id', '=', 'c.id'),
      )
      .select('r.id')
      .where('c.workspace_id', '=', ctx.actor.workspaceId)
      .where('c.id', '=', id)
      .where('r.id', '=', given.runId)
      .forUpdate('c')
      .executeTakeFirst();
    if (!run) throw notFound('run');
    await pickWinnerOf(ctx, run.id, given.variant);
    await audit(ctx, 'campaign.winner_picked', subject(id), { variant: given.variant });
  });
}
