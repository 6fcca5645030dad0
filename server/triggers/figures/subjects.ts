// Carts, orders and products that figures name, and the people they are of, as a list shows them.
import { sql } from 'kysely';
import type { EventSubject } from '../../../contract/automations.ts';
import type { ShopAutomation } from '../../../contract/campaigns.ts';
import { toWireId } from '../../../contract/ids.ts';
import { contactName } from '../../contacts/contact.ts';
import type { Ctx } from '../../platform/context.ts';
import { holds } from '../../platform/scopes.ts';

interface Row {
  id: string;
  external_id: string | null;
  pieces: number;
  total: string | null;
  currency: string | null;
}

/** By the subject's uuid; what is no more is not in it. Numbers and sums of carts and orders are for who may read those. */
export async function subjectsOf(
  ctx: Ctx,
  kind: ShopAutomation,
  ids: string[],
): Promise<Map<string, EventSubject>> {
  if (ids.length === 0) return new Map();
  const { workspaceId } = ctx.actor;
  if (kind === 'back_in_stock') {
    const rows = await ctx.db
      .selectFrom('products')
      .select(['id', 'external_id', 'name'])
      .where('workspace_id', '=', workspaceId)
      .where(sql<boolean>`id = ANY(${ids}::uuid[])`)
      .execute();
    return new Map(rows.map((row) => [row.id, restockOf(row)]));
  }
  const mine = (row: 'k' | 'o') =>
    sql`${sql.ref(`${row}.workspace_id`)} = ${workspaceId} AND ${sql.ref(`${row}.id`)} = ANY(${ids}::uuid[])`;
  const isCart = kind === 'abandoned_cart';
  const { rows } = await (isCart
    ? sql<Row>`
        SELECT k.id, k.external_id, k.currency, sums.pieces, coalesce(k.total, sums.total)::text AS total FROM carts k
        CROSS JOIN LATERAL (
          SELECT coalesce(sum((i->>'quantity')::int), 0)::int AS pieces,
            CASE WHEN bool_and(i->>'price' IS NOT NULL) THEN sum((i->>'price')::numeric * (i->>'quantity')::int) END AS total
          FROM jsonb_array_elements(k.items) i) sums
        WHERE ${mine('k')}`
    : sql<Row>`
        SELECT o.id, o.external_id, o.currency, o.total::text AS total,
          (SELECT coalesce(sum(i.quantity), 0)::int FROM order_items i WHERE i.workspace_id = o.workspace_id AND i.order_id = o.id) AS pieces
        FROM orders o WHERE ${mine('o')}`
  ).execute(ctx.db);
  if (!holds(ctx, isCart ? 'carts:read' : 'orders:read'))
    return new Map(
      rows.map(({ id }) => [
        id,
        { ...(isCart ? bareCart : bareOrder), id: toWireId(isCart ? 'crt' : 'ord', id) },
      ]),
    );
  const toSubject = isCart ? cartOf : orderOf;
  return new Map(rows.map((row) => [row.id, toSubject(row)]));
}

const bareCart = { kind: 'cart', external_id: null, words: 'A cart' } as const;
const bareOrder = { kind: 'order', external_id: null, words: 'An order' } as const;

const cartOf = (row: Row): EventSubject => ({
  kind: 'cart',
  id: toWireId('crt', row.id),
  external_id: row.external_id,
  words: contentsOf(row),
});
const orderOf = (row: Row): EventSubject => ({
  kind: 'order',
  id: toWireId('ord', row.id),
  external_id: row.external_id,
  words: [`Order ${row.external_id ?? ''}`.trim(), contentsOf(row)].join(', '),
});
const restockOf = (row: { id: string; external_id: string; name: string }): EventSubject => ({
  kind: 'restock',
  id: toWireId('prd', row.id),
  external_id: row.external_id,
  words: row.name,
});

/** "3 items, £57.00". */
function contentsOf({ pieces, total, currency }: Row): string {
  const items = pieces === 0 ? 'no items' : pieces === 1 ? '1 item' : `${pieces} items`;
  if (total === null || currency === null) return items;
  const money = new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: 3 });
  return `${items}, ${money.format(Number(total))}`;
}

/** By the contact's uuid; who is no more is not in it. */
export async function namesOf(ctx: Ctx, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom('contacts')
    .select(['id', 'first_name', 'last_name', 'email', 'phone', 'external_id'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where(sql<boolean>`id = ANY(${ids}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, contactName(row)]));
}
