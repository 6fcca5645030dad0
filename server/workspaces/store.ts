// SQL that more than one verb of this module needs: the actor behind a session, a member as the wire shows it.
import { toWireId } from '../../contract/ids.ts';
import { type Role, roleScopes } from '../../contract/roles.ts';
import type { User, Workspace } from '../../contract/workspaces.ts';
import type { Actor, BaseCtx, Ctx } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';

export interface LiveSession {
  actor: Actor & { kind: 'user' };
  lastSeenAt: Date;
}

/** A session that has not ended, of somebody who is still a member; found by id or by the hash of its token. */
export async function liveSession(
  base: BaseCtx,
  by: { id: string } | { tokenHash: Buffer },
): Promise<LiveSession | null> {
  const row = await base.db
    .selectFrom('sessions as s')
    .innerJoin('memberships as m', (join) =>
      join.onRef('m.user_id', '=', 's.user_id').onRef('m.workspace_id', '=', 's.workspace_id'),
    )
    .innerJoin('users as u', 'u.id', 's.user_id')
    .select(['s.id', 's.user_id', 's.workspace_id', 's.last_seen_at', 'm.role', 'u.name'])
    .where((eb) => ('id' in by ? eb('s.id', '=', by.id) : eb('s.token_hash', '=', by.tokenHash)))
    .where('s.expires_at', '>', base.clock.now())
    .executeTakeFirst();
  if (!row) return null;
  const role = row.role as Role;
  return {
    lastSeenAt: row.last_seen_at,
    actor: {
      kind: 'user',
      workspaceId: row.workspace_id,
      userId: row.user_id,
      sessionId: row.id,
      name: row.name,
      role,
      scopes: roleScopes[role],
    },
  };
}

/** Members of the actor's workspace, with the columns of `memberToWire`. */
export function selectMembers(ctx: Ctx) {
  return ctx.db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.id', 'u.name', 'u.email', 'm.role', 'm.created_at'])
    .select((eb) =>
      eb
        .selectFrom('sessions as s')
        .select(({ fn }) => fn.max('s.last_seen_at').as('seen'))
        .whereRef('s.user_id', '=', 'm.user_id')
        .whereRef('s.workspace_id', '=', 'm.workspace_id')
        .as('last_seen_at'),
    )
    .where('m.workspace_id', '=', ctx.actor.workspaceId);
}

export function memberToWire(row: {
  id: string;
  name: string;
  email: string;
  role: string;
  created_at: Date;
  last_seen_at: Date | null;
}): User {
  return {
    id: toWireId('usr', row.id),
    name: row.name,
    email: row.email,
    role: row.role as Role,
    created_at: row.created_at.toISOString(),
    last_seen_at: row.last_seen_at?.toISOString() ?? null,
  };
}

/** Throws NOT_FOUND. */
export async function memberById(ctx: Ctx, userId: string): Promise<User> {
  const row = await selectMembers(ctx).where('u.id', '=', userId).executeTakeFirst();
  if (!row) throw notFound('user');
  return memberToWire(row);
}

export function workspaceToWire(row: {
  id: string;
  name: string;
  time_zone: string;
  currency: string;
  held_at: Date | null;
  frequency_caps: unknown;
  quiet_hours: unknown;
  test_contact_ids: string[];
  version: number;
  created_at: Date;
}): Workspace {
  return {
    id: toWireId('wsp', row.id),
    name: row.name,
    time_zone: row.time_zone,
    currency: row.currency,
    held_at: row.held_at?.toISOString() ?? null,
    frequency_caps: row.frequency_caps as Workspace['frequency_caps'],
    quiet_hours: row.quiet_hours as Workspace['quiet_hours'],
    test_contact_ids: row.test_contact_ids.map((id) => toWireId('cnt', id)),
    version: row.version,
    created_at: row.created_at.toISOString(),
  };
}
