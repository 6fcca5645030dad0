// Asks the platform about a group: how many are in it, and what the bot is there. When it first shows itself, when the bot's
// standing changes, and twice a day.
import { openAccount } from '../channels/accounts.ts';
import { asSystem, type BaseCtx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';

const staleMs = 12 * 3_600_000;
/** Of one round: a bot that is in a thousand groups asks them over some rounds, beside what it sends. */
const perRound = 50;

/** Job. A platform that cannot be asked is noted with the group, and asked again with the next round. */
export async function lookAtGroup(
  base: BaseCtx,
  job: { workspaceId: string; groupId: string },
): Promise<void> {
  const ctx = asSystem(base, job.workspaceId);
  const ofGroup = { workspace_id: job.workspaceId, id: job.groupId };
  const row = await ctx.db
    .selectFrom('groups as g')
    .innerJoin('connections as n', (join) =>
      join.onRef('n.workspace_id', '=', 'g.workspace_id').onRef('n.id', '=', 'g.connection_id'),
    )
    .select(['g.address', 'g.connection_id', 'g.standing_at'])
    .where('g.workspace_id', '=', job.workspaceId)
    .where('g.id', '=', job.groupId)
    .where('n.deleted_at', 'is', null)
    .executeTakeFirst();
  if (!row) return;
  const counted_at = ctx.clock.now();
  const write = (change: { member_count?: number; count_problem: string | null }) =>
    ctx.db
      .updateTable('groups')
      .set({ ...change, counted_at })
      .where((eb) => eb.and(ofGroup))
      .execute();
  try {
    const open = await openAccount(base, row.connection_id);
    if (!open?.adapter.lookAtGroup) return;
    const found = await open.adapter.lookAtGroup(open.account, row.address);
    if (!found)
      return void (await write({ count_problem: 'The bot is not in it any more, or may not see it.' }));
    await write({ member_count: found.members, count_problem: null });
    await ctx.db
      .updateTable('groups')
      .set({ standing: found.standing })
      .where((eb) => eb.and(ofGroup))
      // an update that told more since is believed
      .where('standing_at', '=', row.standing_at)
      .execute();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await write({ count_problem: error.message });
  }
}

/** Job, every few minutes: groups that nobody has looked at for half a day. */
export async function lookAtStaleGroups(base: BaseCtx): Promise<void> {
  const before = new Date(base.clock.now().getTime() - staleMs);
  const rows = await base.db
    .selectFrom('groups as g')
    .innerJoin('connections as n', (join) =>
      join.onRef('n.workspace_id', '=', 'g.workspace_id').onRef('n.id', '=', 'g.connection_id'),
    )
    .select(['g.workspace_id', 'g.id'])
    .where('n.deleted_at', 'is', null)
    .where('n.status', '=', 'connected')
    .where('g.standing', 'not in', ['left', 'banned'])
    .where((eb) => eb.or([eb('g.counted_at', 'is', null), eb('g.counted_at', '<', before)]))
    .orderBy('g.counted_at')
    .limit(perRound)
    .execute();
  for (const { workspace_id, id } of rows)
    await lookAtGroup(base, { workspaceId: workspace_id, groupId: id });
}
