// docs/performance.md: the blocks between its markers hold what the command printed, and nothing else writes into them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { commit, machine, type Result, type Row } from './figures.ts';
import { drawPlot } from './plot.ts';

const file = 'docs/performance.md';
const folder = 'docs/performance';

/** Replaces the block of one bench, and its plots. Throws when the document has no place for it. */
export function writeBlock(bench: string, result: Result, load: string): void {
  const [begin, end] = [`<!-- bench:${bench} -->`, `<!-- /bench:${bench} -->`];
  const text = readFileSync(file, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no block ${begin} … ${end}`);
  const block = [begin, '', ...table(result.rows), '', caption(bench, load), '', ...plots(result)].join('\n');
  writeFileSync(file, text.slice(0, from) + block + text.slice(to));
  execFileSync('node_modules/.bin/biome', ['check', '--write', file], { stdio: 'ignore' });
}

function table(rows: Row[]): string[] {
  return [
    '| what | figure | compared | target | |',
    '| --- | ---: | --- | --- | --- |',
    ...rows.map(
      (row) =>
        `| ${[row.what, row.figure, row.ratio ?? '', row.target ?? '', row.met === undefined ? '' : row.met ? 'met' : '**missed**'].join(' | ')} |`,
    ),
  ];
}

function caption(bench: string, load: string): string {
  const sizes = Object.entries(process.env)
    .filter(([name]) => name.startsWith('BENCH_'))
    .map(([name, value]) => `${name}=${value} `)
    .join('');
  const day = new Date().toISOString().slice(0, 10);
  return `\`${sizes}npm run bench -- ${bench}\`, ${day}, commit ${commit()}, ${load}. ${machine.processor}; ${machine.system}; ${machine.node}; ${machine.postgres}.`;
}

function plots({ plots = [] }: Result): string[] {
  if (plots.length > 0) mkdirSync(folder, { recursive: true });
  return plots.flatMap((plot) => {
    writeFileSync(`${folder}/${plot.name}.svg`, drawPlot(plot));
    return [`![${plot.title}](performance/${plot.name}.svg)`, ''];
  });
}
