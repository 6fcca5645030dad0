// The check of automations among a million people: what it costs follows what changed (1,000 carts in five minutes), not the
// carts there are; and a restock for which 100,000 people wait, from the shop's word to the last row.
import { sql } from 'kysely';
import { toWireId } from '../contract/ids.ts';
import { productPut } from '../contract/products.ts';
import { cartPut } from '../contract/shop.ts';
import { createDefaultCampaigns } from '../server/campaigns/create.ts';
import { editCampaign } from '../server/campaigns/edit.ts';
import { getCampaign } from '../server/campaigns/store.ts';
import { asSystem, type Ctx } from '../server/platform/context.ts';
import { putCarts } from '../server/shop/put-carts.ts';
import { putProducts } from '../server/shop/put-products.ts';
import { check } from '../server/triggers/check.ts';
import { openBots } from './bots.ts';
import { median, type Row, size, whole } from './figures.ts';
import { chats, openShop, type Shop } from './shop.ts';
import { openStage } from './stage.ts';

const changes = 1000;

export async function automations(): Promise<Row[]> {
  const people = size('BENCH_PEOPLE', 1_000_000);
  const many = size('BENCH_CARTS', 200_000);
  const rounds = size('BENCH_ROUNDS', 5);
  const waiting = size('BENCH_WAITING', 100_000);
  const stage = await openStage('plain');
  const telegram = await openBots(stage, 1, []);
  // no node sends: what is measured is the decision
  const shop = await openShop(stage, telegram.bots, chats(people), 'web');
  const ctx = asSystem(shop.base, shop.workspaceId);
  await createDefaultCampaigns(ctx);
  const reminder = await switchedOn(ctx, 'abandoned_cart');
  const few = Math.round(many / 10);
  await openCarts(shop, 0, few);
  const atFew = await scans(shop, ctx, reminder, rounds, few);
  await openCarts(shop, few, many);
  const atMany = await scans(shop, ctx, reminder, rounds, many);
  const back = await switchedOn(ctx, 'back_in_stock');
  const restockMs: number[] = [];
  const bareMs: number[] = [];
  for (const table of ['deliveries', 'delivery_events'])
    await sql`CREATE TABLE ${sql.table(`bare_${table}`)} (LIKE ${sql.table(table)} INCLUDING ALL)`.execute(
      shop.base.db,
    );
  for (let round = 1; round <= rounds; round++) {
    restockMs.push(await restock(shop, ctx, back, round, waiting));
    bareMs.push(await bareInsert(shop, back, round));
    console.log(
      `  restock ${round}: ${whole(waiting)} rows in ${whole(restockMs.at(-1) as number)} ms, bare ${whole(bareMs.at(-1) as number)} ms`,
    );
  }
  await shop.close();
  await stage.stop();
  const [scan, ratio] = [median(atMany.check), median(atMany.check) / median(atFew.check)];
  return [
    {
      what: `check after ${whole(changes)} changes, ${whole(few)} open carts, ${whole(people)} people`,
      figure: `${whole(median(atFew.check))} ms`,
    },
    {
      what: `the same among ${whole(many)} open carts`,
      figure: `${whole(scan)} ms`,
      ratio: `${ratio.toFixed(2)} × that of ${whole(few)}`,
      target: '≤ 500 ms and ≤ 2 ×',
      met: scan <= 500 && ratio <= 2,
    },
    {
      what: `the ${whole(changes)} changes themselves, as one batch over the shop’s API`,
      figure: `${whole(median(atMany.put))} ms`,
      ratio: `${(median(atMany.put) / median(atFew.put)).toFixed(2)} × that of ${whole(few)}`,
    },
    {
      what: `check with nothing due, ${whole(many)} open carts`,
      figure: `${median(atMany.idle).toFixed(1)} ms`,
    },
    {
      what: `bare INSERT … SELECT of the ${whole(waiting)} rows of a restock and their events`,
      figure: `${(median(bareMs) / 1000).toFixed(2)} s`,
    },
    {
      what: `restock for which ${whole(waiting)} people wait, from the shop’s word to the last row`,
      figure: `${(median(restockMs) / 1000).toFixed(2)} s`,
      ratio: `${(median(restockMs) / median(bareMs)).toFixed(2)} × bare`,
      target: '≤ 5 s',
      met: median(restockMs) <= 5000,
    },
  ];
}

/** Its uuid. Every event is due at once, so that each round's changes are that round's work. */
async function switchedOn(ctx: Ctx, kind: 'abandoned_cart' | 'back_in_stock'): Promise<string> {
  const { id } = await ctx.db
    .selectFrom('campaigns')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('kind', '=', kind)
    .executeTakeFirstOrThrow();
  const { trigger } = await getCampaign(ctx, id);
  await editCampaign(ctx, id, { trigger: { ...trigger!, enabled: true, delay_minutes: 0 } });
  return id;
}

const item = (product: string) => ({
  product_id: product,
  name: 'Stoneware mug',
  quantity: 2,
  price: { amount: '19.00', currency: 'EUR' },
});

