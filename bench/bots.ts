// The bots of a bench on either emulator, and what the emulator has counted since the last reset.
import type { Tally } from './emulator.ts';
import type { Stage } from './stage.ts';

export interface Bot {
  id: number;
  token: string;
}

export interface Bots {
  bots: Bot[];
  /** Forgets what was counted. */
  reset(): Promise<void>;
  /** Messages that arrived. */
  arrived(): Promise<number>;
  /** Messages beyond the first to the same person from the same bot. */
  duplicates(): Promise<number>;
}

/** Bots without limits; all `people` have started all of them. */
export async function openBots(stage: Stage, count: number, people: number[]): Promise<Bots> {
  return stage.emulatorKind === 'plain' ? plainBots(stage, count) : sandboxBots(stage, count, people);
}

function plainBots(stage: Stage, count: number): Bots {
  const bots = Array.from({ length: count }, (_, n) => ({
    id: 7_000_000 + n,
    token: `${7_000_000 + n}:bench`,
  }));
  return {
    bots,
    reset: () => stage.control('reset', {}),
    arrived: async () => (await stage.control<Tally>('count')).messages,
    duplicates: async () => (await stage.control<Tally>('count')).duplicates,
  };
}

async function sandboxBots(stage: Stage, count: number, people: number[]): Promise<Bots> {
  await stage.control('users', { users: people.map((id) => ({ id, first_name: `P${id}` })) });
  const bots: Bot[] = [];
  for (let n = 0; n < count; n++) {
    const bot = await stage.control<Bot>('bots', { username: `bench_${n}_bot`, name: 'Bench', limits: null });
    await stage.control('start', { bot: bot.id, users: people });
    bots.push(bot);
  }
  return {
    bots,
    // the /start messages are not what is measured
    reset: () => stage.control('reset', { what: 'messages' }),
    async arrived() {
      const { bots: all } = await stage.control<{ bots: { accepted: number }[] }>('bots');
      return all.reduce((sum, bot) => sum + bot.accepted, 0);
    },
    async duplicates() {
      let sum = 0;
      for (const bot of bots)
        sum += (await stage.control<{ duplicates_total: number }>(`stats?bot=${bot.id}&brief=1`))
          .duplicates_total;
      return sum;
    },
  };
}
