// The audit log: who did what to what. Every module writes it through `audit()`, in the transaction of the deed itself.
import { fromWireId, toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { AuditEvent } from '../../contract/workspaces.ts';
import type { Ctx } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { fetchPage } from '../platform/db/pages.ts';

/**
 * Writes one event. `action` is "noun.past" ("campaign.launched"), `subject.id` a wire id. `detail` is shown to every
 * admin for ever: no secrets, no message texts, no customer's data.
 */
export async function audit(
  ctx: Pick<Ctx, 'db' | 'clock' | 'actor'>,
  action: string,
  subject: { type: string; id: string } | null,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await auditAll(ctx, action, [subject], detail);
}

/** The same deed to each of many, in one statement. */
export async function auditAll(
  ctx: Pick<Ctx, 'db' | 'clock' | 'actor'>,
  action: string,
  subjects: ({ type: string; id: string } | null)[],
  detail: Record<string, unknown> = {},
): Promise<void> {
  const { actor } = ctx;
  const at = ctx.clock.now();
  const rows = subjects.map((subject) => ({
    workspace_id: actor.workspaceId,
    id: newId(),
    at,
    actor_kind: actor.kind,
    actor_id: actor.kind === 'user' ? actor.userId : actor.kind === 'token' ? actor.tokenId : null,
    actor_name: actor.name,
    action,
    subject_type: subject?.type ?? null,
    subject_id: subject?.id ?? null,
    detail: JSON.stringify(detail),
  }));
  if (rows.length > 0) await ctx.db.insertInto('audit_events').values(rows).execute();
}

/**
 * Newest first. `action`: the whole name or its noun ("campaign"); `actor`: a `usr_…` or `tok_…` id, or a kind of actor.
 */
export function listAuditEvents(
  ctx: Ctx,
  filter: { action?: string; actor?: string },
  page: PageQuery,
): Promise<Page<AuditEvent>> {
  let query = ctx.db
    .selectFrom('audit_events')
    .selectAll()
    .select(['id as _id', 'id as _sort'])
    .where('workspace_id', '=', ctx.actor.workspaceId);
  const { action, actor } = filter;
  if (action?.includes('.')) query = query.where('action', '=', action);
  else if (action) query = query.where('action', '^@', `${action}.`);
  if (actor) {
    const actorId = fromWireId('usr', actor) ?? fromWireId('tok', actor);
    query = actorId ? query.where('actor_id', '=', actorId) : query.where('actor_kind', '=', actor);
  }
  return fetchPage(query, page, { column: 'id', id: 'id', direction: 'desc', type: 'uuid' }, (row) => ({
    id: toWireId('aud', row.id),
    at: row.at.toISOString(),
    actor: { kind: row.actor_kind as AuditEvent['actor']['kind'], name: row.actor_name },
    action: row.action,
    subject_type: row.subject_type,
    subject_id: row.subject_id,
    detail: row.detail as Record<string, unknown>,
  }));
}
