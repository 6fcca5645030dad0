// The texts of a spreadsheet, which its cells name by number. Those of a million people do not fit into memory: they lie in a
// file of their own, whose pages are read as the sheet comes to them, nearly always in order.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { damaged, tableLimits, tooLarge } from './limits.ts';
import { readMarkup } from './markup.ts';

const pageBytes = 64 * 1024;
const pagesHeld = 128;

export interface SharedStrings {
  /** Throws TABLE_DAMAGED for a number without text. */
  get(index: number): string;
  close(): void;
}

export const noSharedStrings: SharedStrings = {
  get: () => refuse(),
  close: () => {},
};

function refuse(): never {
  throw damaged(
    'A cell of the spreadsheet names a text that is not there. Open it, save it again, and upload that.',
  );
}

/** `pieces`: the part xl/sharedStrings.xml. */
export async function readSharedStrings(pieces: AsyncIterable<string>): Promise<SharedStrings> {
  const store = createStore();
  let text = '';
  let isText = false;
  let phonetic = 0;
  const reading = readMarkup(pieces, {
    open(name) {
      if (name === 'si') text = '';
      // pronunciation of Japanese names: not part of the value
      if (name === 'rPh') phonetic++;
      isText = name === 't' && phonetic === 0;
    },
    text(more) {
      if (!isText) return;
      text += more;
      if (text.length > tableLimits.recordBytes)
        throw tooLarge('A cell of the spreadsheet is too long. Shorten it.');
    },
    close(name) {
      isText = false;
      if (name === 'rPh') phonetic--;
      if (name === 'si') store.add(text);
    },
  });
  try {
    for await (const _ of reading);
    return store.finish();
  } catch (error) {
    store.finish().close();
    throw error;
  }
}

function createStore() {
  const folder = mkdtempSync(path.join(os.tmpdir(), `carillon-import-${process.pid}-`));
  const file = openSync(path.join(folder, 'strings'), 'w+', 0o600);
  /** Where each text begins, and where the last one ends. */
  let starts = new Float64Array(1024);
  let count = 0;
  let size = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;

  function flush(): void {
    if (waitingBytes === 0) return;
    writeSync(file, Buffer.concat(waiting), 0, waitingBytes, size - waitingBytes);
    waiting = [];
    waitingBytes = 0;
  }
  return {
    add(text: string): void {
      if (count === tableLimits.sharedStrings)
        throw tooLarge('The spreadsheet holds too many texts. Save the sheet as CSV.');
      if (count + 2 > starts.length) starts = grown(starts);
      const bytes = Buffer.from(text);
      waiting.push(bytes);
      waitingBytes += bytes.length;
      size += bytes.length;
      starts[++count] = size;
      if (waitingBytes >= pageBytes) flush();
    },
    finish(): SharedStrings {
      flush();
      const readBytes = pagesOf(file, size);
      return {
        get(index) {
          if (!Number.isInteger(index) || index < 0 || index >= count) refuse();
          return readBytes(starts[index]!, starts[index + 1]!);
        },
        close() {
          closeSync(file);
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

function grown(starts: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(starts.length * 2);
  larger.set(starts);
  return larger;
}

/** Reads text between two places; the pages used last are kept. */
function pagesOf(file: number, size: number): (from: number, to: number) => string {
  const held = new Map<number, Buffer>();
  const page = (number: number): Buffer => {
    let bytes = held.get(number);
    if (bytes) held.delete(number);
    else {
      bytes = Buffer.alloc(Math.min(pageBytes, size - number * pageBytes));
      readSync(file, bytes, 0, bytes.length, number * pageBytes);
      if (held.size === pagesHeld) held.delete(held.keys().next().value as number);
    }
    held.set(number, bytes);
    return bytes;
  };
  return (from, to) => {
    if (from === to) return '';
    const first = Math.floor(from / pageBytes);
    const last = Math.floor((to - 1) / pageBytes);
    const at = first * pageBytes;
    if (first === last) return page(first).toString('utf8', from - at, to - at);
    const parts = Array.from({ length: last - first + 1 }, (_, n) => page(first + n));
    return Buffer.concat(parts).toString('utf8', from - at, to - at);
  };
}
