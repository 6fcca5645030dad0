// Writing the rows of a large audience, beside one bare INSERT … SELECT of the same rows into the same table without
// triggers, and how long the first message takes while that goes on.
import { sql } from 'kysely';
import { newId } from '../server/platform/db/ids.ts';
import { openBots } from './bots.ts';
import type { Tally } from './emulator.ts';
import { median, type Row, size, whole } from './figures.ts';
import { chats, clearRuns, launch, openShop, type Shop, untilExpanded } from './shop.ts';
import { openStage } from './stage.ts';

export async function expansion(): Promise<Row[]> {
  const count = size('BENCH_PEOPLE', 1_000_000);
  const rounds = size('BENCH_ROUNDS', 3);
  const stage = await openStage('plain');
  const telegram = await openBots(stage, 1, []);
  const shop = await openShop(stage, telegram.bots, chats(count), 'web');
  const worker = await stage.startNode('worker');
  const [connectionId] = shop.connections as [string];
  const took = { bare: [] as number[], ours: [] as number[], first: [] as number[] };
  await sql`CREATE TABLE bare_deliveries (LIKE deliveries INCLUDING ALL)`.execute(shop.base.db);
  for (let round = 1; round <= rounds; round++) {
    const bare = await bareInsert(shop, connectionId);
    await telegram.reset();
    const startedAt = Date.now();
    await launch(shop.base, shop.workspaceId, connectionId);
    const launchedMs = Date.now() - startedAt;
    await untilExpanded(shop.base);
    const ours = Date.now() - startedAt;
    await confirm(shop, count);
    const first = (await stage.control<Tally>('count')).firstAt - startedAt;
    console.log(
      `  round ${round}: bare ${whole(bare)} ms, expansion ${whole(ours)} ms (the launch itself ${whole(launchedMs)} ms), first message after ${whole(first)} ms`,
    );
    took.bare.push(bare);
    took.ours.push(ours);
    took.first.push(first);
    await clearRuns(shop);
  }
  await worker.child.stop();
  await shop.close();
  await stage.stop();
  return report(count, median(took.bare), median(took.ours), median(took.first));
}

function report(count: number, bare: number, ours: number, first: number): Row[] {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return [
    { what: `bare INSERT … SELECT of ${whole(count)} rows`, figure: seconds(bare) },
    {
      what: `expansion of ${whole(count)} recipients, from the launch on`,
      figure: seconds(ours),
      ratio: `${(ours / bare).toFixed(2)} × bare`,
      target: '≤ 1.5 × bare',
      met: ours / bare <= 1.5,
    },
    {
      what: 'first message after the launch',
      figure: seconds(first),
      target: '≤ 1 s',
      met: first <= 1000,
    },
  ];
}

/** The same rows, read from the same tables, in one statement and one transaction; the same indexes, no triggers. */
async function bareInsert(shop: Shop, connectionId: string): Promise<number> {
  const { db, clock } = shop.base;
  const at = clock.now();
  const started = performance.now();
  await sql`
    INSERT INTO bare_deliveries (workspace_id, id, source, priority, campaign_id, run_id, event_key, contact_id, connection_id,
      channel, address, state, due_at, created_at)
    SELECT c.workspace_id, new_id(), 'campaign', 3, ${newId()}::uuid, ${newId()}::uuid, ${newId()}, c.id, ${connectionId}::uuid,
      'telegram', i.address, 'queued', ${new Date(0)}, ${at}
    FROM contacts c
    JOIN identities i ON i.workspace_id = c.workspace_id AND i.contact_id = c.id AND i.connection_id = ${connectionId}
    WHERE c.workspace_id = ${shop.workspaceId}
    ORDER BY c.id`.execute(db);
  const tookMs = performance.now() - started;
  await sql`TRUNCATE bare_deliveries`.execute(db);
  return tookMs;
}

async function confirm(shop: Shop, count: number): Promise<void> {
  const written = await sql<{ n: number }>`SELECT count(*) AS n FROM deliveries`.execute(shop.base.db);
  if (written.rows[0]?.n !== count) throw new Error(`${written.rows[0]?.n} rows instead of ${count}`);
}
