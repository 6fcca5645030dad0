// A session: a random token in an httpOnly cookie, of which only the SHA-256 is stored. It ends 30 days after it was
// last used.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BaseCtx } from '../platform/context.ts';
import { randomToken, tokenHash } from '../platform/crypto.ts';
import { newId } from '../platform/db/ids.ts';

export const sessionCookie = 'carillon_session';
const lifeMs = 30 * 24 * 3_600_000;
/** "Last seen" is written at most this often, so that reading the panel does not write the database. */
const seenEveryMs = 5 * 60_000;

/** Where somebody signs in from, as the list of sessions shows it. */
export interface Origin {
  ip: string | null;
  userAgent: string | null;
}

export function originOf(request: FastifyRequest): Origin {
  return { ip: request.ip, userAgent: request.headers['user-agent']?.slice(0, 300) ?? null };
}

/** Makes a session and returns its token, which is known nowhere else. */
export async function startSession(
  base: BaseCtx,
  who: { userId: string; workspaceId: string },
  origin: Origin,
): Promise<{ sessionId: string; token: string }> {
  const now = base.clock.now();
  const sessionId = newId();
  const token = randomToken();
  await base.db
    .insertInto('sessions')
    .values({
      id: sessionId,
      token_hash: tokenHash(token),
      user_id: who.userId,
      workspace_id: who.workspaceId,
      ip: origin.ip,
      user_agent: origin.userAgent,
      created_at: now,
      last_seen_at: now,
      expires_at: expiryFrom(now),
    })
    .execute();
  return { sessionId, token };
}

/** Notes that the session is in use and moves its end; writes only when the last note is old. */
export async function touchSession(base: BaseCtx, session: { id: string; lastSeenAt: Date }): Promise<void> {
  const now = base.clock.now();
  if (now.getTime() - session.lastSeenAt.getTime() < seenEveryMs) return;
  await base.db
    .updateTable('sessions')
    .set({ last_seen_at: now, expires_at: expiryFrom(now) })
    .where('id', '=', session.id)
    // of many requests at once the first one writes
    .where('last_seen_at', '=', session.lastSeenAt)
    .execute();
}

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(sessionCookie, token, { ...cookieOptions(request), maxAge: lifeMs / 1000 });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(sessionCookie, cookieOptions(request));
}

function cookieOptions(request: FastifyRequest) {
  const { publicUrl } = request.server.base.config;
  const secure = request.protocol === 'https' || (publicUrl?.startsWith('https:') ?? false);
  return { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
}

function expiryFrom(now: Date): Date {
  return new Date(now.getTime() + lifeMs);
}
