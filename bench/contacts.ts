// The contact list of a million people over HTTP, as the panel asks for it: searches that many, few and nobody match, filters,
// orders, pages deep in the list and back, and the counts beside them. One request at a time, each thing asked several times.
import { sql } from 'kysely';
import type { ContactQuery } from '../contract/contact-filter.ts';
import { toWireId } from '../contract/ids.ts';
import { openBots } from './bots.ts';
import { quantile, type Row, size } from './figures.ts';
import { makeToken } from './million.ts';
import { addNamedPeople } from './named-people.ts';
import { openShop, type Shop } from './shop.ts';
import { openStage } from './stage.ts';

const targetMs = 100;
/** What is asked for, as the query of GET /contacts. */
type Asked = Record<string, string>;

const searches: [string, string[]][] = [
  ['a rare last name', ['bersanberg', 'kolmarulund', 'silpetquist', 'vellinczyk']],
  ['a frequent first name', ['anna', 'maria', 'emma']],
  ['what half of all have', ['gmail', 'example', 'c-']],
  ['two words, both frequent', ['anna berg', 'maria ford', 'emma lund']],
  ['two words, one rare', ['zoe kolmarkova', 'anna silpetquist', 'viktor bertorkova']],
  ['three letters', ['zuz', 'mar', '794', 'lee']],
  ['one or two letters', ['an', 'b', 'qx', 'zo']],
  ['nobody', ['qqzzx', 'zyxwv tsrq', '@nobody_at_all']],
  ['a part of a phone number', ['7946', '+44 20 79', '55512']],
  ['a user name', ['@anna_79', '@zoe_11', 'viktor_5']],
  ['an email address', ['kolmarlund12346@example.com', 'berkolano77@']],
  ['names in other scripts', ['Анна', 'Ольга berg', '王', 'émile', 'Øyvind']],
];
const sorts: ContactQuery['sort'][] = [
  '-created_at',
  'created_at',
  'name',
  '-name',
  '-last_seen_at',
  '-orders_value',
];

export async function contacts(): Promise<Row[]> {
  const people = size('BENCH_PEOPLE', 1_000_000);
  const stage = await openStage('plain');
  const telegram = await openBots(stage, 1, []);
  const shop = await openShop(stage, telegram.bots, [], 'web');
  await addNamedPeople(shop.base, shop.workspaceId, people);
  const node = await stage.startNode('all');
  const ask = asker(node.url as string, await makeToken(shop));
  const filters = await filtersOf(shop);

  // what is read for the first time comes from the disk: not what a person waits for all day
  for (const sort of sorts) await ask({ sort });
  for (const [, words] of searches) await ask({ search: words[0] as string });
  const before = await scans(shop);
  const searched = new Map<string, number[]>();
  for (const [name, words] of searches)
    for (const search of words)
      for (const sort of ['-created_at', 'name', '-last_seen_at'])
        for (let n = 0; n < 3; n++) note(searched, `search by ${name}`, (await ask({ search, sort })).ms);
  const listed = new Map<string, number[]>();
  for (const [name, filter] of filters)
    for (const sort of sorts)
      for (let n = 0; n < 3; n++) note(listed, name, (await ask({ ...filter, sort })).ms);
  for (const sort of sorts) await deepPages(ask, sort, listed);
  const scanned = (await scans(shop)) - before;
  const counted = await counts(ask, filters);
  await node.child.stop();
  await shop.close();
  await stage.stop();
  const all = [...searched.values()].flat();
  return [
    pageRow('contact search, all of the searches below', all),
    ...[...searched].map(([what, ms]) => pageRow(what, ms, false)),
    ...[...listed].map(([what, ms]) => pageRow(what, ms)),
    ...counted,
    {
      what: 'sequential scans of contacts or their addresses for all these pages',
      figure: String(scanned),
      target: '0',
      met: scanned === 0,
    },
  ];
}

function note(times: Map<string, number[]>, what: string, ms: number): void {
  times.set(what, [...(times.get(what) ?? []), ms]);
}

