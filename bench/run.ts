// `npm run bench`: measures the engine and prints each figure beside its target, as ratios within this run where machines
// differ. `npm run bench -- throughput pace` runs some of them; `--write` puts what they print into docs/performance.md.
// `demo-life --minutes 10` is a story of its own length.

import { automationFigures } from './automation-figures.ts';
import { automations } from './automations.ts';
import { campaigns } from './campaigns.ts';
import { endAll, endOnSignals, isStopping } from './clean-up.ts';
import { contacts } from './contacts.ts';
import { demoLife } from './demo-life.ts';
import { writeBlock } from './document.ts';
import { evaluate } from './evaluate.ts';
import { expansion } from './expansion.ts';
import { failover } from './failover.ts';
import { commit, line, loadBefore, machine, type Result, type Row } from './figures.ts';
import { importTable } from './import.ts';
import { kills } from './kills.ts';
import { lanes } from './lanes.ts';
import { million } from './million.ts';
import { pace } from './pace.ts';
import { receipts } from './receipts.ts';
import { segments } from './segments.ts';
import { sendLog } from './send-log.ts';
import { throughput } from './throughput.ts';
import { whatsappKills } from './whatsapp-kills.ts';

const benches: Record<string, () => Promise<Row[] | Result>> = {
  throughput,
  pace,
  expansion,
  million,
  failover,
  lanes,
  kills,
  receipts,
  'whatsapp-kills': whatsappKills,
  import: importTable,
  segments,
  evaluate,
  contacts,
  campaigns,
  'send-log': sendLog,
  automations,
  'automation-figures': automationFigures,
};
/** Watched rather than measured, so only when asked for. */
const stories: typeof benches = { 'demo-life': demoLife };
const args = process.argv.slice(2);
const writes = args.includes('--write');
const minutesAt = args.indexOf('--minutes');
if (minutesAt >= 0) process.env.BENCH_MINUTES = args[minutesAt + 1] ?? '';
const wanted = args.filter(
  (arg, at) => arg !== '--write' && (minutesAt < 0 || (at !== minutesAt && at !== minutesAt + 1)),
);
const names = wanted.length > 0 ? wanted : Object.keys(benches);
const known = { ...benches, ...stories };
const unknown = names.find((name) => !known[name]);
if (unknown) {
  console.error(
    `There is no bench "${unknown}". Known: ${Object.keys(known).join(', ')}; --write puts the figures into docs/performance.md.`,
  );
  process.exit(2);
}

endOnSignals();
console.log(`${machine.processor}; ${machine.system}; ${machine.node}; commit ${commit()}`);
const all: [string, Row[]][] = [];
let code = 0;
for (const name of names) {
  const load = loadBefore();
  console.log(`\n${name} (${load})`);
  try {
    const given = (await known[name]?.()) ?? [];
    const result = Array.isArray(given) ? { rows: given } : given;
    for (const row of result.rows) console.log(line(row));
    all.push([name, result.rows]);
    if (writes) writeBlock(name, result, load);
  } catch (error) {
    if (isStopping()) await new Promise(() => {});
    console.error(error);
    code = 1;
  }
  await endAll();
}
const judged = all.flatMap(([name, rows]) =>
  rows.filter((row) => row.met !== undefined).map((row) => ({ name, row })),
);
console.log(`\n${machine.postgres}`);
if (judged.length > 0) {
  const missed = judged.filter(({ row }) => !row.met);
  console.log(`${judged.length - missed.length} of ${judged.length} targets met.`);
  for (const { name, row } of missed)
    console.log(
      `  missed: ${name}: ${row.what}, ${row.figure}${row.ratio ? `, ${row.ratio}` : ''} (target ${row.target})`,
    );
}
process.exit(code);
