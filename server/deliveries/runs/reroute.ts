// Rows of automations whose connection was removed: moved to a run on another connection, or left out. Which of the two is decided
// by triggers/reroute.ts.
import { sql } from 'kysely';
import type { Channel } from '../../../contract/connections.ts';
import type { Ctx } from '../../platform/context.ts';
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
