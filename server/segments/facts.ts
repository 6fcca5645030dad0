// Loads what rules may ask about people, for evaluate.ts: of each table one query, however many people, and of what grows with the
// years (events, orders, messages) only what these rules ask for.
import { type RawBuilder, sql } from 'kysely';
import type { Condition, ConditionOf, Rule } from '../../contract/rules.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import type { Asked } from './asked.ts';
import { conditionsOf } from './compile.ts';
import type { Facts } from './evaluate.ts';

/** By contact id; people who are gone are missing. `rules`: those that will be asked. */
export async function loadFacts(
  ctx: Ctx,
  contactIds: readonly string[],
  rules: readonly Rule[],
  { segments, moment }: Pick<Asked, 'segments' | 'moment'>,
): Promise<Map<string, Facts>> {
  const asked = rules.flatMap((rule) => [...conditionsOf(rule, segments)]);
  const did = eventsAsked(asked, moment);
  const products = asked.flatMap((one) => (one.field === 'bought' ? [one.product_id] : []));
  const who = sql`x.workspace_id = ${ctx.actor.workspaceId} AND x.contact_id = ANY(${contactIds}::uuid[])`;
  const of = async <T>(query: ReturnType<typeof sql<T & { contact_id: string }>>) =>
    Map.groupBy((await query.execute(ctx.db)).rows, (row) => row.contact_id);
  const [contacts, identities, consents, purchases, carts, events, deliveries, lists, groups] =
    await Promise.all([
      sql<Facts['contact'] & { id: string }>`
      SELECT c.id, first_name, last_name, email, phone, language, time_zone, external_id, attributes, tags, created_at,
        last_seen_at, last_order_at, orders_count, orders_value
      FROM contacts c WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = ANY(${contactIds}::uuid[])`.execute(
        ctx.db,
      ),
      of<Facts['identities'][number]>(sql`
      SELECT x.contact_id, x.connection_id, x.channel, x.reachable FROM identities x
      JOIN connections n ON n.workspace_id = x.workspace_id AND n.id = x.connection_id AND n.deleted_at IS NULL
      WHERE ${who}`),
      of<Facts['consents'][number]>(
        sql`SELECT x.contact_id, x.channel, x.purpose, x.state FROM consents x WHERE ${who}`,
      ),
      of<Facts['purchases'][number]>(sql`
      SELECT x.contact_id, i.product_id, x.placed_at AS at FROM orders x
      JOIN order_items i ON i.workspace_id = x.workspace_id AND i.order_id = x.id
      WHERE ${who} AND x.status NOT IN ('cancelled', 'returned') AND i.product_id = ANY(${products}::text[])`),
      of<{ updated_at: Date }>(
        sql`SELECT x.contact_id, x.updated_at FROM carts x WHERE ${who} AND x.status = 'open'`,
      ),
      of<{ name: string; at: Date; properties: Record<string, unknown> }>(
        sql`
      SELECT x.contact_id, x.name, x.at, x.properties
      FROM unnest(${did.names}::text[], ${did.since}::timestamptz[]) AS a (name, since)
      JOIN events x ON x.name = a.name AND (a.since IS NULL OR x.at >= a.since)
      WHERE ${who}`,
      ),
      of<Facts['deliveries'][number]>(sql`
      SELECT x.contact_id, x.campaign_id, x.replied_at, x.clicked_at,
        CASE WHEN x.state IN ('sent', 'delivered', 'read') THEN x.sent_at END AS sent_at
      FROM deliveries x WHERE ${who} AND x.source = 'campaign' AND ${deliveriesAsked(asked)}`),
      of<{ segment_id: string }>(sql`SELECT x.contact_id, x.segment_id FROM segment_members x WHERE ${who}`),
      // few rules ask for it, and of many people it is a wide join
      asked.every((one) => one.field !== 'group')
        ? new Map<string, never>()
        : of<{ group_id: string }>(sql`
      SELECT x.contact_id, m.group_id FROM (SELECT workspace_id, contact_id, connection_id, address FROM identities
            UNION ALL SELECT workspace_id, contact_id, connection_id, address FROM spare_identities) x
      JOIN connections n ON n.workspace_id = x.workspace_id AND n.id = x.connection_id AND n.deleted_at IS NULL
      JOIN group_members m ON m.workspace_id = x.workspace_id AND m.connection_id = x.connection_id AND m.address = x.address
      WHERE ${who} AND m.standing NOT IN ('left', 'banned')`),
    ]);
  return new Map(
    contacts.rows.map(({ id, ...contact }) => [
      id,
      {
        contact,
        identities: identities.get(id) ?? [],
        consents: consents.get(id) ?? [],
        purchases: purchases.get(id) ?? [],
        carts: (carts.get(id) ?? []).map((cart) => cart.updated_at),
        events: Map.groupBy(events.get(id) ?? [], (one) => one.name),
        deliveries: deliveries.get(id) ?? [],
        lists: new Set((lists.get(id) ?? []).map((one) => one.segment_id)),
        groups: new Set((groups.get(id) ?? []).map((one) => one.group_id)),
      },
    ]),
  );
}

/** Names with the time since which they count; null: since ever. */
function eventsAsked(
  asked: readonly Condition[],
  moment: Asked['moment'],
): { names: string[]; since: (Date | null)[] } {
  const conditions = asked.filter((one): one is ConditionOf<'event'> => one.field === 'event');
  const since = new Map<string, Date | null>();
  for (const { name, days } of conditions) {
    const from = days === undefined ? null : moment.ago(days);
    const known = since.get(name);
    if (known === undefined || from === null || (known && from < known)) since.set(name, from);
  }
  return { names: [...since.keys()], since: [...since.values()] };
}

function deliveriesAsked(asked: readonly Condition[]): RawBuilder<unknown> {
  const conditions = asked.filter((one): one is ConditionOf<'campaign'> => one.field === 'campaign');
  if (conditions.some((one) => one.campaign_id === undefined)) return sql`true`;
  const ids = conditions.map((one) => uuidOf('cmp', one.campaign_id as string));
  return sql`x.campaign_id = ANY(${ids}::uuid[])`;
}
