// SQL of groups and their members: rows, and as the wire shows them.
import { type Selectable, sql } from 'kysely';
import type { Group, GroupMember, GroupsOfContact } from '../../contract/groups.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Group as SeenGroup } from '../channels/channel.ts';
import type { ConnectionRef } from '../channels/connection.ts';
import type { Ctx } from '../platform/context.ts';
import { newId, uuidOf, wireOrNull } from '../platform/db/ids.ts';
import { containing, fetchPage } from '../platform/db/pages.ts';
import type { DB } from '../platform/db/tables.gen.ts';
import { notFound } from '../platform/errors.ts';
import type { MemberStanding, Place } from './member.ts';

type GroupRow = Omit<Selectable<DB['groups']>, 'standing'> & { standing: Group['standing'] };

export async function groupAt(
  ctx: Ctx,
  connectionId: string,
  address: string,
): Promise<GroupRow | undefined> {
  const row = await ctx.db
    .selectFrom('groups')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connection_id', '=', connectionId)
    .where('address', '=', address)
    .executeTakeFirst();
  return row as GroupRow | undefined;
}

export async function insertGroup(
  ctx: Ctx,
  connection: ConnectionRef,
  group: SeenGroup,
  at: Date,
): Promise<string> {
  const id = newId();
  await ctx.db
    .insertInto('groups')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id,
      connection_id: connection.id,
      channel: connection.channel,
      ...group,
      standing: 'unknown',
      standing_at: at,
      created_at: ctx.clock.now(),
    })
    .execute();
  return id;
}

type MemberRow = Omit<Selectable<DB['group_members']>, 'standing' | 'workspace_id'> & Place;

export async function memberAt(ctx: Ctx, groupId: string, address: string): Promise<MemberRow | null> {
  const row = await ctx.db
    .selectFrom('group_members')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('group_id', '=', groupId)
    .where('address', '=', address)
    .executeTakeFirst();
  return (row as MemberRow | undefined) ?? null;
}

export async function writeMember(ctx: Ctx, row: MemberRow): Promise<void> {
  const { id: _id, group_id: _group, address: _address, created_at: _at, ...change } = row;
  await ctx.db
    .insertInto('group_members')
    .values({ workspace_id: ctx.actor.workspaceId, ...row })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'group_id', 'address']).doUpdateSet(change))
    .execute();
}

const present = sql<boolean>`m.standing NOT IN ('left', 'banned')`;
/** Whose a member's address is by now, after merges too; and the address of theirs that messages go to. */
const identityOfMember = sql`LATERAL (
  SELECT o.contact_id FROM identities o
  WHERE o.workspace_id = m.workspace_id AND o.connection_id = m.connection_id AND o.address = m.address
  UNION ALL
  SELECT o.contact_id FROM spare_identities o
  WHERE o.workspace_id = m.workspace_id AND o.connection_id = m.connection_id AND o.address = m.address
  LIMIT 1) k ON true
  LEFT JOIN identities i ON i.workspace_id = m.workspace_id AND i.contact_id = k.contact_id AND i.connection_id = m.connection_id`;

const selectGroups = (ctx: Ctx) =>
  ctx.db
    .selectFrom('groups as g')
    .innerJoin('connections as n', (join) =>
      join.onRef('n.workspace_id', '=', 'g.workspace_id').onRef('n.id', '=', 'g.connection_id'),
    )
    .selectAll('g')
    .select(
      sql<{ known: number; contacts: number; reachable: number }>`(
        SELECT jsonb_build_object('known', count(*), 'contacts', count(DISTINCT k.contact_id), 'reachable', count(DISTINCT k.contact_id) FILTER (WHERE i.reachable))
        FROM group_members m LEFT JOIN ${identityOfMember}
        WHERE m.workspace_id = g.workspace_id AND m.group_id = g.id AND ${present})`.as('counts'),
    )
    .where('g.workspace_id', '=', ctx.actor.workspaceId)
    .where('n.deleted_at', 'is', null);

type GroupWithCounts = GroupRow & { counts: { known: number; contacts: number; reachable: number } };

