// Error 131026, "not on WhatsApp, or their app cannot receive it": it may pass, so one proves nothing. Whom three campaigns in a
// row could not reach so is left out until they write (Cloud API, "Error codes", 2026-11-20).
import { sql } from 'kysely';
import type { BaseCtx } from '../../platform/context.ts';
import { channelIn } from '../../platform/db/channel-sql.ts';

const inARow = 3;
/** Statuses come for days after a campaign; what came before was looked at then. */
const lookBackMs = 3 * 86_400_000;

/** Job `deliveries.not_on_platform`, every quarter of an hour. Returns how many were given up. Safe to repeat. */
export async function giveUpNotOnPlatform(base: BaseCtx): Promise<number> {
  const since = new Date(base.clock.now().getTime() - lookBackMs);
  const { rows } = await sql<{ id: string }>`
    WITH failed AS (
      SELECT DISTINCT d.workspace_id, d.contact_id, d.connection_id
      FROM runs r
      JOIN connections n ON n.workspace_id = r.workspace_id AND n.id = r.connection_id AND ${channelIn(sql`n.channel`, 'addressesArePhones')} AND n.deleted_at IS NULL
      JOIN deliveries d ON d.run_id = r.id AND d.state = 'failed' AND d.reason = 'not_on_platform'
      WHERE r.created_at > ${since} OR r.finished_at > ${since}
    ), given_up AS (
      SELECT i.workspace_id, i.id FROM failed f
      JOIN identities i ON i.workspace_id = f.workspace_id AND i.contact_id = f.contact_id AND i.connection_id = f.connection_id AND i.reachable
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE state = 'failed' AND reason = 'not_on_platform') AS misses, min(claimed_at) AS first FROM (
          SELECT d.state, d.reason, d.claimed_at FROM deliveries d
          WHERE d.workspace_id = f.workspace_id AND d.contact_id = f.contact_id AND d.connection_id = f.connection_id
            AND d.source = 'campaign' AND d.state IN ('sent', 'delivered', 'read', 'failed')
          ORDER BY d.id DESC LIMIT ${inARow}) latest
      ) told
      WHERE told.misses = ${inARow} AND NOT EXISTS (
        SELECT FROM conversations v WHERE v.workspace_id = f.workspace_id AND v.contact_id = f.contact_id
          AND v.connection_id = f.connection_id AND v.last_inbound_at > told.first)
      ORDER BY i.id FOR UPDATE OF i
    )
    UPDATE identities i SET reachable = false, unreachable_reason = 'not_on_platform'
    FROM given_up g WHERE i.workspace_id = g.workspace_id AND i.id = g.id RETURNING i.id`.execute(base.db);
  return rows.length;
}
