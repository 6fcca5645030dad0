// A workspace that was started with --held sends nothing: no run, no reply, no test, no resend by policy, until a person has
// let it go, as a whole (workspaces.held_at) or one campaign after the other (released_from names the hold they are free of).
import { sql } from 'kysely';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { fromStates } from '../delivery.ts';
import { tellLost } from '../reports/attempts.ts';
import { windowSeconds } from '../settling/window.ts';
import { stateIn } from '../state-sql.ts';

/** Of run `r`. Stands in the claim itself: whatever a lane believes, a row of a held run is never taken. */
export const runIsHeld = sql<boolean>`EXISTS (SELECT 1 FROM workspaces w
  WHERE w.held_at IS NOT NULL AND w.id = r.workspace_id AND r.released_from IS DISTINCT FROM w.held_at)`;

/** Of connection `n`, and its rows that belong to no run. */
export const directIsHeld = sql<boolean>`EXISTS (SELECT 1 FROM workspaces w
  WHERE w.held_at IS NOT NULL AND w.id = n.workspace_id AND w.direct_released_from IS DISTINCT FROM w.held_at)`;

/** Whether nothing goes out of the workspace at present that is not a campaign's. */
export async function isDirectHeld(ctx: Ctx): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    SELECT ${directIsHeld} AS held FROM (SELECT ${ctx.actor.workspaceId}::uuid AS workspace_id) n`.execute(
    ctx.db,
  );
  return rows[0]?.held ?? false;
}

/**
 * Rows that stood in `sending` when the backup was made, or the node before was killed: they may have been sent. Returns how
 * many. A late answer of a sender that still lives settles its row all the same.
 */
export async function declareAllUnknown(base: Pick<BaseCtx, 'db' | 'clock'>): Promise<number> {
  const now = base.clock.now();
  const { rows } = await sql<{ n: number }>`
    WITH lost AS (
      UPDATE deliveries d SET state = 'unknown', reason = 'node_lost', detail = NULL, unknown_at = ${now}
      WHERE ${stateIn('d.state', fromStates('unknown', ['sending']))}
      RETURNING d.workspace_id, d.id, d.attempts, d.claim
    ), told AS (${tellLost(now)})
    SELECT count(*) AS n FROM lost`.execute(base.db);
  return rows[0]?.n ?? 0;
}

/** The replies and tests of the workspace that still wait are not sent any more. Returns how many. */
export async function cancelDirect(ctx: Ctx): Promise<number> {
  const result = await sql`
    UPDATE deliveries SET state = 'cancelled', reason = NULL
    WHERE workspace_id = ${ctx.actor.workspaceId} AND run_id IS NULL AND ${stateIn('state', fromStates('cancelled', ['queued']))}
      AND connection_id IN (SELECT id FROM connections WHERE workspace_id = ${ctx.actor.workspaceId})`.execute(
    ctx.db,
  );
  return Number(result.numAffectedRows ?? 0);
}

/** The unknown rows of these campaigns wait for a person from now on, whatever their policy was. */
export async function leaveUnknownToPeople(ctx: Ctx, campaignId: string): Promise<void> {
  await sql`
    UPDATE runs r SET settings = settings || '{"unknown":{"resend_after_seconds":null}}'
    WHERE workspace_id = ${ctx.actor.workspaceId} AND campaign_id = ${campaignId} AND ${windowSeconds} IS NOT NULL`.execute(
    ctx.db,
  );
}

/** The runs of a campaign are free of the present hold. */
export async function releaseRuns(ctx: Ctx, campaignId: string): Promise<void> {
  await sql`
    UPDATE runs SET released_from = (SELECT held_at FROM workspaces WHERE id = ${ctx.actor.workspaceId})
    WHERE workspace_id = ${ctx.actor.workspaceId} AND campaign_id = ${campaignId}`.execute(ctx.db);
}

/** Every lane of the workspace looks at once. */
export async function wakeLanes(ctx: Ctx): Promise<void> {
  const rows = await ctx.db
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('deleted_at', 'is', null)
    .execute();
  for (const { id } of rows) await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: id });
}
