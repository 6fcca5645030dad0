// Products, variants and stock that a shop told of, written down the way the API writes them.
import { sql } from 'kysely';
import { type ProductPut, productPut } from '../../../contract/products.ts';
import type { Ctx } from '../../platform/context.ts';
import { alone } from '../alone.ts';
import { type ProductRow, productsByExternalId } from '../products.ts';
import { putProducts } from '../put-products.ts';
import { happenedAt } from '../times.ts';
import { checked } from './checked.ts';
import type { ConnectorRow } from './connector.ts';
import { currencyOf, noteCurrencyOf } from './currency.ts';
import { wasDeleted } from './deletions.ts';
import { justAfter, piecesAtMost } from './payload.ts';
import type { ToldLevel, ToldProduct, ToldVariant } from './told.ts';

type Connector = Pick<ConnectorRow, 'id' | 'id_prefix' | 'currency'>;

export async function writeProduct(
  ctx: Ctx,
  connector: Connector,
  told: ToldProduct,
): Promise<string | null> {
  await alone(ctx, 'products');
  const external_id = connector.id_prefix + told.external_id;
  const before = await storedProduct(ctx, external_id);
  if (!before && (await wasDeleted(ctx, connector, 'product', told.external_id, told.at))) return overtaken;
  const currency = await currencyOf(ctx, connector, before);
  const variants = told.variantIds
    ? told.variantIds.map((id) => knownVariant(before, id, told))
    : told.variants.map(({ item: _, ...variant }) => variant);
  await putOne(ctx, connector, external_id, {
    name: told.name,
    url: told.url,
    image_url: told.image_url,
    price: money(told.price, currency),
    stock: variants.length > 0 ? null : told.stock,
    variants: variants.map(({ price, ...variant }) => ({ ...variant, price: money(price, currency) })),
    status: told.status,
    ...(told.at && { updated_at: told.at }),
  });
  await noteItems(ctx, connector, told);
  return null;
}

const overtaken = 'News of a product whose deletion came before them.';

/** What its own webhook said; until one came, what its product says of all of them. */
function knownVariant(before: ProductRow | undefined, id: string, { stock }: ToldProduct) {
  const known = before?.variants.find((one) => one.external_id === id);
  return { id, name: known?.name ?? null, price: known?.price ?? null, stock: known ? known.stock : stock };
}

export async function writeVariant(
  ctx: Ctx,
  connector: Connector,
  told: ToldVariant,
): Promise<string | null> {
  await alone(ctx, 'products');
  const level = { item: told.variant.id, place: 'variant', available: told.variant.stock ?? 0, at: told.at };
  // its product may have changed later than it did, so each variant has a time of its own
  if (!(await noteLevel(ctx, connector, level))) return 'Older news of a variation.';
  const external_id = connector.id_prefix + told.product;
  const before = await storedProduct(ctx, external_id);
  if (!before && (await wasDeleted(ctx, connector, 'product', told.product, told.at))) return overtaken;
  const currency = await currencyOf(ctx, connector, before);
  const { id, name, price, stock } = told.variant;
  const variant = { external_id: id, name, price, stock };
  const others = (before?.variants ?? []).filter((one) => one.external_id !== '');
  const isKnown = others.some((one) => one.external_id === id);
  const product = before ?? {
    name: told.productName,
    url: told.url,
    image_url: told.image_url,
    price,
    currency,
    status: 'active',
    updated_at: null,
  };
  const variants = isKnown
    ? others.map((one) => (one.external_id === id ? variant : one))
    : [...others, variant];
  await putOne(ctx, connector, external_id, asPut({ ...product, currency, variants }, told.at));
  return null;
}

/** The shop no longer has it. */
export async function writeGone(
  ctx: Ctx,
  connector: Connector,
  { external_id: id, at }: { external_id: string; at: string | null },
): Promise<string | null> {
  await alone(ctx, 'products');
  const external_id = connector.id_prefix + id;
  const before = await storedProduct(ctx, external_id);
  if (!before) return 'A product that is not known here was deleted.';
  const updated_at = at ?? justAfter(before.updated_at);
  await putOne(ctx, connector, external_id, { ...asPut(before, null), status: 'gone', updated_at });
  return null;
}

/**
 * What lies at one place is all there is only where the places that are known make up the stock as it stood; else the next
 * webhook of the product says it. From nothing to something is certain in any case.
 */
