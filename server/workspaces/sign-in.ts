// Sign-in. An unknown email and a wrong password get the same answer after the same work.
import { type Actor, type BaseCtx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { passwordAttempts } from './attempts.ts';
import { audit } from './audit.ts';
import { checkPassword } from './password.ts';
import { type Origin, startSession } from './session.ts';
import { liveSession } from './store.ts';

export interface SignedIn {
  actor: Actor & { kind: 'user' };
  /** For the cookie; known nowhere else. */
  token: string;
}

/** Throws WRONG_CREDENTIALS, RATE_LIMITED, and FORBIDDEN for an account that is in no workspace any more. */
export async function signIn(
  base: BaseCtx,
  credentials: { email: string; password: string },
  origin: Origin,
): Promise<SignedIn> {
  const attempts = passwordAttempts(base, credentials.email, origin.ip);
  const user = await base.db
    .selectFrom('users')
    .select(['id', 'password_hash'])
    .where('email', '=', credentials.email)
    .executeTakeFirst();
  const isRight = await checkPassword(attempts, user?.password_hash ?? null, credentials.password);
  if (!isRight || !user) throw wrongCredentials();
  const workspaceId = await usualWorkspace(base, user.id);
  if (!workspaceId)
    throw new AppError('FORBIDDEN', 'You are in no workspace any more. Ask an owner for an invitation.');
  return inTransaction(base, async (trx) => {
    // a password changed in the meantime ends all sessions; the lock keeps this one from slipping in behind
    const now = await trx.db
      .selectFrom('users')
      .select('password_hash')
      .where('id', '=', user.id)
      .forShare()
      .executeTakeFirst();
    if (now?.password_hash !== user.password_hash) throw wrongCredentials();
    return beginSession(trx, { userId: user.id, workspaceId }, origin);
  });
}

/** A session for somebody who has proven who they are, with its audit event. */
export async function beginSession(
  base: BaseCtx,
  who: { userId: string; workspaceId: string },
  origin: Origin,
): Promise<SignedIn> {
  const { sessionId, token } = await startSession(base, who, origin);
  const session = await liveSession(base, { id: sessionId });
  if (!session) throw new Error('the membership ended while the session began');
  await audit({ ...base, actor: session.actor }, 'session.started', null, { ip: origin.ip });
  return { actor: session.actor, token };
}

function wrongCredentials(): AppError {
  return new AppError('WRONG_CREDENTIALS', 'Check the email and the password, then try again.');
}

/** Where the person was last; else the workspace they joined first. */
async function usualWorkspace(base: BaseCtx, userId: string): Promise<string | null> {
  const row = await base.db
    .selectFrom('memberships as m')
    .select('m.workspace_id')
    .select((eb) =>
      eb
        .selectFrom('sessions as s')
        .select(({ fn }) => fn.max('s.last_seen_at').as('seen'))
        .whereRef('s.user_id', '=', 'm.user_id')
        .whereRef('s.workspace_id', '=', 'm.workspace_id')
        .as('seen'),
    )
    .where('m.user_id', '=', userId)
    .orderBy('seen', (order) => order.desc().nullsLast())
    .orderBy('m.created_at')
    .limit(1)
    .executeTakeFirst();
  return row?.workspace_id ?? null;
}
