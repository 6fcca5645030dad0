// In which currency a shop's products are priced: shops name none at a product, so it is the one that this shop sells in, as its first
// order or checkout names it, or a person; until then the workspace's. A later order in another one is a customer's choice of what to pay
// with, and says nothing of the prices.
import { sql } from 'kysely';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { alone } from '../alone.ts';
import type { ProductRow } from '../products.ts';
import type { ConnectorRow } from './connector.ts';

type Connector = Pick<ConnectorRow, 'id' | 'currency'>;

/** Of a product that is told now. `before`: as it is stored. In a transaction that is alone with products. */
export async function currencyOf(
  ctx: Ctx,
  { id }: Connector,
  before: ProductRow | undefined,
): Promise<string> {
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<{ currency: string }>`
    SELECT coalesce((SELECT n.currency FROM shop_connectors n WHERE n.workspace_id = w.id AND n.id = ${id}), ${before?.currency ?? null}, w.currency) AS currency
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

/** The shop told an order or a checkout; where nothing was known of what it sells in, now it is. In that transaction. */
export async function noteSelling(ctx: Ctx, connector: Connector, currency: string): Promise<void> {
  if (connector.currency !== null) return;
  // before the connector's row, as whoever tells a product locks them
  await alone(ctx, 'products');
  const { numUpdatedRows } = await ctx.db
    .updateTable('shop_connectors')
    .set({ currency })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connector.id)
    .where('currency', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows > 0n) await price(ctx, connector.id, currency);
}

/** A person says what it sells in. In a transaction. */
export async function saySelling(ctx: Ctx, id: string, currency: string): Promise<void> {
  await alone(ctx, 'products');
  await ctx.db
    .updateTable('shop_connectors')
    .set({ currency })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .execute();
  await price(ctx, id, currency);
}

async function price(ctx: Ctx, connectorId: string, currency: string): Promise<void> {
  await ctx.db
    .updateTable('products')
    .set({ currency })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('currency_of', '=', connectorId)
    .where((eb) => eb.or([eb('currency', '<', currency), eb('currency', '>', currency)]))
    .execute();
}

/** The workspace has another currency: prices of shops that have sold nothing yet are in it. Safe to repeat. */
export async function followWorkspace({ db }: BaseCtx, workspaceId: string): Promise<void> {
  await sql`
    UPDATE products p SET currency = w.currency
    FROM workspaces w JOIN shop_connectors n ON n.workspace_id = w.id
    WHERE w.id = ${workspaceId} AND p.workspace_id = w.id AND p.currency_of = n.id AND p.currency <> w.currency AND n.currency IS NULL`.execute(
    db,
  );
}
