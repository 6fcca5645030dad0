// Twenty times kill -9 in one broadcast of 20,000 over 50 bots. BENCH_SEED chooses the moments again.
import { type Row, size, whole } from './figures.ts';
import { killStorm } from './kill-storm.ts';

const bots = 50;
const kinds = ['sent', 'failed', 'skipped', 'unknown', 'left'] as const;

export async function kills(): Promise<Row[]> {
  const seed = size('BENCH_SEED', Math.ceil(Math.random() * 1e9));
  const people = size('BENCH_PEOPLE', 400);
  const storm = await killStorm({ bots, people, kills: size('BENCH_KILLS', 20), perSecond: 10, seed });
  const most = Math.max(...storm.unknownPerKill);
  const rows: Row[] = [
    {
      what: `${whole(storm.planned)} messages over ${bots} bots, ${storm.unknownPerKill.length} kills (BENCH_SEED=${seed})`,
      figure: `${whole(storm.seconds)} s`,
    },
    { what: 'sent twice', figure: whole(storm.twice), target: '0', met: storm.twice === 0 },
    { what: 'lost', figure: whole(storm.lost), target: '0', met: storm.lost === 0 },
    {
      what: 'unknown after one kill, at most',
      figure: whole(most),
      target: `≤ ${whole(storm.secondsWorth)}, a second's worth`,
      met: most <= storm.secondsWorth,
    },
    {
      what: 'report, send log and emulator agree',
      figure: storm.addsUp && storm.mistaken === 0 ? 'yes' : 'NO',
      target: 'yes',
      met: storm.addsUp && storm.mistaken === 0,
    },
  ];
  console.log(`  unknown after each kill: ${storm.unknownPerKill.join(', ')}`);
  console.log(
    `  ${whole(storm.planned)} planned = ${kinds.map((kind) => `${whole(storm[kind])} ${kind}`).join(' + ')}; ` +
      `${whole(storm.arrived)} arrived by the emulator's count`,
  );
  return rows;
}
