// The campaign list at a hundred thousand campaigns over HTTP, as the panel asks for it: every order with every filter, on the first
// page, in the middle and on the last, with the total and the counts of the tabs. One request at a time.
import { sql } from 'kysely';
import { campaignSorts } from '../contract/campaign-list.ts';
import { content } from '../contract/message.ts';
import { openBots } from './bots.ts';
import { quantile, type Row, size } from './figures.ts';
import { makeToken } from './million.ts';
import { openShop, type Shop } from './shop.ts';
import { openStage } from './stage.ts';

const targetMs = 100;
type Asked = Record<string, string>;

const filters: [string, Asked][] = [
  ['without a filter', {}],
  ['drafts', { status: 'draft' }],
  ['a status of one in 5,000', { status: 'failed' }],
  ['a status that none has', { status: 'sending' }],
  ['archived ones', { status: 'archived' }],
  ['a platform', { channel: 'telegram' }],
  ['a platform that none has', { channel: 'whatsapp' }],
  ['one month', { from: '2025-03-01', until: '2025-03-31' }],
  ['one day', { from: '2025-03-14', until: '2025-03-14' }],
  ['featured ones', { featured: 'true' }],
  ['ones to settle', { unsettled: 'true' }],
  ['trained ones, of which there are none', { training: 'trained' }],
  ['search by a frequent word', { search: 'offer' }],
  ['search by a rare name', { search: 'kolmar 777' }],
  ['search by a number', { search: '#54321' }],
  ['search by what none has', { search: 'qqzzx' }],
  [
    'search within a status and a month',
    { search: 'spring', status: 'published', from: '2025-03-01', until: '2025-03-31' },
  ],
];

export async function campaigns(): Promise<Row[]> {
  const count = size('BENCH_CAMPAIGNS', 100_000);
  const stage = await openStage('plain');
  const telegram = await openBots(stage, 1, []);
  const shop = await openShop(stage, telegram.bots, [], 'web');
  await addCampaigns(shop, count);
  const node = await stage.startNode('all');
  const ask = asker(node.url as string, await makeToken(shop));

  for (const sort of campaignSorts) await ask('/campaigns', { sort, include: 'total' });
  const pages = new Map<string, number[]>();
  const note = (what: string, ms: number) => pages.set(what, [...(pages.get(what) ?? []), ms]);
  for (const [name, filter] of filters)
    for (const sort of campaignSorts.flatMap((one) => [one, `-${one}`]))
      for (const ms of await threePlaces(ask, { ...filter, sort })) note(name, ms);
  const counted: number[] = [];
  for (const [, filter] of filters)
    for (let n = 0; n < 3; n++) counted.push((await ask('/campaigns/counts', filter)).ms);
  await node.child.stop();
  await shop.close();
  await stage.stop();
  return [
    pagesRow('list, all of the pages below', [...pages.values()].flat()),
    ...[...pages].map(([what, ms]) => pagesRow(`list, ${what}`, ms)),
    pagesRow('counts for the tabs, with each of these filters', counted),
  ];
}

/** The first page with the total, some pages further, and the last, which is read from the other end. */
async function threePlaces(ask: Ask, asked: Asked): Promise<number[]> {
  const first = await ask('/campaigns', { ...asked, include: 'total' });
  const times = [first.ms];
  let page = first;
  for (let n = 0; n < 3 && page.next; n++) {
    page = await ask('/campaigns', { ...asked, limit: '200', cursor: page.next });
    times.push(page.ms);
  }
  // the same order turned round ends where this one begins
  const turned = asked.sort?.startsWith('-') ? asked.sort.slice(1) : `-${asked.sort}`;
  const end = await ask('/campaigns', { ...asked, sort: turned, limit: '1' });
  if (end.next) times.push((await ask('/campaigns', { ...asked, sort: turned, cursor: end.next })).ms);
  return times;
}

interface Answer {
  ms: number;
  next: string | null;
}
export type Ask = (path: string, asked: Asked) => Promise<Answer>;

