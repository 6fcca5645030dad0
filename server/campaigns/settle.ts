// Settling a campaign's unknown deliveries, all of a run or those of one cause: the campaign sends again if it was through.
import type { SettleInput, Settlement, SettlementVerb } from '../../contract/reconciliation.ts';
import { startSettlement } from '../deliveries/settling/settlement.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { AppError } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { mayDo, placeOf, whyNot } from './campaign.ts';
import { subject } from './control.ts';
import { readyConnection } from './launch.ts';
import { move } from './move.ts';
import { getCampaign } from './store.ts';

/** Throws NUMBER_CHANGED when it is not `expected` people any more, ILLEGAL_MOVE, CONNECTION_NOT_READY, NOT_FOUND. */
export async function settleUnknown(
  ctx: Ctx,
  id: string,
  verb: SettlementVerb,
  given: SettleInput,
): Promise<Settlement> {
  return inTransaction(ctx, async (ctx) => {
    if (verb === 'resend') await sendAgain(ctx, id);
    const settlement = await startSettlement(ctx, {
      campaignId: id,
      runId: uuidOf('run', given.run_id),
      verb,
      reason: given.reason ?? null,
      expected: given.expected,
    });
    const action = verb === 'resend' ? 'campaign.unknown_resent' : 'campaign.unknown_counted_as_sent';
    const { run_id, reason, expected } = settlement;
    await audit(ctx, action, subject(id), { run_id, reason, count: expected });
    return settlement;
  });
}

/** A campaign that was through sends again; a paused one stays paused, and these people wait with the others. */
async function sendAgain(ctx: Ctx, id: string): Promise<void> {
  // the campaign first, as everybody who moves campaign and run does; its rows may be written meanwhile
  await ctx.db
    .selectFrom('campaigns')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .execute();
  const campaign = await getCampaign(ctx, id);
  await readyConnection(ctx, campaign);
  const place = placeOf(campaign);
  if (!mayDo('resend_unknown', place)) throw new AppError('ILLEGAL_MOVE', whyNot('resend_unknown', place));
  if (place === 'published' || place === 'failed' || place === 'scheduled')
    await move(ctx, id, 'resend_unknown', 'sending', { finished_at: null });
}
