// Orders that came after a message of this automation: who bought what they had left behind, and who bought something else.
import { type RawBuilder, sql } from 'kysely';
import type { RecoveredOrder, RecoveredQuery } from '../../../contract/automations.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Page } from '../../../contract/lists.ts';
import { amountText, type Money } from '../../../contract/money.ts';
import { contactName } from '../../contacts/contact.ts';
import { conversionDays } from '../../deliveries/reports/tallies.ts';
import type { Ctx } from '../../platform/context.ts';
import { countUpTo, fetchPage } from '../../platform/db/pages.ts';

/**
 * What the cart held that a reminder was about, and whether it ended in an order. A cart that was begun anew since is another one:
 * then what it held is known from the reminder alone.
 */
const held = sql<{ products: string[]; ordered: boolean }>`(
  SELECT coalesce(e.products, '{}') || CASE WHEN k.version = e.version
      THEN ARRAY(SELECT i->>'product_id' FROM jsonb_array_elements(k.items) i) ELSE '{}' END AS products,
    CASE WHEN k.version = e.version THEN k.status = 'ordered' ELSE EXISTS (SELECT FROM cart_touches t
      WHERE t.workspace_id = e.workspace_id AND t.cart_id = e.subject_id AND t.version = e.version AND t.status = 'ordered') END AS ordered
  WHERE e.delivery_id IS NOT NULL)`.as('held'); // biome-ignore format: a statement

/**
 * The order that the cart became: the first after the message, and before the next campaign's, with one of its products, as the recheck
 * has it (event_over, migration 0074). Where the products of one of the two are not told, that the cart was ordered has to do.
 */
const own = sql<{ id: string }>`(
  SELECT o.id FROM orders o
  WHERE o.workspace_id = d.workspace_id AND o.contact_id = d.contact_id AND o.status NOT IN ('cancelled', 'returned')
    AND o.placed_at >= d.sent_at AND o.placed_at < d.sent_at + make_interval(days => ${sql.lit(conversionDays)})
    AND (EXISTS (SELECT FROM order_items i WHERE i.workspace_id = o.workspace_id AND i.order_id = o.id AND i.product_id = ANY(held.products))
      OR (held.ordered AND o.id = d.converted_by AND (held.products = '{}'
        OR NOT EXISTS (SELECT FROM order_items i WHERE i.workspace_id = o.workspace_id AND i.order_id = o.id))))
    AND NOT EXISTS (SELECT FROM deliveries later
      WHERE later.workspace_id = d.workspace_id AND later.contact_id = d.contact_id AND later.source = 'campaign'
        AND later.state IN ('sent', 'delivered', 'read') AND (later.sent_at, later.id) > (d.sent_at, d.id) AND later.sent_at <= o.placed_at)
  ORDER BY o.placed_at, o.id LIMIT 1)`.as('own'); // biome-ignore format: a statement

const which: Record<RecoveredQuery['orders'], RawBuilder<boolean>> = {
  recovered: sql`(e.delivery_id IS NULL OR own.id IS NOT NULL)`,
  other: sql`(e.delivery_id IS NOT NULL AND own.id IS NULL)`,
  all: sql`true`,
};

/**
 * The latest first, each by the last campaign message before it (deliveries/sending/receipts.ts): one order after each message, its
 * cart's, or else the first. What was cancelled or came back is none.
 */
export function recoveredOrders(
  ctx: Ctx,
  campaignId: string,
  page: RecoveredQuery,
): Promise<Page<RecoveredOrder>> {
  const query = ctx.db
    .selectFrom('deliveries as d')
    .innerJoin('contacts as c', (join) =>
      join.onRef('c.workspace_id', '=', 'd.workspace_id').onRef('c.id', '=', 'd.contact_id'),
    )
    .leftJoin('delivery_events as e', (join) =>
      join
        .onRef('e.workspace_id', '=', 'd.workspace_id')
        .onRef('e.delivery_id', '=', 'd.id')
        .on('e.kind', '=', 'abandoned_cart'),
    )
    .leftJoin('carts as k', (join) =>
      join.onRef('k.workspace_id', '=', 'e.workspace_id').onRef('k.id', '=', 'e.subject_id'),
    )
    .leftJoinLateral(
      () => held,
      (join) => join.onTrue(),
    )
    .leftJoinLateral(
      () => own,
      (join) => join.onTrue(),
    )
    .innerJoin('orders as o', (join) =>
      join
        .onRef('o.workspace_id', '=', 'd.workspace_id')
        .on('o.id', '=', sql<string>`coalesce(own.id, d.converted_by)`),
    )
    .select([
      'd.id as _id',
      'd.contact_id',
      sql<Date>`d.sent_at`.as('sent_at'),
      'c.first_name',
      'c.last_name',
      'c.email',
      'c.phone',
      'c.external_id as contact_external_id',
      'k.id as cart_id',
      'k.external_id as cart_external_id',
      sql<string | null>`CASE WHEN k.version = e.version THEN k.total::text END`.as('cart_total'),
      'k.currency as cart_currency',
      sql<boolean | null>`CASE WHEN e.delivery_id IS NOT NULL THEN own.id IS NOT NULL END`.as('recovered'),
      'o.id as order_id',
      'o.external_id as order_external_id',
      'o.total',
      'o.currency',
      'o.placed_at',
    ])
    .where('d.workspace_id', '=', ctx.actor.workspaceId)
    .where('d.campaign_id', '=', campaignId)
    .where('d.source', '=', 'campaign')
    .where('d.converted_at', 'is not', null)
    .where('o.status', 'not in', ['cancelled', 'returned'])
    .where(which[page.orders]);
  const order = { column: 'd.converted_at', id: 'd.id', direction: 'desc', type: 'timestamptz' } as const;
  const toWire = (row: Awaited<ReturnType<typeof query.execute>>[number]): RecoveredOrder => ({
    delivery_id: toWireId('dlv', row._id),
    contact_id: toWireId('cnt', row.contact_id),
    name: contactName({ ...row, external_id: row.contact_external_id }),
    cart: row.cart_id
      ? {
          id: toWireId('crt', row.cart_id),
          external_id: row.cart_external_id,
          total: row.cart_currency ? moneyOf(row.cart_total, row.cart_currency) : null,
        }
      : null,
    recovered: row.recovered,
    sent_at: row.sent_at.toISOString(),
    order: {
      id: toWireId('ord', row.order_id),
      external_id: row.order_external_id,
      total: { amount: amountText(String(row.total), row.currency), currency: row.currency },
      placed_at: row.placed_at.toISOString(),
    },
  });
  return fetchPage(query, page, order, toWire, () => countUpTo(ctx, query, 10_000));
}

const moneyOf = (amount: string | null, currency: string): Money | null =>
  amount === null ? null : { amount: amountText(amount, currency), currency };