/** Throws NOT_FOUND. */
export async function loadGroup(ctx: Ctx, id: string): Promise<Group> {
  const row = await selectGroups(ctx).where('g.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('group');
  return toGroup(row as GroupWithCounts);
}

export function listGroups(
  ctx: Ctx,
  query: PageQuery & { connection_id?: string | undefined; kind?: string | undefined },
): Promise<Page<Group>> {
  let rows = selectGroups(ctx).select('g.id as _id');
  if (query.connection_id) rows = rows.where('g.connection_id', '=', uuidOf('con', query.connection_id));
  if (query.kind) rows = rows.where('g.kind', '=', query.kind);
  const order = { column: 'g.created_at', id: 'g.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(rows, query, order, (row) => toGroup(row as GroupWithCounts));
}

function toGroup(row: GroupWithCounts): Group {
  return {
    id: toWireId('grp', row.id),
    connection_id: toWireId('con', row.connection_id),
    channel: row.channel as Group['channel'],
    kind: row.kind as Group['kind'],
    address: row.address,
    title: row.title,
    username: row.username,
    standing: row.standing,
    member_count: row.member_count,
    counted_at: row.counted_at?.toISOString() ?? null,
    count_problem: row.count_problem,
    known_members: row.counts.known,
    contacts: row.counts.contacts,
    reachable: row.counts.reachable,
    created_at: row.created_at.toISOString(),
  };
}

interface Identified {
  contact_id: string | null;
  reachable: boolean | null;
  unreachable_reason: string | null;
}
interface MemberFilters {
  search?: string | undefined;
  there?: 'true' | 'false' | undefined;
  reachable?: 'true' | 'false' | undefined;
}

/** The latest known first. */
export function listMembers(
  ctx: Ctx,
  groupId: string,
  query: PageQuery & MemberFilters,
): Promise<Page<GroupMember>> {
  const all = sql<MemberRow & Identified>`
    SELECT m.*, k.contact_id, i.reachable, i.unreachable_reason FROM group_members m LEFT JOIN ${identityOfMember}
    WHERE m.workspace_id = ${ctx.actor.workspaceId} AND m.group_id = ${groupId}`;
  let rows = ctx.db
    .selectFrom(sql<MemberRow & Identified>`(${all})`.as('m'))
    .selectAll('m')
    .select('m.id as _id');
  if (query.there) rows = rows.where(query.there === 'true' ? present : sql<boolean>`NOT ${present}`);
  if (query.reachable)
    rows = rows.where(sql<boolean>`coalesce(m.reachable, false) = ${query.reachable === 'true'}`);
  if (query.search)
    rows = rows.where(
      sql<boolean>`concat_ws(' ', m.first_name, m.last_name, m.username) ILIKE ${containing(query.search.replace(/^@(?=\w)/, ''))}`,
    );
  const order = { column: 'm.created_at', id: 'm.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(rows, query, order, (row) => ({
    address: row.address,
    first_name: row.first_name,
    last_name: row.last_name,
    username: row.username,
    standing: row.standing as MemberStanding,
    standing_at: row.standing_at.toISOString(),
    wrote_at: row.wrote_at?.toISOString() ?? null,
    contact_id: wireOrNull('cnt', row.contact_id),
    reachable: row.reachable ?? false,
    unreachable_reason: row.contact_id === null ? 'never_started' : row.unreachable_reason,
  }));
}

/** By all addresses of theirs, also those that a merge brought; the latest first, at most 200. */
export async function groupsOf(ctx: Ctx, contactId: string): Promise<GroupsOfContact['data']> {
  const { workspaceId } = ctx.actor;
  const theirs = sql`workspace_id = ${workspaceId} AND contact_id = ${contactId}`;
  const { rows } = await sql<
    Pick<GroupRow, 'id' | 'connection_id' | 'kind' | 'title' | 'username'> &
      Omit<Place, 'standing'> & {
        standing: MemberStanding;
        wrote_at: Date | null;
      }
  >`
    SELECT g.id, g.connection_id, g.kind, g.title, g.username, m.standing, m.standing_at, m.wrote_at
    FROM (
      SELECT connection_id, address FROM identities WHERE ${theirs}
      UNION SELECT connection_id, address FROM spare_identities WHERE ${theirs}) a
    JOIN group_members m ON m.workspace_id = ${workspaceId} AND m.connection_id = a.connection_id AND m.address = a.address
    JOIN groups g ON g.workspace_id = ${workspaceId} AND g.id = m.group_id
    JOIN connections n ON n.workspace_id = ${workspaceId} AND n.id = g.connection_id AND n.deleted_at IS NULL
    ORDER BY m.standing_at DESC, m.id LIMIT 200`.execute(ctx.db);
  return rows.map(({ standing, standing_at, wrote_at, ...row }) => ({
    ...row,
    id: toWireId('grp', row.id),
    connection_id: toWireId('con', row.connection_id),
    kind: row.kind as Group['kind'],
    member: {
      standing,
      standing_at: standing_at.toISOString(),
      wrote_at: wrote_at?.toISOString() ?? null,
    },
  }));
}
