// Files that the emulator keeps: bytes in memory, and in a folder when the state is kept on disk.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface StoredFile {
  /** Valid for the bot that it was made for only (telegram.md §2 "File passing" [D]). */
  file_id: string;
  file_unique_id: string;
  botId: number;
  kind: 'photo' | 'video' | 'animation' | 'document';
  path: string;
  name: string | undefined;
  mimeType: string;
  sizeBytes: number;
  width: number | undefined;
  height: number | undefined;
  /** file_ids of all sizes of a photo, small to large; the last one is the file itself. */
  sizes: string[] | undefined;
}

export interface FileShelf {
  byId: Map<string, StoredFile>;
  byPath: Map<string, StoredFile>;
  bytes: Map<string, Buffer>;
  dir: string | undefined;
}

export function createFileShelf(dir?: string): FileShelf {
  if (dir !== undefined) mkdirSync(dir, { recursive: true });
  return { byId: new Map(), byPath: new Map(), bytes: new Map(), dir };
}

/** Same bytes, same file_unique_id, whichever bot sent them; file_id differs by bot. */
export function uniqueIdOf(bytes: Buffer, suffix = ''): string {
  return createHash('sha256').update(bytes).update(suffix).digest('base64url').slice(0, 15);
}

export function putFile(
  shelf: FileShelf,
  file: Omit<StoredFile, 'file_id' | 'file_unique_id' | 'sizeBytes' | 'sizes'>,
  bytes: Buffer,
): StoredFile {
  const uniqueId = uniqueIdOf(bytes, file.kind);
  const stored: StoredFile = {
    ...file,
    file_id: `AgAC${randomBytes(36).toString('base64url')}`,
    file_unique_id: uniqueId,
    sizeBytes: bytes.length,
    sizes: undefined,
  };
  registerFile(shelf, stored);
  if (!shelf.bytes.has(uniqueId)) {
    shelf.bytes.set(uniqueId, bytes);
    if (shelf.dir !== undefined) writeFileSync(join(shelf.dir, uniqueId), bytes);
  }
  return stored;
}

export function registerFile(shelf: FileShelf, file: StoredFile): void {
  shelf.byId.set(file.file_id, file);
  shelf.byPath.set(`${file.botId}/${file.path}`, file);
}

export function readBytes(shelf: FileShelf, uniqueId: string): Buffer | undefined {
  const known = shelf.bytes.get(uniqueId);
  if (known || shelf.dir === undefined || !/^[\w-]+$/.test(uniqueId)) return known;
  const path = join(shelf.dir, uniqueId);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  shelf.bytes.set(uniqueId, bytes);
  return bytes;
}
