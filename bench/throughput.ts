// Durable sends per second over many bots, beside a bare loop that does the same requests and writes nothing.
import { Pool } from 'undici';
import { type Bot, launch, openShop, untilSent } from './shop.ts';
import { openStage, type Stage } from './stage.ts';

const bots = Number(process.env.BENCH_BOTS ?? 500);
const peoplePerBot = Number(process.env.BENCH_PEOPLE ?? 60);

export async function throughput(): Promise<void> {
  const stage = await openStage();
  try {
    const people = Array.from({ length: peoplePerBot }, (_, index) => 1000 + index);
    await stage.control('users', { users: people.map((id) => ({ id, first_name: `P${id}` })) });
    const made: Bot[] = [];
    for (let i = 0; i < bots; i++) {
      const bot = await stage.control<Bot>('bots', {
        username: `bench_${i}_bot`,
        name: 'Bench',
        limits: null,
      });
      made.push(bot);
      await stage.control('start', { bot: bot.id, users: people });
    }
    // the /start messages are not what is measured
    await stage.control('reset', { what: 'messages' });
    const total = bots * peoplePerBot;
    const bare = await bareLoop(stage, made, people);
    console.log(`  bare undici loop      ${perSecond(total, bare)} requests/s`);
    const durable = await broadcast(stage, made, people);
    console.log(`  durable, ${bots} bots     ${perSecond(total, durable)} sends/s`);
    console.log(`  ratio                 ${(bare / durable).toFixed(2)}`);
  } finally {
    await stage.stop();
  }
}

const perSecond = (count: number, ms: number) => Math.round(count / (ms / 1000)).toLocaleString('en');

async function bareLoop(stage: Stage, made: Bot[], people: number[]): Promise<number> {
  const pool = new Pool(stage.emulatorUrl, { connections: 64 });
  const requests = made.flatMap((bot) => people.map((person) => ({ bot, person })));
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      for (let request = requests[next++]; request; request = requests[next++]) {
        const body = JSON.stringify({
          chat_id: request.person,
          text: `Hi P${request.person}, <b>50% off</b> today only`,
          parse_mode: 'HTML',
        });
        const answer = await pool.request({
          path: `/bot${request.bot.token}/sendMessage`,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        await answer.body.json();
      }
    }),
  );
  const took = performance.now() - start;
  await pool.close();
  return took;
}

async function broadcast(stage: Stage, made: Bot[], people: number[]): Promise<number> {
  const { node, workspaceId, connections } = await openShop(stage, made, people);
  const start = performance.now();
  // ten people at the Send button at once; one after the other would measure how long a commit takes
  const waiting = [...connections];
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (let id = waiting.pop(); id; id = waiting.pop()) await launch(node.base, workspaceId, id);
    }),
  );
  const launched = performance.now();
  await untilSent(node.base, made.length * people.length);
  const took = performance.now() - start;
  console.log(`  (launching ${made.length} campaigns took ${Math.round(launched - start)} ms of it)`);
  await node.stop();
  return took;
}
