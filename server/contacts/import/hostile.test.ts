// Files that mean harm, or were broken on the way: each is refused with its code and with words that say what to do, in memory
// that does not grow with the file, and the next honest file is read as ever.
import { readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import os from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { deflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../platform/errors.ts';
import { tableLimits } from './limits.ts';
import { openTable } from './table.ts';
import { aFile, newPath, readTable, readText, textRows, xlsxOf, zipOf } from './testing-files.ts';

const megabyte = 1024 * 1024;
const people = {
  One: textRows([
    ['Name', 'City'],
    ['Ann', 'Leeds'],
  ]),
};

afterEach(async () => {
  expect((await readText('Name,City\nAnn,Leeds\n')).rows).toEqual([{ line: 2, cells: ['Ann', 'Leeds'] }]);
  expect(
    readdirSync(os.tmpdir()).filter((name) => name.startsWith(`carillon-import-${process.pid}-`)),
  ).toEqual([]);
});

/** The refusal: its code, and its words. */
async function refusal(
  file: string,
  hints?: Parameters<typeof readTable>[1],
): Promise<{ code: string; detail: string }> {
  try {
    await readTable(file, hints);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    const { code, message, errors } = error as AppError;
    expect(errors).toEqual([{ pointer: '/file', detail: message }]);
    expect(message).toMatch(/[.]$/);
    return { code, detail: message };
  }
  throw new Error('The file was read.');
}
const refusalOf = (content: string | Buffer) => refusal(aFile(content));

/** How much the process holds at most, above what it held before, while the work goes on. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
  await work();
  clearInterval(timer);
  return Math.max(peak, process.memoryUsage.rss()) - before;
}

/** A file of `times` pieces, without holding it in memory. */
async function longFile(start: string, piece: string, times: number, end = ''): Promise<string> {
  const file = newPath();
  const handle = await open(file, 'w');
  await handle.write(start);
  const block = Buffer.from(piece.repeat(Math.ceil(megabyte / piece.length)));
  for (let written = 0; written < piece.length * times; written += block.length) await handle.write(block);
  await handle.write(end);
  await handle.close();
  return file;
}

describe('text', () => {
  it('of a single line of 100 MB', async () => {
    const file = await longFile('', 'x', 100 * megabyte);
    const peak = await peakOf(async () =>
      expect(await refusal(file)).toMatchObject({
        code: 'TABLE_TOO_LARGE',
        detail: expect.stringContaining('Line 1 is longer than 1 MB'),
      }),
    );
    expect(peak).toBeLessThan(150 * megabyte);
  });

  it('with a line of 100 MB in its middle: the rows before it are there', async () => {
    const table = await openTable(await longFile('Name,City\nAnn,Leeds\n', 'x', 100 * megabyte));
    const rows = table.rows[Symbol.asyncIterator]();
    expect((await rows.next()).value).toEqual({ line: 2, cells: ['Ann', 'Leeds'] });
    await expect(rows.next()).rejects.toMatchObject({
      code: 'TABLE_TOO_LARGE',
      message: expect.stringContaining('Line 3'),
    });
    await table.close();
  });

  it('with a quotation mark that is never closed, in a small file and in one of 100 MB', async () => {
    expect(await refusalOf('Name,City\nAnn,Leeds\nBo,"York\nCy,Hull\n')).toMatchObject({
      code: 'TABLE_QUOTE_OPEN',
      detail: expect.stringContaining('In line 3'),
    });
    const file = await longFile('Name,City\nAnn,Leeds\n"Bo,York\n', 'Cy,Hull\n', 15 * megabyte);
    const peak = await peakOf(async () =>
      expect(await refusal(file)).toMatchObject({
        code: 'TABLE_QUOTE_OPEN',
        detail: expect.stringContaining('begins in line 3'),
      }),
    );
    expect(peak).toBeLessThan(150 * megabyte);
  });

  it('of 10,000 columns', async () => {
    const wide = Array.from({ length: 10_000 }, (_, n) => `c${n}`).join(',');
    expect(await refusalOf(`${wide}\n${wide}\n`)).toMatchObject({
      code: 'TABLE_TOO_LARGE',
      detail: expect.stringContaining('10000 columns'),
    });
    expect((await readText(`a,b\n${wide}\n`)).rows[0]?.cells.length).toBe(10_000);
    expect((await readText(`a,b${','.repeat(10_000)}\n1,2\n`)).header).toEqual(['a', 'b']);
  });

  it('of nothing', async () => {
    for (const empty of ['', '\n\r\n\n', '\ufeff', '  \n', '\ufeff\r\n'])
      expect((await refusalOf(empty)).code).toBe('TABLE_EMPTY');
    expect(await readText(',,,\n\nName,City\nAnn,Leeds\n,,,\n')).toMatchObject({
      header: ['Name', 'City'],
      rows: [{ line: 4 }],
    });
    expect((await readText('Name,City\n')).rows).toEqual([]);
  });

  it('in UTF-8 with a broken line, which is named', async () => {
    const good = 'Zoë,Köln,ß\n'.repeat(20_000);
    const bytes = Buffer.concat([
      Buffer.from(`a,b,c\n${good}`),
      Buffer.from([0xff, 0x2c, 0xe9, 0x0a]),
      Buffer.from(good),
    ]);
    expect(await refusalOf(bytes)).toMatchObject({
      code: 'TABLE_ENCODING',
      detail: expect.stringContaining('line 20002 '),
    });
    expect(
      (await refusalOf(Buffer.concat([Buffer.from('\ufeffa,b\n'), Buffer.from([0xe9, 0x2c, 0x0a])]))).code,
    ).toBe('TABLE_ENCODING');
  });

  it('in another encoding than the one that was named', async () => {
    const file = aFile(Buffer.from('Name,City\nZo\u00eb,K\u00f6ln\n', 'latin1'));
    expect((await refusal(file, { encoding: 'utf-8' })).code).toBe('TABLE_ENCODING');
    expect((await refusal(aFile('Name,City\nxy\n'), { encoding: 'utf-16le' })).code).toMatch(/^TABLE_/);
  });

  it('with zero bytes, at once or late', async () => {
    expect((await refusalOf(Buffer.from('a,b\n1,\u00002\n'))).code).toBe('TABLE_UNSUPPORTED');
    const late = Buffer.concat([Buffer.from(`a,b\n${'1,2\n'.repeat(50_000)}`), Buffer.from([0])]);
    expect((await refusalOf(late)).code).toBe('TABLE_UNSUPPORTED');
  });

  it('larger than may be', async () => {
    const file = newPath();
    const handle = await open(file, 'w');
    await handle.truncate(tableLimits.fileBytes + 1);
    await handle.close();
    expect(await refusal(file)).toMatchObject({
      code: 'TABLE_TOO_LARGE',
      detail: expect.stringContaining('512 MB'),
    });
  });

  it('of a million rows, in memory that does not grow with it', async () => {
    const file = await longFile('Name,Email,City\n', 'Ann Lee,"ann@example.com",Leeds\n', 1_000_000);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    /** What is alive, without the garbage that has not been looked at yet. */
    const alive = () => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    let rows = 0;
    const before = alive();
    const growth: number[] = [];
    const table = await openTable(file);
    for await (const row of table.rows) {
      if (row.cells.length !== 3) throw new Error('a torn row');
      if (++rows % 200_000 === 0) growth.push(alive() - before);
    }
    await table.close();
    expect(rows).toBeGreaterThan(1_000_000);
    expect(growth.length).toBeGreaterThan(4);
    expect(Math.max(...growth)).toBeLessThan(20 * megabyte);
  });
});

describe('what is no table', () => {
  const compound = Buffer.concat([
    Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    Buffer.alloc(2000),
  ]);
  it.each([
    ['old Excel', compound, 'TABLE_UNSUPPORTED', '.xls'],
    [
      'an encrypted workbook',
      Buffer.concat([compound, Buffer.from('EncryptedPackage', 'utf16le'), Buffer.alloc(100)]),
      'TABLE_LOCKED',
      'password',
    ],
    [
      'a picture',
      Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de', 'hex'),
      'TABLE_UNSUPPORTED',
      'png',
    ],
    ['a PDF', '%PDF-1.7\n1 0 obj\n', 'TABLE_UNSUPPORTED', 'PDF'],
    [
      'a web page called .xls',
      '<html><table><tr><td>Ann</td></tr></table></html>',
      'TABLE_UNSUPPORTED',
      'web page',
    ],
    ['JSON', '[{"name": "Ann"}]', 'TABLE_UNSUPPORTED', 'JSON'],
    ['any archive', zipOf([{ name: 'readme.txt', content: 'hi' }]), 'TABLE_UNSUPPORTED', 'archive'],
    ['OpenDocument', zipOf([{ name: 'content.xml', content: '<a/>' }]), 'TABLE_UNSUPPORTED', 'OpenDocument'],
    ['binary Excel', zipOf([{ name: 'xl/workbook.bin', content: 'x' }]), 'TABLE_UNSUPPORTED', '.xlsb'],
  ])('%s', async (_, content, code, words) => {
    expect(await refusalOf(content)).toMatchObject({ code, detail: expect.stringContaining(words) });
  });
});

describe('a spreadsheet', () => {
  const sheet = (content: string | Buffer) =>
    xlsxOf({ sheets: people, parts: [{ name: 'xl/worksheets/sheet1.xml', content }] });
  const spaces = (size: number) => Buffer.alloc(size, ' ');

  it('that is a zip bomb, by its ratio or by what it claims', async () => {
    const bomb = sheet(Buffer.concat([Buffer.from('<worksheet><sheetData>'), spaces(300 * megabyte)]));
    const peak = await peakOf(async () =>
      expect(await refusalOf(bomb)).toMatchObject({
        code: 'TABLE_TOO_LARGE',
        detail: expect.stringContaining('times its size'),
      }),
    );
    expect(peak).toBeLessThan(150 * megabyte);
    const claims = { bytes: deflateRawSync('x'), size: 3 * 1024 * megabyte, crc: 0 };
    const huge = xlsxOf({
      sheets: people,
      parts: [{ name: 'xl/worksheets/sheet1.xml', content: '', packed: claims }],
    });
    expect(await refusalOf(huge)).toMatchObject({
      code: 'TABLE_TOO_LARGE',
      detail: expect.stringContaining('3 GB'),
    });
  });

  it('that claims to be smaller than it is', async () => {
    const bytes = deflateRawSync(
      Buffer.concat([Buffer.from('<worksheet><sheetData>'), spaces(50 * megabyte)]),
    );
    const lying = { bytes, size: 1000, crc: 0 };
    const file = xlsxOf({
      sheets: people,
      parts: [{ name: 'xl/worksheets/sheet1.xml', content: '', packed: lying }],
    });
    expect((await refusalOf(file)).code).toBe('TABLE_DAMAGED');
  });

  it('whose shared texts or styles are the bomb', async () => {
    for (const name of ['xl/sharedStrings.xml', 'xl/styles.xml', 'xl/workbook.xml'])
      expect(
        (
          await refusalOf(
            xlsxOf({ sheets: people, shared: [], parts: [{ name, content: spaces(40 * megabyte) }] }),
          )
        ).code,
      ).toBe('TABLE_TOO_LARGE');
  });

  it('with a cell, a tag or a comment without end, below the ratio of a bomb', async () => {
    const noise = Buffer.from(
      Array.from({ length: 5 * megabyte }, (_, n) => 97 + ((n * 7919 + (n >> 3) * 31) % 26)),
    );
    for (const start of ['<row><c t="str"><v>', '<row x="', '<!--', '<?x '])
      expect(
        (await refusalOf(sheet(Buffer.concat([Buffer.from(`<worksheet><sheetData>${start}`), noise])))).code,
      ).toMatch(/^TABLE_(TOO_LARGE|DAMAGED)$/);
  });

  it('with entities that grow, or reach for files', async () => {
    const lol =
      '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>';
    for (const body of ['&b;', '&f;']) {
      const found = await refusalOf(
        sheet(`${lol}<worksheet><sheetData><row><c t="str"><v>${body}</v></c></row></sheetData></worksheet>`),
      );
      expect(found.code).toBe('TABLE_DAMAGED');
    }
  });

  it('with formulas: they are text that is never looked at', async () => {
    const evil = '<c t="str"><f>cmd|\'/c calc\'!A1</f><v>=cmd|x</v></c>';
    const table = await readTable(
      aFile(xlsxOf({ sheets: { One: `${textRows([['Name']])}<row>${evil}</row>` } })),
    );
    expect(table.rows).toEqual([{ line: 2, cells: ['=cmd|x'] }]);
  });

  it('of 10,000 columns, or with cells and rows where none can be', async () => {
    const wide = textRows([Array.from({ length: 10_000 }, (_, n) => `c${n}`)]);
    expect((await refusalOf(xlsxOf({ sheets: { One: wide } }))).code).toBe('TABLE_TOO_LARGE');
    const rows = [
      '<row r="99999999"><c r="A1" t="str"><v>x</v></c></row>',
      '<row r="2"><c r="A2" t="str"><v>x</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
      '<row r="-1"/>',
      '<row r="x"/>',
      '<row r="1"><c r="XFE1" t="str"><v>x</v></c></row>',
      '<row r="1"><c r="ZZZ1" t="str"><v>x</v></c></row>',
      '<row r="1"><c r="A1" t="s"><v>5</v></c></row>',
      '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
    ];
    for (const row of rows)
      expect((await refusalOf(sheet(`<worksheet><sheetData>${row}</sheetData></worksheet>`))).code, row).toBe(
        'TABLE_DAMAGED',
      );
  });

  it('that is locked, cut off, not XML, or lacks a part', async () => {
    const whole = xlsxOf({ sheets: people });
    const part = (name: string, content = '', isEncrypted = false) =>
      xlsxOf({ sheets: people, parts: [{ name, content, isEncrypted }] });
    expect((await refusalOf(part('xl/worksheets/sheet1.xml', 'x', true))).code).toBe('TABLE_LOCKED');
    for (const length of [4, 100, whole.length >> 1, whole.length - 1])
      expect((await refusalOf(whole.subarray(0, length))).code, `${length}`).toMatch(
        /^TABLE_(DAMAGED|UNSUPPORTED)$/,
      );
    for (const content of ['', 'hello', '<a><b></a>', '<worksheet>', '\u0000'])
      expect((await refusalOf(part('xl/worksheets/sheet1.xml', content))).code, content).toBe(
        'TABLE_DAMAGED',
      );
    expect((await refusalOf(part('xl/_rels/workbook.xml.rels', '<Relationships/>'))).code).toBe(
      'TABLE_DAMAGED',
    );
    expect((await refusalOf(xlsxOf({ sheets: { One: '' } }))).code).toBe('TABLE_EMPTY');
    expect((await refusalOf(xlsxOf({}))).code).toBe('TABLE_EMPTY');
  });

  it('with any byte of it changed is read or refused, and nothing else', async () => {
    const whole = xlsxOf({ sheets: people, shared: ['x'], formats: ['d.m.yy'] });
    for (let at = 0; at < whole.length; at += 7) {
      const broken = Buffer.from(whole);
      broken[at] = broken[at]! ^ 0xff;
      const answer = await readText(broken).then(
        () => 'read',
        (error: AppError) => error.code ?? String(error),
      );
      expect(answer, `byte ${at}`).toMatch(/^(read|TABLE_[A-Z_]+)$/);
    }
  });
});
