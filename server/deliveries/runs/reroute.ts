// Rows of automations that wait on a connection that is theirs no more: moved to a run on another one, or left out. Which of the two
// is decided by triggers/reroute.ts.
import { sql } from 'kysely';
import type { Channel } from '../../../contract/connections.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { fromStates } from '../delivery.ts';
import { stateIn } from '../state-sql.ts';

export interface Stranded {
  /** uuid */
  id: string;
  contactId: string;
  campaignId: string;
}

/** Waiting on a connection of which no lane will ever claim them, some of them at a time. */
export async function strandedOn(ctx: Ctx, connectionId: string, atMost: number): Promise<Stranded[]> {
  const { rows } = await sql<Stranded>`
    SELECT d.id, d.contact_id AS "contactId", d.campaign_id AS "campaignId"
    FROM runs r JOIN connections n ON n.workspace_id = r.workspace_id AND n.id = r.connection_id AND n.deleted_at IS NOT NULL
    JOIN deliveries d ON d.run_id = r.id AND d.state = 'queued'
    WHERE r.workspace_id = ${ctx.actor.workspaceId} AND r.connection_id = ${connectionId} AND r.campaign_version IS NOT NULL
    ORDER BY d.id LIMIT ${atMost}`.execute(ctx.db);
  return rows;
}

/** Removed connections on which rows of automations wait all the same: a lane gave them back when they had been seen to. */
export async function strandedAnywhere(
  base: BaseCtx,
): Promise<{ workspaceId: string; connectionId: string }[]> {
  const { rows } = await sql<{ workspaceId: string; connectionId: string }>`
    SELECT n.workspace_id AS "workspaceId", n.id AS "connectionId" FROM connections n
    WHERE n.deleted_at IS NOT NULL AND EXISTS (
      SELECT FROM runs r WHERE r.connection_id = n.id AND r.status = 'active' AND r.campaign_version IS NOT NULL
        AND EXISTS (SELECT FROM deliveries d WHERE d.run_id = r.id AND d.state = 'queued'))`.execute(base.db);
  return rows;
}

/**
 * Of an automation that names `own` (uuid; null: none): waiting on another connection, or where it names none on one that does not
 * work, while its own, or any that works, reaches the person. Whom no such one reaches stays where they are.
 */
export async function betterElsewhere(
  ctx: Ctx,
  campaignId: string,
  own: string | null,
  atMost: number,
): Promise<Stranded[]> {
  const { rows } = await sql<Stranded>`
    SELECT d.id, d.contact_id AS "contactId", d.campaign_id AS "campaignId"
    FROM runs r JOIN connections n ON n.workspace_id = r.workspace_id AND n.id = r.connection_id AND n.deleted_at IS NULL
    JOIN deliveries d ON d.run_id = r.id AND d.state = 'queued'
    WHERE r.workspace_id = ${ctx.actor.workspaceId} AND r.campaign_id = ${campaignId} AND r.campaign_version IS NOT NULL
      AND ${own === null ? sql`n.status <> 'connected'` : sql`n.id <> ${own}`}
      AND EXISTS (
        SELECT FROM identities i
        JOIN connections o ON o.workspace_id = i.workspace_id AND o.id = i.connection_id AND o.deleted_at IS NULL AND o.status = 'connected'
        WHERE i.workspace_id = r.workspace_id AND i.contact_id = d.contact_id AND i.reachable
          AND ${own === null ? sql`true` : sql`o.id = ${own}`}
          AND NOT EXISTS (SELECT FROM consents k WHERE k.workspace_id = i.workspace_id AND k.contact_id = i.contact_id
            AND k.channel = o.channel AND k.purpose = 'marketing' AND k.state = 'opted_out'))
    ORDER BY d.id LIMIT ${atMost}`.execute(ctx.db);
  return rows;
}

/** Those that still wait, to a run that is locked. A wording that the run does not try is not theirs any more. */
export async function moveToRun(
  ctx: Ctx,
  ids: string[],
  { runId, connection }: { runId: string; connection: { id: string; channel: Channel } },
): Promise<void> {
  const { workspaceId } = ctx.actor;
  await sql`
    WITH moved AS (
      UPDATE deliveries d SET run_id = ${runId}, connection_id = ${connection.id}, channel = ${connection.channel}, address = i.address,
        variant = CASE WHEN r.content = former.content AND r.settings->'ab' = former.settings->'ab' THEN d.variant END
      FROM runs r, runs former, identities i
      WHERE d.workspace_id = ${workspaceId} AND d.id = ANY(${ids}::uuid[]) AND ${stateIn('d.state', ['queued'])}
        AND r.workspace_id = d.workspace_id AND r.id = ${runId} AND former.workspace_id = d.workspace_id AND former.id = d.run_id
        AND i.workspace_id = d.workspace_id AND i.connection_id = ${connection.id} AND i.contact_id = d.contact_id
      RETURNING d.id
    )
    UPDATE runs SET first_row = least(first_row, (SELECT id FROM moved ORDER BY id LIMIT 1)),
      last_row = greatest(last_row, (SELECT id FROM moved ORDER BY id DESC LIMIT 1))
    WHERE workspace_id = ${workspaceId} AND id = ${runId}`.execute(ctx.db);
  await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: connection.id });
}

export async function leaveOut(ctx: Ctx, ids: string[]): Promise<void> {
  await sql`
    UPDATE deliveries d SET state = 'skipped', reason = 'connection_removed', detail = NULL
    WHERE d.workspace_id = ${ctx.actor.workspaceId} AND d.id = ANY(${ids}::uuid[]) AND ${stateIn('d.state', fromStates('skipped', ['queued']))}`.execute(
    ctx.db,
  );
}
