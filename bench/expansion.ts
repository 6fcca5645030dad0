// Writing the rows of a large audience, beside one bare INSERT … SELECT of the same rows into the same table without
// triggers, and how long the first message takes while that goes on.
import { sql } from 'kysely';
import type { Audience } from '../contract/audience.ts';
import { toWireId } from '../contract/ids.ts';
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
  const frozen = { written: [] as number[], launched: [] as number[], first: [] as number[] };
  const audience = await segmentLessList(shop);
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

    await telegram.reset();
    const begun = Date.now();
    await launch(shop.base, shop.workspaceId, connectionId, { audience });
    frozen.launched.push(Date.now() - begun);
    await untilExpanded(shop.base);
    frozen.written.push(Date.now() - begun);
    await confirm(shop, count);
    frozen.first.push((await stage.control<Tally>('count')).firstAt - begun);
    console.log(
      `  round ${round}: segment less a list, the launch ${whole(frozen.launched.at(-1) as number)} ms, written ${whole(frozen.written.at(-1) as number)} ms, first message after ${whole(frozen.first.at(-1) as number)} ms`,
    );
    await clearRuns(shop);
  }
  await worker.child.stop();
  await shop.close();
  await stage.stop();
  return [
    ...report(count, median(took.bare), median(took.ours), median(took.first)),
    ...reportFrozen(median(frozen.launched), median(frozen.written), median(frozen.first), median(took.bare)),
  ];
}

/** Everybody by a rule, less a tenth of them who stand in a list. */
async function segmentLessList({ base, workspaceId }: Shop): Promise<Audience> {
  const [everybody, list] = [newId(), newId()];
  const rule = JSON.stringify({ field: 'created_at', op: 'within_days', days: 30 });
  await sql`
    INSERT INTO segments (workspace_id, id, name, kind, rule, created_at, updated_at)
    VALUES (${workspaceId}, ${everybody}, 'New people', 'rule', ${rule}, now(), now()),
      (${workspaceId}, ${list}, 'A tenth', 'static', NULL, now(), now())`.execute(base.db);
  await sql`
    INSERT INTO segment_members (workspace_id, segment_id, contact_id, added_at)
    SELECT c.workspace_id, ${list}, c.id, now() FROM contacts c
    WHERE c.workspace_id = ${workspaceId} AND substr(c.first_name, length(c.first_name)) = '0'`.execute(
    base.db,
  );
  await sql`ANALYZE`.execute(base.db);
  return {
    segment_ids: [toWireId('seg', everybody)],
    exclude: { segment_ids: [toWireId('seg', list)], campaign_ids: [], campaign_days: null },
  };
}

function reportFrozen(launched: number, written: number, first: number, bare: number): Row[] {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return [
    { what: 'the same of a segment less a tenth in a list, the launch alone', figure: seconds(launched) },
    {
      what: 'every row of it, those left out with their cause',
      figure: seconds(written),
      ratio: `${(written / bare).toFixed(2)} × bare`,
    },
    {
      what: 'first message after that launch',
      figure: seconds(first),
      target: '≤ 1 s',
      met: first <= 1000,
    },
  ];
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
