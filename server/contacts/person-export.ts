// Everything that is held about one person, as JSON they can be given. Which tables: contacts/merge/person-tables.ts, which a
// test holds against the schema.
import { type RawBuilder, sql } from 'kysely';
import { type IdPrefix, toWireId } from '../../contract/ids.ts';
import type { Scope } from '../../contract/roles.ts';
import { type Ctx, inSnapshot } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { keyedTables, movedTables, ownWays } from './merge/person-tables.ts';
import type { Snapshot } from './merge/snapshot.ts';
import { loadContact } from './store.ts';

type Row = Record<string, unknown>;

/** What only the engine needs, and says nothing about the person. */
const internal = [
  'workspace_id',
  'contact_id',
  'claim',
  'claimed_at',
  'event_key',
  'priority',
  'survivor_id',
];
/** Column → noun whose id it is. */
const nouns: Record<string, IdPrefix> = {
  connection_id: 'con',
  connector_id: 'shc',
  campaign_id: 'cmp',
  run_id: 'run',
  segment_id: 'seg',
  delivery_id: 'dlv',
  absorbed_id: 'cnt',
  author_id: 'usr',
  twin_of: 'dlv',
};
/** Table → noun of its own ids; the others keep theirs as they are. */
const ownNouns: Record<string, IdPrefix> = {
  identities: 'idn',
  spare_identities: 'idn',
  conversations: 'cnv',
  messages: 'msg',
  deliveries: 'dlv',
  contact_notes: 'nte',
  contact_merges: 'mrg',
};

/** It is no way around the scopes of what is in it, and half a file would be taken for all. */
const needed: Scope[] = [
  'conversations:read',
  'deliveries:read',
  'events:read',
  'orders:read',
  'carts:read',
  'groups:read',
];

/**
 * One file: the contact as the API shows it, and the rows of every table about it by the table's name. Throws NOT_FOUND, FORBIDDEN.
 */
export async function exportPerson(ctx: Ctx, contactId: string): Promise<Record<string, unknown>> {
  const { actor } = ctx;
  const missing = actor.kind === 'system' ? [] : needed.filter((scope) => !actor.scopes.has(scope));
  if (missing.length > 0)
    throw new AppError('FORBIDDEN', `Everything about a person takes more scopes: ${missing.join(', ')}.`);
  const all = await inSnapshot(ctx, async (ctx) => {
    const contact = await loadContact(ctx, contactId);
    const held: Record<string, Row[]> = {};
    for (const table of [...movedTables, ...ownWays, ...Object.keys(keyedTables)])
      held[table] = await rowsAbout(ctx, table, contactId);
    held.order_items = await joined(
      ctx,
      sql`SELECT to_jsonb(i) AS row FROM order_items i
      JOIN orders o ON o.workspace_id = i.workspace_id AND o.id = i.order_id
      WHERE o.workspace_id = ${ctx.actor.workspaceId} AND o.contact_id = ${contactId} ORDER BY i.order_id, i.position`,
    );
    held.delivery_attempts = await joined(
      ctx,
      sql`SELECT to_jsonb(a) - 'node' AS row FROM delivery_attempts a
      JOIN deliveries d ON d.workspace_id = a.workspace_id AND d.id = a.delivery_id
      WHERE d.workspace_id = ${ctx.actor.workspaceId} AND d.contact_id = ${contactId} ORDER BY a.at, a.id`,
    );
    held.group_members = await joined(
      ctx,
      sql`SELECT to_jsonb(m) || jsonb_build_object('group', g.title) AS row FROM group_members m
      JOIN groups g ON g.workspace_id = m.workspace_id AND g.id = m.group_id
      WHERE m.workspace_id = ${ctx.actor.workspaceId} AND (m.connection_id, m.address) IN (${addressesOf(ctx, contactId)})`,
    );
    return { exported_at: ctx.clock.now().toISOString(), contact, ...held };
  });
  await audit(ctx, 'contact.exported', { type: 'contact', id: toWireId('cnt', contactId) });
  return all;
}

const addressesOf = (ctx: Ctx, contactId: string) => sql`
  SELECT connection_id, address FROM identities WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${contactId}
  UNION SELECT connection_id, address FROM spare_identities WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${contactId}`;

async function rowsAbout(ctx: Ctx, table: string, contactId: string): Promise<Row[]> {
  const rows = await joined(
    ctx,
    sql`
    SELECT to_jsonb(t) AS row FROM ${sql.table(table)} t
    WHERE t.workspace_id = ${ctx.actor.workspaceId} AND t.contact_id = ${contactId}`,
  );
  const own = ownNouns[table];
  return rows.map(({ snapshot, ...row }) => ({
    ...row,
    ...(own && typeof row.id === 'string' && { id: toWireId(own, row.id) }),
    ...(snapshot ? { before: beforeMerge(snapshot as Snapshot) } : {}),
  }));
}

/** Of what undoing a merge needs: what both were called and said to be. */
function beforeMerge({ survivor, absorbed }: Snapshot): Record<string, Row> {
  const said = ({ workspace_id: _, id, ...row }: Row) => ({ id: toWireId('cnt', String(id)), ...row });
  return { this: said(survivor), other: said(absorbed) };
}

async function joined(ctx: Ctx, query: RawBuilder<unknown>): Promise<Row[]> {
  const { rows } = await (query as RawBuilder<{ row: Row }>).execute(ctx.db);
  return rows.map(({ row }) =>
    Object.fromEntries(
      Object.entries(row).flatMap(([name, value]) => {
        if (internal.includes(name) || value === null) return [];
        const noun = nouns[name];
        return [[name, noun && typeof value === 'string' ? toWireId(noun, value) : value]];
      }),
    ),
  );
}
