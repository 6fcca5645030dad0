// The first set-up of an installation: possible exactly once, while there is no user at all. Two at once are told apart
// by a lock, so the second one finds the first one's owner.
import { sql } from 'kysely';
import { type BaseCtx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { insertWorkspace, type NewWorkspace, type OnWorkspaceCreated } from './create-workspace.ts';
import { hashPassword } from './password.ts';

/** Any constant that no other advisory lock of ours uses: "setup" in ASCII. */
const setUpLock = 0x7365747570;

export async function isSetUpNeeded(base: BaseCtx): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`SELECT EXISTS (SELECT 1 FROM users) AS any`.execute(base.db);
  return !rows[0]?.any;
}

/** Throws ALREADY_SET_UP once there is a user. */
export async function setUp(
  base: BaseCtx,
  input: NewWorkspace,
  onCreated: OnWorkspaceCreated = async () => {},
): Promise<{ workspaceId: string; userId: string }> {
  // before hashing: strangers cannot make a finished installation work
  if (!(await isSetUpNeeded(base))) throw alreadySetUp();
  const passwordHash = await hashPassword(input.owner.password);
  return inTransaction(base, async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${setUpLock}::bigint)`.execute(trx.db);
    if (!(await isSetUpNeeded(trx))) throw alreadySetUp();
    return insertWorkspace(trx, { ...input, passwordHash }, onCreated);
  });
}

function alreadySetUp(): AppError {
  return new AppError('ALREADY_SET_UP', 'Sign in, or ask an owner for an invitation.');
}
