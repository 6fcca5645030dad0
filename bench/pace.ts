// One bot at Telegram's 30 per second, against an emulator that enforces the limit: how near to it, and not one 429.

import type { Bot } from './bots.ts';
import { type Row, size, whole } from './figures.ts';
import { chats, launch, openShop, untilSent } from './shop.ts';
import { openStage } from './stage.ts';

export async function pace(): Promise<Row[]> {
  const count = size('BENCH_PACE_PEOPLE', 1500);
  const stage = await openStage('sandbox');
  const people = chats(count);
  await stage.control('users', { users: people.map((id) => ({ id, first_name: `P${id}` })) });
  const bot = await stage.control<Bot>('bots', { username: 'pace_bot', name: 'Pace' });
  await stage.control('start', { bot: bot.id, users: people });
  await stage.control('reset', { what: 'messages' });
  const shop = await openShop(stage, [bot], people, 'web');
  const worker = await stage.startNode('worker');
  await launch(shop.base, shop.workspaceId, shop.connections[0] as string);
  await untilSent(shop.base, count);
  const stats = await stage.control<Stats>(`stats?bot=${bot.id}`);
  await worker.child.stop();
  await shop.close();
  await stage.stop();
  const seconds = (stats.per_second.last_at - stats.per_second.first_at) / 1000;
  const rate = (stats.accepted - 1) / seconds;
  return [
    {
      what: `one bot, ${whole(count)} people, by the emulator's count`,
      figure: `${rate.toFixed(2)} messages/s`,
      target: '≥ 29.5/s of 30/s',
      met: rate >= 29.5,
    },
    {
      what: 'refused with 429',
      figure: whole(stats.rate_limited),
      target: '0',
      met: stats.rate_limited === 0,
    },
    {
      what: 'sent twice',
      figure: whole(stats.duplicates_total),
      target: '0',
      met: stats.duplicates_total === 0,
    },
  ];
}

interface Stats {
  accepted: number;
  rate_limited: number;
  duplicates_total: number;
  per_second: { first_at: number; last_at: number };
}
