// Invitations: a link that is shown once and lets one person join within seven days. Only its hash is kept. There is no
// mail server: the inviter passes the link on.
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Role } from '../../contract/roles.ts';
import type { Invitation } from '../../contract/workspaces.ts';
import { actingUserId, type Ctx, inTransaction } from '../platform/context.ts';
import { randomToken, tokenHash } from '../platform/crypto.ts';
import { newId } from '../platform/db/ids.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { audit } from './audit.ts';
import { mayHandle, requireRank } from './role.ts';
import { selectMembers } from './store.ts';

const lifeMs = 7 * 24 * 3_600_000;

/**
 * `panelUrl`: the address under which the panel is reached. A second invitation of the same email replaces the first.
 * Throws FORBIDDEN above the actor's own role, EMAIL_TAKEN for a member.
 */
export function invite(
  ctx: Ctx,
  input: { email: string; role: Role },
  panelUrl: string,
): Promise<Invitation & { accept_url: string }> {
  requireRank(ctx.actor, input.role);
  const id = newId();
  const token = randomToken();
  const now = ctx.clock.now();
  return inTransaction(ctx, async (trx) => {
    const member = await selectMembers(trx).where('u.email', '=', input.email).executeTakeFirst();
    if (member) {
      const detail = 'This person is in the workspace already. Change their role in the list of people.';
      throw new AppError('EMAIL_TAKEN', detail, { errors: [{ pointer: '/email', detail }] });
    }
    await openInvitations(trx).set({ revoked_at: now }).where('email', '=', input.email).execute();
    await trx.db
      .insertInto('invitations')
      .values({
        workspace_id: trx.actor.workspaceId,
        id,
        email: input.email,
        role: input.role,
        token_hash: tokenHash(token),
        invited_by: actingUserId(trx),
        created_at: now,
        expires_at: new Date(now.getTime() + lifeMs),
      })
      .execute();
    await audit(trx, 'invitation.created', subjectOf(id), { role: input.role });
    const row = await selectInvitations(trx).where('i.id', '=', id).executeTakeFirstOrThrow();
    return { ...toWire(row, now), accept_url: `${panelUrl}/join?token=${token}` };
  });
}

/** Newest first, with those that were accepted, revoked or have expired. */
export function listInvitations(ctx: Ctx, page: PageQuery): Promise<Page<Invitation>> {
  const query = selectInvitations(ctx).select(['i.id as _id', 'i.id as _sort']);
  const now = ctx.clock.now();
  return fetchPage(query, page, { column: 'i.id', id: 'i.id', direction: 'desc', type: 'uuid' }, (row) =>
    toWire(row, now),
  );
}

/** Safe to repeat. Throws NOT_FOUND, FORBIDDEN above the actor's role, ILLEGAL_MOVE for one that was accepted. */
export function revokeInvitation(ctx: Ctx, invitationId: string): Promise<void> {
  return inTransaction(ctx, async (trx) => {
    const row = await selectInvitations(trx).where('i.id', '=', invitationId).executeTakeFirst();
    if (!row) throw notFound('invitation');
    requireRank(trx.actor, row.role as Role);
    const gone = await openInvitations(trx)
      .set({ revoked_at: trx.clock.now() })
      .where('id', '=', invitationId)
      .executeTakeFirst();
    if (gone.numUpdatedRows > 0n) return audit(trx, 'invitation.revoked', subjectOf(invitationId));
    if (row.accepted_at)
      throw new AppError('ILLEGAL_MOVE', 'This invitation was accepted. Remove the person instead.');
  });
}

/** Revokes what a person has open beyond their new role (null: they leave), so that no door stays behind them. */
export async function revokeInvitationsOf(ctx: Ctx, userId: string, newRole: Role | null): Promise<void> {
  const canInvite = newRole === 'owner' || newRole === 'admin';
  const tooHigh = (['owner', 'admin', 'marketer', 'operator'] as const).filter(
    (role) => !canInvite || !mayHandle(newRole, role),
  );
  if (tooHigh.length === 0) return;
  await openInvitations(ctx)
    .set({ revoked_at: ctx.clock.now() })
    .where('invited_by', '=', userId)
    .where('role', 'in', tooHigh)
    .execute();
}

function openInvitations(ctx: Ctx) {
  return ctx.db
    .updateTable('invitations')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null);
}

function selectInvitations(ctx: Ctx) {
  return ctx.db
    .selectFrom('invitations as i')
    .leftJoin('users as u', 'u.id', 'i.invited_by')
    .select(['i.id', 'i.email', 'i.role', 'i.created_at', 'i.expires_at', 'i.accepted_at', 'i.revoked_at'])
    .select('u.name as inviter')
    .where('i.workspace_id', '=', ctx.actor.workspaceId);
}

type InvitationRow = Awaited<ReturnType<ReturnType<typeof selectInvitations>['executeTakeFirstOrThrow']>>;

function toWire(row: InvitationRow, now: Date): Invitation {
  const status = row.accepted_at
    ? 'accepted'
    : row.revoked_at
      ? 'revoked'
      : row.expires_at <= now
        ? 'expired'
        : 'open';
  return {
    id: toWireId('inv', row.id),
    email: row.email,
    role: row.role as Role,
    invited_by: row.inviter ?? 'API token',
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    status,
  };
}

function subjectOf(id: string) {
  return { type: 'invitation', id: toWireId('inv', id) };
}
