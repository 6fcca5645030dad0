// Orders as the shop tells them: written over as a whole, the later change wins. The sums at their people follow by trigger.
import { sql } from 'kysely';
import type { OrderPut } from '../../contract/shop.ts';
import type { Ctx } from '../platform/context.ts';
import { storableJson } from '../platform/db/storable.ts';
import { type Noun, putNewest, type Written } from './newest-wins.ts';
import { contactsOf } from './people.ts';
import { type OrderItemRow, type OrderRow, ordersByExternalId } from './store.ts';
import { tellOfEvents } from './tell.ts';

type Given = OrderPut & { external_id: string };

/** As putNewest has it. */
export const putOrders = (ctx: Ctx, list: Given[], pointer: string | null): Promise<Written[]> =>
  putNewest(ctx, orders, list, pointer);

const orders: Noun<Given, Times, OrderRow> = {
  name: 'orders',
  timesOf: (given, at) => ({
    placed_at: at('placed_at'),
    updated_at: at('updated_at'),
    delivered_at: given.delivered_at ? at('delivered_at') : null,
  }),
  // with those whose orders they were, for their sums change too
  async contactsOf(ctx, about, externalIds) {
    const before = await ordersByExternalId(ctx, externalIds);
    const holders = [...before.values()].map((row) => row.contact_id);
    return contactsOf(ctx, about, holders);
  },
  stored: ordersByExternalId,
  rowOf,
  says,
  write,
  async tell(ctx, changes) {
    // who ordered after a message
    await ctx.jobs.enqueue(ctx, 'deliveries.attribute_orders', {
      workspaceId: ctx.actor.workspaceId,
      orderIds: changes.map(({ row }) => row.id),
    });
    if (changes.some(({ row }) => row.status === 'delivered')) await tellOfEvents(ctx);
  },
};

interface Times {
  placed_at: Date;
  updated_at: Date;
  delivered_at: Date | null;
}

/**
 * What follows a delivery counts from here, so it must never be taken for later than it was: an order that is first heard of as
 * delivered, without a word of when, was delivered when it was placed. So nobody is thanked for the orders of an import.
 */
function deliveredAt(given: Given, times: Times, before: OrderRow | undefined): Date | null {
  if (given.status !== 'delivered') return before?.delivered_at ?? null;
  if (times.delivered_at) return times.delivered_at;
  if (before?.delivered_at) return before.delivered_at;
  return before || given.updated_at ? times.updated_at : times.placed_at;
}

function rowOf(given: Given, times: Times, contact_id: string, before?: OrderRow): Omit<OrderRow, 'id'> {
  return {
    external_id: given.external_id,
    contact_id,
    status: given.status,
    total: given.total.amount,
    currency: given.total.currency,
    ...times,
    delivered_at: deliveredAt(given, times, before),
    items: given.items.map(({ product_id, variant_id, name, quantity, price }) => ({
      product_id,
      variant_id: variant_id ?? null,
      name: name ?? null,
      quantity,
      price: price.amount,
    })),
  };
}

function says(row: Omit<OrderRow, 'id'>): string {
  const { contact_id, status, total, currency, placed_at, delivered_at, items } = row;
  const plain = ({ product_id, variant_id, name, quantity, price }: OrderItemRow) => [
    product_id,
    variant_id,
    name,
    quantity,
    Number(price),
  ];
  return JSON.stringify([
    contact_id,
    status,
    Number(total),
    currency,
    placed_at,
    delivered_at,
    items.map(plain),
  ]);
}

async function write(ctx: Ctx, rows: OrderRow[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  await sql`
    INSERT INTO orders (workspace_id, id, external_id, contact_id, status, total, currency, placed_at, updated_at, delivered_at)
    SELECT ${workspaceId}::uuid, r.id, r.external_id, r.contact_id, r.status, r.total, r.currency, r.placed_at, r.updated_at, r.delivered_at
    FROM jsonb_to_recordset(${storableJson(rows)}::jsonb)
      AS r(id uuid, external_id text, contact_id uuid, status text, total numeric, currency text, placed_at timestamptz, updated_at timestamptz, delivered_at timestamptz)
    ON CONFLICT (workspace_id, id) DO UPDATE SET contact_id = excluded.contact_id, status = excluded.status,
      total = excluded.total, currency = excluded.currency, placed_at = excluded.placed_at, updated_at = excluded.updated_at, delivered_at = excluded.delivered_at`.execute(
    ctx.db,
  );
  await sql`
    DELETE FROM order_items WHERE workspace_id = ${workspaceId} AND order_id = ANY(${rows.map((row) => row.id)}::uuid[])`.execute(
    ctx.db,
  );
  const items = rows.flatMap((row) =>
    row.items.map((item, position) => ({ ...item, order_id: row.id, position })),
  );
  if (items.length > 0)
    await sql`
      INSERT INTO order_items (workspace_id, order_id, position, product_id, variant_id, name, quantity, price)
      SELECT ${workspaceId}::uuid, r.order_id, r.position, r.product_id, r.variant_id, r.name, r.quantity, r.price
      FROM jsonb_to_recordset(${storableJson(items)}::jsonb)
        AS r(order_id uuid, position smallint, product_id text, variant_id text, name text, quantity integer, price numeric)`.execute(
      ctx.db,
    );
}
