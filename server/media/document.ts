// Judges an uploaded document by its content: PDF, Word of before 2007 (a compound file), Word of today (a ZIP with a text in
// it). What carries macros is refused: no shop means to send a program to its customers.
import yauzl, { type ZipFile } from 'yauzl';
import { documentLimits } from '../../contract/media.ts';
import { AppError } from '../platform/errors.ts';

export type DocumentMime = (typeof documentMimes)[keyof typeof documentMimes];
export const documentMimes = {
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
} as const;

const compoundFile = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const zip = Buffer.from('PK\x03\x04', 'latin1');
const maxEntries = 5000;
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

/** Names of streams stand in UTF-16 in the directory of a compound file ([MS-CFB] 2.6); tables and installers have others. */
function oldWord(bytes: Buffer): DocumentMime {
  if (!bytes.includes(Buffer.from('WordDocument', 'utf16le'))) throw unsupported(noWord);
  if (bytes.includes(Buffer.from('_VBA_PROJECT', 'utf16le'))) throw unsupported(macros);
  return documentMimes.doc;
}

async function newWord(bytes: Buffer): Promise<DocumentMime> {
  const names = await entryNames(bytes).catch((cause: unknown) => {
    throw unsupported('The document is damaged or was cut off. Save it once more and upload that.', cause);
  });
  if (!names.has('[Content_Types].xml') || !names.has('word/document.xml')) throw unsupported(noWord);
  if ([...names].some((name) => /vbaProject\.bin$/i.test(name))) throw unsupported(macros);
  return documentMimes.docx;
}

/** Reads the list at the end only; nothing is unpacked. */
function entryNames(bytes: Buffer): Promise<Set<string>> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, archive: ZipFile | undefined) => {
      if (error || !archive) return reject(error ?? new Error('no archive'));
      const names = new Set<string>();
      archive.on('error', reject);
      archive.on('end', () => resolve(names));
      archive.on('entry', (entry: { fileName: string }) => {
        names.add(entry.fileName);
        if (names.size > maxEntries) return reject(new Error('too many entries'));
        archive.readEntry();
      });
      archive.readEntry();
    });
  });
}

function unsupported(detail: string, cause?: unknown): AppError {
  return new AppError('MEDIA_UNSUPPORTED', detail, { cause });
}
