// What an uploaded file is, by its first bytes; its name says nothing that can be relied on.
import { fileTypeFromBuffer } from 'file-type';
import { locked, unsupported } from './limits.ts';

export type FileKind = 'text' | 'archive';

const zipStart = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
/** Compound file: Excel up to 2003, and the wrapper of an encrypted XLSX. */
const compoundStart = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
/** Name of the stream that holds an encrypted workbook, as compound files write it. */
const encryptedStream = Buffer.from('EncryptedPackage', 'utf16le');

const asTable = 'Save the table as CSV or XLSX and upload that.';

/** Throws TABLE_UNSUPPORTED and TABLE_LOCKED. `head` and `tail`: the first and last bytes of the file. */
export async function kindOfFile(head: Buffer, tail: Buffer): Promise<FileKind> {
  if (head.subarray(0, 4).equals(zipStart)) return 'archive';
  if (head.subarray(0, 8).equals(compoundStart)) {
    // the directory may stand at either end of the file
    if (head.includes(encryptedStream) || tail.includes(encryptedStream)) throw locked();
    throw unsupported(`This is the old Excel format (.xls), or another old Office document. ${asTable}`);
  }
  const known = await fileTypeFromBuffer(head).catch(() => undefined);
  // the library takes some texts for what they are not; a table of text has no such start
  if (known && !/^(text\/|application\/xml)/.test(known.mime) && head.includes(0))
    throw unsupported(`This is a file of the kind "${known.ext}", not a table. ${asTable}`);
  if (known?.ext === 'pdf') throw unsupported(`This is a PDF, from which no table can be read. ${asTable}`);
  const start = head.subarray(0, 512).toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '').trimStart(); // biome-ignore format: one chain
  if (/^(<!doctype|<html|<table|<\?xml|<svg)/i.test(start))
    throw unsupported(`This is a web page or XML, though its name may say otherwise. ${asTable}`);
  if (/^(\{\s*"|\[\s*\{)/.test(start)) throw unsupported(`This is JSON. ${asTable}`);
  return 'text';
}
