// One broadcast to a million people: what the sending process needs in memory, tenth by tenth, and how fast its own panel
// answers for that very run, while it sends and afterwards. One process does everything, as after `npm start`.
import { setTimeout as sleep } from 'node:timers/promises';
import { toWireId } from '../contract/ids.ts';
import { scopes } from '../contract/roles.ts';
import { tokenHash } from '../server/platform/crypto.ts';
import { newId } from '../server/platform/db/ids.ts';
import { openBots } from './bots.ts';
import { median, megabytes, quantile, type Row, size, whole } from './figures.ts';
import type { Memory } from './node.ts';
import { chatOf, lastNameOf } from './requests.ts';
import { chats, launch, openShop, type Shop } from './shop.ts';
import { type NodeProcess, openStage } from './stage.ts';

/** Milliseconds per page, by its name. */
type Times = Map<string, number[]>;

const targetMs = 100;
const targetBytes = 150 * 2 ** 20;
/** A fifth of what is allowed: caches that are filled once. What is kept per recipient would be hundreds. */
const flatBytes = 30 * 2 ** 20;
/** A pause between two pages: a few busy people, not a load test of the panel. */
const betweenPagesMs = 100;

export async function million(): Promise<Row[]> {
  const people = size('BENCH_PEOPLE', 1_000_000);
  // far above a bot's 30: a million would take nine hours
  const rate = size('BENCH_RATE', 2500);
  const stage = await openStage('plain', { BLOCKED_EVERY: '1000' });
  const telegram = await openBots(stage, 1, []);
  const shop = await openShop(stage, telegram.bots, chats(people), 'web');
  const token = await makeToken(shop);
  const node = await stage.startNode('all', { BENCH_RATE: String(rate) });
  const idle = await idleMemory(node);
  const startedAt = performance.now();
  const { campaignId } = await launch(shop.base, shop.workspaceId, shop.connections[0] as string);
  const visitor = createVisitor(node.url as string, token, toWireId('cmp', campaignId), people);
  const samples: { done: number; memory: Memory }[] = [];
  const whileSending: Times = new Map();
  let done = 0;
  let sampledAt = 0;
  while (done < people) {
    await visitor.visit(whileSending);
    if (performance.now() - sampledAt < 1000) continue;
    sampledAt = performance.now();
    done = await visitor.done();
    samples.push({ done, memory: await node.child.ask<Memory>({}) });
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const end = await node.child.ask<Memory>({ collect: true });
  const afterwards: Times = new Map();
  for (let n = 0; n < size('BENCH_VISITS', 30) * visitor.pages; n++) await visitor.visit(afterwards);
  await node.child.stop();
  await shop.close();
  await stage.stop();
  console.log(
    `  ${whole(people)} people in ${whole(seconds)} s; idle ${megabytes(idle.rssBytes)} resident, ${megabytes(idle.heapBytes)} heap`,
  );
  return [
    ...memoryRows(samples, idle, end, people),
    ...pageRows(whileSending, 'while it sends'),
    ...pageRows(afterwards, 'afterwards'),
  ];
}

async function idleMemory(node: NodeProcess): Promise<Memory> {
  const samples: Memory[] = [];
  await sleep(5000);
  await node.child.ask<Memory>({ collect: true });
  for (let n = 0; n < 5; n++) {
    samples.push(await node.child.ask<Memory>({}));
    await sleep(1000);
  }
  return {
    rssBytes: median(samples.map((sample) => sample.rssBytes)),
    heapBytes: median(samples.map((sample) => sample.heapBytes)),
    liveBytes: median(samples.map((sample) => sample.liveBytes)),
  };
}

function memoryRows(
  samples: { done: number; memory: Memory }[],
  idle: Memory,
  end: Memory,
  people: number,
): Row[] {
  const above = (of: (memory: Memory) => number, base: number, tenth: number) =>
    samples
      .filter(({ done }) => Math.min(9, Math.floor((done / people) * 10)) === tenth)
      .map(({ memory }) => of(memory) - base);
  const rows: Row[] = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    const resident = above((memory) => memory.rssBytes, idle.rssBytes, tenth);
    const heap = above((memory) => memory.heapBytes, idle.heapBytes, tenth);
    if (resident.length === 0) continue;
    rows.push({
      what: `memory above idle, tenth ${tenth + 1}: min / median / max`,
      figure: `${spread(resident)} resident`,
      ratio: `${spread(heap)} heap`,
    });
  }
  const most = Math.max(...samples.map(({ memory }) => memory.rssBytes - idle.rssBytes));
  rows.push({
    what: 'memory above idle, at most',
    figure: `${megabytes(most)} resident`,
    target: '≤ 150 MB',
    met: most <= targetBytes,
  });
  const live = samples.map(({ memory }) => memory.liveBytes - idle.liveBytes);
  const growth = end.liveBytes - idle.liveBytes;
  rows.push(
    {
      what: 'alive on the heap after full collections, above idle, at most',
      figure: megabytes(Math.max(...live)),
    },
    {
      what: 'alive on the heap at the end, above idle',
      figure: megabytes(growth),
      target: `flat: ≤ ${megabytes(flatBytes)}`,
      met: growth <= flatBytes,
    },
  );
  return rows;
}

