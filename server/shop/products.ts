// Products and who waits for them: their rows, and as the wire shows them.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import { amountText } from '../../contract/money.ts';
import type { Product } from '../../contract/products.ts';
import type { Ctx } from '../platform/context.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { notFound } from '../platform/errors.ts';

/** Amounts are text, as PostgreSQL writes a numeric. */
export interface VariantRow {
  /** '': the one of a product that has no variants. */
  external_id: string;
  name: string | null;
  price: string | null;
  /** Null: not counted. */
  stock: number | null;
}
export interface ProductRow {
  id: string;
  external_id: string;
  name: string;
  url: string | null;
  image_url: string | null;
  price: string | null;
  currency: string | null;
  status: string;
  available: boolean;
  updated_at: Date;
  variants: VariantRow[];
}

const selectProducts = (ctx: Ctx) =>
  ctx.db
    .selectFrom('products as p')
    .select([
      'p.id',
      'p.external_id',
      'p.name',
      'p.url',
      'p.image_url',
      'p.currency',
      'p.status',
      'p.available',
      'p.updated_at',
    ])
    .select(sql<string | null>`p.price::text`.as('price'))
    .select(
      sql<VariantRow[]>`(
        SELECT jsonb_agg(jsonb_build_object('external_id', v.external_id, 'name', v.name, 'price', v.price::text, 'stock', v.stock) ORDER BY v.position)
        FROM product_variants v WHERE v.workspace_id = p.workspace_id AND v.product_id = p.id)`.as(
        'variants',
      ),
    )
    .where('p.workspace_id', '=', ctx.actor.workspaceId);

export async function productsByExternalId(
  ctx: Ctx,
  externalIds: string[],
): Promise<Map<string, ProductRow>> {
  const rows = await selectProducts(ctx)
    .where(sql<boolean>`p.external_id = ANY(${externalIds}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.external_id, row]));
}

/** Its row. Throws NOT_FOUND. */
export async function productRow(ctx: Ctx, externalId: string): Promise<ProductRow> {
  const row = (await productsByExternalId(ctx, [externalId])).get(externalId);
  if (!row) throw notFound('product');
  return row;
}

/** Throws NOT_FOUND. */
export async function loadProduct(ctx: Ctx, externalId: string): Promise<Product> {
  return toProduct(await productRow(ctx, externalId));
}

/** Last changed first. */
export function listProducts(
  ctx: Ctx,
  query: PageQuery & { available?: boolean | undefined },
): Promise<Page<Product>> {
  let rows = selectProducts(ctx).select('p.id as _id');
  if (query.available !== undefined) rows = rows.where('p.available', '=', query.available);
  const order = { column: 'p.updated_at', id: 'p.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(rows, query, order, toProduct);
}

function toProduct(row: ProductRow): Product {
  const { currency } = row;
  const money = (amount: string | null) =>
    amount === null || currency === null ? null : { amount: amountText(amount, currency), currency };
  const counts = row.variants.map(({ stock }) => stock);
  return {
    id: toWireId('prd', row.id),
    external_id: row.external_id,
    name: row.name,
    url: row.url,
    image_url: row.image_url,
    price: money(row.price),
    stock: counts.includes(null) ? null : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    status: row.status as Product['status'],
    available: row.available,
    variants: row.variants
      .filter((one) => one.external_id !== '')
      .map((one) => ({ id: one.external_id, name: one.name, price: money(one.price), stock: one.stock })),
    updated_at: row.updated_at.toISOString(),
  };
}
