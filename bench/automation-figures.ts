// The figures of an automation in a shop of a year's standing: the next check, the look back at a month, what the last days brought,
// who bought. 200,000 people with a cart each and ten touches of it in a month, 200,000 orders, a broadcast to 900,000 and 100,000
// reminders in the ledger. What a page asks for is beside the plainest question about the same rows.
import { type RawBuilder, sql } from 'kysely';
import { backtestInput } from '../contract/automations.ts';
import { createDefaultCampaigns } from '../server/campaigns/create.ts';
import { toggleCampaign } from '../server/campaigns/edit.ts';
import { asSystem, type Ctx } from '../server/platform/context.ts';
import { newId } from '../server/platform/db/ids.ts';
import { backtestOf } from '../server/triggers/figures/backtest.ts';
import { conversionOf } from '../server/triggers/figures/conversion.ts';
import { daysOf } from '../server/triggers/figures/days.ts';
import { checkedPeople, nextCheckOf } from '../server/triggers/figures/next-check.ts';
import { recoveredOrders } from '../server/triggers/figures/recovered.ts';
import { openBots } from './bots.ts';
import { median, type Row, size, whole } from './figures.ts';
import { chats, openShop, type Shop } from './shop.ts';
import { openStage } from './stage.ts';

export async function automationFigures(): Promise<Row[]> {
  const people = size('BENCH_PEOPLE', 200_000);
  const stage = await openStage('plain');
  const telegram = await openBots(stage, 1, []);
  const shop = await openShop(stage, telegram.bots, chats(people), 'web');
  const ctx = asSystem(shop.base, shop.workspaceId);
  await createDefaultCampaigns(ctx);
  const ids = await campaignsOf(ctx);
  await toggleCampaign(ctx, ids.abandoned_cart, true);
  await seed(shop, ids, people);
  const counted = await timed(() =>
    sql`SELECT count(*) FROM deliveries WHERE workspace_id = ${shop.workspaceId} AND sent_at IS NOT NULL`.execute(
      ctx.db,
    ),
  );
  const touched = await timed(() =>
    sql`SELECT count(*) FROM cart_touches WHERE workspace_id = ${shop.workspaceId} AND pieces >= 0`.execute(
      ctx.db,
    ),
  );
  const [cart, cast, thanks] = [ids.abandoned_cart, ids.broadcast, ids.post_purchase];
  const asked: [string, number, () => Promise<unknown>][] = [
    ['next check, 10,000 events judged', counted, () => nextCheckOf(ctx, cart)],
    ['first page of whom it would reach', counted, () => checkedPeople(ctx, cart, { limit: 50 })],
    ['last seven days of an automation', counted, () => daysOf(ctx, cart, 7)],
    ['last seven days of a broadcast', counted, () => daysOf(ctx, cast, 7)],
    ['conversion by last touch and holdout, 30 days', counted, () => conversionOf(ctx, cart, 30)],
    [
      'recovered carts, first page',
      counted,
      () => recoveredOrders(ctx, cart, { limit: 50, orders: 'recovered' }),
    ],
    ['backtest of 30 days, carts', touched, () => backtestOf(ctx, cart, backtestInput.parse({}))],
    ['backtest of 30 days, orders', touched, () => backtestOf(ctx, thanks, backtestInput.parse({}))],
  ];
  const rows: Row[] = [
    {
      what: `count of the ledger’s ${whole(people * 5)} rows, for comparison`,
      figure: `${whole(counted)} ms`,
    },
    {
      what: `count of the ${whole(people * 10)} touches of carts, for comparison`,
      figure: `${whole(touched)} ms`,
    },
  ];
  for (const [what, beside, ask] of asked) rows.push(await row(what, ask, beside));
  await sql`
    UPDATE workspaces SET frequency_caps = '[{"purpose":"marketing","max":2,"period_hours":24}]',
      quiet_hours = '{"from":"21:00","to":"08:00","expire_after_hours":12}' WHERE id = ${shop.workspaceId}`.execute(
    ctx.db,
  );
  rows.push(
    await row('backtest of 30 days, carts, with caps and quiet hours', () => backtestOf(ctx, cart, backtestInput.parse({})), touched), // biome-ignore format: one line
    await row('next check with caps and quiet hours', () => nextCheckOf(ctx, cart), counted),
  );
  await shop.close();
  await stage.stop();
  return rows;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const ms: number[] = [];
  for (let n = 0; n < 3; n++) {
    const startedAt = performance.now();
    await work();
    ms.push(performance.now() - startedAt);
  }
  return median(ms);
}

async function row(what: string, ask: () => Promise<unknown>, beside: number): Promise<Row> {
  const ms = await timed(ask);
  return { what, figure: `${whole(ms)} ms`, ratio: `${(ms / beside).toFixed(2)} × the count` };
}

type Ids = Record<'abandoned_cart' | 'post_purchase' | 'broadcast', string>;

