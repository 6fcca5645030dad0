// In which currency a shop's products are priced: shops name none at a product, so it is the one that they sell in, as their last
// order and else their last checkout name it; until there is one, the workspace's.
import { type RawBuilder, sql } from 'kysely';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { alone } from '../alone.ts';
import type { ProductRow } from '../products.ts';
import type { ConnectorRow } from './connector.ts';

type Connector = Pick<ConnectorRow, 'id' | 'id_prefix'>;

/** Null: nothing is known that it sold. */
const soldIn = (workspaceId: string, idPrefix: RawBuilder<unknown>) => sql<string | null>`coalesce(
  (SELECT o.currency FROM orders o WHERE o.workspace_id = ${workspaceId} AND starts_with(o.external_id, ${idPrefix})
    ORDER BY o.placed_at DESC, o.id DESC LIMIT 1),
  (SELECT k.currency FROM carts k WHERE k.workspace_id = ${workspaceId} AND starts_with(k.external_id, ${idPrefix}) AND k.currency IS NOT NULL
    ORDER BY k.updated_at DESC, k.id DESC LIMIT 1))`;

/** Of a product that is told now. `before`: as it is stored. */
export async function currencyOf(
  ctx: Ctx,
  { id_prefix }: Connector,
  before: ProductRow | undefined,
): Promise<string> {
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<{ currency: string }>`
    SELECT coalesce(${soldIn(workspaceId, sql`${id_prefix}`)}, ${before?.currency ?? null}, w.currency) AS currency
    FROM workspaces w WHERE w.id = ${workspaceId}`.execute(ctx.db);
  return rows[0]!.currency;
}

/** A product of the shop was written: its prices follow it. In the same transaction. */
export async function noteCurrencyOf(ctx: Ctx, { id }: Connector, externalId: string): Promise<void> {
  await ctx.db
    .updateTable('products')
    .set({ currency_of: id })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('external_id', '=', externalId)
    .where((eb) => eb('currency_of', 'is distinct from', id))
    .execute();
}

/**
 * It sells in this currency: prices that were taken for another one, in which it never sold, were told before that was known. Of a
 * shop that sells in several the prices stay. In the transaction of the order or checkout.
 */
export async function correctPrices(ctx: Ctx, { id, id_prefix }: Connector, currency: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const never = (table: 'orders' | 'carts') => sql<boolean>`NOT EXISTS (
    SELECT FROM ${sql.table(table)} x WHERE x.workspace_id = ${workspaceId} AND x.currency = other.currency AND starts_with(x.external_id, ${id_prefix}))`;
  const { rows } = await sql<{ currency: string }>`
    SELECT other.currency FROM (
      SELECT DISTINCT p.currency FROM products p
      WHERE p.workspace_id = ${workspaceId} AND p.currency_of = ${id} AND (p.currency < ${currency} OR p.currency > ${currency}) OFFSET 0) other
    WHERE ${never('orders')} AND ${never('carts')}`.execute(ctx.db);
  if (rows.length === 0) return;
  await alone(ctx, 'products');
  await ctx.db
    .updateTable('products')
    .set({ currency })
    .where('workspace_id', '=', workspaceId)
    .where('currency_of', '=', id)
    .where('currency', 'in', rows.map((row) => row.currency)) // biome-ignore format: one line
    .execute();
}

/** The workspace has another currency: prices of shops that have sold nothing yet are in it. Safe to repeat. */
export async function followWorkspace({ db }: BaseCtx, workspaceId: string): Promise<void> {
  await sql`
    UPDATE products p SET currency = w.currency
    FROM workspaces w JOIN shop_connectors n ON n.workspace_id = w.id
    WHERE w.id = ${workspaceId} AND p.workspace_id = w.id AND p.currency_of = n.id AND p.currency <> w.currency
      AND ${soldIn(workspaceId, sql`n.id_prefix`)} IS NULL`.execute(db);
}
