// A group that became a supergroup: another address, the same group. Rules and lists that name it go on meaning it.
import { sql } from 'kysely';
import type { GroupEvent } from '../channels/channel.ts';
import type { ConnectionRef } from '../channels/connection.ts';
import type { Ctx } from '../platform/context.ts';
import { groupAt } from './store.ts';

/** Told twice, from both sides, in any order. What was heard from the new address before is put to the old group. */
export async function moveGroup(
  ctx: Ctx,
  connection: ConnectionRef,
  { from, to }: Extract<GroupEvent, { kind: 'group_moved' }>,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const old = await groupAt(ctx, connection.id, from);
  if (!old) return;
  const heard = await groupAt(ctx, connection.id, to);
  if (heard) {
    await sql`
      DELETE FROM group_members m USING group_members n
      WHERE m.workspace_id = ${workspaceId} AND n.workspace_id = ${workspaceId} AND m.group_id = ${old.id}
        AND n.group_id = ${heard.id} AND n.address = m.address AND (n.standing <> 'seen' OR m.standing IN ('left', 'banned', 'seen'))`.execute(
      ctx.db,
    );
    await sql`
      UPDATE group_members n SET group_id = ${old.id}
      WHERE n.workspace_id = ${workspaceId} AND n.group_id = ${heard.id} AND NOT EXISTS (
        SELECT 1 FROM group_members m WHERE m.workspace_id = ${workspaceId} AND m.group_id = ${old.id} AND m.address = n.address)`.execute(
      ctx.db,
    );
    await ctx.db
      .deleteFrom('groups')
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', heard.id)
      .execute();
  }
  await ctx.db
    .updateTable('groups')
    .set({
      address: to,
      kind: 'supergroup',
      ...(heard
        ? {
            title: heard.title,
            username: heard.username,
            standing: heard.standing,
            standing_at: heard.standing_at,
          }
        : {}),
    })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', old.id)
    .execute();
}