const spread = (values: number[]): string =>
  [Math.min(...values), median(values), Math.max(...values)].map(megabytes).join(' / ');

function pageRows(times: Times, when: string): Row[] {
  return [...times].map(([page, ms]) => ({
    what: `${page}, ${when}: p50 / p95 / p99 of ${ms.length}`,
    figure: `${[0.5, 0.95, 0.99].map((share) => quantile(ms, share).toFixed(0)).join(' / ')} ms`,
    target: `p95 ≤ ${targetMs} ms`,
    met: quantile(ms, 0.95) <= targetMs,
  }));
}

/** Asks what the panel asks, one page after the other. */
function createVisitor(url: string, token: string, campaign: string, people: number) {
  const log = `/campaigns/${campaign}/deliveries`;
  let cursor: string | null = null;
  let turn = 0;
  const aName = () => lastNameOf(chatOf(Math.floor(Math.random() * people)));
  const pages: [string, () => string][] = [
    ['send log, first page with total', () => `${log}?include=total`],
    [
      'send log, a later page',
      () => (cursor ? `${log}?cursor=${encodeURIComponent(cursor)}` : `${log}?limit=200`),
    ],
    ['send log, search by a name', () => `${log}?include=total&search=${aName()}`],
    ['send log, search without a hit', () => `${log}?include=total&search=Zachary`],
    ['send log, failed ones', () => `${log}?include=total&state=failed`],
    ['send log, sent ones', () => `${log}?include=total&state=sent`],
    ['report', () => `/campaigns/${campaign}/report`],
    ['reconciliation', () => `/campaigns/${campaign}/reconciliation`],
    ['list of campaigns', () => '/campaigns?include=total'],
  ];
  async function get<T>(path: string): Promise<T> {
    const answer = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  return {
    pages: pages.length,
    async visit(times: Times): Promise<void> {
      const [name, path] = pages[turn++ % pages.length] as [string, () => string];
      const startedAt = performance.now();
      const page = await get<{ next_cursor?: string | null }>(path());
      const known = times.get(name) ?? [];
      known.push(performance.now() - startedAt);
      times.set(name, known);
      if (name.endsWith('later page')) cursor = page.next_cursor ?? null;
      await sleep(betweenPagesMs);
    },
    /** People whose row has come to an end. */
    async done(): Promise<number> {
      const report = await get<Record<'sent' | 'failed' | 'skipped' | 'unknown', number>>(
        `/campaigns/${campaign}/report`,
      );
      return report.sent + report.failed + report.skipped + report.unknown;
    },
  };
}

export async function makeToken({ base, workspaceId }: Shop): Promise<string> {
  const token = `bench_${newId()}`;
  await base.db
    .insertInto('api_tokens')
    .values({
      workspace_id: workspaceId,
      id: newId(),
      name: 'Bench',
      token_hash: tokenHash(token),
      hint: 'benc…',
      scopes: [...scopes],
      created_at: base.clock.now(),
    })
    .execute();
  return token;
}
