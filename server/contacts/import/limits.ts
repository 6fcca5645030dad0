// What a table that people upload may be at most, and the words for each way in which it is not a table. Every limit is far
// above honest files; each keeps a hostile one from taking the memory or the hours of the server.
import type { ErrorCode } from '../../../contract/errors.ts';
import { importLimits } from '../../../contract/imports.ts';
import { AppError } from '../../platform/errors.ts';

const megabyte = 1024 * 1024;

export const tableLimits = {
  fileBytes: importLimits.fileBytes,
  /** Names in the header. */
  columns: 200,
  /** One row, and one run of a spreadsheet's XML without a tag. */
  recordBytes: megabyte,
  /** XLSX: files inside the archive. Spreadsheets have a dozen, those with many sheets some hundred. */
  archiveEntries: 5000,
  /** XLSX: one part, unpacked. A full sheet of a million rows is about 1 GB. */
  partBytes: 2048 * megabyte,
  /** XLSX: small parts that are held in memory (workbook, relations, styles), unpacked. */
  smallPartBytes: 16 * megabyte,
  /** XLSX: unpacked size by packed size. Sheets reach 10 to 40, repeated rows 100; a zip bomb 1,000. */
  ratio: 200,
  /** XLSX: parts below this size may be packed as densely as they like. */
  ratioFromBytes: 4 * megabyte,
  /** XLSX: rows and columns of a sheet, as spreadsheets themselves have them. */
  sheetRows: 1_048_576,
  sheetColumns: 16_384,
  /** XLSX: different texts of all sheets together. */
  sharedStrings: 20_000_000,
} as const;

/** How much of a file is read to guess what it is. */
export const headBytes = 64 * 1024;

export function tableError(code: ErrorCode, detail: string, cause?: unknown): AppError {
  return new AppError(code, detail, { errors: [{ pointer: '/file', detail }], cause });
}

export const tooLarge = (detail: string) => tableError('TABLE_TOO_LARGE', detail);
export const damaged = (detail: string, cause?: unknown) => tableError('TABLE_DAMAGED', detail, cause);
export const unsupported = (detail: string) => tableError('TABLE_UNSUPPORTED', detail);
export const locked = () =>
  tableError(
    'TABLE_LOCKED',
    'The file is protected by a password. Open it in your spreadsheet program, save it without the password, and upload it again.',
  );

/** "512 MB", "1.5 GB". */
export function sizeInWords(bytes: number): string {
  if (bytes < 1024 * megabyte) return `${Math.round(bytes / megabyte)} MB`;
  return `${Number((bytes / (1024 * megabyte)).toFixed(1))} GB`;
}
