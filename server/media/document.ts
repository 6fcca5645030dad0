// Judges an uploaded document by its content: PDF, Word of before 2007 (a compound file), Word of today (a ZIP with a text in
// it). What carries macros is refused: no shop means to send a program to its customers.
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { documentLimits } from '../../contract/media.ts';
import { AppError } from '../platform/errors.ts';
import { compoundEntries } from './compound-file.ts';

export type DocumentMime = (typeof documentMimes)[keyof typeof documentMimes];
export const documentMimes = {
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
} as const;

const compoundFile = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const zip = Buffer.from('PK\x03\x04', 'latin1');
const maxEntries = 5000;
const contentTypes = '[Content_Types].xml';
/** Of a real document a few thousand characters. */
const mostContentTypes = 1024 * 1024;
const macros =
  'This Word document holds macros, which many phones refuse as dangerous. Save it without macros, or as PDF.';
const noWord = 'This is not a Word document. Upload a PDF, DOC or DOCX file.';

/** Null: no document of these kinds. Throws MEDIA_UNSUPPORTED or MEDIA_TOO_LARGE with what to do. */
export async function readDocument(bytes: Buffer): Promise<DocumentMime | null> {
  const mime = await judge(bytes);
  if (mime && bytes.length > documentLimits.sizeBytes)
    throw new AppError(
      'MEDIA_TOO_LARGE',
      'A document may have up to 16 MB. Make it smaller and upload it again.',
    );
  return mime;
}

async function judge(bytes: Buffer): Promise<DocumentMime | null> {
  if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') return pdf(bytes);
  if (bytes.subarray(0, 8).equals(compoundFile)) return oldWord(bytes);
  if (bytes.subarray(0, 4).equals(zip)) return newWord(bytes);
  return null;
}

/** The end is what a broken upload lacks: there the readers of PDF begin. */
function pdf(bytes: Buffer): DocumentMime {
  if (!bytes.subarray(-2048).includes('%%EOF'))
    throw unsupported('The PDF is damaged or was cut off. Save it once more and upload that.');
  return documentMimes.pdf;
}

/** A table that holds a text as an object is a table: only what stands at the root tells. */
function oldWord(bytes: Buffer): DocumentMime {
  const { root, all } = readable(() => compoundEntries(bytes));
  const isOther = ['WORKBOOK', 'BOOK', 'POWERPOINT DOCUMENT'].some((name) => root.has(name));
  if (!root.has('WORDDOCUMENT') || isOther) throw unsupported(noWord);
  if (all.has('_VBA_PROJECT')) throw unsupported(macros);
  return documentMimes.doc;
}

const damaged = 'The document is damaged or was cut off. Save it once more and upload that.';
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw unsupported(damaged, cause);
  }
}

/** A part may have any name (ECMA-376 part 2, 6.2): what it is, its content type says. */
async function newWord(bytes: Buffer): Promise<DocumentMime> {
  const { names, types } = await partsOf(bytes).catch((cause: unknown) => {
    throw unsupported(damaged, cause);
  });
  if (types === null || !names.has('word/document.xml')) throw unsupported(noWord);
  const isNamedSo = [...names].some((name) => /vbaProject\.bin$/i.test(name));
  if (isNamedSo || /vbaProject|macroEnabled/i.test(types)) throw unsupported(macros);
  return documentMimes.docx;
}

/** The names of the parts, and what they are. Nothing else is unpacked; a name that comes twice could be read as either. */
async function partsOf(bytes: Buffer): Promise<{ names: Set<string>; types: string | null }> {
  const archive = await openArchive(bytes);
  return new Promise((resolve, reject) => {
    const names = new Set<string>();
    const inCapitals = new Set<string>();
    let types: string | null = null;
    archive.on('error', reject);
    archive.on('end', () => resolve({ names, types }));
    archive.on('entry', (entry: Entry) => {
      const name = entry.fileName.toUpperCase();
      if (inCapitals.has(name) || names.size >= maxEntries)
        return reject(new Error('too many parts, or one twice'));
      names.add(entry.fileName);
      inCapitals.add(name);
      if (entry.fileName !== contentTypes) return archive.readEntry();
      unpack(archive, entry).then((content) => {
        types = textOf(content);
        archive.readEntry();
      }, reject);
    });
    archive.readEntry();
  });
}

function openArchive(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, archive?: ZipFile) =>
      archive ? resolve(archive) : reject(error ?? new Error('no archive')),
    );
  });
}

async function unpack(archive: ZipFile, entry: Entry): Promise<Buffer> {
  if (entry.uncompressedSize > mostContentTypes) throw new Error('too many content types');
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream?: Readable) => {
      // yauzl ends a part that unpacks to more than it says
      if (stream) buffer(stream).then(resolve, reject);
      else reject(error ?? new Error('no part'));
    });
  });
}

/** XML may be UTF-16, and may write any letter of a value as a number. */
function textOf(xml: Buffer): string {
  const mark = xml.subarray(0, 2).toString('hex');
  const text =
    mark === 'feff'
      ? xml
          .subarray(0, xml.length & ~1)
          .swap16()
          .toString('utf16le')
      : xml.toString(mark === 'fffe' ? 'utf16le' : 'utf8');
  if (/\0|<!DOCTYPE/i.test(text)) throw new Error('content types that no reader takes');
  return text.replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (_, hex?: string, decimal?: string) =>
    String.fromCharCode(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  );
}

function unsupported(detail: string, cause?: unknown): AppError {
  return new AppError('MEDIA_UNSUPPORTED', detail, { cause });
}
