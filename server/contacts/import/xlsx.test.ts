// Spreadsheets: what a person sees in the sheet is what is read, whatever way the program stored it.
import { describe, expect, it } from 'vitest';
import { columnOf, isDateFormat } from './cell.ts';
import { aFile, readTable, textRows, type Xlsx, xlsxOf } from './testing-files.ts';

const read = (xlsx: Xlsx, sheet?: string) => readTable(aFile(xlsxOf(xlsx)), { sheet });
const cells = async (xlsx: Xlsx) => (await read(xlsx)).rows.map((row) => row.cells);
const header = textRows([['Value']]);
/** One cell per row, below the header. */
const values = async (list: string[], more: Xlsx = {}) =>
  (
    await cells({ ...more, sheets: { One: header + list.map((cell) => `<row>${cell}</row>`).join('') } })
  ).flat();

describe('a sheet', () => {
  it('is the first that is not hidden, or the one that is named', async () => {
    const sheets = { People: textRows([['Name'], ['Ann']]), 'B & Co': textRows([['City'], ['Leeds']]) };
    expect(await read({ sheets })).toMatchObject({
      format: 'xlsx',
      sheet: 'People',
      sheets: ['People', 'B & Co'],
      header: ['Name'],
    });
    expect(await read({ sheets }, 'B & Co')).toMatchObject({
      header: ['City'],
      rows: [{ line: 2, cells: ['Leeds'] }],
    });
    await expect(read({ sheets }, 'Other')).rejects.toMatchObject({
      code: 'TABLE_EMPTY',
      message: expect.stringContaining('"People", "B & Co"'),
    });
    const workbook =
      '<workbook xmlns:r="r"><sheets><sheet name="A" state="veryHidden" r:id="rId1"/><sheet name="B" r:id="rId2"/></sheets></workbook>';
    const parts = [{ name: 'xl/workbook.xml', content: workbook }];
    expect((await read({ sheets, parts })).header).toEqual(['City']);
  });

  it('has its rows by their numbers and its cells by their places', async () => {
    const sheet = `<row r="2"><c r="A2" t="inlineStr"><is><t>Name</t></is></c><c r="C2" t="inlineStr"><is><t>City</t></is></c></row>
      <row r="5"><c r="C5" t="inlineStr"><is><t>Leeds</t></is></c></row><row r="6"><c r="A6"/></row><row r="9"><c r="A9" t="str"><v>Bo</v></c></row>`;
    const table = await read({ sheets: { One: sheet } });
    expect(table.header).toEqual(['Name', 'Column 2', 'City']);
    expect(table.rows).toEqual([
      { line: 5, cells: ['', '', 'Leeds'] },
      { line: 9, cells: ['Bo'] },
    ]);
  });

  it('may carry prefixes, as some programs write them', async () => {
    const sheet =
      '<x:worksheet xmlns:x="x"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>Name</x:v></x:c></x:row><x:row r="2"><x:c r="A2" t="str"><x:v>Ann</x:v></x:c></x:row></x:sheetData></x:worksheet>';
    const table = await read({
      sheets: { One: '' },
      parts: [{ name: 'xl/worksheets/sheet1.xml', content: sheet }],
    });
    expect(table.rows).toEqual([{ line: 2, cells: ['Ann'] }]);
  });
});

describe('a cell', () => {
  it('with a shared text, rich text or Japanese pronunciation is that text', async () => {
    const sst =
      '<sst><si><r><t>An</t></r><r><t>n</t></r></si><si><t>東京</t><rPh><t>トウキョウ</t></rPh></si><si><t>a&amp;b &#x1F388;</t></si></sst>';
    const shared = { shared: [], parts: [{ name: 'xl/sharedStrings.xml', content: sst }] };
    expect(
      await values(['<c t="s"><v>1</v></c>', '<c t="s"><v>0</v></c>', '<c t="s"><v>2</v></c>'], shared),
    ).toEqual(['東京', 'Ann', 'a&b 🎈']);
  });

  it('of a formula is the value that was stored, never the formula', async () => {
    const formula = '<c t="str"><f>HYPERLINK("http://x.example/"&amp;A1)</f><v>click</v></c>';
    expect(
      await values([
        formula,
        '<c><f>1+1</f><v>2</v></c>',
        '<c t="str"><f>WEBSERVICE("http://x")</f></c><c><v>7</v></c>',
      ]),
    ).toEqual(['click', '2', '', '7']);
  });

  it('with a number is written plainly', async () => {
    const list = ['442079460018', '4.42079460018E11', '0.30000000000000004', '1234.5', '1E+20', '-7'];
    expect(await values(list.map((v) => `<c><v>${v}</v></c>`))).toEqual([
      '442079460018',
      '442079460018',
      '0.3',
      '1234.5',
      '100000000000000000000',
      '-7',
    ]);
  });

  it('with a date is ISO, by built-in and own formats, in both calendars', async () => {
    const formats = ['dd.mm.yyyy', '[$-409]d mmm yy h:mm AM/PM', '0.00', '[h]:mm', '"day" 0', 'hh:mm'];
    const at = (style: number, v: string) => `<c s="${style}"><v>${v}</v></c>`;
    const list = [
      at(1, '46347'),
      at(2, '46347.5'),
      at(3, '46347'),
      at(4, '1.5'),
      at(5, '3'),
      at(6, '0.395833333'),
      at(1, '59'),
      at(1, '61'),
      at(1, '1'),
    ];
    expect(await values(list, { formats })).toEqual([
      '2026-11-21',
      '2026-11-21T12:00:00',
      '46347',
      '1.5',
      '3',
      '09:30:00',
      '1900-02-28',
      '1900-03-01',
      '1900-01-01',
    ]);
    expect(await values([at(1, '44885'), at(1, '0')], { formats, from1904: true })).toEqual([
      '2026-11-21',
      '1904-01-01',
    ]);
  });

  it('with a truth value says so, an error as the sheet shows it', async () => {
    expect(
      await values([
        '<c t="b"><v>1</v></c>',
        '<c t="b"><v>0</v></c>',
        '<c t="e"><v>#N/A</v></c>',
        '<c t="d"><v>2026-11-21</v></c>',
      ]),
    ).toEqual(['true', 'false', '#N/A', '2026-11-21']);
  });
});

it.each([
  ['General', false],
  ['0.00E+00', false],
  ['yyyy\\-mm\\-dd', true],
  ['"Summe" #,##0', false],
  ['mm:ss.0', true],
  ['[Red]0;[Blue]0', false],
  ['@', false],
])('format %s is a date: %s', (code, is) => expect(isDateFormat(code)).toBe(is));

it('columns are counted as spreadsheets do', () => {
  expect(['A1', 'Z9', 'AA1', 'XFD1', '17', 'a1'].map(columnOf)).toEqual([0, 25, 26, 16_383, null, null]);
});

it('a hundred thousand different texts come back each in its place, though they lie outside the memory', async () => {
  const count = 100_000;
  const shared = Array.from({ length: count }, (_, n) =>
    n === 7 ? 'ß'.repeat(200_000) : `Person ${n} ${'é'.repeat(n % 40)}`,
  );
  const order = Array.from({ length: count }, (_, n) => (n * 7919) % count);
  const sheet = header + order.map((n) => `<row><c t="s"><v>${n}</v></c></row>`).join('');
  const table = await read({ sheets: { One: sheet }, shared });
  expect(table.rows.length).toBe(count);
  expect(table.rows.every((row, at) => row.cells[0] === shared[order[at]!])).toBe(true);
});
