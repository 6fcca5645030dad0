// Products as the shop tells them: written over as a whole, the later change wins. What comes back into stock is noted in the same
// transaction, and waits for the automations from there (trigger restocked, schema.sql).
import { sql } from 'kysely';
import type { ProductPut } from '../../contract/products.ts';
import type { Ctx } from '../platform/context.ts';
import { storableJson } from '../platform/db/storable.ts';
import { type Noun, putNewest, type Written } from './newest-wins.ts';
import { type ProductRow, productsByExternalId, type VariantRow } from './products.ts';
import { tellOfEvents } from './tell.ts';

type Given = ProductPut & { external_id: string };

/** As putNewest has it. */
export const putProducts = (ctx: Ctx, list: Given[], pointer: string | null): Promise<Written[]> =>
  putNewest(ctx, products, list, pointer);

type Times = { updated_at: Date };
const products: Noun<Given, Times, ProductRow> = {
  name: 'products',
  timesOf: (_given, at) => ({ updated_at: at('updated_at') }),
  stored: productsByExternalId,
  rowOf,
  says,
  write,
  async tell(ctx, changes) {
    const now = ctx.clock.now();
    const back = changes.flatMap(({ row, before }) => (before ? (restockOf(before, row, now) ?? []) : []));
    if (back.length === 0) return;
    await note(ctx, back);
    await tellOfEvents(ctx);
  },
};

function rowOf(given: Given, { updated_at }: Times): Omit<ProductRow, 'id'> {
  const { external_id, name, url = null, image_url = null, price, status } = given;
  const variants: VariantRow[] =
    given.variants.length > 0
      ? given.variants.map((one) => ({
          external_id: one.id,
          name: one.name ?? null,
          price: one.price?.amount ?? null,
          stock: one.stock ?? null,
        }))
      : [{ external_id: '', name: null, price: null, stock: given.stock ?? null }];
  return {
    external_id,
    name,
    url,
    image_url,
    price: price?.amount ?? null,
    currency: price?.currency ?? given.variants.find((one) => one.price)?.price?.currency ?? null,
    status,
    available: status === 'active' && variants.some(isThere),
    variants,
    updated_at,
  };
}

const isThere = ({ stock }: VariantRow) => stock === null || stock > 0;

function says({ name, url, image_url, price, currency, status, variants }: Omit<ProductRow, 'id'>): string {
  const number = (amount: string | null) => (amount === null ? null : Number(amount));
  const plain = (one: VariantRow) => [one.external_id, one.name, number(one.price), one.stock];
  return JSON.stringify([name, url, image_url, number(price), currency, status, variants.map(plain)]);
}

interface Restock {
  product_id: string;
  at: Date;
  variants: string[];
  whole: boolean;
}

/**
 * Null: nothing that could not be bought before can be now. A variant that is new to a product is news to nobody who waits.
 * It came back when the shop says that it changed; a shop whose time stood still says nothing of it, and then it is `now`.
 */
function restockOf(before: ProductRow, after: ProductRow, now: Date): Restock | null {
  if (!after.available) return null;
  const soldOut = new Set(
    before.variants.filter((one) => before.status === 'gone' || !isThere(one)).map((one) => one.external_id),
  );
  const variants = after.variants
    .filter((one) => isThere(one) && soldOut.has(one.external_id))
    .map((one) => one.external_id);
  const whole = !before.available;
  if (variants.length === 0 && !whole) return null;
  const at = after.updated_at > before.updated_at ? after.updated_at : now;
  return { product_id: after.id, at, variants, whole };
}

async function write(ctx: Ctx, rows: ProductRow[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  await sql`
    INSERT INTO products (workspace_id, id, external_id, name, url, image_url, currency, price, status, available, updated_at)
    SELECT ${workspaceId}::uuid, r.id, r.external_id, r.name, r.url, r.image_url, r.currency, r.price, r.status, r.available, r.updated_at
    FROM jsonb_to_recordset(${storableJson(rows)}::jsonb)
      AS r(id uuid, external_id text, name text, url text, image_url text, currency text, price numeric, status text, available boolean, updated_at timestamptz)
    ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, url = excluded.url, image_url = excluded.image_url,
      currency = excluded.currency, price = excluded.price, status = excluded.status, available = excluded.available,
      updated_at = excluded.updated_at, currency_of = NULL`.execute(ctx.db);
  const variants = rows.flatMap(({ id, variants }) =>
    variants.map((one, position) => ({ ...one, product_id: id, position })),
  );
  await sql`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${storableJson(variants)}::jsonb)
        AS r(product_id uuid, external_id text, name text, price numeric, stock integer, position integer)
    ), dropped AS (
      DELETE FROM product_variants v WHERE v.workspace_id = ${workspaceId} AND v.product_id = ANY(${rows.map((row) => row.id)}::uuid[])
        AND NOT EXISTS (SELECT FROM given g WHERE g.product_id = v.product_id AND g.external_id = v.external_id)
    )
    INSERT INTO product_variants (workspace_id, product_id, external_id, name, price, stock, position)
    SELECT ${workspaceId}::uuid, g.product_id, g.external_id, g.name, g.price, g.stock, g.position FROM given g
    ON CONFLICT (workspace_id, product_id, external_id) DO UPDATE SET name = excluded.name, price = excluded.price,
      stock = excluded.stock, position = excluded.position`.execute(ctx.db);
}

async function note(ctx: Ctx, back: Restock[]): Promise<void> {
  await sql`
    INSERT INTO restocks (workspace_id, product_id, at, variants, whole)
    SELECT ${ctx.actor.workspaceId}::uuid, r.product_id, r.at, r.variants, r.whole
    FROM jsonb_to_recordset(${storableJson(back)}::jsonb) AS r(product_id uuid, at timestamptz, variants text[], whole boolean)
    ON CONFLICT (workspace_id, product_id, at) DO UPDATE SET
      variants = restocks.variants || excluded.variants, whole = restocks.whole OR excluded.whole`.execute(
    ctx.db,
  );
}
