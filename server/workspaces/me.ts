// The person who is signed in: what the panel asks first, and what they may change about themselves.
import { toWireId } from '../../contract/ids.ts';
import type { Me } from '../../contract/workspaces.ts';
import { type Actor, type Ctx, inTransaction } from '../platform/context.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { passwordAttempts } from './attempts.ts';
import { audit } from './audit.ts';
import { checkPassword, hashPassword } from './password.ts';
import { memberById } from './store.ts';
import { showWorkspace } from './workspace.ts';

/** The actor as a person. Throws FORBIDDEN for tokens and the product itself. */
export function personOf(ctx: Ctx): Actor & { kind: 'user' } {
  if (ctx.actor.kind === 'user') return ctx.actor;
  throw new AppError('FORBIDDEN', 'This is about a person: use a session, not an API token.');
}

export async function showMe(ctx: Ctx): Promise<Me> {
  const person = personOf(ctx);
  return {
    user: await memberById(ctx, person.userId),
    workspace: await showWorkspace(ctx),
    scopes: [...person.scopes],
    session_id: toWireId('ses', person.sessionId),
  };
}

export interface OwnChanges {
  name?: string;
  current_password?: string;
  new_password?: string;
}

/** A new password ends all other sessions. Throws VALIDATION_FAILED at /current_password, RATE_LIMITED. */
export async function editOwn(ctx: Ctx, changes: OwnChanges, ip: string): Promise<Me> {
  const { userId, sessionId } = personOf(ctx);
  const passwordHash = await newPasswordHash(ctx, userId, changes, ip);
  await inTransaction(ctx, async (trx) => {
    const subject = { type: 'user', id: toWireId('usr', userId) };
    if (changes.name !== undefined) {
      await trx.db.updateTable('users').set({ name: changes.name }).where('id', '=', userId).execute();
      await audit(trx, 'user.renamed', subject, { name: changes.name });
    }
    if (passwordHash !== null) {
      await trx.db
        .updateTable('users')
        .set({ password_hash: passwordHash })
        .where('id', '=', userId)
        .execute();
      // everywhere, not only here: whoever knew the old password may sit in another workspace of this person
      await trx.db
        .deleteFrom('sessions')
        .where('user_id', '=', userId)
        .where('id', '!=', sessionId)
        .execute();
      await audit(trx, 'user.password_changed', subject);
    }
  });
  return showMe(ctx);
}

async function newPasswordHash(
  ctx: Ctx,
  userId: string,
  changes: OwnChanges,
  ip: string,
): Promise<string | null> {
  if (changes.new_password === undefined) return null;
  if (changes.current_password === undefined)
    throw invalidField('/current_password', 'Write your present password as well.');
  const user = await ctx.db
    .selectFrom('users')
    .select(['email', 'password_hash'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  const attempts = passwordAttempts(ctx, user.email, ip);
  if (!(await checkPassword(attempts, user.password_hash, changes.current_password)))
    throw invalidField('/current_password', 'This is not your present password.');
  return hashPassword(changes.new_password);
}
