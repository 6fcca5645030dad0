// `npm run bench`: measures the engine and prints each figure beside its target, as ratios within this run where machines
// differ. `npm run bench -- throughput pace` runs some of them.
import { endAll } from './clean-up.ts';
import { expansion } from './expansion.ts';
import { failover } from './failover.ts';
import { commit, line, loadBefore, machine, type Row } from './figures.ts';
import { pace } from './pace.ts';
import { throughput } from './throughput.ts';

// biome-ignore lint/suspicious/noConfusingVoidType: a bench may print for itself alone
const benches: Record<string, () => Promise<Row[] | void>> = {
  throughput,
  pace,
  expansion,
  failover,
};
const wanted = process.argv.slice(2);
const names = wanted.length > 0 ? wanted : Object.keys(benches);
const unknown = names.find((name) => !benches[name]);
if (unknown) {
  console.error(`There is no bench "${unknown}". Known: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}

console.log(`${machine.processor}; ${machine.system}; ${machine.node}; commit ${commit()}; ${loadBefore()}`);
let code = 0;
for (const name of names) {
  console.log(`\n${name}`);
  try {
    for (const row of (await benches[name]?.()) ?? []) console.log(line(row));
  } catch (error) {
    console.error(error);
    code = 1;
  }
  await endAll();
}
console.log(`\n${machine.postgres}`);
process.exit(code);
