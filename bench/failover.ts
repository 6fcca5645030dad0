// Two and three nodes on one database: how the lanes spread, and how long a lane is silent when its node is killed with -9.
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Bots, openBots } from './bots.ts';
import type { Pause } from './emulator.ts';
import { type Row, size, whole } from './figures.ts';
import { chats, launchAll, openShop, type Shop } from './shop.ts';
import { type NodeProcess, openStage, type Stage } from './stage.ts';

const settleMs = 6000;

export async function failover(): Promise<Row[]> {
  return [...(await story(2)), ...(await story(3))];
}

async function story(count: number): Promise<Row[]> {
  const lanes = size('BENCH_LANES', 60);
  const people = size('BENCH_PEOPLE', 900);
  const stage = await openStage('plain');
  const telegram = await openBots(stage, lanes, []);
  const shop = await openShop(stage, telegram.bots, chats(people), 'web');
  const nodes: NodeProcess[] = [];
  for (let n = 0; n < count; n++) nodes.push(await stage.startNode('worker'));
  await launchAll(shop, shop.connections);
  await sleep(settleMs);
  const owned = await lanesOf(shop, nodes);
  const spread = owned.map((ids) => ids.length);
  await stage.control('mark', {});
  const victim = nodes[0] as NodeProcess;
  await victim.child.stop('SIGKILL');
  const end = await untilSettled(shop, telegram, lanes * people);
  const silent = await silences(stage, shop, telegram, owned[0] as string[]);
  for (const node of nodes.slice(1)) await node.child.stop();
  await shop.close();
  await stage.stop();
  const longest = Math.max(...silent);
  const name = `${count} nodes, ${lanes} lanes`;
  const fair = lanes / count;
  return [
    {
      what: `${name}: lanes per node`,
      figure: spread.join(', '),
      target: 'spread',
      met: spread.every((n) => n >= fair / 2),
    },
    {
      what: `${name}: longest silence of a lane after kill -9`,
      figure: `${(longest / 1000).toFixed(2)} s`,
      target: '≤ 5 s',
      met: silent.length > 0 && longest <= 5000,
    },
    { what: `${name}: sent twice`, figure: whole(end.duplicates), target: '0', met: end.duplicates === 0 },
    {
      what: `${name}: lost (neither arrived nor named)`,
      figure: whole(end.lost),
      target: '0',
      met: end.lost === 0,
    },
    {
      what: `${name}: unknown`,
      figure: whole(end.unknown),
      target: `≤ ${whole(silent.length * 30)}, a second's worth`,
      met: end.unknown <= silent.length * 30,
    },
  ];
}

/** Connection ids per node, as the nodes themselves tell in their heartbeats. */
async function lanesOf(shop: Shop, nodes: NodeProcess[]): Promise<string[][]> {
  const rows = await sql<{ pid: number; lanes: string[] }>`
    SELECT pid, lanes FROM nodes WHERE role = 'worker'`.execute(shop.base.db);
  return nodes.map((node) => rows.rows.find((row) => row.pid === node.child.process.pid)?.lanes ?? []);
}

/** Milliseconds between the last message before and the first after the kill, per lane of the killed node. */
async function silences(stage: Stage, shop: Shop, telegram: Bots, connections: string[]): Promise<number[]> {
  const pauses = await stage.control<Record<string, Pause>>('pauses');
  return connections.map((id) => {
    const bot = telegram.bots[shop.connections.indexOf(id)];
    return pauses[bot?.id ?? '']?.longestMs ?? Number.POSITIVE_INFINITY;
  });
}

async function untilSettled(shop: Shop, telegram: Bots, total: number) {
  for (;;) {
    const counts = await sql<{ state: string; n: number }>`
      SELECT state, sum(n)::bigint AS n FROM run_counts GROUP BY 1`.execute(shop.base.db);
    const of = (state: string) => counts.rows.find((row) => row.state === state)?.n ?? 0;
    if (of('sent') + of('unknown') === total) {
      const duplicates = await telegram.duplicates();
      const reached = (await telegram.arrived()) - duplicates;
      return { duplicates, unknown: of('unknown'), lost: Math.max(0, total - reached - of('unknown')) };
    }
    await sleep(200);
  }
}