export async function writeLevel(ctx: Ctx, connector: Connector, level: ToldLevel): Promise<string | null> {
  await alone(ctx, 'products');
  const sumBefore = await sumOfLevels(ctx, connector, level.item);
  if (!(await noteLevel(ctx, connector, level))) return 'Older news of a stock.';
  const sum = await sumOfLevels(ctx, connector, level.item);
  const item = await ctx.db
    .selectFrom('shop_items')
    .select(['product', 'variant'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connector_id', '=', connector.id)
    .where('item', '=', level.item)
    .executeTakeFirst();
  const before = item && (await storedProduct(ctx, item.product));
  const variant = before?.variants.find((one) => one.external_id === item?.variant);
  if (!item || !before || !variant)
    return 'The stock of an item of a product that is not known here yet; it is known with the product’s next webhook.';
  // not counted
  if (variant.stock === null || sum === null) return null;
  const isWhole = sumBefore === variant.stock;
  if (!isWhole && !(variant.stock === 0 && sum > 0)) return null;
  const stock = Math.min(Math.max(0, sum), piecesAtMost);
  const variants = before.variants.map((one) => (one === variant ? { ...one, stock } : one));
  await putOne(ctx, connector, item.product, asPut({ ...before, variants }, level.at));
  return null;
}

type Shown = Pick<ProductRow, 'name' | 'url' | 'image_url' | 'price' | 'currency' | 'status' | 'variants'> & {
  updated_at: Date | null;
};

/** A stored product as it is sent; what changed of it later than `at` stays later. */
function asPut(row: Shown, at: string | null): ProductPut {
  const { name, url, image_url, price, currency, status } = row;
  const [single] = row.variants;
  const isSingle = row.variants.length === 1 && single?.external_id === '';
  const time = Math.max(at === null ? 0 : Date.parse(at), row.updated_at?.getTime() ?? 0);
  return {
    name,
    url,
    image_url,
    price: money(price, currency),
    stock: isSingle ? (single?.stock ?? null) : null,
    variants: isSingle
      ? []
      : row.variants.map((one) => ({
          id: one.external_id,
          name: one.name,
          price: money(one.price, currency),
          stock: one.stock,
        })),
    status: status as ProductPut['status'],
    ...(time > 0 && { updated_at: new Date(time).toISOString() }),
  };
}

const money = (amount: string | null, currency: string | null) =>
  amount === null || currency === null ? null : { amount, currency };

async function putOne(ctx: Ctx, connector: Connector, external_id: string, given: ProductPut): Promise<void> {
  await putProducts(ctx, [{ ...checked(productPut, given, 'The product'), external_id }], null);
  await noteCurrencyOf(ctx, connector, external_id);
}

async function storedProduct(ctx: Ctx, externalId: string): Promise<ProductRow | undefined> {
  return (await productsByExternalId(ctx, [externalId])).get(externalId);
}

async function noteItems(
  ctx: Ctx,
  connector: Connector,
  { external_id, variants }: ToldProduct,
): Promise<void> {
  const items = variants.flatMap(({ item, id }) => (item === null ? [] : { item, variant: id }));
  if (items.length === 0) return;
  await sql`
    INSERT INTO shop_items (workspace_id, connector_id, item, product, variant)
    SELECT DISTINCT ON (r.item) ${ctx.actor.workspaceId}::uuid, ${connector.id}::uuid, r.item, ${connector.id_prefix + external_id}, r.variant
    FROM jsonb_to_recordset(${JSON.stringify(items)}::jsonb) AS r(item text, variant text) ORDER BY r.item
    ON CONFLICT (workspace_id, connector_id, item) DO UPDATE SET product = excluded.product, variant = excluded.variant`.execute(
    ctx.db,
  );
}

/** Null: no place is known. */
async function sumOfLevels(ctx: Ctx, connector: Connector, item: string): Promise<number | null> {
  const { sum } = await ctx.db
    .selectFrom('shop_stock')
    .select((eb) => eb.fn.sum<number | null>('available').as('sum'))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connector_id', '=', connector.id)
    .where('item', '=', item)
    .executeTakeFirstOrThrow();
  return sum === null ? null : Number(sum);
}

/** Whether it is news: what was told of this place later stays. Throws VALIDATION_FAILED for a time that cannot be. */
async function noteLevel(ctx: Ctx, connector: Connector, level: ToldLevel): Promise<boolean> {
  const at = happenedAt(ctx, level.at ?? undefined, '/updated_at');
  const { numAffectedRows } = await sql`
    INSERT INTO shop_stock AS s (workspace_id, connector_id, item, place, available, updated_at)
    VALUES (${ctx.actor.workspaceId}, ${connector.id}, ${level.item}, ${level.place}, ${level.available}, ${at})
    ON CONFLICT (workspace_id, connector_id, item, place) DO UPDATE SET available = excluded.available, updated_at = excluded.updated_at
    WHERE s.updated_at <= excluded.updated_at`.execute(ctx.db);
  return (numAffectedRows ?? 0n) > 0n;
}
