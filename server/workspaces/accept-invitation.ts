// The other end of an invitation: a stranger with the link looks at it and joins. An email that already has an account
// must prove its password, or whoever holds a link would take over somebody's account in another workspace.
import { toWireId } from '../../contract/ids.ts';
import type { Role } from '../../contract/roles.ts';
import { type BaseCtx, inTransaction } from '../platform/context.ts';
import { tokenHash } from '../platform/crypto.ts';
import { newId } from '../platform/db/ids.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { passwordAttempts } from './attempts.ts';
import { audit } from './audit.ts';
import { insertUser } from './create-workspace.ts';
import { checkPassword, hashPassword } from './password.ts';
import type { Origin } from './session.ts';
import { beginSession, type SignedIn } from './sign-in.ts';

/** Throws INVITATION_INVALID. */
export async function previewInvitation(
  base: BaseCtx,
  token: string,
): Promise<{ workspace_name: string; email: string; role: Role; has_account: boolean }> {
  const { email, role, workspace_name } = await openInvitation(base, token);
  const account = await accountOf(base, email);
  return { email, role: role as Role, workspace_name, has_account: account?.isInUse ?? false };
}

/**
 * Joins and signs in. A new email gets an account with this name and password; one with an account keeps its own, and
 * `password` must be its password. Throws INVITATION_INVALID, VALIDATION_FAILED at /password, RATE_LIMITED.
 */
export async function acceptInvitation(
  base: BaseCtx,
  input: { token: string; name: string; password: string },
  origin: Origin,
): Promise<SignedIn> {
  const { email } = await openInvitation(base, input.token);
  const known = await accountOf(base, email);
  const isProven = known?.isInUse ?? false;
  if (known?.isInUse) {
    const attempts = passwordAttempts(base, email, origin.ip);
    if (!(await checkPassword(attempts, known.password_hash, input.password)))
      throw invalidField('/password', 'This email has an account here already: use the password of it.');
  }
  const passwordHash = isProven ? null : await hashPassword(input.password);
  return inTransaction(base, async (trx) => {
    // whoever comes second waits here and then finds the invitation used
    const invitation = await openInvitation(trx, input.token, true);
    const account = await accountOf(trx, email, true);
    if (account?.isInUse && !isProven) throw invalidField('/password', 'Try again with your password.');
    const userId = account?.id ?? newId();
    if (!account && passwordHash) await insertUser(trx, userId, { name: input.name, email, passwordHash });
    // an account that is in no workspace opens nothing, so the link is proof enough to give it a new password
    if (account && passwordHash)
      await trx.db
        .updateTable('users')
        .set({ name: input.name, password_hash: passwordHash })
        .where('id', '=', userId)
        .execute();
    await join(trx, invitation, userId);
    const who = { userId, workspaceId: invitation.workspace_id };
    const signedIn = await beginSession(trx, who, origin);
    const ctx = { ...trx, actor: signedIn.actor };
    await audit(ctx, 'user.joined', { type: 'user', id: toWireId('usr', userId) }, { role: invitation.role });
    return signedIn;
  });
}

async function join(
  trx: BaseCtx,
  invitation: { workspace_id: string; id: string; role: string },
  userId: string,
): Promise<void> {
  const now = trx.clock.now();
  await trx.db
    .updateTable('invitations')
    .set({ accepted_at: now })
    .where('workspace_id', '=', invitation.workspace_id)
    .where('id', '=', invitation.id)
    .execute();
  await trx.db
    .insertInto('memberships')
    .values({
      workspace_id: invitation.workspace_id,
      user_id: userId,
      role: invitation.role,
      created_at: now,
    })
    // a member by another way keeps their role
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function openInvitation(base: BaseCtx, token: string, lock = false) {
  let query = base.db
    .selectFrom('invitations as i')
    .innerJoin('workspaces as w', 'w.id', 'i.workspace_id')
    .select(['i.workspace_id', 'i.id', 'i.email', 'i.role', 'w.name as workspace_name'])
    .where('i.token_hash', '=', tokenHash(token))
    .where('i.accepted_at', 'is', null)
    .where('i.revoked_at', 'is', null)
    .where('i.expires_at', '>', base.clock.now());
  if (lock) query = query.forUpdate('i');
  const row = await query.executeTakeFirst();
  if (!row)
    throw new AppError(
      'INVITATION_INVALID',
      'It was used, revoked or has expired. Ask for a new invitation.',
    );
  return row;
}

/** `isInUse`: it is a member somewhere. */
async function accountOf(base: BaseCtx, email: string, lock = false) {
  let query = base.db.selectFrom('users').select(['id', 'password_hash']).where('email', '=', email);
  if (lock) query = query.forUpdate();
  const user = await query.executeTakeFirst();
  if (!user) return null;
  const membership = await base.db
    .selectFrom('memberships')
    .select('workspace_id')
    .where('user_id', '=', user.id)
    .executeTakeFirst();
  return { ...user, isInUse: membership !== undefined };
}
