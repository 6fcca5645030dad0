// Writes down what shows itself of groups, in the transaction that marks the update as processed. Nobody becomes a contact by
// it, nobody opts out, and no conversation begins: a group is no private chat.
import type { GroupEvent } from '../channels/channel.ts';
import type { ConnectionRef } from '../channels/connection.ts';
import type { Ctx } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { isThere, type MemberEvent, nextPlace } from './member.ts';
import { moveGroup } from './move.ts';
import { groupAt, insertGroup, memberAt, writeMember } from './store.ts';

const hourMs = 3_600_000;

export async function noteGroup(ctx: Ctx, connection: ConnectionRef, event: GroupEvent): Promise<void> {
  if (event.kind === 'group_moved') return moveGroup(ctx, connection, event);
  const groupId = await seeGroup(ctx, connection, event);
  if (event.kind === 'group_standing') await changeStanding(ctx, groupId, event);
  else if (event.kind !== 'group_seen') await noteMember(ctx, connection, groupId, event);
}

/** The group's id (uuid), made when it shows itself for the first time; then somebody asks the platform about it. */
async function seeGroup(
  ctx: Ctx,
  connection: ConnectionRef,
  { group, at }: Exclude<GroupEvent, { kind: 'group_moved' }>,
): Promise<string> {
  const known = await groupAt(ctx, connection.id, group.address);
  if (!known) {
    const id = await insertGroup(ctx, connection, group, at);
    await lookSoon(ctx, id);
    return id;
  }
  const { address: _, ...present } = group;
  const isSame =
    known.title === group.title && known.username === group.username && known.kind === group.kind;
  if (!isSame)
    await ctx.db
      .updateTable('groups')
      .set(present)
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', known.id)
      .execute();
  // we hear it, so we are in it: the news of that is still to come, or was lost
  if (!isThere(known.standing) && at > known.standing_at) {
    await setStanding(ctx, known.id, 'unknown', at);
    await lookSoon(ctx, known.id);
  }
  return known.id;
}

async function changeStanding(
  ctx: Ctx,
  groupId: string,
  { standing, at }: Extract<GroupEvent, { kind: 'group_standing' }>,
): Promise<void> {
  const changed = await setStanding(ctx, groupId, standing, at);
  if (changed && isThere(standing)) await lookSoon(ctx, groupId);
}

async function setStanding(ctx: Ctx, groupId: string, standing: string, at: Date): Promise<boolean> {
  const result = await ctx.db
    .updateTable('groups')
    .set({ standing, standing_at: at })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', groupId)
    .where('standing_at', '<=', at)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

async function noteMember(
  ctx: Ctx,
  connection: ConnectionRef,
  groupId: string,
  event: MemberEvent,
): Promise<void> {
  const known = await memberAt(ctx, groupId, event.address);
  const { firstName, lastName, username } = event.person;
  const wrote = event.kind === 'group_wrote' ? event.at : null;
  const next = {
    first_name: firstName,
    last_name: lastName,
    username,
    ...nextPlace(known, event),
    wrote_at:
      wrote && (!known?.wrote_at || wrote.getTime() - known.wrote_at.getTime() >= hourMs)
        ? wrote
        : (known?.wrote_at ?? null),
  };
  const isSame =
    known &&
    known.first_name === firstName &&
    known.last_name === lastName &&
    known.username === username &&
    known.standing === next.standing &&
    known.standing_at.getTime() === next.standing_at.getTime() &&
    known.wrote_at?.getTime() === next.wrote_at?.getTime();
  if (isSame) return;
  await writeMember(ctx, {
    id: known?.id ?? newId(),
    group_id: groupId,
    connection_id: connection.id,
    address: event.address,
    ...next,
    created_at: known?.created_at ?? event.at,
  });
}

/** One waiting look per group: a group that fills up is not counted anew for each who joins. */
async function lookSoon(ctx: Ctx, groupId: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  await ctx.jobs.enqueue(ctx, 'groups.look', { workspaceId, groupId }, { key: groupId });
}
