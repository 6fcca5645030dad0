// Durable sends per second over many bots, beside a bare loop that does the same requests and writes nothing, and beside
// BullMQ with a ledger. All three in turns on the same machine, database and emulator; the medians count.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bots, openBots } from './bots.ts';
import { openPeer, type Peer } from './bullmq.ts';
import { start } from './clean-up.ts';
import { median, perSecond, type Row, size, whole } from './figures.ts';
import { perEach, processorTime } from './processor-time.ts';
import { campaignText } from './requests.ts';
import { chats, launchAll, openShop, resumeAll, type Shop, untilExpanded, untilSent } from './shop.ts';
import { type EmulatorKind, openStage } from './stage.ts';

/** In the order of each round. */
const sides = ['bare', 'resumed', 'tracked', 'launched', 'plain BullMQ', 'careful BullMQ'] as const;
type Side = (typeof sides)[number];

/** Against the cheapest server we can make, and against the product's own emulator, which does what Telegram does. */
export async function throughput(): Promise<Row[]> {
  const wanted = process.env.BENCH_EMULATOR;
  const kinds: EmulatorKind[] = wanted === 'plain' || wanted === 'sandbox' ? [wanted] : ['plain', 'sandbox'];
  const rows: Row[] = [];
  for (const kind of kinds) rows.push(...(await against(kind)));
  return rows;
}

async function against(kind: EmulatorKind): Promise<Row[]> {
  const botCount = size('BENCH_BOTS', 500);
  const people = size('BENCH_PEOPLE', 120);
  const rounds = size('BENCH_ROUNDS', 3);
  // its rate does not depend on how many there are, and it need not take minutes
  const peerPeople = Math.max(1, Math.round(people / 4));
  const stage = await openStage(kind);
  const telegram = await openBots(stage, botCount, chats(people));
  const { bots } = telegram;
  const shop = await openShop(stage, bots, chats(people), 'web');
  const worker = await stage.startNode('worker');
  const bare = start('bench/bare-loop.ts', {});
  await bare.ready;
  const peer = await openPeer(stage, shop, bots);
  if (!peer)
    console.log('  BullMQ is left out: there is no redis-server here (Debian: apt-get install redis-server)');

  const total = bots.length * people;
  const peerTotal = bots.length * peerPeople;
  const tokens = bots.map((bot) => bot.token);
  const engine = broadcasts(telegram, shop, total);
  const rates = new Map<Side, number[]>(sides.map((side) => [side, []]));
  const measure: Record<Side, () => Promise<number | null>> = {
    bare: async () => {
      const { ms } = await bare.ask<{ ms: number }>({ url: stage.emulatorUrl, tokens, people });
      return perSecond(total, ms);
    },
    resumed: async () => {
      await engine.prepare();
      const before = spentSoFar();
      const ms = await engine.send(true);
      const after = spentSoFar();
      if (before && after) spent.set('resumed', perEach(before, after, total));
      return perSecond(total, ms);
    },
    tracked: async () => {
      await engine.prepare(withLinks);
      return perSecond(total, await engine.send(true));
    },
    launched: async () => perSecond(total, await engine.send(false)),
    'plain BullMQ': async () => peer && perSecond(peerTotal, await peer.round(peerPeople, false)),
    'careful BullMQ': async () => peer && perSecond(peerTotal, await peer.round(peerPeople, true)),
  };
  const spentSoFar = () =>
    processorTime(
      { 'the loop': bare.process.pid, worker: worker.child.process.pid, emulator: stage.emulatorPid },
      stage.dataDir,
    );
  const spent = new Map<Side, string>();
  for (let round = 0; round <= rounds; round++) {
    const said: string[] = [];
    for (const side of sides) {
      await telegram.reset();
      const before = side === 'bare' ? spentSoFar() : null;
      const rate = await measure[side]();
      if (rate === null) continue;
      const after = before && spentSoFar();
      if (before && after) spent.set(side, perEach(before, after, total));
      await everybodyOnce(telegram, side.endsWith('BullMQ') ? peerTotal : total);
      said.push(`${side} ${whole(rate)}`);
      if (round > 0) rates.get(side)?.push(rate);
    }
    console.log(`  ${round === 0 ? 'warm-up' : `round ${round}`}, per second: ${said.join(', ')}`);
  }
  await worker.child.stop();
  await bare.stop();
  await peer?.stop();
  await shop.close();
  await stage.stop();
  const server = kind === 'plain' ? 'the cheapest server' : 'the product’s emulator';
  return report({ rates, spent, peer, server, bots: bots.length, people });
}

