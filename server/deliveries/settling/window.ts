// What the silence of a platform proves. WhatsApp tells of every message that it took, with our own id in it, and repeats for up
// to seven days, with growing waits, until we have answered (Cloud API, webhooks, 2026-11-20). So an unknown row of which
// nothing was told has never left, as far as all of this holds: since its try nobody closed our door; something that happened to
// another message of the number after the try was told, so that the way was open and news of that time comes through (a backlog
// of older news proves nothing); from its arrival on a whole window went by; and nothing of the row waits to be worked in.
// Where the door was closed, or news have been slow of late, the window is as long as that, and twice as long as the slowest.
// Messages of a template that is being judged are taken and held back without a word until they are let go or dropped (Cloud
// API, messages, 2026-11-20): in a run that had such an answer silence proves nothing at all.
import { type RawBuilder, sql } from 'kysely';
import { receiptWindowSeconds } from '../../../contract/receipts.ts';
import { closedAfterSeconds } from '../../channels/door.ts';
import type { BaseCtx } from '../../platform/context.ts';
import { channelIn } from '../../platform/db/channel-sql.ts';

const chosen = sql`r.settings #> '{unknown,resend_after_seconds}'`;

/** Of run `r`: after how long its unknown rows are sent again by themselves; NULL: a person decides. As resendAfterSeconds of the contract. */
export const windowSeconds = sql<number | null>`CASE
  WHEN r.held_answer_at IS NOT NULL THEN NULL
  WHEN ${chosen} IS NOT NULL THEN (${chosen} #>> '{}')::int
  WHEN EXISTS (SELECT 1 FROM connections n WHERE n.workspace_id = r.workspace_id AND n.id = r.connection_id AND ${channelIn(sql`n.channel`, 'tellsReceipts')})
    THEN ${sql.lit(receiptWindowSeconds)} END`;

/** Of row `d`: its channel's platform tells of every message. */
const tells = channelIn(sql`d.channel`, 'tellsReceipts');
/** The platform's seconds are whole, and its clock is not ours. */
const clocksDiffer = '2 seconds';
const slowLately = '1 hour';

/** Of row `d` of run `r`: it may be sent again. Where nothing is told of messages that is on the campaign's word alone. */
export const maySendAgain = (now: Date) =>
  sql<boolean>`(NOT (${tells}) OR ${surelyNeverLeft(now, windowSeconds)})`;

/** Of row `d`, unknown, of no run: it surely never left. What a template says may be held back without a word (above). */
export const directNeverLeft = (now: Date) =>
  sql<boolean>`(${tells} AND d.content IS NOT NULL AND d.content #>> '{rendered,whatsapp,template}' IS NULL
    AND ${surelyNeverLeft(now, sql.lit(receiptWindowSeconds))})`;

function surelyNeverLeft(now: Date, windowOf: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(
    EXISTS (
      SELECT 1 FROM webhook_door door
      CROSS JOIN LATERAL (SELECT greatest(d.claimed_at, d.unknown_at, door.open_since) AS since,
        greatest(${windowOf}, CASE WHEN d.claimed_at < door.open_since THEN door.closed_seconds ELSE 0 END,
          2 * (SELECT max(f.lag_seconds) FROM receipt_flow f WHERE f.workspace_id = d.workspace_id AND f.connection_id = d.connection_id
            AND f.received_at > d.claimed_at - ${slowLately}::interval)) AS seconds) w
      JOIN receipt_flow told ON told.workspace_id = d.workspace_id AND told.connection_id = d.connection_id
        AND told.first_at > d.claimed_at + ${clocksDiffer}::interval AND told.received_at > w.since
      WHERE door.seen_at > ${now}::timestamptz - make_interval(secs => ${sql.lit(closedAfterSeconds)})
        AND told.received_at + make_interval(secs => greatest(w.seconds, extract(epoch FROM told.received_at - w.since))) <= ${now})
    AND NOT EXISTS (SELECT 1 FROM inbound_receipts i WHERE i.workspace_id = d.workspace_id AND i.delivery_id = d.id))`;
}

/** Longer than any platform repeats. */
const keepDays = 9;

/** Job `deliveries.forget_receipt_flow`, daily. */
export async function forgetReceiptFlow(base: BaseCtx): Promise<void> {
  const before = new Date(base.clock.now().getTime() - keepDays * 86_400_000);
  await sql`DELETE FROM receipt_flow WHERE slot < ${before}`.execute(base.db);
}
