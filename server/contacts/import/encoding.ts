// Which encoding a text file is in, and its text in pieces. The whole file is looked at: an umlaut may stand in the last
// line only. What cannot be told apart by bytes can be named by a person.
import { isAscii } from 'node:buffer';
import { createReadStream } from 'node:fs';
import type { Encoding } from '../../../contract/imports.ts';
import { damaged, headBytes, tableError, unsupported } from './limits.ts';

/** By byte order mark, else by what UTF-16 looks like, else UTF-8 if all of it is, else a Windows code page. */
export async function sniffEncoding(file: string, head: Buffer): Promise<Encoding> {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const wide = wideWithoutMark(head);
  if (wide) return wide;
  const hasMark = head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
  const seen = await surveyBytes(file);
  if (seen.wrong === 0) return 'utf-8';
  // thousands of good letters and some broken ones: UTF-8 that something cut, not another encoding
  if (hasMark || seen.right > seen.wrong * 3)
    throw tableError(
      'TABLE_ENCODING',
      `The file is UTF-8, but line ${seen.firstWrongLine} holds bytes that are not. Save it again as UTF-8, or choose its encoding.`,
    );
  return seen.joined > seen.lone ? 'windows-1251' : 'windows-1252';
}

/** Latin text in UTF-16 has a zero in every other byte. */
function wideWithoutMark(head: Buffer): Encoding | null {
  const zeros = [0, 0];
  for (const [at, byte] of head.subarray(0, 4096).entries()) if (byte === 0) zeros[at % 2]!++;
  const pairs = Math.floor(Math.min(head.length, 4096) / 2);
  if (pairs < 4) return null;
  if (zeros[1]! > pairs * 0.6 && zeros[0]! === 0) return 'utf-16le';
  if (zeros[0]! > pairs * 0.6 && zeros[1]! === 0) return 'utf-16be';
  return null;
}

interface Survey {
  /** Characters beyond ASCII that are good UTF-8, and places that are not. */
  right: number;
  wrong: number;
  firstWrongLine: number;
  /** Bytes beyond ASCII in a row of such (Cyrillic words), and those that stand alone (accents in Latin words). */
  joined: number;
  lone: number;
}

/** One pass over the file. Throws TABLE_UNSUPPORTED where it holds zero bytes: then it is no text. */
async function surveyBytes(file: string): Promise<Survey> {
  const seen: Survey = { right: 0, wrong: 0, firstWrongLine: 0, joined: 0, lone: 0 };
  const decoder = new TextDecoder('utf-8');
  let line = 1;
  let isPlain = true;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    if (chunk.includes(0))
      throw unsupported(
        'This is not a text file: it holds zero bytes. Save the table as CSV or XLSX and upload that.',
      );
    if (isPlain && isAscii(chunk)) {
      // only the first wrong place is named: lines are counted up to there
      if (seen.wrong === 0) line += lineFeeds(chunk);
      continue;
    }
    isPlain = false;
    const text = decoder.decode(chunk, { stream: true });
    for (const [found] of text.matchAll(/[\n\u0080-\uffff]/g)) {
      if (found === '\n') line++;
      else if (found !== '\ufffd') seen.right++;
      else if (seen.wrong++ === 0) seen.firstWrongLine = line;
    }
    if (seen.joined + seen.lone < 100_000) countHighBytes(chunk, seen);
  }
  if (decoder.decode() !== '' && seen.wrong++ === 0) seen.firstWrongLine = line;
  return seen;
}

function lineFeeds(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count++;
  return count;
}

function countHighBytes(chunk: Buffer, seen: Survey): void {
  for (let i = 0; i < chunk.length; i++) {
    if (chunk[i]! < 0x80) continue;
    if (chunk[i - 1]! >= 0xc0 || chunk[i + 1]! >= 0xc0) seen.joined++;
    else seen.lone++;
  }
}

/** The text of the file in pieces, without byte order mark, every kind of line end as "\n". */
export async function* textOf(file: string, encoding: Encoding): AsyncGenerator<string> {
  yield* plainLines(decoded(file, encoding));
}

async function* decoded(file: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: encoding.startsWith('utf-') });
  let isNul = false;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: headBytes }) as AsyncIterable<Buffer>) {
      const text = decoder.decode(chunk, { stream: true });
      isNul = text.includes('\u0000');
      if (isNul) break;
      yield text;
    }
    if (!isNul) yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw tableError(
      'TABLE_ENCODING',
      `The file is not in the encoding ${encoding}. Choose another, or save it as UTF-8.`,
      error,
    );
  }
  if (isNul)
    throw damaged(
      'The file holds NUL characters: it is damaged, or its encoding is another. Save it again as UTF-8.',
    );
}

async function* plainLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const piece of pieces) {
    let text = held + piece;
    // the line feed that belongs to it may be in the next piece
    held = text.endsWith('\r') ? '\r' : '';
    if (held) text = text.slice(0, -1);
    yield text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
  }
  if (held) yield '\n';
}
