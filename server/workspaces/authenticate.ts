// Who asks: an API token in `Authorization: Bearer`, else the session cookie. Role and membership are read on each
// request (one query), so that a removed or demoted person is out with the next click.
import type { FastifyRequest } from 'fastify';
import { type Role, roleScopes, type Scope, scopes } from '../../contract/roles.ts';
import type { Actor, BaseCtx } from '../platform/context.ts';
import { tokenHash } from '../platform/crypto.ts';
import { sessionCookie, touchSession } from './session.ts';
import { liveSession } from './store.ts';

/** "Last used" of an API token is written at most this often. */
const usedEveryMs = 60_000;

/** The actor behind a request, or null. A bad bearer token is never rescued by a cookie beside it. */
export async function authenticate(base: BaseCtx, request: FastifyRequest): Promise<Actor | null> {
  const bearer = bearerOf(request);
  if (bearer !== null) return byToken(base, bearer);
  const cookie = request.cookies?.[sessionCookie];
  return cookie ? bySession(base, cookie) : null;
}

/** "" for an Authorization header of another kind: it names nobody. Browsers cannot set headers on a socket: `?token=`. */
function bearerOf(request: FastifyRequest): string | null {
  const header = request.headers.authorization;
  if (header !== undefined) return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '';
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') return null;
  const { token } = request.query as { token?: unknown };
  return typeof token === 'string' ? token : null;
}

async function bySession(base: BaseCtx, cookie: string): Promise<Actor | null> {
  const session = await liveSession(base, { tokenHash: tokenHash(cookie) });
  if (!session) return null;
  await touchSession(base, { id: session.actor.sessionId, lastSeenAt: session.lastSeenAt });
  return session.actor;
}

async function byToken(base: BaseCtx, token: string): Promise<Actor | null> {
  const now = base.clock.now();
  const row = await base.db
    .selectFrom('api_tokens as t')
    .leftJoin('memberships as m', (join) =>
      join.onRef('m.workspace_id', '=', 't.workspace_id').onRef('m.user_id', '=', 't.created_by'),
    )
    .select(['t.id', 't.workspace_id', 't.name', 't.scopes', 't.last_used_at', 't.created_by', 'm.role'])
    .where('t.token_hash', '=', tokenHash(token))
    .where('t.revoked_at', 'is', null)
    .where((eb) => eb.or([eb('t.expires_at', 'is', null), eb('t.expires_at', '>', now)]))
    .executeTakeFirst();
  if (!row) return null;
  // a token never does more than the person who made it may do today
  const allowed = row.created_by === null ? scopes : row.role ? [...roleScopes[row.role as Role]] : null;
  if (!allowed) return null;
  if (!row.last_used_at || now.getTime() - row.last_used_at.getTime() >= usedEveryMs)
    await base.db
      .updateTable('api_tokens')
      .set({ last_used_at: now })
      .where('workspace_id', '=', row.workspace_id)
      .where('id', '=', row.id)
      .execute();
  const granted = new Set<string>(row.scopes);
  return {
    kind: 'token',
    workspaceId: row.workspace_id,
    tokenId: row.id,
    name: row.name,
    scopes: new Set<Scope>(allowed.filter((scope) => granted.has(scope))),
  };
}
