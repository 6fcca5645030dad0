// A person's own sessions: see where one is signed in, and end what is not oneself.
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Session } from '../../contract/workspaces.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { notFound } from '../platform/errors.ts';
import { audit } from './audit.ts';
import { personOf } from './me.ts';

/** Sessions of the actor in this workspace that have not ended, newest first. */
export function listSessions(ctx: Ctx, page: PageQuery): Promise<Page<Session>> {
  const { userId, sessionId, workspaceId } = personOf(ctx);
  const query = ctx.db
    .selectFrom('sessions')
    .select(['id', 'created_at', 'last_seen_at', 'expires_at', 'ip', 'user_agent'])
    .select(['id as _id', 'id as _sort'])
    .where('workspace_id', '=', workspaceId)
    .where('user_id', '=', userId)
    .where('expires_at', '>', ctx.clock.now());
  return fetchPage(query, page, { column: 'id', id: 'id', direction: 'desc', type: 'uuid' }, (row) => ({
    id: toWireId('ses', row.id),
    created_at: row.created_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    ip: row.ip,
    user_agent: row.user_agent,
    current: row.id === sessionId,
  }));
}

/** Throws NOT_FOUND for a session of somebody else. */
export function revokeSession(ctx: Ctx, sessionId: string): Promise<void> {
  const { userId, workspaceId } = personOf(ctx);
  return inTransaction(ctx, async (trx) => {
    const gone = await trx.db
      .deleteFrom('sessions')
      .where('workspace_id', '=', workspaceId)
      .where('user_id', '=', userId)
      .where('id', '=', sessionId)
      .executeTakeFirst();
    if (gone.numDeletedRows === 0n) throw notFound('session');
    await audit(trx, 'session.revoked', { type: 'session', id: toWireId('ses', sessionId) });
  });
}

/** In every workspace: whoever fears that somebody else is signed in wants them out everywhere. */
export function revokeOtherSessions(ctx: Ctx): Promise<void> {
  const { userId, sessionId } = personOf(ctx);
  return inTransaction(ctx, async (trx) => {
    const gone = await trx.db
      .deleteFrom('sessions')
      .where('user_id', '=', userId)
      .where('id', '!=', sessionId)
      .executeTakeFirst();
    await audit(trx, 'session.others_revoked', null, { count: Number(gone.numDeletedRows) });
  });
}
