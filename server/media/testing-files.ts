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

/** A compound file with these streams, "a/b" being the stream b in the storage a. */
export function aDoc(...streams: string[]): Buffer {
  const paths = new Set(['']);
  for (const stream of streams)
    stream.split('/').reduce((above, name) => {
      paths.add(`${above}/${name}`);
      return `${above}/${name}`;
    }, '');
  const all = [...paths];
  const parent = (path: string) => path.slice(0, path.lastIndexOf('/'));
  const childrenOf = (path: string) => all.filter((one) => one && parent(one) === path);
  const directory = Buffer.concat(
    all.map((path, id) => {
      const entry = Buffer.alloc(128);
      const children = childrenOf(path);
      const sibling = path && childrenOf(parent(path)).find((one) => all.indexOf(one) > id);
      entry.write(path.split('/').at(-1) || 'Root Entry', 0, 62, 'utf16le');
      entry.writeUInt16LE((path.split('/').at(-1) || 'Root Entry').length * 2 + 2, 64);
      entry.writeUInt8(path === '' ? 5 : children.length > 0 ? 1 : 2, 66);
      entry.writeUInt32LE(0xffffffff, 68);
      entry.writeUInt32LE(sibling ? all.indexOf(sibling) : 0xffffffff, 72);
      entry.writeUInt32LE(children[0] ? all.indexOf(children[0]) : 0xffffffff, 76);
      return entry;
    }),
  );
  // sector 0 is the table, the directory is behind it
  const sectors = Math.ceil(directory.length / 512);
  const table = Buffer.alloc(512, 0xff);
  table.writeUInt32LE(0xfffffffd, 0);
  for (let i = 1; i <= sectors; i++) table.writeUInt32LE(i < sectors ? i + 1 : 0xfffffffe, 4 * i);
  const head = Buffer.alloc(512, 0xff);
  head.write('d0cf11e0a1b11ae1', 'hex');
  head.writeUInt16LE(9, 30);
  head.writeUInt32LE(1, 44);
  head.writeUInt32LE(1, 48);
  head.writeUInt32LE(0xfffffffe, 68);
  head.writeUInt32LE(0, 72);
  head.writeUInt32LE(0, 76);
  const body = Buffer.alloc(sectors * 512);
  directory.copy(body);
  return Buffer.concat([head, table, body]);
}

/** A ZIP without compression, holding these files, with a content of their own where one is given. */
export function aZip(...given: (string | [name: string, content: string | Buffer])[]): Buffer {
  const files: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const one of given) {
    const [name, own] = typeof one === 'string' ? [one, `<x>${one} ${page++}</x>`] : one;
    const content = Buffer.from(own);
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
  end.writeUInt16LE(given.length, 4);
  end.writeUInt16LE(given.length, 6);
  end.writeUInt32LE(Buffer.concat(list).length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...files, ...list, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
export const aDocx = (...more: string[]) => aZip('[Content_Types].xml', 'word/document.xml', ...more);
/** A DOCX in which the part of this name is of this type. */
export const aDocxWith = (name: string, type: string, encode = (xml: string): string | Buffer => xml) =>
  aZip(
    [
      '[Content_Types].xml',
      encode(`<?xml version="1.0"?><Types><Override PartName="/${name}" ContentType="${type}"/></Types>`),
    ],
    'word/document.xml',
    name,
  );

/** A voice note as phones make them: Ogg with Opus (RFC 7845), so many packets of 20 ms of silence. */
export function aVoiceNote(packets = 50): Buffer {
  const head = Buffer.from([...Buffer.from('OpusHead'), 1, 1, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  const tags = Buffer.from([...Buffer.from('OpusTags'), 4, 0, 0, 0, ...Buffer.from('Test'), 0, 0, 0, 0]);
  const silence = Buffer.from([0xf8, 0xff, 0xfe]);
  const sound = Array.from({ length: packets }, () => silence);
  return Buffer.concat([
    oggPage(0, 2, 0n, [head]),
    oggPage(1, 0, 0n, [tags]),
    oggPage(2, 4, BigInt(packets) * 960n, sound),
  ]);
}

/** One page (RFC 3533): packets shorter than 255 bytes. */
function oggPage(number: number, flags: number, position: bigint, packets: Buffer[]): Buffer {
  const page = Buffer.alloc(27 + packets.length);
  page.write('OggS', 0, 'latin1');
  page[5] = flags;
  page.writeBigUInt64LE(position, 6);
  page.writeUInt32LE(1, 14);
  page.writeUInt32LE(number, 18);
  page[26] = packets.length;
  for (const [index, packet] of packets.entries()) page[27 + index] = packet.length;
  const whole = Buffer.concat([page, ...packets]);
  whole.writeUInt32LE(oggChecksum(whole), 22);
  return whole;
}

function oggChecksum(bytes: Buffer): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  return sum >>> 0;
}
