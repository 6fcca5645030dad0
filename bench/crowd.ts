// A shop of a million people for the questions that rules ask: what they are, did, bought and were sent, in the shares a shop
// knows them: most never buy, few do much, and of what happened most is long ago. The same people in every run.
import { sql } from 'kysely';
import type { Db } from '../server/platform/db/db.ts';
import { newId } from '../server/platform/db/ids.ts';
import { openBots } from './bots.ts';
import { openShop, type Shop } from './shop.ts';
import type { Stage } from './stage.ts';

export interface Crowd {
  people: number;
  events: number;
  orders: number;
}
/** Ids that rules can name. */
export interface Named {
  connection: string;
  campaign: string;
  list: string;
}

/** A shop on the stage with these people. */
export async function openCrowd(stage: Stage, crowd: Crowd): Promise<{ shop: Shop; names: Named }> {
  const shop = await openShop(stage, (await openBots(stage, 1, [])).bots, [], 'web');
  const at = shop.base.clock.now();
  const common = { workspace_id: shop.workspaceId, created_at: at, updated_at: at };
  const names = { connection: shop.connections[0] as string, campaign: newId(), list: newId() };
  await shop.base.db
    .insertInto('segments')
    .values({ ...common, id: names.list, name: 'List', kind: 'static' })
    .execute();
  const parts = { audience: '{"all":true}', content: '{}', schedule: '{}', settings: '{}' };
  await shop.base.db
    .insertInto('campaigns')
    .values({
      ...common,
      ...parts,
      id: names.campaign,
      number: 1,
      kind: 'broadcast',
      name: 'C',
      type: 'promotional',
      status: 'published',
    })
    .execute();
  await addCrowd(shop.base.db, shop.workspaceId, crowd, names, at);
  return { shop, names };
}

