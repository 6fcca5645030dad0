// An automation that cannot go on is off, and says why; switched on again it begins anew. Whoever still waited is not written to.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Ctx } from '../platform/context.ts';
import { audit } from '../workspaces/audit.ts';

/** In the caller's transaction, under the campaign's lock where there is one to take. */
export async function switchOff(ctx: Ctx, id: string, reason: string | null): Promise<void> {
  await ctx.db
    .updateTable('campaigns')
    .set((eb) => ({
      trigger: sql`jsonb_set(trigger, '{enabled}', 'false')`,
      status_reason: reason,
      version: eb('version', '+', 1),
      updated_at: ctx.clock.now(),
    }))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .execute();
  const campaign_id = toWireId('cmp', id);
  await audit(
    ctx,
    'campaign.disabled',
    { type: 'campaign', id: campaign_id },
    reason === null ? {} : { reason },
  );
  await ctx.hub.publish(ctx, {
    topic: 'live',
    workspaceId: ctx.actor.workspaceId,
    frame: { type: 'campaign.changed', campaign_id },
  });
}

/** Those that are on and named this connection, which was removed; where no other one is left, also those that named none. */
export async function switchOffWithout(ctx: Ctx, connectionId: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<{ id: string; name: string; named: boolean }>`
    SELECT c.id, n.name, c.connection_id IS NOT NULL AS named
    FROM connections n JOIN trigger_states s ON s.workspace_id = n.workspace_id AND s.enabled_at IS NOT NULL
    JOIN campaigns c ON c.workspace_id = s.workspace_id AND c.id = s.campaign_id
    WHERE n.workspace_id = ${workspaceId} AND n.id = ${connectionId} AND n.deleted_at IS NOT NULL
      AND (c.connection_id = n.id OR c.connection_id IS NULL AND NOT EXISTS (
        SELECT FROM connections other WHERE other.workspace_id = n.workspace_id AND other.deleted_at IS NULL))
    ORDER BY c.id FOR UPDATE OF c`.execute(ctx.db);
  for (const { id, name, named } of rows)
    await switchOff(
      ctx,
      id,
      named
        ? `The connection ${name} was removed. Choose another one, then switch it on again.`
        : `The connection ${name} was removed, and no other one is left. Connect one, then switch it on again.`,
    );
}
