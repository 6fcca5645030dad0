// Where files live. One driver today: the data folder. Keys are ours (uuids), never a user's file name.
import { createReadStream } from 'node:fs';
import { access, glob, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';

/** Thrown by `putStream` as soon as the limit is passed. */
export class TooManyBytes extends Error {}

/** Both ways of writing throw STORAGE_FULL where the disk is, and leave nothing. */
export interface Storage {
  put(key: string, bytes: Buffer): Promise<void>;
  /**
   * Writes as it reads, so that the memory does not grow with the file; returns its size. More than `limit` bytes reject with
   * TooManyBytes; where anything fails, nothing is left.
   */
  putStream(key: string, source: AsyncIterable<Buffer>, limit: number): Promise<number>;
  /** The file on this machine's disk, for readers that jump to and fro in it. Rejects with ENOENT. */
  localFile(key: string): Promise<{ path: string; release(): Promise<void> }>;
  read(key: string): Promise<Buffer>;
  stream(key: string): Readable;
  remove(key: string): Promise<void>;
  /** The last parts of the keys below a first one; none where there are none. */
  namesIn(folder: string): Promise<string[]>;
  /** What a process left half written when it died, if nothing was added since `before`. */
  removeLeftovers(before: Date): Promise<void>;
}

export function diskStorage(folder: string): Storage {
  const pathOf = (key: string) => {
    if (!/^[0-9a-f-]{36}(\/[0-9a-f-]{36})?$/.test(key)) throw new Error('not a storage key');
    return path.join(folder, key);
  };
  return {
    async put(key, bytes) {
      await writeBeside(pathOf(key), (part) => writeFile(part, bytes, { mode: 0o600 }));
    },
    async putStream(key, source, limit) {
      return writeBeside(pathOf(key), (part) => writeUpTo(part, source, limit));
    },
    async localFile(key) {
      const file = pathOf(key);
      await access(file);
      return { path: file, release: async () => {} };
    },
    read: async (key) => readFile(pathOf(key)),
    stream: (key) => createReadStream(pathOf(key)),
    remove: async (key) => rm(pathOf(key), { force: true }),
    async namesIn(folder) {
      const names = await readdir(pathOf(folder)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      // what is just being written is nobody's yet
      return names.filter((name) => !name.endsWith('.part'));
    },
    async removeLeftovers(before) {
      for await (const file of glob(`${folder}/{*,*/*}.part`)) {
        const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
        if (mtimeMs < before.getTime()) await rm(file, { force: true });
      }
    },
  };
}

/** Written beside and renamed: neither a crash nor a failure leaves half a file under the key. */
async function writeBeside<R>(file: string, write: (part: string) => Promise<R>): Promise<R> {
  const part = `${file}.${crypto.randomUUID()}.part`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const result = await write(part);
    await rename(part, file);
    return result;
  } catch (error) {
    await rm(part, { force: true });
    if (!['ENOSPC', 'EDQUOT'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
    throw new AppError(
      'STORAGE_FULL',
      'There is no room left on the disk of the server for this file. Whoever runs the server has to make room; then try again.',
      { cause: error },
    );
  }
}

async function writeUpTo(file: string, source: AsyncIterable<Buffer>, limit: number): Promise<number> {
  const handle = await open(file, 'wx', 0o600);
  let size = 0;
  try {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > limit) throw new TooManyBytes();
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  return size;
}
