// How the rate depends on the number of lanes, and on how many rows wait. Each lane goes at a bot's 30 per second, so few
// lanes show the pace and many the engine.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bots, openBots } from './bots.ts';
import { type Plot, perSecond, type Result, type Row, size, whole } from './figures.ts';
import {
  addPeople,
  chats,
  clearRuns,
  launchAll,
  openShop,
  resumeAll,
  type Shop,
  untilExpanded,
} from './shop.ts';
import { openStage } from './stage.ts';

const perBot = 30;
interface Point {
  x: number;
  y: number;
}

export async function lanes(): Promise<Result> {
  const byLanes = await ratesByLanes();
  const byRows = await ratesByRows();
  const rows: Row[] = [
    ...byLanes.map(({ x, y }) => ({
      what: `${whole(x)} ${x === 1 ? 'lane' : 'lanes'}`,
      figure: `${whole(y)} sends/s`,
      ratio: `${(y / (x * perBot)).toFixed(2)} of what the bots allow`,
    })),
    ...byRows.map(({ x, y }) => ({ what: `${whole(x)} rows waiting`, figure: `${whole(y)} sends/s` })),
  ];
  return { rows, plots: plotsOf(byLanes, byRows) };
}

function plotsOf(byLanes: Point[], byRows: Point[]): Plot[] {
  const ceiling = Math.max(...byLanes.map((point) => point.y));
  return [
    {
      name: 'lanes',
      title: 'Sends per second by the number of lanes',
      x: 'lanes (bots of 30 messages/s)',
      y: 'sends/s',
      points: byLanes,
      reference: {
        label: 'what the bots allow',
        points: byLanes.map(({ x }) => ({ x, y: Math.min(x * perBot, ceiling * 1.1) })),
      },
    },
    {
      name: 'rows-waiting',
      title: 'Sends per second by the number of rows waiting',
      x: 'rows waiting',
      y: 'sends/s',
      points: byRows,
    },
  ];
}

async function ratesByLanes(): Promise<Point[]> {
  const most = size('BENCH_LANES', 1000);
  const people = size('BENCH_PEOPLE', 200);
  const stage = await openStage('plain');
  const telegram = await openBots(stage, most, []);
  const shop = await openShop(stage, telegram.bots, chats(people), 'web');
  const worker = await stage.startNode('worker');
  const points: Point[] = [];
  for (const count of [1, 10, 100, 1000].filter((n) => n <= most)) {
    await prepare(shop, telegram, count);
    const total = count * people;
    // the middle of the run: neither the first claims nor the last stragglers
    const y = await rateBetween(shop, telegram, Math.ceil(total * 0.1), Math.floor(total * 0.8));
    console.log(`  ${whole(count)} lanes: ${whole(y)} sends/s`);
    points.push({ x: count, y });
    await clearRuns(shop);
  }
  await worker.child.stop();
  await shop.close();
  await stage.stop();
  return points;
}

async function ratesByRows(): Promise<Point[]> {
  const bots = size('BENCH_BOTS', 500);
  const most = size('BENCH_ROWS', 1_000_000);
  const stage = await openStage('plain');
  const telegram = await openBots(stage, bots, []);
  const shop = await openShop(stage, telegram.bots, [], 'web');
  const worker = await stage.startNode('worker');
  const points: Point[] = [];
  let people = 0;
  for (const count of [10_000, 100_000, 1_000_000].filter((n) => n <= most)) {
    const wanted = Math.ceil(count / bots);
    await addPeople(shop, chats(wanted - people, people));
    people = wanted;
    await prepare(shop, telegram, bots);
    // the same window each time: the first ten thousand of however many wait
    const y = await rateBetween(shop, telegram, 1000, 9000);
    console.log(`  ${whole(count)} rows waiting: ${whole(y)} sends/s`);
    points.push({ x: count, y });
    await clearRuns(shop);
  }
  await worker.child.stop();
  await shop.close();
  await stage.stop();
  return points;
}

/** Rows of `count` campaigns, one per bot, written and waiting. */
async function prepare(shop: Shop, telegram: Bots, count: number): Promise<void> {
  await launchAll(shop, shop.connections.slice(0, count), { paused: true });
  await untilExpanded(shop.base);
  await sleep(2000);
  await telegram.reset();
}

/** Messages per second between the `from`-th and the `to`-th that arrives after everything was resumed. */
async function rateBetween(shop: Shop, telegram: Bots, from: number, to: number): Promise<number> {
  await resumeAll(shop);
  const first = await arrivalOf(telegram, from);
  const last = await arrivalOf(telegram, to);
  return perSecond(last.arrived - first.arrived, last.atMs - first.atMs);
}

async function arrivalOf(telegram: Bots, count: number) {
  for (;;) {
    const arrived = await telegram.arrived();
    if (arrived >= count) return { arrived, atMs: performance.now() };
    await sleep(5);
  }
}
