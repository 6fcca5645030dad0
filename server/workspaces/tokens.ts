// API tokens: made once, shown once, kept as a hash. A token carries at most what its maker may do.
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Scope } from '../../contract/roles.ts';
import type { ApiToken } from '../../contract/workspaces.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { randomToken, tokenHash } from '../platform/crypto.ts';
import { newId } from '../platform/db/ids.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { AppError, invalidField, notFound } from '../platform/errors.ts';
import { audit } from './audit.ts';

export interface NewToken {
  name: string;
  scopes: Scope[];
  expires_at?: string | null;
}

/** Throws FORBIDDEN for scopes the actor lacks, VALIDATION_FAILED for an end in the past. */
export function createToken(ctx: Ctx, input: NewToken): Promise<ApiToken & { token: string }> {
  const { actor } = ctx;
  const scopes = [...new Set(input.scopes)];
  const missing = actor.kind === 'system' ? [] : scopes.filter((scope) => !actor.scopes.has(scope));
  if (missing.length > 0) {
    const detail = `You cannot give a token what you may not do yourself: ${missing.join(', ')}.`;
    throw new AppError('FORBIDDEN', detail, { errors: [{ pointer: '/scopes', detail }] });
  }
  const expiresAt = input.expires_at ? new Date(input.expires_at) : null;
  if (expiresAt && expiresAt <= ctx.clock.now())
    throw invalidField('/expires_at', 'This time has passed. Choose a later one.');
  const token = `car_${randomToken()}`;
  const id = newId();
  return inTransaction(ctx, async (trx) => {
    await trx.db
      .insertInto('api_tokens')
      .values({
        workspace_id: actor.workspaceId,
        id,
        name: input.name,
        token_hash: tokenHash(token),
        hint: `${token.slice(0, 10)}…`,
        scopes,
        created_by: await responsiblePerson(trx),
        created_at: trx.clock.now(),
        expires_at: expiresAt,
      })
      .execute();
    await audit(
      trx,
      'token.created',
      { type: 'token', id: toWireId('tok', id) },
      { name: input.name, scopes },
    );
    const row = await selectTokens(trx).where('t.id', '=', id).executeTakeFirstOrThrow();
    return { ...toWire(row), token };
  });
}

/** Tokens that were not revoked, newest first; expired ones stay in sight. */
export function listTokens(ctx: Ctx, page: PageQuery): Promise<Page<ApiToken>> {
  const query = selectTokens(ctx).select(['t.id as _id', 't.id as _sort']);
  return fetchPage(query, page, { column: 't.id', id: 't.id', direction: 'desc', type: 'uuid' }, toWire);
}

/** Throws NOT_FOUND, also for one that was revoked before. */
export function revokeToken(ctx: Ctx, tokenId: string): Promise<void> {
  return inTransaction(ctx, async (trx) => {
    const row = await trx.db
      .updateTable('api_tokens')
      .set({ revoked_at: trx.clock.now() })
      .where('workspace_id', '=', trx.actor.workspaceId)
      .where('id', '=', tokenId)
      .where('revoked_at', 'is', null)
      .returning('name')
      .executeTakeFirst();
    if (!row) throw notFound('API token');
    await audit(trx, 'token.revoked', { type: 'token', id: toWireId('tok', tokenId) }, { name: row.name });
  });
}

/** All tokens that a person made in this workspace, when they leave it. */
export async function revokeTokensOf(ctx: Ctx, userId: string): Promise<void> {
  await ctx.db
    .updateTable('api_tokens')
    .set({ revoked_at: ctx.clock.now() })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('created_by', '=', userId)
    .where('revoked_at', 'is', null)
    .execute();
}

/** A token made with a token belongs to the person behind the first: it must fall with them. */
async function responsiblePerson(ctx: Ctx): Promise<string | null> {
  const { actor } = ctx;
  if (actor.kind === 'user') return actor.userId;
  if (actor.kind === 'system') return null;
  const row = await ctx.db
    .selectFrom('api_tokens')
    .select('created_by')
    .where('workspace_id', '=', actor.workspaceId)
    .where('id', '=', actor.tokenId)
    .executeTakeFirst();
  return row?.created_by ?? null;
}

function selectTokens(ctx: Ctx) {
  return ctx.db
    .selectFrom('api_tokens as t')
    .leftJoin('users as u', 'u.id', 't.created_by')
    .select(['t.id', 't.name', 't.scopes', 't.hint', 't.created_at', 't.last_used_at', 't.expires_at'])
    .select('u.name as creator')
    .where('t.workspace_id', '=', ctx.actor.workspaceId)
    .where('t.revoked_at', 'is', null);
}

type TokenRow = Awaited<ReturnType<ReturnType<typeof selectTokens>['executeTakeFirstOrThrow']>>;

function toWire(row: TokenRow): ApiToken {
  return {
    id: toWireId('tok', row.id),
    name: row.name,
    scopes: row.scopes as Scope[],
    hint: row.hint,
    created_by: row.creator,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
    expires_at: row.expires_at?.toISOString() ?? null,
  };
}
