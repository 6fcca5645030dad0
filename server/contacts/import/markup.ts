// The XML inside a spreadsheet, read as it streams. No document types, so no entities that grow or fetch; a run of text or a
// tag without end stops at the limit of a row.
import { SaxesParser } from 'saxes';
import { AppError } from '../../platform/errors.ts';
import { damaged, sizeInWords, tableLimits, tooLarge } from './limits.ts';

export interface Handlers {
  /** Names without prefix. */
  open(name: string, attributes: Record<string, string>): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Feeds the handlers; yields after each piece, so that the caller can pass on what has come together. */
export async function* readMarkup(pieces: AsyncIterable<string>, handlers: Handlers): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  let quiet = 0;
  parser.on('opentag', ({ name, attributes }) => {
    quiet = 0;
    handlers.open(withoutPrefix(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    quiet = 0;
    handlers.close?.(withoutPrefix(name));
  });
  parser.on('text', (text) => handlers.text?.(text));
  parser.on('cdata', (text) => handlers.text?.(text));
  parser.on('doctype', () => {
    throw damaged(
      'The spreadsheet holds a document type, which no spreadsheet program writes. Save it again as XLSX.',
    );
  });
  parser.on('error', (error) => {
    throw damaged(
      'The spreadsheet is damaged inside. Open it, save it again as XLSX, and upload that.',
      error,
    );
  });
  for await (const piece of pieces) {
    quiet += piece.length;
    feed(parser, piece);
    if (quiet > tableLimits.recordBytes)
      throw tooLarge(
        `A cell of the spreadsheet is longer than ${sizeInWords(tableLimits.recordBytes)}. Shorten or remove it.`,
      );
    yield;
  }
  feed(parser, null);
}

function feed(parser: SaxesParser, piece: string | null): void {
  try {
    if (piece === null) parser.close();
    else parser.write(piece);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damaged(
      'The spreadsheet is damaged inside. Open it, save it again as XLSX, and upload that.',
      error,
    );
  }
}

export async function readAll(text: string, handlers: Handlers): Promise<void> {
  async function* once() {
    // in pieces, so that the limit on runs without a tag holds here as well
    for (let at = 0; at < text.length; at += 65_536) yield text.slice(at, at + 65_536);
  }
  for await (const _ of readMarkup(once(), handlers));
}

function withoutPrefix(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
