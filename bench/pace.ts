// One bot at Telegram's 30 per second, against an emulator that enforces the limit: how near to it, and not one 429.
import { type Bot, launch, openShop, untilSent } from './shop.ts';
import { openStage } from './stage.ts';

const count = Number(process.env.BENCH_PACE_PEOPLE ?? 1500);

export async function pace(): Promise<void> {
  const stage = await openStage();
  try {
    const people = Array.from({ length: count }, (_, index) => 1000 + index);
    await stage.control('users', { users: people.map((id) => ({ id, first_name: `P${id}` })) });
    const bot = await stage.control<Bot>('bots', { username: 'pace_bot', name: 'Pace' });
    await stage.control('start', { bot: bot.id, users: people });
    await stage.control('reset', { what: 'messages' });
    const { node, workspaceId, connections } = await openShop(stage, [bot], people);
    await launch(node.base, workspaceId, connections[0] as string);
    await untilSent(node.base, count);
    const stats = await stage.control<Stats>(`stats?bot=${bot.id}`);
    await node.stop();
    const seconds = (stats.per_second.last_at - stats.per_second.first_at) / 1000;
    console.log(`  ${count} people, by the emulator's own count`);
    console.log(
      `  rate                  ${((stats.accepted - 1) / seconds).toFixed(2)} messages/s (limit 30)`,
    );
    console.log(`  refused with 429      ${stats.rate_limited}`);
    console.log(`  sent twice            ${stats.duplicates_total}`);
  } finally {
    await stage.stop();
  }
}

interface Stats {
  accepted: number;
  rate_limited: number;
  duplicates_total: number;
  per_second: { first_at: number; last_at: number };
}
