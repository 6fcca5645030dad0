// The send log of a campaign that repeats: a million rows in three hundred runs, and another campaign's rows among them. By state,
// by reason, by a run, on the first page with its total and deep inside. One request at a time.
import { sql } from 'kysely';
import { toWireId } from '../contract/ids.ts';
import { newId } from '../server/platform/db/ids.ts';
import { openBots } from './bots.ts';
import { type Ask, asker, pagesRow } from './campaigns.ts';
import { type Row, size } from './figures.ts';
import { makeToken } from './million.ts';
import { openShop, type Shop } from './shop.ts';
import { openStage } from './stage.ts';

const runs = 300;
const filters: [string, Record<string, string>][] = [
  ['all rows', {}],
  ['what was sent', { state: 'sent' }],
  ['what failed', { state: 'failed' }],
  ['what was skipped', { state: 'skipped' }],
  ['what is unknown, and nothing is', { state: 'unknown' }],
  ['what waits, and nothing does', { state: 'queued' }],
  ['who had blocked the bot', { state: 'failed', reason: 'blocked' }],
  ['a reason that none has', { state: 'failed', reason: 'deactivated' }],
];

export async function sendLog(): Promise<Row[]> {
  const rows = size('BENCH_ROWS', 1_000_000);
  const stage = await openStage('plain');
  const telegram = await openBots(stage, 1, []);
  const shop = await openShop(stage, telegram.bots, [], 'web');
  const { campaign, run } = await addLedger(shop, rows);
  const node = await stage.startNode('all');
  const ask = asker(node.url as string, await makeToken(shop));
  const path = `/campaigns/${campaign}/deliveries`;
  for (const [, filter] of filters) await ask(path, filter);
  const times = new Map<string, number[]>();
  for (const [name, filter] of filters)
    for (const [where, more] of [
      ['of all runs', {}],
      ['of one run', { run_id: run }],
    ] as const)
      times.set(`${name}, ${where}`, await pages(ask, path, { ...filter, ...more }));
  await node.child.stop();
  await shop.close();
  await stage.stop();
  return [
    pagesRow('send log, all of the pages below', [...times.values()].flat()),
    ...[...times].map(([what, ms]) => pagesRow(`send log, ${what}`, ms)),
  ];
}

/** The first page with the total, five times, and twenty pages of 200 on from it. */
async function pages(ask: Ask, path: string, asked: Record<string, string>): Promise<number[]> {
  const ms: number[] = [];
  for (let n = 0; n < 5; n++) ms.push((await ask(path, { ...asked, include: 'total' })).ms);
  let page = await ask(path, { ...asked, limit: '200' });
  for (let n = 0; n < 20 && page.next; n++) {
    page = await ask(path, { ...asked, limit: '200', cursor: page.next });
    ms.push(page.ms);
  }
  return ms;
}

/** Three in a hundred failed, two were skipped. Every fifth row of the ledger is another campaign's. */
async function addLedger(
  { base, workspaceId, connections }: Shop,
  rows: number,
): Promise<{ campaign: string; run: string }> {
  const [campaign, other] = [newId(), newId()];
  const connection = connections[0] as string;
  for (const [n, id] of [campaign, other].entries())
    await sql`
      INSERT INTO campaigns (workspace_id, id, number, kind, name, type, status, connection_id, audience, content, schedule, settings,
        created_at, updated_at, launched_at)
      VALUES (${workspaceId}, ${id}, ${n + 1}, 'broadcast', 'Weekly', 'promotional', 'published', ${connection}, '{"all": true}',
        '{"text": "Hi", "media": [], "buttons": []}', '{"mode": "now"}', '{}', now(), now(), now())`.execute(
      base.db,
    );
  let run = '';
  for (let n = 0; n < runs; n++) {
    run = newId();
    for (const [id, runId, share] of [
      [campaign, run, 1],
      [other, newId(), 0.25],
    ] as const)
      await sql`
        WITH begun AS (
          INSERT INTO runs (workspace_id, id, campaign_id, connection_id, status, content, settings, audience, planned, expanded_at,
            created_at, finished_at)
          VALUES (${workspaceId}, ${runId}, ${id}, ${connection}, 'finished', '{}', '{}', '{}', 0, now(),
            now() - ${runs - n}::int * interval '1 day', now()) RETURNING id, created_at)
        INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, run_id, event_key, contact_id, connection_id, channel,
          state, reason, due_at, created_at, sent_at)
        SELECT ${workspaceId}, new_id(), 'campaign', 1, ${id}, b.id, b.id::text, gen_random_uuid(), ${connection}, 'telegram', s.state,
          CASE s.state WHEN 'failed' THEN 'blocked' WHEN 'skipped' THEN 'no_consent' END, b.created_at, b.created_at, b.created_at
        FROM begun b, generate_series(1, ${Math.round((rows / runs) * share)}::int) AS n,
          LATERAL (SELECT CASE WHEN n % 100 < 3 THEN 'failed' WHEN n % 100 < 5 THEN 'skipped' ELSE 'sent' END AS state) s`.execute(
        base.db,
      );
  }
  // as the expansion notes it
  await sql`
    UPDATE runs r SET first_row = b.ids[1], last_row = b.ids[cardinality(b.ids)]
    FROM (SELECT run_id, array_agg(id ORDER BY id) AS ids FROM deliveries GROUP BY run_id) b WHERE b.run_id = r.id`.execute(
    base.db,
  );
  for (const table of ['deliveries', 'runs', 'run_counts', 'campaigns'])
    await sql`VACUUM ANALYZE ${sql.table(table)}`.execute(base.db);
  return { campaign: toWireId('cmp', campaign), run: toWireId('run', run) };
}
