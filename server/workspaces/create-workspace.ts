// A new workspace with its first owner. What stands higher on the ladder and belongs to every new workspace (the default
// campaigns) comes in as `onCreated`, in the same transaction.
import { toWireId } from '../../contract/ids.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { isUniqueViolation } from '../platform/db/db.ts';
import { newId } from '../platform/db/ids.ts';
import { AppError } from '../platform/errors.ts';
import { audit } from './audit.ts';
import { hashPassword } from './password.ts';

export interface NewWorkspace {
  name: string;
  timeZone: string;
  /** Left out: EUR. */
  currency?: string;
  owner: { name: string; email: string; password: string };
}
export type OnWorkspaceCreated = (ctx: Ctx) => Promise<void>;

/** Throws EMAIL_TAKEN when the owner's email has an account already. */
export async function createWorkspace(
  base: BaseCtx,
  input: NewWorkspace,
  onCreated: OnWorkspaceCreated = async () => {},
): Promise<{ workspaceId: string; userId: string }> {
  const passwordHash = await hashPassword(input.owner.password);
  return inTransaction(base, (trx) => insertWorkspace(trx, { ...input, passwordHash }, onCreated));
}

/** The same with a ready hash, inside a transaction: hashing under a lock would make others wait for it. */
export async function insertWorkspace(
  trx: BaseCtx,
  input: NewWorkspace & { passwordHash: string },
  onCreated: OnWorkspaceCreated,
): Promise<{ workspaceId: string; userId: string }> {
  const now = trx.clock.now();
  const workspaceId = newId();
  const userId = newId();
  await trx.db
    .insertInto('workspaces')
    .values({
      id: workspaceId,
      name: input.name,
      time_zone: input.timeZone,
      ...(input.currency && { currency: input.currency }),
      created_at: now,
    })
    .execute();
  await insertUser(trx, userId, { ...input.owner, passwordHash: input.passwordHash });
  await trx.db
    .insertInto('memberships')
    .values({ workspace_id: workspaceId, user_id: userId, role: 'owner', created_at: now })
    .execute();
  const ctx = asSystem(trx, workspaceId);
  await audit(ctx, 'workspace.created', { type: 'workspace', id: toWireId('wsp', workspaceId) });
  await onCreated(ctx);
  return { workspaceId, userId };
}

/** Throws EMAIL_TAKEN, also when two do it at once. */
export async function insertUser(
  base: BaseCtx,
  userId: string,
  user: { name: string; email: string; passwordHash: string },
): Promise<void> {
  try {
    await base.db
      .insertInto('users')
      .values({
        id: userId,
        email: user.email,
        name: user.name,
        password_hash: user.passwordHash,
        created_at: base.clock.now(),
      })
      .execute();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError('EMAIL_TAKEN', 'There is an account with this email already. Use another one.', {
      errors: [{ pointer: '/email', detail: 'There is an account with this email already.' }],
    });
  }
}
