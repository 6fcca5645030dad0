// Members of the workspace: list, change a role, remove.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Role } from '../../contract/roles.ts';
import type { User } from '../../contract/workspaces.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { audit } from './audit.ts';
import { revokeInvitationsOf } from './invitation.ts';
import { requireRank } from './role.ts';
import { memberById, memberToWire, selectMembers } from './store.ts';
import { revokeTokensOf } from './tokens.ts';

/** By name. */
export function listUsers(ctx: Ctx, page: PageQuery): Promise<Page<User>> {
  const query = selectMembers(ctx).select(['u.id as _id', 'u.name as _sort']);
  return fetchPage(
    query,
    page,
    { column: 'u.name', id: 'u.id', direction: 'asc', type: 'text' },
    memberToWire,
  );
}

/** Acts with the person's next request. Throws NOT_FOUND, FORBIDDEN, LAST_OWNER. */
export function changeRole(ctx: Ctx, userId: string, role: Role): Promise<User> {
  return inTransaction(ctx, async (trx) => {
    const before = await lockMember(trx, userId);
    requireRank(trx.actor, before, role);
    if (before === role) return memberById(trx, userId);
    if (before === 'owner') await requireAnotherOwner(trx, userId);
    await trx.db
      .updateTable('memberships')
      .set({ role })
      .where('workspace_id', '=', trx.actor.workspaceId)
      .where('user_id', '=', userId)
      .execute();
    await revokeInvitationsOf(trx, userId, role);
    await audit(trx, 'user.role_changed', subjectOf(userId), { from: before, to: role });
    return memberById(trx, userId);
  });
}

/**
 * Takes the person out of this workspace, with their sessions here, the API tokens they made and the invitations they
 * left open. Their account and what they wrote stay. Throws NOT_FOUND, FORBIDDEN, LAST_OWNER.
 */
export function removeUser(ctx: Ctx, userId: string): Promise<void> {
  return inTransaction(ctx, async (trx) => {
    const role = await lockMember(trx, userId);
    requireRank(trx.actor, role);
    if (role === 'owner') await requireAnotherOwner(trx, userId);
    const { name } = await memberById(trx, userId);
    const { workspaceId } = trx.actor;
    await trx.db
      .deleteFrom('sessions')
      .where('workspace_id', '=', workspaceId)
      .where('user_id', '=', userId)
      .execute();
    await revokeTokensOf(trx, userId);
    await revokeInvitationsOf(trx, userId, null);
    await trx.db
      .deleteFrom('memberships')
      .where('workspace_id', '=', workspaceId)
      .where('user_id', '=', userId)
      .execute();
    await audit(trx, 'user.removed', subjectOf(userId), { name, role });
  });
}

/** The workspace's people change one at a time: two owners who demote each other would leave nobody. */
async function lockMember(trx: Ctx, userId: string): Promise<Role> {
  await sql`SELECT 1 FROM workspaces WHERE id = ${trx.actor.workspaceId} FOR NO KEY UPDATE`.execute(trx.db);
  const row = await trx.db
    .selectFrom('memberships')
    .select('role')
    .where('workspace_id', '=', trx.actor.workspaceId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (!row) throw notFound('user');
  return row.role as Role;
}

async function requireAnotherOwner(trx: Ctx, userId: string): Promise<void> {
  const other = await trx.db
    .selectFrom('memberships')
    .select('user_id')
    .where('workspace_id', '=', trx.actor.workspaceId)
    .where('role', '=', 'owner')
    .where('user_id', '!=', userId)
    .executeTakeFirst();
  if (!other)
    throw new AppError('LAST_OWNER', 'Make somebody else an owner first; then change or remove this one.');
}

function subjectOf(userId: string) {
  return { type: 'user', id: toWireId('usr', userId) };
}
