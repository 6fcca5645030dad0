// Files for the tests of the import, honest and hostile, made on the spot: text in any form, zip archives that may lie about
// themselves, and spreadsheets as programs write them.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { Row } from './row.ts';
import { openTable, type Table, type TableHints } from './table.ts';

const folder = temporaryFolder();
let files = 0;

export const newPath = (): string => path.join(folder, `table-${files++}`);

export function aFile(content: string | Buffer): string {
  const file = newPath();
  writeFileSync(file, content);
  return file;
}

export interface ReadTable extends Omit<Table, 'rows' | 'close'> {
  rows: Row[];
}

export async function readTable(file: string, hints?: TableHints): Promise<ReadTable> {
  const { close, ...table } = await openTable(file, hints);
  try {
    return { ...table, rows: await Array.fromAsync(table.rows) };
  } finally {
    await close();
  }
}

export const readText = (content: string | Buffer, hints?: TableHints) => readTable(aFile(content), hints);

export interface Part {
  name: string;
  content: string | Buffer;
  /** Already packed; `content` is then what it claims to be. */
  packed?: { bytes: Buffer; size: number; crc: number };
  isEncrypted?: boolean;
}

/** A zip archive, each part deflated. */
export function zipOf(parts: Part[]): Buffer {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, packed, isEncrypted } of parts) {
    const bytes = packed?.bytes ?? deflateRawSync(content);
    const fileName = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(isEncrypted ? 1 : 0, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(packed?.crc ?? crc32(content), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(packed?.size ?? Buffer.byteLength(content), 18);
    common.writeUInt16LE(fileName.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, fileName, bytes]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, entry, fileName]));
    body.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...body, list, end]);
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export interface Xlsx {
  /** XML of the rows of each sheet, by its name. */
  sheets?: Record<string, string>;
  shared?: string[];
  /** Format codes; style 1 is the first of them, and so on. */
  formats?: string[];
  from1904?: boolean;
  /** Put in place of, or beside, the parts that a program would write. */
  parts?: Part[];
}

export function xlsxOf({ sheets = {}, shared, formats = [], from1904, parts = [] }: Xlsx): Buffer {
  const names = Object.keys(sheets);
  const list = names.map(
    (name, n) => `<sheet name="${escaped(name)}" sheetId="${n + 1}" r:id="rId${n + 1}"/>`,
  );
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`;
  const relations = [
    ...names.map((_, n) => relation(`rId${n + 1}`, 'worksheet', `worksheets/sheet${n + 1}.xml`)),
    relation('rIdS', 'styles', 'styles.xml'),
    ...(shared ? [relation('rIdT', 'sharedStrings', '/xl/sharedStrings.xml')] : []),
  ];
  const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const made: Part[] = [
    { name: '[Content_Types].xml', content: `${xml}<Types/>` },
    {
      name: 'xl/workbook.xml',
      content: `${xml}<workbook xmlns:r="r"><workbookPr${from1904 ? ' date1904="1"' : ''}/><sheets>${list.join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `${xml}<Relationships>${relations.join('')}</Relationships>`,
    },
    {
      name: 'xl/styles.xml',
      content: `${xml}<styleSheet><numFmts>${formats.map((code, n) => `<numFmt numFmtId="${164 + n}" formatCode="${escaped(code).replaceAll('"', '&quot;')}"/>`).join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats.map((_, n) => `<xf numFmtId="${164 + n}"/>`).join('')}</cellXfs></styleSheet>`,
    },
    ...names.map((name, n) => ({
      name: `xl/worksheets/sheet${n + 1}.xml`,
      content: `${xml}<worksheet><sheetData>${sheets[name]}</sheetData></worksheet>`,
    })),
    ...(shared
      ? [
          {
            name: 'xl/sharedStrings.xml',
            content: `${xml}<sst>${shared.map((text) => `<si><t>${escaped(text)}</t></si>`).join('')}</sst>`,
          },
        ]
      : []),
  ];
  const replaced = new Set(parts.map(({ name }) => name));
  return zipOf([...made.filter(({ name }) => !replaced.has(name)), ...parts]);
}

/** Rows of texts that stand in the cells themselves. */
export function textRows(rows: string[][]): string {
  return rows
    .map(
      (cells) =>
        `<row>${cells.map((text) => `<c t="inlineStr"><is><t>${escaped(text)}</t></is></c>`).join('')}</row>`,
    )
    .join('');
}
