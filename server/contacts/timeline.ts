// The timeline of a contact: one page out of many tables. Each table gives its newest rows below the cursor through an index
// of its own, so that a page costs the same whatever lies behind it.
import { type RawBuilder, sql } from 'kysely';
import { countedAsSent } from '../../contract/deliveries.ts';
import type { Page } from '../../contract/lists.ts';
import type { Scope } from '../../contract/roles.ts';
import {
  type TimelineEntry,
  type TimelineKind,
  type TimelineQuery,
  timelineKinds,
} from '../../contract/timeline.ts';
import type { Ctx } from '../platform/context.ts';
import { decodeCursor, encodeCursor, invalidCursor } from '../platform/db/pages.ts';
import { AppError } from '../platform/errors.ts';
import { type TimelineRow, timelineEntryOf } from './timeline-entry.ts';

/** What a source is asked for: the person's rows below the cursor, at most so many. */
interface Asked {
  workspaceId: string;
  contactId: string;
  /** Null: from the newest on. */
  below: { at: string; id: string } | null;
  limit: number;
}
/** What seeing a kind takes beyond seeing the contact: the timeline is no way around the scopes of its sources. */
const scopeOfKind: Partial<Record<TimelineKind, Scope>> = {
  message: 'conversations:read',
  delivery: 'deliveries:read',
  event: 'events:read',
  order: 'orders:read',
  cart: 'carts:read',
};

/** The kinds asked for, or all that the actor may see. Throws FORBIDDEN for one that was asked for and may not be seen. */
function kindsFor(ctx: Ctx, asked: TimelineKind[] = []): TimelineKind[] {
  const lacks = (kind: TimelineKind) => {
    const scope = scopeOfKind[kind];
    return scope && ctx.actor.kind !== 'system' && !ctx.actor.scopes.has(scope) ? scope : undefined;
  };
  for (const kind of asked) {
    const scope = lacks(kind);
    if (scope)
      throw new AppError('FORBIDDEN', `To see the kind "${kind}" takes the scope "${scope}". Leave it out.`);
  }
  return asked.length > 0 ? asked : timelineKinds.filter((kind) => !lacks(kind));
}

/** Newest first; of the kinds that the actor may see. Throws INVALID_CURSOR, FORBIDDEN. */
export async function contactTimeline(
  ctx: Ctx,
  contactId: string,
  query: TimelineQuery,
): Promise<Page<TimelineEntry>> {
  const asked: Asked = {
    workspaceId: ctx.actor.workspaceId,
    contactId,
    below: cursorOf(query.cursor),
    limit: query.limit + 1,
  };
  const { rows } = await timelineSql(asked, kindsFor(ctx, query.kinds))
    .execute(ctx.db)
    .catch((error: { code?: string }) => {
      // a forged cursor holds what is no time or uuid
      if (query.cursor && error.code?.startsWith('22')) throw invalidCursor();
      throw error;
    });
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  const next = rows.length > query.limit && last ? encodeCursor(['timeline', last.cursor, last.id]) : null;
  return { data: shown.map(timelineEntryOf), next_cursor: next };
}

export function timelineSql(asked: Asked, kinds: readonly TimelineKind[]) {
  const parts = [...new Set(kinds)].map((kind) => sql`(${sources[kind](asked)})`);
  return sql<TimelineRow & { cursor: string }>`
    SELECT t.kind, t.id, t.at, t.at::text AS cursor, t.data FROM (${sql.join(parts, sql` UNION ALL `)}) AS t (kind, id, at, data)
    ORDER BY t.at DESC, t.id DESC LIMIT ${asked.limit}`;
}

function cursorOf(cursor: string | undefined): Asked['below'] {
  if (!cursor) return null;
  const [list, at, id] = decodeCursor(cursor);
  if (list !== 'timeline') throw invalidCursor();
  return { at, id };
}

/** The end of every source: below the cursor, newest first, no more than a page. */
function newest(asked: Asked, at: string, id: string): RawBuilder<unknown> {
  const [atRef, idRef] = [sql.ref(at), sql.ref(id)];
  const below = asked.below
    ? sql`AND (${atRef}, ${idRef}) < (${asked.below.at}::timestamptz, ${asked.below.id}::uuid)`
    : sql``;
  return sql`${below} ORDER BY ${atRef} DESC, ${idRef} DESC LIMIT ${asked.limit}`;
}

const of = (asked: Asked, table: string) =>
  sql`${sql.ref(`${table}.workspace_id`)} = ${asked.workspaceId} AND ${sql.ref(`${table}.contact_id`)} = ${asked.contactId}`;