async function campaignsOf(ctx: Ctx): Promise<Ids> {
  const rows = await ctx.db
    .selectFrom('campaigns')
    .select(['id', 'kind'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .execute();
  return Object.fromEntries(rows.map(({ id, kind }) => [kind, id])) as Ids;
}

async function seed({ base, workspaceId, connections }: Shop, ids: Ids, people: number): Promise<void> {
  const run = (statement: RawBuilder<unknown>) => statement.execute(base.db);
  const numbered = sql`(SELECT id, row_number() OVER (ORDER BY id) AS n FROM contacts WHERE workspace_id = ${workspaceId})`;
  await run(sql`
    INSERT INTO carts (workspace_id, id, external_id, contact_id, status, items, updated_at)
    SELECT ${workspaceId}, new_id(), 'cart-' || p.n, p.id, 'open', '[{"product_id":"mug","quantity":2,"price":"19.00"}]', now() - interval '20 days'
    FROM ${numbered} p`);
  // full, full, full, emptied, and again; bought once
  await run(sql`
    INSERT INTO cart_touches (workspace_id, cart_id, at, version, status, pieces)
    SELECT k.workspace_id, k.id, now() - interval '34 days' + make_interval(mins => (i * 4800 + random() * 4000)::int), i / 4 + 1,
      CASE WHEN i = 7 THEN 'ordered' ELSE 'open' END, CASE WHEN i % 4 = 3 THEN 0 ELSE 2 END
    FROM carts k CROSS JOIN generate_series(0, 9) i WHERE k.workspace_id = ${workspaceId} ON CONFLICT DO NOTHING`);
  await run(sql`
    INSERT INTO orders (workspace_id, id, contact_id, external_id, status, total, currency, placed_at, updated_at, delivered_at)
    SELECT ${workspaceId}, new_id(), p.id, 'order-' || p.n, 'delivered', 20 + p.n % 50, 'EUR', p.at, p.at, p.at
    FROM (SELECT id, n, now() - random() * interval '60 days' AS at FROM ${numbered} x) p`);
  await run(sql`
    INSERT INTO order_items (workspace_id, order_id, position, product_id, quantity, price)
    SELECT workspace_id, id, 0, CASE WHEN random() < 0.5 THEN 'mug' ELSE 'bowl' END, 1, 20 FROM orders WHERE workspace_id = ${workspaceId}`);
  await ledger(ids.broadcast, false, 9, 2, sql`now() - interval '3 days' + n * interval '3 ms'`);
  await ledger(ids.abandoned_cart, true, 1, 2, sql`now() - random() * interval '30 days'`);
  // as many as the figure judges at most, due within the next hour's checks or already
  await run(sql`
    INSERT INTO trigger_waits (workspace_id, campaign_id, subject_id, since)
    SELECT workspace_id, ${ids.abandoned_cart}, id, now() - interval '1 day' FROM carts WHERE workspace_id = ${workspaceId} ORDER BY id LIMIT 10000
    ON CONFLICT DO NOTHING`);
  await run(sql`VACUUM ANALYZE`);

  /** `tenths` of five rows for each person; every twentieth held out, `percent` of 100 bought. */
  async function ledger(
    campaign: string,
    ongoing: boolean,
    tenths: number,
    percent: number,
    at: RawBuilder<unknown>,
  ) {
    const [id, connection] = [newId(), connections[0]!];
    const day = ongoing ? sql`now() - interval '60 days'` : sql`now() - interval '3 days'`;
    await run(sql`
      INSERT INTO runs (workspace_id, id, campaign_id, connection_id, status, content, settings, audience, planned, created_at, finished_at,
        link_base, ongoing, expanded_at)
      VALUES (${workspaceId}, ${id}, ${campaign}, ${connection}, ${ongoing ? 'active' : 'finished'}, '{}', '{}', '{}', 0, ${day},
        ${ongoing ? null : sql`${day} + interval '1 hour'`}, 'https://shop.example', ${ongoing}, now())`);
    await run(sql`
      INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, run_id, event_key, contact_id, connection_id, channel,
        state, reason, due_at, created_at, claimed_at, sent_at, clicked_at, converted_at, converted_by)
      SELECT ${workspaceId}, new_id(), 'campaign', 5, ${campaign}, ${id}, 'k' || n, contact_id, ${connection}, 'telegram',
        CASE WHEN n % 20 = 1 THEN 'skipped' ELSE 'sent' END, CASE WHEN n % 20 = 1 THEN 'holdout' END, at, at, at,
        CASE WHEN n % 20 <> 1 THEN at END, CASE WHEN n % 10 = 2 THEN at END,
        CASE WHEN n % 100 < ${percent} AND n % 20 <> 1 THEN at + interval '3 hours' END, CASE WHEN n % 100 < ${percent} AND n % 20 <> 1 THEN order_id END
      FROM (
        SELECT g AS n, p.id AS contact_id, o.id AS order_id, ${at} AS at
        FROM generate_series(1, ${Math.round((people * 5 * tenths) / 10)}) g
        JOIN ${numbered} p ON p.n = g % ${people} + 1
        JOIN orders o ON o.workspace_id = ${workspaceId} AND o.contact_id = p.id
      ) x`);
  }
}