async function filtersOf({ base, workspaceId, connections }: Shop): Promise<[string, Asked][]> {
  const list = await base.db
    .selectFrom('segments')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  const segment_id = toWireId('seg', list.id);
  return [
    ['list without a filter', {}],
    ['list by a tag of one in 20', { tags: 'vip' }],
    ['list by a tag of one in 5,000', { tags: 'wholesale' }],
    ['list by a tag that only the oldest have', { tags: 'founding' }],
    [
      'list of who can be reached on a bot',
      { connection_id: toWireId('con', connections[0] as string), reachable: 'true' },
    ],
    ['list of who cannot be reached', { reachable: 'false' }],
    ['list of who opted out', { consent: 'opted_out' }],
    ['list of a segment kept by hand', { segment_id }],
    [
      'list by a rule: spent more than 300, and a tag',
      {
        rule: JSON.stringify({
          all: [
            { field: 'orders_value', op: 'greater_than', value: 300 },
            { field: 'tag', op: 'any_of', values: ['vip'] },
          ],
        }),
      },
    ],
    ['search by a frequent name within a tag', { search: 'anna', tags: 'vip' }],
    ['search by a frequent name within a rare tag', { search: 'anna', tags: 'wholesale' }],
    ['search by a name within a segment', { search: 'zoe', segment_id }],
  ];
}

interface Answer {
  ms: number;
  next: string | null;
  previous: string | null;
  count?: number;
}
type Ask = (asked: Asked, path?: string) => Promise<Answer>;

function asker(url: string, token: string): Ask {
  return async (asked, path = '/contacts') => {
    const startedAt = performance.now();
    const answer = await fetch(`${url}/api/v1${path}?${new URLSearchParams(asked)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const text = await answer.text();
    const ms = performance.now() - startedAt;
    if (!answer.ok) throw new Error(`${path} ${JSON.stringify(asked)}: ${answer.status} ${text}`);
    const page = JSON.parse(text) as { next_cursor?: string; previous_cursor?: string; count: number };
    return { ms, next: page.next_cursor ?? null, previous: page.previous_cursor ?? null, count: page.count };
  };
}

/** Ten pages of 200 on, and five back again. */
async function deepPages(ask: Ask, sort: string, times: Map<string, number[]>): Promise<void> {
  let page = await ask({ sort, limit: '200' });
  for (let n = 0; n < 10 && page.next; n++) {
    page = await ask({ sort, limit: '200', cursor: page.next });
    note(times, 'pages of 200, one after the other', page.ms);
  }
  for (let n = 0; n < 5 && page.previous; n++) {
    page = await ask({ sort, limit: '200', cursor: page.previous });
    note(times, 'pages of 200, back again', page.ms);
  }
}

async function counts(ask: Ask, filters: [string, Asked][]): Promise<Row[]> {
  const rows: Row[] = [];
  const asked: [string, Asked][] = [
    ['everybody', {}],
    ['a frequent first name', { search: 'anna' }],
    ['a rare last name', { search: 'bersanberg' }],
    ...filters
      .slice(1, 9)
      .map(([name, filter]): [string, Asked] => [name.replace(/^list (by|of) /, ''), filter]),
  ];
  for (const [name, filter] of asked) {
    const ms: number[] = [];
    let count = 0;
    for (let n = 0; n < 5; n++) {
      const answer = await ask(filter, '/contacts/count');
      ms.push(answer.ms);
      count = answer.count ?? 0;
    }
    rows.push({
      what: `exact count: ${name}, ${count.toLocaleString('en')} of them: median`,
      figure: `${quantile(ms, 0.5).toFixed(0)} ms`,
    });
  }
  return rows;
}

/** Whole tables that were read since the server began. */
async function scans({ base }: Shop): Promise<number> {
  // a session writes its figures down when it is idle, at most once a second
  await base.clock.sleep(2500);
  const found = await sql<{ n: number }>`
    SELECT sum(seq_scan)::bigint AS n FROM pg_stat_user_tables WHERE relname IN ('contacts', 'identities')`.execute(
    base.db,
  );
  return found.rows[0]?.n ?? 0;
}

function pageRow(what: string, ms: number[], judged = true): Row {
  const figures = [0.5, 0.95, 0.99].map((part) => quantile(ms, part).toFixed(0)).join(' / ');
  return {
    what: `${what}: p50 / p95 / p99 of ${ms.length}`,
    figure: `${figures} ms`,
    ...(judged ? { target: `p95 ≤ ${targetMs} ms`, met: quantile(ms, 0.95) <= targetMs } : {}),
  };
}