const campaignName = sql`(SELECT k.name FROM campaigns k WHERE k.workspace_id = d.workspace_id AND k.id = d.campaign_id)`;

const sources: Record<TimelineKind, (asked: Asked) => RawBuilder<unknown>> = {
  // a thread is indexed by its connection, and of connections there are few
  message: (asked) => sql`
    SELECT 'message' AS kind, m.id, m.at, jsonb_build_object('direction', m.direction, 'text', m.body ->> 'text',
      'has_picture', m.body -> 'image' ->> 'url' IS NOT NULL, 'delivery_id', m.delivery_id, 'connection_id', m.connection_id,
      'source', d.source, 'state', d.state, 'campaign_id', d.campaign_id, 'campaign_name', ${campaignName},
      'author', (SELECT u.name FROM users u WHERE u.id = d.author_id),
      'conversation_id', (SELECT v.id FROM conversations v WHERE v.workspace_id = m.workspace_id
        AND v.contact_id = m.contact_id AND v.connection_id = m.connection_id)) AS data
    FROM (
      SELECT t.* FROM connections k CROSS JOIN LATERAL (
        SELECT m.* FROM messages m WHERE ${of(asked, 'm')} AND m.connection_id = k.id ${newest(asked, 'm.at', 'm.id')}
      ) t
      WHERE k.workspace_id = ${asked.workspaceId} ORDER BY t.at DESC, t.id DESC LIMIT ${asked.limit}
    ) m
    LEFT JOIN deliveries d ON d.workspace_id = m.workspace_id AND d.id = m.delivery_id`,
  // what was sent stands in the thread; what somebody took for sent does not
  delivery: (asked) => sql`
    SELECT 'delivery', d.id, d.created_at, jsonb_build_object('source', d.source, 'state', d.state, 'reason', d.reason,
      'connection_id', d.connection_id, 'channel', d.channel, 'campaign_id', d.campaign_id, 'campaign_name', ${campaignName})
    FROM deliveries d
    WHERE ${of(asked, 'd')}
      AND (d.state NOT IN ('sent', 'delivered', 'read') OR d.reason IS NOT DISTINCT FROM ${countedAsSent})
    ${newest(asked, 'd.created_at', 'd.id')}`,
  event: (asked) => sql`
    SELECT 'event', e.id, e.at, jsonb_build_object('name', e.name, 'properties', e.properties)
    FROM events e WHERE ${of(asked, 'e')} ${newest(asked, 'e.at', 'e.id')}`,
  order: (asked) => sql`
    SELECT 'order', o.id, o.placed_at, jsonb_build_object('external_id', o.external_id, 'status', o.status,
      'total', o.total::text, 'currency', o.currency,
      'items', (SELECT jsonb_agg(jsonb_build_object('product_id', i.product_id, 'name', i.name, 'quantity', i.quantity, 'price', i.price::text)
        ORDER BY i.position) FROM order_items i WHERE i.workspace_id = o.workspace_id AND i.order_id = o.id))
    FROM (SELECT o.* FROM orders o WHERE ${of(asked, 'o')} ${newest(asked, 'o.placed_at', 'o.id')}) o`,
  cart: (asked) => sql`
    SELECT 'cart', k.id, k.updated_at, jsonb_build_object('status', k.status, 'items', k.items, 'total', k.total::text,
      'currency', k.currency, 'url', k.url)
    FROM carts k WHERE ${of(asked, 'k')} ${newest(asked, 'k.updated_at', 'k.id')}`,
  consent: (asked) => sql`
    SELECT 'consent', h.id, h.at, to_jsonb(h) - '{workspace_id,contact_id,id,at}'::text[]
    FROM consent_changes h WHERE ${of(asked, 'h')} ${newest(asked, 'h.at', 'h.id')}`,
  note: (asked) => sql`
    SELECT 'note', n.id, n.created_at, jsonb_build_object('text', n.text, 'author', n.author, 'edited_by', n.edited_by,
      'edited_at', n.edited_at)
    FROM contact_notes n WHERE ${of(asked, 'n')} ${newest(asked, 'n.created_at', 'n.id')}`,
  merge: (asked) => sql`
    SELECT 'merge', g.id, g.at, jsonb_build_object('other_name', g.absorbed_name, 'by', g.actor_name, 'undone_at', g.undone_at)
    FROM contact_merges g WHERE ${of(asked, 'g')} ${newest(asked, 'g.at', 'g.id')}`,
  created: (asked) => sql`
    SELECT 'created', c.id, c.created_at, '{}'::jsonb FROM contacts c
    WHERE c.workspace_id = ${asked.workspaceId} AND c.id = ${asked.contactId} ${newest(asked, 'c.created_at', 'c.id')}`,
};