interface Measured {
  rates: Map<Side, number[]>;
  spent: Map<Side, string>;
  peer: Peer | null;
  /** What was sent to, as words. */
  server: string;
  bots: number;
  people: number;
}

function report({ rates, spent, peer, server, bots, people }: Measured): Row[] {
  const of = (side: Side) => median(rates.get(side) ?? []);
  const times = (value: number, base: number, name: string) => `${(value / base).toFixed(2)} × ${name}`;
  const bare = of('bare');
  const resumed = of('resumed');
  const rows: Row[] = [
    {
      what: `bare undici loop against ${server}, ${whole(bots * people)} requests`,
      figure: `${whole(bare)}/s`,
    },
    {
      what: `Carillon against ${server}, ${bots} bots, from resume to the last row`,
      figure: `${whole(resumed)}/s`,
      ratio: times(resumed, bare, 'bare'),
      target: '≥ 0.6 × bare',
      met: resumed / bare >= 0.6,
    },
    {
      what: `Carillon against ${server}, from the first launch to the last row`,
      figure: `${whole(of('launched'))}/s`,
      ratio: times(of('launched'), bare, 'bare'),
    },
  ];
  rows.push({
    what: `Carillon against ${server}, two tracked links in each message, from resume on`,
    figure: `${whole(of('tracked'))}/s`,
    ratio: times(of('tracked'), resumed, 'without links'),
  });
  for (const [side, name] of [
    ['bare', 'of the bare loop'],
    ['resumed', 'of Carillon'],
  ] as const) {
    const words = spent.get(side);
    if (words) rows.push({ what: `processor time ${name} per message, ${server}`, figure: words });
  }
  if (!peer) return rows;
  const plain = of('plain BullMQ');
  const careful = of('careful BullMQ');
  rows.push(
    {
      what: `${peer.name} against ${server}, one UPDATE per job`,
      figure: `${whole(plain)}/s`,
      ratio: `Carillon ${times(resumed, plain, 'BullMQ')}`,
      target: 'Carillon ≥ 6 × BullMQ',
      met: resumed / plain >= 6,
    },
    {
      what: `BullMQ against ${server}, with claim before and thread after`,
      figure: `${whole(careful)}/s`,
      ratio: `Carillon ${times(resumed, careful, 'BullMQ')}`,
    },
  );
  return rows;
}

interface Broadcasts {
  /** Writes the rows of the next broadcasts, whose runs are paused. */
  prepare(text?: string): Promise<void>;
  /** One campaign per bot to everybody: resumed, or launched. The milliseconds until the last outcome is written. */
  send(isPrepared: boolean): Promise<number>;
}

function broadcasts(telegram: Bots, shop: Shop, total: number): Broadcasts {
  let sentBefore = 0;
  return {
    async prepare(text) {
      await launchAll(shop, shop.connections, { paused: true, ...(text && { text }) });
      await untilExpanded(shop.base);
      // what the writing of the rows has left to do must not be paid for by the sends
      await sleep(2000);
    },
    async send(isPrepared) {
      const started = performance.now();
      if (isPrepared) await resumeAll(shop);
      else await launchAll(shop, shop.connections);
      // the emulator is asked first: it costs the database nothing
      while ((await telegram.arrived()) < total) await sleep(20);
      await untilSent(shop.base, sentBefore + total, 5);
      const tookMs = performance.now() - started;
      sentBefore += total;
      return tookMs;
    },
  };
}

const pages = ['https://shop.example/sale', 'https://shop.example/new?from=chat'];
const withLinks = `${campaignText} ${pages.map((url, n) => `[Page ${n + 1}](${url})`).join(' ')}`;

/** By the emulator's own count: a rate of messages that did not arrive would be none. */
async function everybodyOnce(telegram: Bots, total: number): Promise<void> {
  const arrived = await telegram.arrived();
  const duplicates = await telegram.duplicates();
  if (arrived !== total || duplicates > 0)
    throw new Error(`${arrived} messages arrived instead of ${total}, ${duplicates} of them twice`);
}