/** `now`: the latest anything happened. Triggers stay out of it; what they keep is written at the end. */
async function addCrowd(db: Db, workspaceId: string, crowd: Crowd, names: Named, now: Date): Promise<void> {
  await db.connection().execute(async (db) => {
    const run = (query: ReturnType<typeof sql>) => query.execute(db);
    const puttingBack = await layAside(db);
    await run(sql`SELECT setseed(0.4)`);
    await run(sql`SET work_mem = '256MB'`);
    // days ago, square: half of all within the last quarter of the time
    const at = (days: number) => sql`${now}::timestamptz - random() * random() * ${days} * interval '1 day'`;
    await run(sql`
      CREATE TEMP TABLE crowd AS
      SELECT n, uuidv7(at - now()) AS id, at AS created_at FROM (
        SELECT n, ${now}::timestamptz - (1 - n::float8 / ${crowd.people}) * interval '900 days' AS at FROM generate_series(1, ${crowd.people}::int) n) s`);
    await run(sql`CREATE UNIQUE INDEX ON crowd (n)`);
    await run(sql`ANALYZE crowd`);
    await run(sql`
      INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, reachable, created_at)
      SELECT ${workspaceId}::uuid, new_id(), id, ${names.connection}::uuid, 'telegram', n::text, random() < 0.93, created_at FROM crowd WHERE random() < 0.8`);
    await run(sql`
      INSERT INTO consents (workspace_id, contact_id, channel, purpose, state, source, at)
      SELECT ${workspaceId}::uuid, id, 'telegram', 'marketing', CASE WHEN random() < 0.9 THEN 'opted_in' ELSE 'opted_out' END, 'import', created_at
      FROM crowd WHERE random() < 0.6`);
    // who does something does it often: a fifth of the people do nearly all
    const who = sql`1 + floor(power(random(), 3) * ${crowd.people})::int % ${crowd.people}::int`;
    await run(sql`
      INSERT INTO events (workspace_id, id, contact_id, name, at, properties)
      SELECT ${workspaceId}::uuid, new_id(), c.id, (ARRAY['page_viewed', 'page_viewed', 'page_viewed', 'page_viewed', 'page_viewed', 'page_viewed', 'product_viewed',
          'product_viewed', 'product_viewed', 'product_viewed', 'product_viewed', 'added_to_cart', 'added_to_cart', 'search', 'webinar_joined', 'review_written'])[1 + floor(r * 16)::int],
        e.at, jsonb_build_object('page', '/p/' || floor(random() * random() * 2000)::int, 'price', floor(random() * 200)::int)
      FROM (SELECT ${who} AS n, random() AS r, ${at(365)} AS at FROM generate_series(1, ${crowd.events}::int)) e JOIN crowd c USING (n)`);
    await run(sql`
      INSERT INTO orders (workspace_id, id, contact_id, external_id, status, total, placed_at)
      SELECT ${workspaceId}::uuid, new_id(), c.id, 'o' || o.i, (ARRAY['paid', 'delivered', 'delivered', 'delivered', 'cancelled'])[1 + floor(random() * 5)::int],
        (10 + random() * random() * 300)::numeric(14, 2), o.at
      FROM (SELECT i, ${who} AS n, ${at(730)} AS at FROM generate_series(1, ${crowd.orders}::int) i) o JOIN crowd c USING (n)`);
    await run(sql`
      INSERT INTO order_items (workspace_id, order_id, position, product_id, quantity, price)
      SELECT workspace_id, id, p, 'p' || floor(random() * random() * 1000)::int, 1, 10 FROM orders, generate_series(1, 2) p WHERE workspace_id = ${workspaceId}`);
    await run(sql`
      INSERT INTO carts (workspace_id, id, contact_id, status, updated_at)
      SELECT ${workspaceId}::uuid, new_id(), id, 'open', ${at(60)} FROM crowd WHERE random() < 0.04`);
    await run(sql`
      INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, run_id, event_key, contact_id, connection_id, channel, state, attempts, due_at, created_at, sent_at, replied_at)
      SELECT ${workspaceId}::uuid, new_id(), 'campaign', 4, ${names.campaign}::uuid, NULL, ${names.campaign}, id, ${names.connection}::uuid, 'telegram',
        CASE WHEN random() < 0.95 THEN 'sent' ELSE 'failed' END, 1, ${now}, ${now}, ${at(60)}, CASE WHEN random() < 0.03 THEN ${now}::timestamptz - interval '1 day' END
      FROM crowd WHERE random() < 0.7`);
    await run(sql`
      INSERT INTO segment_members (workspace_id, segment_id, contact_id, added_at)
      SELECT ${workspaceId}::uuid, ${names.list}::uuid, id, ${now} FROM crowd WHERE random() < 0.1`);
    await run(sql`
      INSERT INTO contacts (workspace_id, id, external_id, first_name, last_name, email, phone, language, time_zone, attributes, tags, created_at, updated_at,
        orders_count, orders_value, last_order_at, last_seen_at)
      SELECT ${workspaceId}::uuid, id, 'c' || n, 'Ann' || n % 5000, initcap(left(translate(md5(n::text), '0123456789abcdef', 'aeioubdfgklmnrst'), 8)),
        CASE WHEN random() < 0.8 THEN 'ann' || n || '@' || (ARRAY['gmail.com', 'example.com', 'web.de', 'orange.fr'])[1 + n % 4] END,
        CASE WHEN random() < 0.7 THEN '+447' || 400000000 + n END,
        (ARRAY['en', 'en', 'en', 'de', 'fr', 'es', 'pt', NULL])[1 + floor(random() * 8)::int],
        (ARRAY['Europe/London', 'Europe/London', 'Europe/London', 'Europe/Berlin', 'Europe/Paris', 'America/New_York', 'Asia/Tokyo', 'Pacific/Auckland', NULL])[1 + floor(random() * 9)::int],
        jsonb_strip_nulls(jsonb_build_object(
          'plan', (ARRAY['free', 'free', 'free', 'basic', 'basic', 'pro'])[1 + floor(random() * 6)::int],
          'city', 'City ' || floor(random() * random() * 300)::int,
          'score', CASE WHEN random() < 0.9 THEN floor(random() * 1000)::int END,
          'subscribed', random() < 0.5,
          'born', CASE WHEN random() < 0.7 THEN to_char(date '1950-01-01' + floor(random() * 20000)::int, 'YYYY-MM-DD') END,
          'likes', CASE WHEN random() < 0.5 THEN jsonb_build_array((ARRAY['mugs', 'plates', 'bowls', 'vases'])[1 + n % 4], (ARRAY['blue', 'white', 'red'])[1 + n % 3]) END)),
        array_remove(ARRAY[CASE WHEN random() < 0.02 THEN 'vip' END, CASE WHEN random() < 0.4 THEN 'newsletter' END,
          CASE WHEN random() < 0.05 THEN 'webinar' END, CASE WHEN random() < 0.1 THEN 'wholesale' END, 'source ' || n % 20], NULL),
        created_at, created_at, coalesce(o.n_orders, 0), coalesce(o.value, 0), o.last_order, e.last_event
      FROM crowd
      LEFT JOIN (SELECT contact_id AS id, count(*) AS n_orders, sum(total) AS value, max(placed_at) AS last_order FROM orders WHERE status <> 'cancelled' GROUP BY 1) o USING (id)
      LEFT JOIN (SELECT contact_id AS id, max(at) AS last_event FROM events GROUP BY 1) e USING (id)
      ORDER BY n`);
    await run(sql`DROP TABLE crowd`);
    for (const command of puttingBack) await run(sql.raw(command));
    await run(sql`RESET work_mem`);
  });
  await sql`VACUUM (ANALYZE)`.execute(db);
}

const filled = [
  'contacts',
  'identities',
  'consents',
  'events',
  'orders',
  'order_items',
  'carts',
  'deliveries',
  'segment_members',
];

/** Triggers, foreign keys and indexes of these tables, so that rows come in bulk; returns what puts them back. */
async function layAside(db: Db): Promise<string[]> {
  const of = sql`ANY(${filled}::text[]::regclass[])`;
  const { rows } = await sql<{ drop: string; create: string }>`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
      format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS create
    FROM pg_constraint WHERE contype = 'f' AND conrelid = ${of}
    UNION ALL
    SELECT format('ALTER TABLE %s DISABLE TRIGGER USER', t), format('ALTER TABLE %s ENABLE TRIGGER USER', t) FROM unnest(${filled}::text[]) t
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid) FROM pg_index i
    WHERE indrelid = ${of} AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)`.execute(
    db,
  );
  for (const { drop } of rows) await sql.raw(drop).execute(db);
  // indexes first: checking the foreign keys reads them
  return rows.map(({ create }) => create).reverse();
}
