// Text tables as the world writes them: what was written is read back, whatever the delimiter, the encoding and the line ends.
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delimiters, encodings } from '../../../contract/imports.ts';
import { readText } from './testing-files.ts';

const cellsOf = ({ rows }: { rows: { cells: string[] }[] }) => rows.map(({ cells }) => cells);
const windows1252 = (text: string) =>
  Buffer.from(text.replaceAll('€', '\u0080').replaceAll('“', '\u0093'), 'latin1');
const utf16be = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();

describe('what csv-stringify writes is read back equal', () => {
  const lineEnds = ['\n', '\r\n', '\r'] as const;
  const forms = ['utf-8', 'utf-8 with mark', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
  const western = fc.constantFrom(...'abcXYZ019 .-_@+=\'"äöüßéèñçøÅ€“,;|\t\n'.split(''));
  const anything = fc.oneof(western, fc.constantFrom('Ж', '你', '🎈', 'ا', '\u200f', '\r', '\r\n'));
  const encode = (text: string, form: (typeof forms)[number]): Buffer => {
    if (form === 'utf-16le') return Buffer.from(`\ufeff${text}`, 'utf16le');
    if (form === 'utf-16be') return utf16be(text);
    if (form === 'windows-1252') return windows1252(text);
    return Buffer.from(form === 'utf-8' ? text : `\ufeff${text}`);
  };

  it('over delimiters, encodings, line ends and whatever stands in the cells', async () => {
    const sample = fc
      .record({
        form: fc.constantFrom(...forms),
        delimiter: fc.constantFrom(...delimiters),
        lineEnd: fc.constantFrom(...lineEnds),
        quoted: fc.boolean(),
        columns: fc.integer({ min: 2, max: 6 }),
      })
      .chain((given) => {
        const char = given.form === 'windows-1252' ? western : anything;
        const cell = fc.array(char, { maxLength: 12 }).map((chars) => chars.join(''));
        const row = fc.array(cell, { minLength: given.columns, maxLength: given.columns });
        return fc.record({ given: fc.constant(given), rows: fc.array(row, { minLength: 1, maxLength: 8 }) });
      });
    await fc.assert(
      fc.asyncProperty(sample, async ({ given, rows }) => {
        const header = Array.from({ length: given.columns }, (_, n) => `Name ${n}`);
        const text = stringify([header, ...rows], {
          delimiter: given.delimiter,
          record_delimiter: given.lineEnd,
          quoted: given.quoted,
          quoted_match: /[\r\n]/,
        });
        // two accents in a row may be Cyrillic letters as well: what bytes cannot tell, a person says
        const said = given.form === 'windows-1252' ? { encoding: given.form } : {};
        const table = await readText(encode(text, given.form), { delimiter: given.delimiter, ...said });
        // the kind of line end inside a value is not kept; a row without any value is none
        const plain = rows
          .map((cells) => cells.map((cell) => cell.replaceAll(/\r\n?/g, '\n')))
          .filter((cells) => cells.some((cell) => cell.trim() !== ''));
        expect(table.header).toEqual(header);
        expect(cellsOf(table)).toEqual(plain);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the form of a file is found out', () => {
  it.each([...delimiters])('delimiter %j, also where others stand in values', async (delimiter) => {
    const others = delimiters.filter((other) => other !== delimiter).join(' ');
    const rows = [
      ['Name', 'Note', 'City'],
      ['Ann', `"a${others}b ""x"" ${delimiter} c"`, 'Leeds'],
      ['Bo', 'x', 'York'],
    ];
    const table = await readText(rows.map((row) => row.join(delimiter)).join('\n'));
    expect(table.delimiter).toBe(delimiter);
    expect(cellsOf(table)).toEqual([
      ['Ann', `a${others}b "x" ${delimiter} c`, 'Leeds'],
      ['Bo', 'x', 'York'],
    ]);
  });

  it('decimal commas do not win over semicolons', async () => {
    expect((await readText('a;b;c\n1,5;2,5;x\n1,7;3;y\n')).delimiter).toBe(';');
  });

  it('Excel’s own line sep=; names it, and lines are counted with it', async () => {
    const table = await readText('sep=;\r\nName;City\r\nAnn, B;Leeds\r\n');
    expect(table).toMatchObject({
      delimiter: ';',
      header: ['Name', 'City'],
      rows: [{ line: 3, cells: ['Ann, B', 'Leeds'] }],
    });
  });

  it.each([
    ['utf-8', Buffer.from('Name,City\nZoë,Köln\n'), 'Zoë'],
    ['utf-8', Buffer.from('\ufeffName,City\nZoë,Köln\n'), 'Zoë'],
    ['utf-16le', Buffer.from('\ufeffName,City\nZoë,Köln\n', 'utf16le'), 'Zoë'],
    ['utf-16le', Buffer.from('Name,City\nZoë,Köln\n', 'utf16le'), 'Zoë'],
    ['utf-16be', utf16be('Name,City\nZoë,Köln\n'), 'Zoë'],
    ['utf-16be', Buffer.from('Name,City\nZoë,Köln\n', 'utf16le').swap16(), 'Zoë'],
    ['windows-1252', windows1252('Name,City\nZoë €5,Köln\n'), 'Zoë €5'],
    [
      'windows-1251',
      Buffer.from([...Buffer.from('Name,City\n'), 0xce, 0xeb, 0xfc, 0xe3, 0xe0, 0x2c, 0x58, 0x0a]),
      'Ольга',
    ],
  ])('encoding %s', async (encoding, bytes, name) => {
    const table = await readText(bytes);
    expect(table.encoding).toBe(encoding);
    expect(table.header).toEqual(['Name', 'City']);
    expect(table.rows[0]?.cells[0]).toBe(name);
  });

  it('an umlaut in the last line of a long file counts as much as one in the first', async () => {
    const long = `Name,City\n${'Ann,Leeds\n'.repeat(50_000)}`;
    const table = await readText(windows1252(`${long}Zoë,Köln\n`));
    expect(table.encoding).toBe('windows-1252');
    expect(table.rows.at(-1)).toEqual({ line: 50_002, cells: ['Zoë', 'Köln'] });
  });

  it('a person may name the encoding, and every one that can be named can be read', async () => {
    const bytes = Buffer.from([...Buffer.from('Name,City\n'), 0xc3, 0xe1, 0x2c, 0x58, 0x0a]);
    expect((await readText(bytes, { encoding: 'windows-1253' })).rows[0]?.cells[0]).toBe('Γα');
    for (const encoding of encodings) expect(new TextDecoder(encoding).encoding).toBe(encoding);
  });

  it('the euro sign of Windows-1252 is one', async () => {
    const table = await readText(Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0x80, 0x2c, 0x78]), {
      encoding: 'windows-1252',
    });
    expect(table.rows[0]?.cells).toEqual(['€', 'x']);
  });
});

describe('rows', () => {
  it('know the line they begin in, across mixed line ends, empty lines and values of several lines', async () => {
    const table = await readText('Name,Note\r\nAnn,"one\r\ntwo\nthree"\n\r\nBo,x\rCy,y\r\n\n\nDi,z');
    expect(table.rows.map(({ line, cells }) => [line, ...cells])).toEqual([
      [2, 'Ann', 'one\ntwo\nthree'],
      [6, 'Bo', 'x'],
      [7, 'Cy', 'y'],
      [10, 'Di', 'z'],
    ]);
  });

  it('may be shorter or longer than the header', async () => {
    expect(cellsOf(await readText('a,b,c\n1\n1,2,3,4\n'))).toEqual([['1'], ['1', '2', '3', '4']]);
  });

  it('keep a stray quotation mark as it stands', async () => {
    expect(cellsOf(await readText('a,b\n5" pipe,x\n"Al" Lee,y\n'))).toEqual([
      ['5" pipe', 'x'],
      ['"Al" Lee', 'y'],
    ]);
  });

  it('of a single column need no delimiter', async () => {
    const table = await readText('Phone\n+44 20 7946 0018\n\n+44 20 7946 0019\n');
    expect(cellsOf(table)).toEqual([['+44 20 7946 0018'], ['+44 20 7946 0019']]);
  });
});

describe('the header', () => {
  it('gives each column a name of its own', async () => {
    expect((await readText(' Name ,,name,Name,,\nAnn,x,y,z\n')).header).toEqual([
      'Name',
      'Column 2',
      'name (2)',
      'Name (3)',
    ]);
  });

  it.each(['Ann,ann@example.com', '+44 20 7946 0018,x', 'Ann,2026-11-21'])(
    'is missed where the first row is %j',
    async (row) => {
      await expect(readText(`${row}\nBo,y\n`)).rejects.toMatchObject({
        code: 'TABLE_NO_HEADER',
        message: expect.stringContaining('line 1'),
      });
      const table = await readText(`${row}\nBo,y\n`, { hasHeader: false });
      expect(table.header).toEqual(['Column 1', 'Column 2']);
      expect(table.rows.map(({ line }) => line)).toEqual([1, 2]);
      expect((await readText(`${row}\nBo,y\n`, { hasHeader: true })).rows.length).toBe(1);
    },
  );
});
