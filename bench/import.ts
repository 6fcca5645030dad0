// A table of a million people into an empty workspace, and the same table once more, over the API of a whole node: rows a second
// from the start to the end as the API says it, and the memory of the process.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './clean-up.ts';
import { megabytes, perSecond, type Row, size, whole } from './figures.ts';
import { type Imported, importOver } from './importer.ts';
import { makeToken } from './million.ts';
import { openShop } from './shop.ts';
import { openStage } from './stage.ts';

const targetRows = 20_000;
const targetBytes = 300 * 2 ** 20;

export async function importTable(): Promise<Row[]> {
  const people = size('BENCH_PEOPLE', 1_000_000);
  const stage = await openStage('plain');
  const shop = await openShop(stage, [], [], 'web');
  const file = await writeTable(people);
  const node = await stage.startNode('all');
  const token = await makeToken(shop);
  const first = await importOver(node, token, file);
  const again = await importOver(node, token, file);
  if (first.created !== people || first.rejected > 0) throw new Error(`Imported ${JSON.stringify(first)}`);
  if (again.created !== 0 || again.updated !== people)
    throw new Error(`Imported again ${JSON.stringify(again)}`);
  await node.child.stop();
  await shop.close();
  await stage.stop();
  return [
    ...rowsOf(`import of ${whole(people)} new people`, first),
    ...rowsOf('the same table again', again),
  ];
}

function rowsOf(what: string, { rows, ms, uploadMs, peakBytes, idleBytes }: Imported): Row[] {
  const rate = perSecond(rows, ms);
  return [
    {
      what,
      figure: `${whole(rate)} rows/s`,
      ratio: `${(ms / 1000).toFixed(1)} s, after ${(uploadMs / 1000).toFixed(1)} s of upload`,
      target: `≥ ${whole(targetRows)} rows/s`,
      met: rate >= targetRows,
    },
    {
      what: `${what}: resident memory at most`,
      figure: megabytes(peakBytes),
      ratio: `idle ${megabytes(idleBytes)}`,
      target: `≤ ${megabytes(targetBytes)}`,
      met: peakBytes <= targetBytes,
    },
  ];
}

/** Ten columns, as a shop's system writes them. */
async function writeTable(people: number): Promise<string> {
  const file = path.join(temporaryFolder(), 'people.csv');
  const out = createWriteStream(file);
  out.write('Id,First name,Last name,Email,Phone,City,Orders,VIP,Tags,Language\n');
  for (let n = 0; n < people; n++) {
    const phone = `+447${String(400_000_000 + n)}`;
    const row = `c${n},Ann${n % 5000},Lee${n % 7000},ann${n}@example.com,${phone},Leeds,${n % 50},${n % 3 === 0 ? 'yes' : 'no'},"vip;summer",en\n`;
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  return file;
}