/** Carts of the `from`-th to the `to`-th person, touched weeks ago: there, and nobody's business any more. */
async function openCarts({ base, workspaceId }: Shop, from: number, to: number): Promise<void> {
  await sql`
    INSERT INTO carts (workspace_id, id, external_id, contact_id, status, currency, total, items, updated_at)
    SELECT c.workspace_id, new_id(), 'cart-' || (n + ${from}), c.id, 'open', 'EUR', 38,
      jsonb_build_array(jsonb_build_object('product_id', 'p' || n % 500, 'name', 'Stoneware mug', 'quantity', 2, 'price', '19.00')),
      now() - interval '20 days' - n * interval '1 second'
    FROM (SELECT *, row_number() OVER (ORDER BY id) - 1 AS n FROM (
      SELECT workspace_id, id FROM contacts WHERE workspace_id = ${workspaceId} ORDER BY id OFFSET ${from} LIMIT ${to - from}) p) c`.execute(
    base.db,
  );
  await sql`ANALYZE`.execute(base.db);
}

/** Each round touches other carts, spread over all there are. */
async function scans(shop: Shop, ctx: Ctx, campaignId: string, rounds: number, carts: number) {
  const took = { put: [] as number[], check: [] as number[], idle: [] as number[] };
  const job = { workspaceId: shop.workspaceId, campaignId };
  const ids = await sql<{ external_id: string; contact_id: string }>`
    SELECT k.external_id, k.contact_id FROM carts k WHERE k.workspace_id = ${shop.workspaceId} AND k.updated_at < now() - interval '1 day'
    ORDER BY md5(k.external_id) LIMIT ${changes * rounds}`.execute(shop.base.db);
  for (let round = 0; round < rounds; round++) {
    const list = Array.from({ length: changes }, (_, n) => {
      const at = round * changes + n;
      const given = cartPut.parse({
        contact: { id: toWireId('cnt', ids.rows[at]!.contact_id) },
        items: [item('p1')],
      });
      return { external_id: ids.rows[at]!.external_id, ...given };
    });
    let startedAt = performance.now();
    await putCarts(ctx, list, '/carts');
    took.put.push(performance.now() - startedAt);
    startedAt = performance.now();
    const written = await check(shop.base, job);
    took.check.push(performance.now() - startedAt);
    if (written !== changes) throw new Error(`${written} rows were written for ${changes} changes`);
    startedAt = performance.now();
    await check(shop.base, job);
    took.idle.push(performance.now() - startedAt);
  }
  console.log(
    `  ${whole(carts)} carts: check ${took.check.map(whole).join(', ')} ms; put ${took.put.map(whole).join(', ')} ms`,
  );
  return took;
}

async function restock(
  shop: Shop,
  ctx: Ctx,
  campaignId: string,
  round: number,
  waiting: number,
): Promise<number> {
  const external_id = `sold-out-${round}`;
  const put = (stock: number) =>
    putProducts(ctx, [{ external_id, ...productPut.parse({ name: 'Blue glaze set', stock }) }], null);
  await put(0);
  await sql`
    INSERT INTO product_interest (workspace_id, product_id, contact_id, kind, at)
    SELECT c.workspace_id, p.id, c.id, 'subscribed', now() FROM contacts c
    JOIN products p ON p.workspace_id = c.workspace_id AND p.external_id = ${external_id}
    WHERE c.workspace_id = ${shop.workspaceId} ORDER BY md5(c.id::text || ${external_id}) LIMIT ${waiting}`.execute(
    shop.base.db,
  );
  await sql`ANALYZE product_interest`.execute(shop.base.db);
  const startedAt = performance.now();
  await put(25);
  // without the two minutes in which more may come back: they are a wait and no work
  const written = await check(shop.base, { workspaceId: shop.workspaceId, campaignId }, 0);
  const ms = performance.now() - startedAt;
  if (written !== waiting) throw new Error(`${written} rows were written for ${waiting} who wait`);
  return ms;
}

/** The rows of that restock and their events once more, in one transaction, into tables with the same indexes and no triggers. */
async function bareInsert(shop: Shop, campaignId: string, round: number): Promise<number> {
  const external_id = `sold-out-${round}`;
  const startedAt = performance.now();
  await shop.base.db.transaction().execute(async (trx) => {
    await sql`
      INSERT INTO bare_deliveries SELECT d.* FROM deliveries d
      JOIN delivery_events e ON e.workspace_id = d.workspace_id AND e.delivery_id = d.id
      WHERE d.workspace_id = ${shop.workspaceId} AND d.campaign_id = ${campaignId} AND e.products = ARRAY[${external_id}]
      ORDER BY d.contact_id`.execute(trx);
    await sql`
      INSERT INTO bare_delivery_events SELECT e.* FROM delivery_events e
      WHERE e.workspace_id = ${shop.workspaceId} AND e.campaign_id = ${campaignId} AND e.products = ARRAY[${external_id}]`.execute(
      trx,
    );
  });
  return performance.now() - startedAt;
}
