// `npm run bench`: measures the engine against the Telegram emulator on loopback and prints figures as ratios within this
// run, because machines differ. `npm run bench -- throughput` runs one of them.
import os from 'node:os';
import { pace } from './pace.ts';
import { throughput } from './throughput.ts';

const benches: Record<string, () => Promise<void>> = { pace, throughput };
const wanted = process.argv.slice(2);
const names = wanted.length > 0 ? wanted : Object.keys(benches);

console.log(
  `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.cpus().length} cores, Node ${process.versions.node}`,
);
for (const name of names) {
  const bench = benches[name];
  if (!bench) throw new Error(`There is no bench "${name}". Known: ${Object.keys(benches).join(', ')}`);
  console.log(`\n${name}`);
  await bench();
}
process.exit(0);
