// Settling one row by hand, and many by the campaign's own policy. A whole run's unknown rows: settlement.ts.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import { type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { runIsHeld } from './hold.ts';
import { resendRefusal, type Settled, sendOn, settleRows, showInThreads } from './settle.ts';

/** The row waits again and its run is active again. Throws ILLEGAL_MOVE unless the row is `unknown`. */
export async function resendDelivery(ctx: Ctx, id: string): Promise<void> {
  const row = await settleOne(ctx, id, 'resend');
  // better said now than queued for ever; the move is undone with the transaction
  const refusal = await resendRefusal(ctx, { runId: row.run_id, connectionId: row.connection_id });
  if (refusal) throw new AppError('ILLEGAL_MOVE', refusal);
  await sendOn(ctx, [row]);
  await audit(ctx, 'delivery.resent', { type: 'delivery', id: toWireId('dlv', id) });
}

/** The person is counted as reached. Throws ILLEGAL_MOVE unless the row is `unknown`. */
export async function countAsSent(ctx: Ctx, id: string): Promise<void> {
  await settleOne(ctx, id, 'count_as_sent');
  await showInThreads(ctx, [id]);
  await audit(ctx, 'delivery.counted_as_sent', { type: 'delivery', id: toWireId('dlv', id) });
}

async function settleOne(ctx: Ctx, id: string, verb: 'resend' | 'count_as_sent'): Promise<Settled> {
  const which = sql`d.workspace_id = ${ctx.actor.workspaceId} AND d.id = ${id}`;
  const [row] = await settleRows(ctx, which, verb, ctx.actor.name);
  if (!row)
    throw new AppError(
      'ILLEGAL_MOVE',
      'Only a delivery in state "unknown" can be settled by hand. This one has been settled already.',
    );
  return row;
}

/** Job `deliveries.resend_unknown`, every minute: campaigns whose policy allows it send their old unknown rows again. */
export function resendUnknownByPolicy(base: BaseCtx): Promise<number> {
  return inTransaction(base, async (base) => {
    const now = base.clock.now();
    // three tries in all: answers that always get lost must not become a message a minute
    const which = sql`d.attempts < 3 AND EXISTS (
      SELECT 1 FROM runs r WHERE r.id = d.run_id AND r.status IN ('active', 'finished') AND NOT ${runIsHeld}
        AND (r.settings #>> '{unknown,resend_after_seconds}') IS NOT NULL
        AND d.claimed_at < ${now}::timestamptz - make_interval(secs => (r.settings #>> '{unknown,resend_after_seconds}')::int))`;
    const rows = await settleRows(base, which, 'resend', 'The campaign’s settings');
    if (rows.length > 0) await sendOn(base, rows);
    return rows.length;
  });
}
