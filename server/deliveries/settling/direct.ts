// Unknown replies and tests of a channel that tells of every message: once the silence proves that one never left (window.ts), it
// is failed, and says so in its thread. It is not sent again by itself, as a campaign's message is: a quarter of an hour later
// the talk has moved on, the person may have asked something else or got the answer by another way, and whoever wrote it is there to decide;
// the inbox offers them to send it again. A test is pressed once more. What arrives all the same, or is told of late, still
// settles the row as sent.
import { sql } from 'kysely';
import type { FailureReason } from '../../../contract/deliveries.ts';
import { toWireId } from '../../../contract/ids.ts';
import { receiptWindowSeconds } from '../../../contract/receipts.ts';
import { type BaseCtx, inTransaction } from '../../platform/context.ts';
import type { News } from '../../platform/realtime/hub.ts';
import { fromStates } from '../delivery.ts';
import { tell } from '../reports/attempts.ts';
import { stateIn } from '../state-sql.ts';
import { directNeverLeft } from './window.ts';

const atOnce = 500;
const didNotLeave: FailureReason = 'did_not_leave';

/** Job `deliveries.fail_direct`, every minute. Returns how many rows. Safe to run twice at once. */
export async function failDirectThatNeverLeft(base: BaseCtx): Promise<number> {
  const now = base.clock.now();
  const failed = await inTransaction(base, async (base) => {
    const { rows } = await sql<{ workspace_id: string; contact_id: string }>`
      WITH silent AS MATERIALIZED (
        SELECT d.workspace_id, d.id FROM deliveries d
        WHERE d.run_id IS NULL AND d.state = 'unknown' AND d.claimed_at < ${now}::timestamptz - make_interval(secs => ${sql.lit(receiptWindowSeconds)})
          AND ${directNeverLeft(now)}
        ORDER BY d.claimed_at LIMIT ${atOnce} FOR UPDATE SKIP LOCKED
      ), moved AS (
        UPDATE deliveries d SET state = 'failed', reason = ${didNotLeave}, detail = NULL,
          unknown_at = coalesce(d.unknown_at, d.claimed_at)
        FROM silent WHERE d.workspace_id = silent.workspace_id AND d.id = silent.id AND ${stateIn('d.state', fromStates('failed', ['unknown']))}
        RETURNING d.workspace_id, d.id, d.contact_id, d.attempts
      ), told AS (${tell('moved', 'never_left', now, { node: null })})
      SELECT workspace_id, contact_id FROM moved`.execute(base.db);
    return rows;
  });
  const news = failed.map(
    (row): News => ({
      topic: 'live',
      workspaceId: row.workspace_id,
      frame: { type: 'message.sent', conversation_id: null, contact_id: toWireId('cnt', row.contact_id) },
    }),
  );
  if (news.length > 0) await base.hub.publishAll(base, news);
  return failed.length;
}
