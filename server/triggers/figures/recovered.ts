// Orders that came after a message of this automation: who bought what they had left behind.
import { sql } from 'kysely';
import type { RecoveredOrder } from '../../../contract/automations.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import { amountText, type Money } from '../../../contract/money.ts';
import { contactName } from '../../contacts/contact.ts';
import type { Ctx } from '../../platform/context.ts';
import { fetchPage } from '../../platform/db/pages.ts';

/**
 * The latest order first, each by the last campaign message before it (deliveries/sending/receipts.ts): of several orders after
 * one message the first. What was cancelled or came back is none.
 */
export function recoveredOrders(
  ctx: Ctx,
  campaignId: string,
  page: PageQuery,
): Promise<Page<RecoveredOrder>> {
  const query = ctx.db
    .selectFrom('deliveries as d')
    .innerJoin('orders as o', (join) =>
      join.onRef('o.workspace_id', '=', 'd.workspace_id').onRef('o.id', '=', 'd.converted_by'),
    )
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
      'k.total as cart_total',
      'k.currency as cart_currency',
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
    .where('o.status', 'not in', ['cancelled', 'returned']);
  const order = { column: 'd.converted_at', id: 'd.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(query, page, order, (row) => ({
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
    sent_at: row.sent_at.toISOString(),
    order: {
      id: toWireId('ord', row.order_id),
      external_id: row.order_external_id,
      total: { amount: amountText(String(row.total), row.currency), currency: row.currency },
      placed_at: row.placed_at.toISOString(),
    },
  }));
}

const moneyOf = (amount: string | number | null, currency: string): Money | null =>
  amount === null ? null : { amount: amountText(String(amount), currency), currency };