export function asker(url: string, token: string): Ask {
  return async (path, asked) => {
    const startedAt = performance.now();
    const answer = await fetch(`${url}/api/v1${path}?${new URLSearchParams(asked)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const text = await answer.text();
    const ms = performance.now() - startedAt;
    if (!answer.ok) throw new Error(`${path} ${JSON.stringify(asked)}: ${answer.status} ${text}`);
    return { ms, next: (JSON.parse(text) as { next_cursor?: string }).next_cursor ?? null };
  };
}

export const pagesRow = (what: string, ms: number[]): Row => ({
  what: `${what}: p50 / p95 / p99 of ${ms.length}`,
  figure: `${[0.5, 0.95, 0.99].map((part) => quantile(ms, part).toFixed(0)).join(' / ')} ms`,
  target: `p95 ≤ ${targetMs} ms`,
  met: quantile(ms, 0.95) <= targetMs,
});

/** Three years of them, most of them sent, each of these with a run and its counters; in one row of fifty the ledger is open. */
async function addCampaigns({ base, workspaceId, connections }: Shop, count: number): Promise<void> {
  const message = JSON.stringify(
    content.parse({
      text: `Hi {{ contact.first_name }}, ${'something new is waiting for you. '.repeat(12)}`,
    }),
  );
  await sql`
    INSERT INTO campaigns (workspace_id, id, number, kind, name, type, status, connection_id, audience, content, schedule, settings,
      featured, created_at, updated_at, launched_at, scheduled_at)
    SELECT ${workspaceId}::uuid, new_id(), n, CASE n % 10 WHEN 0 THEN 'bulk_message' ELSE 'broadcast' END,
      (ARRAY['Spring','Sommer','Herbst','Winter','Flash'])[n % 5 + 1] || ' ' || (ARRAY['offer','news','invitation'])[n % 3 + 1] || ' '
        || (ARRAY['kolmar','bersan','vellin','silpet'])[n % 4 + 1] || ' ' || n % 997,
      'promotional', s.status, CASE WHEN n % 50 > 0 THEN ${connections[0]}::uuid END, '{"all": true}', ${message}::jsonb,
      '{"mode": "now"}', '{}', n % 200 = 0, t.at, t.at + interval '1 day',
      CASE WHEN s.status IN ('published', 'failed', 'archived') THEN t.at + interval '2 hours' END,
      CASE WHEN s.status = 'scheduled' THEN t.at + interval '30 days' END
    FROM generate_series(1, ${count}::int) AS n,
      LATERAL (SELECT CASE WHEN n % 5000 = 0 THEN 'failed' WHEN n % 10 < 2 THEN 'draft' WHEN n % 10 = 2 THEN 'archived'
        WHEN n % 100 = 3 THEN 'scheduled' ELSE 'published' END AS status) s,
      LATERAL (SELECT timestamptz '2024-01-01' + (n::bigint * 3 * 365 * 86400 / ${count}) * interval '1 second' AS at) t`.execute(
    base.db,
  );
  await sql`
    INSERT INTO runs (workspace_id, id, campaign_id, connection_id, status, content, settings, audience, planned, expanded_at,
      created_at, finished_at)
    SELECT workspace_id, new_id(), id, ${connections[0]}::uuid, 'finished', content, settings, audience, 1000, launched_at, launched_at,
      launched_at FROM campaigns WHERE launched_at IS NOT NULL`.execute(base.db);
  await sql`
    INSERT INTO run_counts (workspace_id, run_id, state, shard, n)
    SELECT r.workspace_id, r.id, s.state, shard, 60 FROM (SELECT *, row_number() OVER () AS n FROM runs) r,
      unnest('{queued,sending,sent,failed,skipped,unknown}'::text[]) AS s (state), generate_series(0, 3) AS shard
    WHERE s.state <> 'unknown' OR r.n % 50 = 0`.execute(base.db);
  await sql`VACUUM ANALYZE campaigns`.execute(base.db);
  await sql`VACUUM ANALYZE runs`.execute(base.db);
  await sql`VACUUM ANALYZE run_counts`.execute(base.db);
}
