// What platforms and people tell us after a send: delivered, read, answered. Late, early, repeated and disordered news
// never moves a row backwards.
import { sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';

/** An answer within this time counts for the last campaign message before it. */
const replyWindowMs = 7 * 24 * 3_600_000;

/** The person wrote: their latest campaign message on that connection is answered. Returns its campaign, or null. */
export async function markReplied(
  ctx: Ctx,
  given: { contactId: string; connectionId: string; at: Date },
): Promise<string | null> {
  const since = new Date(given.at.getTime() - replyWindowMs);
  const rows = await sql<{ campaign_id: string }>`
    UPDATE deliveries SET replied_at = ${given.at}
    WHERE workspace_id = ${ctx.actor.workspaceId} AND replied_at IS NULL AND id = (
      SELECT id FROM deliveries
      WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${given.contactId} AND connection_id = ${given.connectionId}
        AND source = 'campaign' AND state IN ('sent', 'delivered', 'read') AND sent_at BETWEEN ${since} AND ${given.at}
      ORDER BY sent_at DESC, id DESC LIMIT 1)
    RETURNING campaign_id`.execute(ctx.db);
  return rows.rows[0]?.campaign_id ?? null;
}
