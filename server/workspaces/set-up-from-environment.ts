// Unattended first set-up: OWNER_EMAIL and OWNER_PASSWORD make the first workspace, API_TOKEN its full-scope token. On an
// installation that is set up, API_TOKEN may come alone.
// Repeated at every start and on every node; it never touches an owner who exists.
import { toWireId } from '../../contract/ids.ts';
import { scopes } from '../../contract/roles.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { tokenHash } from '../platform/crypto.ts';
import { isUniqueViolation } from '../platform/db/db.ts';
import { newId } from '../platform/db/ids.ts';
import { AppError } from '../platform/errors.ts';
import { audit } from './audit.ts';
import type { OnWorkspaceCreated } from './create-workspace.ts';
import { setUp } from './set-up.ts';

const tokenName = 'API_TOKEN of the environment';

/**
 * Returns the workspace of the owner that the environment names, or null where it names none that is here. Throws when
 * API_TOKEN comes alone and there is no workspace yet.
 */
export async function setUpFromEnvironment(
  base: BaseCtx,
  onCreated?: OnWorkspaceCreated,
): Promise<string | null> {
  const { owner, apiToken } = base.config;
  if (!owner) {
    if (apiToken) await placeToken(asSystem(base, await firstWorkspace(base)), apiToken);
    return null;
  }
  try {
    const name = owner.email.split('@')[0] ?? owner.email;
    await setUp(base, { name: 'My shop', timeZone: 'UTC', owner: { ...owner, name } }, onCreated);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'ALREADY_SET_UP')) throw error;
  }
  const workspaceId = await workspaceOfOwner(base, owner.email);
  if (workspaceId && apiToken) await placeToken(asSystem(base, workspaceId), apiToken);
  return workspaceId;
}

async function firstWorkspace(base: BaseCtx): Promise<string> {
  const row = await base.db.selectFrom('workspaces').select('id').orderBy('created_at').executeTakeFirst();
  if (row) return row.id;
  throw new Error(
    'API_TOKEN belongs to the first workspace, and there is none yet: set OWNER_EMAIL and OWNER_PASSWORD with it, ' +
      'or start without it, set up the shop, and start again.',
  );
}

async function workspaceOfOwner(base: BaseCtx, email: string): Promise<string | null> {
  const row = await base.db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select('m.workspace_id')
    .where('u.email', '=', email)
    .where('m.role', '=', 'owner')
    .orderBy('m.created_at')
    .executeTakeFirst();
  return row?.workspace_id ?? null;
}

/** Another value in the variable replaces the token of the earlier one; a token that was revoked by hand stays revoked. */
async function placeToken(ctx: Ctx, token: string): Promise<void> {
  const hash = tokenHash(token);
  const id = newId();
  try {
    await inTransaction(ctx, async (trx) => {
      const { workspaceId } = trx.actor;
      const known = await trx.db
        .selectFrom('api_tokens')
        .select('id')
        .where('token_hash', '=', hash)
        .executeTakeFirst();
      if (known) return;
      await trx.db
        .updateTable('api_tokens')
        .set({ revoked_at: trx.clock.now() })
        .where('workspace_id', '=', workspaceId)
        .where('name', '=', tokenName)
        .where('created_by', 'is', null)
        .where('revoked_at', 'is', null)
        .execute();
      await trx.db
        .insertInto('api_tokens')
        .values({
          workspace_id: workspaceId,
          id,
          name: tokenName,
          token_hash: hash,
          hint: `${token.slice(0, 4)}…`,
          scopes: [...scopes],
          created_at: trx.clock.now(),
        })
        .execute();
      await audit(trx, 'token.created', { type: 'token', id: toWireId('tok', id) }, { name: tokenName });
    });
  } catch (error) {
    // another node placed it at the same moment
    if (!isUniqueViolation(error)) throw error;
  }
}
