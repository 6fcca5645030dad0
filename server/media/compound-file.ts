// The directory of a compound file ([MS-CFB] 2.6): what kind of document it is shows in the names at its root, and only there,
// for what is embedded (a table in a text) has a storage of its own.

export interface CompoundEntries {
  /** Names directly under the root, in capitals: they compare without case ([MS-CFB] 2.6.4). */
  root: Set<string>;
  /** Names anywhere. */
  all: Set<string>;
}

/** A document has dozens; embedded objects make it hundreds. */
const maxEntries = 5000;
const entrySize = 128;
const none = 0xffffffff;
const lastRegularSector = 0xfffffffa;

/** Throws an Error or RangeError where it is damaged. */
export function compoundEntries(bytes: Buffer): CompoundEntries {
  const entries = directory(bytes);
  const root = new Set<string>();
  const all = new Set<string>();
  for (const { name, isUsed } of entries) if (isUsed) all.add(name);
  const seen = new Set<number>();
  const open = [entries[0]?.child ?? none];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === none || seen.has(id)) continue;
    seen.add(id);
    const entry = entries[id];
    if (!entry?.isUsed) throw new Error('an entry that is not there');
    root.add(entry.name);
    open.push(entry.left, entry.right);
  }
  return { root, all };
}

interface Entry {
  name: string;
  isUsed: boolean;
  left: number;
  right: number;
  child: number;
}

function directory(bytes: Buffer): Entry[] {
  const shift = bytes.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) throw new Error('no such size of sectors');
  const size = 1 << shift;
  const at = (sector: number) => (sector + 1) * size;
  const next = sectorTable(bytes, size);
  const entries: Entry[] = [];
  for (let sector = bytes.readUInt32LE(48); sector <= lastRegularSector; sector = next(sector)) {
    if (entries.length > maxEntries) throw new Error('too many entries');
    for (let i = 0; i < size; i += entrySize) entries.push(entryAt(bytes, at(sector) + i));
  }
  return entries;
}

function entryAt(bytes: Buffer, at: number): Entry {
  const length = Math.min(64, bytes.readUInt16LE(at + 64));
  return {
    name: bytes.toString('utf16le', at, at + Math.max(0, length - 2)).toUpperCase(),
    isUsed: bytes.readUInt8(at + 66) !== 0,
    left: bytes.readUInt32LE(at + 68),
    right: bytes.readUInt32LE(at + 72),
    child: bytes.readUInt32LE(at + 76),
  };
}

/** Sector → the one that follows it. The table's own sectors are listed in the header and, of large files, in a chain behind it. */
function sectorTable(bytes: Buffer, size: number): (sector: number) => number {
  const perSector = size / 4;
  const at = (sector: number) => (sector + 1) * size;
  const count = bytes.readUInt32LE(44);
  const sectors: number[] = [];
  for (let i = 0; i < 109 && sectors.length < count; i++) sectors.push(bytes.readUInt32LE(76 + 4 * i));
  let more = bytes.readUInt32LE(68);
  while (sectors.length < count) {
    // each round reads a sector of the file: a chain in a circle ends with its length
    if (sectors.length * size > bytes.length) throw new Error('a table longer than the file');
    for (let i = 0; i < perSector - 1 && sectors.length < count; i++)
      sectors.push(bytes.readUInt32LE(at(more) + 4 * i));
    more = bytes.readUInt32LE(at(more) + size - 4);
  }
  return (sector) => {
    const table = sectors[Math.floor(sector / perSector)];
    if (table === undefined) throw new Error('a sector outside the table');
    return bytes.readUInt32LE(at(table) + 4 * (sector % perSector));
  };
}
