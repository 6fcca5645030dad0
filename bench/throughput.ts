// Durable sends per second over many bots, beside a bare loop that does the same requests and writes nothing, and beside
// BullMQ with a ledger. All three in turns on the same machine, database and emulator; the medians count.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bots, openBots } from './bots.ts';
import { openPeer, type Peer } from './bullmq.ts';
import { start } from './clean-up.ts';
import { median, perSecond, type Row, size, whole } from './figures.ts';
import { chats, launchAll, openShop, resumeAll, type Shop, untilExpanded, untilSent } from './shop.ts';
import { openStage } from './stage.ts';

export async function throughput(): Promise<Row[]> {
  const botCount = size('BENCH_BOTS', 500);
  const people = size('BENCH_PEOPLE', 120);
  const rounds = size('BENCH_ROUNDS', 3);
  // its rate does not depend on how many there are, and it need not take minutes
  const peerPeople = Math.max(1, Math.round(people / 4));
  const kind = process.env.BENCH_EMULATOR === 'sandbox' ? 'sandbox' : 'plain';
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

  const rates = {
    bare: [] as number[],
    durable: [] as number[],
    launched: [] as number[],
    peer: [] as number[],
  };
  const engine = broadcasts(telegram, shop, bots.length * people);
  const total = bots.length * people;
  for (let round = 0; round <= rounds; round++) {
    const tokens = bots.map((bot) => bot.token);
    await telegram.reset();
    const { ms } = await bare.ask<{ ms: number }>({ url: stage.emulatorUrl, tokens, people });
    await everybodyOnce(telegram, total);
    const durable = await engine(true);
    const launched = await engine(false);
    const peerMs = peer ? await peerRound(telegram, peer, peerPeople) : null;
    const now = {
      bare: perSecond(total, ms),
      durable: perSecond(total, durable),
      launched: perSecond(total, launched),
      peer: peerMs === null ? Number.NaN : perSecond(bots.length * peerPeople, peerMs),
    };
    console.log(
      `  ${round === 0 ? 'warm-up' : `round ${round}`}: bare ${whole(now.bare)}, resumed ${whole(now.durable)}, launched ${whole(now.launched)}, BullMQ ${peer ? whole(now.peer) : '-'} per second`,
    );
    if (round === 0) continue;
    for (const key of ['bare', 'durable', 'launched', 'peer'] as const) rates[key].push(now[key]);
  }
  await worker.child.stop();
  await bare.stop();
  await peer?.stop();
  await shop.close();
  await stage.stop();
  return report(rates, peer, bots.length, people);
}

function report(
  rates: Record<'bare' | 'durable' | 'launched' | 'peer', number[]>,
  peer: Peer | null,
  bots: number,
  people: number,
): Row[] {
  const bare = median(rates.bare);
  const durable = median(rates.durable);
  const launched = median(rates.launched);
  const of = (value: number, base: number, name: string) => `${(value / base).toFixed(2)} × ${name}`;
  const rows: Row[] = [
    { what: `bare undici loop, ${whole(bots * people)} requests`, figure: `${whole(bare)}/s` },
    {
      what: `Carillon, ${bots} bots, from resume to the last row`,
      figure: `${whole(durable)}/s`,
      ratio: of(durable, bare, 'bare'),
      target: '≥ 0.6 × bare',
      met: durable / bare >= 0.6,
    },
    {
      what: 'Carillon, from the first launch to the last row',
      figure: `${whole(launched)}/s`,
      ratio: of(launched, bare, 'bare'),
    },
  ];
  if (peer) {
    const other = median(rates.peer);
    rows.push({
      what: `${peer.name} + ledger`,
      figure: `${whole(other)}/s`,
      ratio: `${of(other, bare, 'bare')}; Carillon ${of(durable, other, 'BullMQ')}`,
      target: 'Carillon ≥ 6 × BullMQ',
      met: durable / other >= 6,
    });
  }
  return rows;
}

/** One campaign per bot to everybody. Resolves with the milliseconds until the last outcome is written. */
function broadcasts(telegram: Bots, shop: Shop, total: number): (resumed: boolean) => Promise<number> {
  let sentBefore = 0;
  return async (resumed) => {
    await telegram.reset();
    if (resumed) {
      await launchAll(shop, shop.connections, true);
      await untilExpanded(shop.base);
      // what the writing of the rows has left to do must not be paid for by the sends
      await sleep(2000);
    }
    const started = performance.now();
    if (resumed) await resumeAll(shop);
    else await launchAll(shop, shop.connections);
    // the emulator is asked first: it costs the database nothing
    while ((await telegram.arrived()) < total) await sleep(20);
    await untilSent(shop.base, sentBefore + total, 5);
    const tookMs = performance.now() - started;
    sentBefore += total;
    await everybodyOnce(telegram, total);
    return tookMs;
  };
}

async function peerRound(telegram: Bots, peer: Peer, people: number): Promise<number> {
  await telegram.reset();
  const ms = await peer.round(people);
  await everybodyOnce(telegram, people * telegram.bots.length);
  return ms;
}

/** By the emulator's own count: a rate of messages that did not arrive would be none. */
async function everybodyOnce(telegram: Bots, total: number): Promise<void> {
  const arrived = await telegram.arrived();
  const duplicates = await telegram.duplicates();
  if (arrived !== total || duplicates > 0)
    throw new Error(`${arrived} messages arrived instead of ${total}, ${duplicates} of them twice`);
}
