// An XLSX: which sheets there are, how their cells are formatted, and the rows of one of them as they stream by.
import { type Archive, openArchive } from './archive.ts';
import { type CellStyles, isBuiltInDate, isDateFormat } from './cell.ts';
import { damaged, tableError, unsupported } from './limits.ts';
import { readAll } from './markup.ts';
import type { Row } from './row.ts';
import { noSharedStrings, readSharedStrings } from './shared-strings.ts';
import { type Dimension, sheetRows } from './sheet-rows.ts';

export interface Workbook {
  sheet: string;
  sheets: string[];
  statedRows(): number | null;
  rows: AsyncGenerator<Row>;
  close(): Promise<void>;
}

interface Sheet {
  name: string;
  relation: string;
  isHidden: boolean;
}

/** Throws TABLE_UNSUPPORTED, TABLE_DAMAGED, TABLE_TOO_LARGE, TABLE_LOCKED, TABLE_EMPTY (no sheet of that name). */
export async function openWorkbook(file: string, wanted?: string): Promise<Workbook> {
  const archive = await openArchive(file);
  let strings = noSharedStrings;
  const close = async () => {
    strings.close();
    strings = noSharedStrings;
    archive.close();
  };
  try {
    if (!archive.has('xl/workbook.xml')) throw unsupported(whatElse(archive));
    const { sheets, from1904 } = await readWorkbook(archive);
    const sheet = chooseSheet(sheets, wanted);
    const parts = await readRelations(archive);
    const styles = await readStyles(archive, parts.byType('styles'), from1904);
    const shared = parts.byType('sharedStrings');
    if (shared && archive.has(shared)) strings = await readSharedStrings(archive.stream(shared));
    const part = parts.byId(sheet.relation);
    if (!part)
      throw damaged(
        'The spreadsheet names a sheet that is not in it. Open it, save it again, and upload that.',
      );
    const said: Dimension = { rows: null };
    return {
      statedRows: () => said.rows,
      sheet: sheet.name,
      sheets: sheets.map(({ name }) => name),
      rows: sheetRows(archive.stream(part), strings, styles, said),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function whatElse(archive: Archive): string {
  const asTable = 'Save the table as XLSX or CSV and upload that.';
  if (archive.has('xl/workbook.bin')) return `This is a binary Excel workbook (.xlsb). ${asTable}`;
  if (archive.has('content.xml')) return `This is an OpenDocument file. ${asTable}`;
  if (archive.has('word/document.xml')) return `This is a Word document. ${asTable}`;
  return `This is an archive without a spreadsheet in it. Unpack it, and upload the table itself as XLSX or CSV.`;
}

function chooseSheet(sheets: Sheet[], wanted: string | undefined): Sheet {
  const found =
    wanted === undefined
      ? (sheets.find((sheet) => !sheet.isHidden) ?? sheets[0])
      : sheets.find(({ name }) => name === wanted);
  if (found) return found;
  const names = sheets.slice(0, 10).map(({ name }) => `"${name}"`).join(', '); // biome-ignore format: one chain
  throw tableError(
    'TABLE_EMPTY',
    wanted === undefined
      ? 'The spreadsheet has no sheets.'
      : `There is no sheet of that name. The file has: ${names}.`,
  );
}

async function readWorkbook(archive: Archive): Promise<{ sheets: Sheet[]; from1904: boolean }> {
  const sheets: Sheet[] = [];
  let from1904 = false;
  await readAll(await archive.read('xl/workbook.xml'), {
    open(name, attributes) {
      if (name === 'workbookPr') from1904 = /^(1|true)$/.test(attributes.date1904 ?? '');
      if (name !== 'sheet') return;
      const relation = Object.entries(attributes).find(([key]) => /(^|:)id$/.test(key))?.[1] ?? '';
      sheets.push({
        name: attributes.name ?? '',
        relation,
        isHidden: /hidden/i.test(attributes.state ?? ''),
      });
    },
  });
  return { sheets, from1904 };
}

async function readRelations(archive: Archive) {
  const targets = new Map<string, { type: string; path: string }>();
  await readAll(await archive.read('xl/_rels/workbook.xml.rels'), {
    open(name, { Id, Type = '', Target = '', TargetMode }) {
      if (name !== 'Relationship' || !Id || TargetMode === 'External') return;
      const path = Target.startsWith('/') ? Target.slice(1) : `xl/${Target.replace(/^\.\//, '')}`;
      targets.set(Id, { type: Type.split('/').at(-1) ?? '', path });
    },
  });
  return {
    byId: (id: string) => targets.get(id)?.path,
    byType: (type: string) => [...targets.values()].find((target) => target.type === type)?.path,
  };
}

async function readStyles(
  archive: Archive,
  part: string | undefined,
  from1904: boolean,
): Promise<CellStyles> {
  const isDate: boolean[] = [];
  if (!part || !archive.has(part)) return { isDate, from1904 };
  const own = new Map<number, boolean>();
  let isInCells = false;
  await readAll(await archive.read(part), {
    open(name, attributes) {
      if (name === 'numFmt') own.set(Number(attributes.numFmtId), isDateFormat(attributes.formatCode ?? ''));
      else if (name === 'cellXfs') isInCells = true;
      else if (name === 'xf' && isInCells) {
        const format = Number(attributes.numFmtId ?? 0);
        isDate.push(own.get(format) ?? isBuiltInDate(format));
      }
    },
    close(name) {
      if (name === 'cellXfs') isInCells = false;
    },
  });
  return { isDate, from1904 };
}
