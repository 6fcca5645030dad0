// The zip archive that an XLSX is: only parts that are asked for are unpacked, each within its limits, by what the archive
// declares and by what really comes out (the library compares both).
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { damaged, locked, sizeInWords, tableLimits, tooLarge, unsupported } from './limits.ts';

export interface Archive {
  has(name: string): boolean;
  /** A small part as text. Throws TABLE_DAMAGED where it is missing, TABLE_TOO_LARGE. */
  read(name: string): Promise<string>;
  /** A part in pieces, decoded. */
  stream(name: string): AsyncGenerator<string>;
  close(): void;
}

/** Throws TABLE_DAMAGED, TABLE_TOO_LARGE, TABLE_LOCKED. */
export async function openArchive(file: string): Promise<Archive> {
  const zip = await openZip(file);
  try {
    const entries = await listEntries(zip);
    return {
      has: (name) => entries.has(name),
      read: async (name) => {
        let text = '';
        for await (const piece of streamPart(zip, entries.get(name), name, tableLimits.smallPartBytes))
          text += piece;
        return text;
      },
      stream: (name) => streamPart(zip, entries.get(name), name, tableLimits.partBytes),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

const notWhole =
  'The spreadsheet is damaged or was not uploaded to its end. Open it, save it again, and upload that.';

async function openZip(file: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, zip) =>
      error ? reject(damaged(notWhole, error)) : resolve(zip),
    );
  });
}

async function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > tableLimits.archiveEntries)
    throw tooLarge(
      `The spreadsheet consists of ${zip.entryCount} parts. Save only the sheet with the contacts.`,
    );
  const entries = new Map<string, Entry>();
  // one without a listener would end the process
  zip.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.once('end', resolve);
    zip.once('error', (error) => reject(damaged(notWhole, error)));
    zip.readEntry();
  });
  return entries;
}

async function* streamPart(
  zip: ZipFile,
  entry: Entry | undefined,
  name: string,
  most: number,
): AsyncGenerator<string> {
  if (!entry) throw damaged(`The spreadsheet lacks its part "${name.slice(0, 100)}". ${notWhole}`);
  refuseBomb(entry, most);
  const stream = await new Promise<NodeJS.ReadableStream & { destroy(): void }>((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) =>
      error ? reject(damaged(notWhole, error)) : resolve(stream),
    );
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of stream) yield decoder.decode(chunk as Buffer, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw damaged(notWhole, error);
  } finally {
    stream.destroy();
  }
}

function refuseBomb(entry: Entry, most: number): void {
  if (entry.generalPurposeBitFlag & 1) throw locked();
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    throw unsupported(
      'The spreadsheet is packed in an unusual way. Open it, save it again as XLSX, and upload that.',
    );
  const { uncompressedSize, compressedSize } = entry;
  if (uncompressedSize > most)
    throw tooLarge(
      `Unpacked, the spreadsheet has ${sizeInWords(uncompressedSize)}; up to ${sizeInWords(most)} can be read. Save the sheet as CSV.`,
    );
  if (uncompressedSize > tableLimits.ratioFromBytes && uncompressedSize > compressedSize * tableLimits.ratio)
    throw tooLarge(
      `The spreadsheet unpacks to ${Math.round(uncompressedSize / Math.max(1, compressedSize))} times its size, as no honest table does. Save the sheet as CSV.`,
    );
}
