// Orders as the shop tells them: written over as a whole, the later change wins. The sums at their people follow by trigger.
import { sql } from 'kysely';
import type { OrderPut, WriteResult } from '../../contract/shop.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { storableJson } from '../platform/db/storable.ts';
import { alone, refuseTwins } from './alone.ts';
import { resultOf } from './newest-wins.ts';
import { contactsOf } from './people.ts';
import { type OrderItemRow, type OrderRow, ordersByExternalId } from './store.ts';
import { tellOfEvents } from './tell.ts';
import { happenedAt } from './times.ts';

type Given = OrderPut & { external_id: string };

export interface Written {
  /** uuid */
  id: string;
  external_id: string;
  result: WriteResult;
}

/**
 * `pointer`: where the list stands in the request; null: the body is the one order. Throws VALIDATION_FAILED, with nothing
 * written, for contacts that are not here, times that cannot be, and two rows of one order.
 */
export function putOrders(ctx: Ctx, list: Given[], pointer: string | null): Promise<Written[]> {
  const pointerOf = (index: number) => (pointer === null ? '' : `${pointer}/${index}`);
  if (pointer !== null) refuseTwins(list, pointer);
  const times = list.map((given, index) => ({
    placed_at: happenedAt(ctx, given.placed_at, `${pointerOf(index)}/placed_at`),
    updated_at: happenedAt(ctx, given.updated_at, `${pointerOf(index)}/updated_at`),
    delivered_at: given.delivered_at
      ? happenedAt(ctx, given.delivered_at, `${pointerOf(index)}/delivered_at`)
      : null,
  }));
  return inTransaction(ctx, async (ctx) => {
    await alone(ctx, 'orders');
    const externalIds = list.map((given) => given.external_id);
    const holders = [...(await ordersByExternalId(ctx, externalIds)).values()].map((row) => row.contact_id);
    const about = list.map(({ contact }, index) => ({ contact, pointer: pointerOf(index) }));
    const contacts = await contactsOf(ctx, about, holders);
    // once more: people may have been merged or erased before theirs were held
    const stored = await ordersByExternalId(ctx, externalIds);
    const written = list.map((given, index) => {
      const before = stored.get(given.external_id);
      const row = rowOf(
        given,
        { ...times[index]!, delivered_at: deliveredAt(given, times[index]!, before) },
        contacts[index]!,
      );
      const result = resultOf(before, row, () => says(before!) === says(row));
      return { row: { ...row, id: before?.id ?? newId() }, result };
    });
    const changed = written.filter(({ result }) => result === 'created' || result === 'updated');
    await write(
      ctx,
      changed.map(({ row }) => row),
    );
    // news for the modules above: who ordered after a message
    if (changed.length > 0)
      await ctx.jobs.enqueue(ctx, 'deliveries.attribute_orders', {
        workspaceId: ctx.actor.workspaceId,
        orderIds: changed.map(({ row }) => row.id),
      });
    if (changed.some(({ row }) => row.status === 'delivered')) await tellOfEvents(ctx);
    return written.map(({ row, result }) => ({ id: row.id, external_id: row.external_id!, result }));
  });
}

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

function rowOf(given: Given, times: Times, contact_id: string): Omit<OrderRow, 'id'> {
  return {
    external_id: given.external_id,
    contact_id,
    status: given.status,
    total: given.total.amount,
    currency: given.total.currency,
    ...times,
    items: given.items.map(({ product_id, variant_id, name, quantity, price }) => ({
      product_id,
      variant_id: variant_id ?? null,
      name: name ?? null,
      quantity,
      price: price.amount,
    })),
  };
}

/** Everything but when it changed, in one spelling. */
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
  if (rows.length === 0) return;
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
