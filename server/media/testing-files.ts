// For tests: small films and documents made by hand, byte by byte, and as broken as a test wants them.
import { crc32 } from 'node:zlib';

function box(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

let film = 0;
/** An MP4 as cameras write it, each call another one. `turned`: the camera lay on its side. */
export function anMp4(
  given: {
    width?: number;
    height?: number;
    seconds?: number;
    codec?: string;
    handler?: string;
    turned?: boolean;
  } = {},
): Buffer {
  const { width = 640, height = 360, seconds = 12.5, codec = 'avc1', handler = 'vide', turned } = given;
  const mvhd = Buffer.alloc(100);
  mvhd.writeUInt32BE(1000, 12);
  mvhd.writeUInt32BE(Math.round(seconds * 1000), 16);
  const tkhd = Buffer.alloc(84);
  const matrix = turned
    ? [0, 65_536, 0, -65_536, 0, 0, 0, 0, 0x40000000]
    : [65_536, 0, 0, 0, 65_536, 0, 0, 0, 0x40000000];
  for (const [i, value] of matrix.entries()) tkhd.writeInt32BE(value, 40 + 4 * i);
  tkhd.writeUInt32BE(width * 65_536, 76);
  tkhd.writeUInt32BE(height * 65_536, 80);
  const hdlr = Buffer.alloc(24);
  hdlr.write(handler, 8, 'latin1');
  const entry = Buffer.alloc(16);
  entry.writeUInt32BE(1, 4);
  entry.write(codec, 12, 'latin1');
  const table = box('minf', box('stbl', box('stsd', entry)));
  const moov = box(
    'moov',
    box('mvhd', mvhd),
    box('trak', box('tkhd', tkhd), box('mdia', box('hdlr', hdlr), table)),
  );
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\x02\0isomavc1', 'latin1')),
    moov,
    box('mdat', Buffer.from(`film ${film++}`)),
  ]);
}

let page = 0;
export const aPdf = () =>
  Buffer.from(`%PDF-1.7\n1 0 obj\n<<>>\nendobj\n% page ${page++}\nstartxref\n9\n%%EOF\n`);

/** A compound file with these streams. */
export const aDoc = (...streams: string[]) =>
  Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(504),
    ...streams.map((name) => Buffer.from(name, 'utf16le')),
  ]);

/** A ZIP without compression, holding these files. */
export function aZip(...names: string[]): Buffer {
  const files: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const name of names) {
    const content = Buffer.from(`<x>${name} ${page++}</x>`);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const file = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), content]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    list.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), common, rest, Buffer.from(name)]));
    files.push(file);
    at += file.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(names.length, 4);
  end.writeUInt16LE(names.length, 6);
  end.writeUInt32LE(Buffer.concat(list).length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...files, ...list, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
export const aDocx = (...more: string[]) => aZip('[Content_Types].xml', 'word/document.xml', ...more);
