// What leaves as CSV is harmless in a spreadsheet, and comes back through the import as it was.
import { expect, it } from 'vitest';
import type { ColumnTarget } from '../../../contract/imports.ts';
import { csvStream } from '../../platform/csv.ts';
import { contactReader } from './contact-row.ts';
import { readText } from './testing-files.ts';

it('names that begin like formulas are no formulas in the file, and the same names again when it is read', async () => {
  const names = [
    '=1+1',
    '+Ann',
    '-Bo',
    '@cy',
    '=HYPERLINK("http://x.example","x")',
    'Ann\nLee',
    'x;=HYPERLINK("http://x.example";1)',
    'x; @cy\t+1\n-2',
    '＝1+1',
    'a;＝1+1',
    'a,"b";c',
    'Zoë 你 🎈',
    "'quoted'",
    "O'Neill",
  ];
  const bytes = Buffer.concat(await csvStream(['Id', 'Name'], names.map((name, n) => [n, name])).map((piece) => Buffer.from(piece as string)).toArray()); // biome-ignore format: one chain
  const table = await readText(bytes);
  for (const { cells } of table.rows)
    for (const cell of cells) expect(cell).not.toMatch(/(^|[;\t\r\n] *)[=+\-@＝＋－＠]|^[\t\r]/);
  const mapping: ColumnTarget[] = [
    { kind: 'field', field: 'external_id' },
    { kind: 'field', field: 'first_name' },
  ];
  const read = contactReader(table.header, mapping);
  expect(table.rows.map((row) => read(row).contact?.first_name)).toEqual(names);
});
