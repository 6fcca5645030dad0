// Where files live. One driver today: the data folder. Keys are ours (uuids), never a user's file name.
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';

export interface Storage {
  put(key: string, bytes: Buffer): Promise<void>;
  read(key: string): Promise<Buffer>;
  stream(key: string): Readable;
  remove(key: string): Promise<void>;
}

export function diskStorage(folder: string): Storage {
  const pathOf = (key: string) => {
    if (!/^[0-9a-f-]{36}(\/[0-9a-f-]{36})?$/.test(key)) throw new Error('not a storage key');
    return path.join(folder, key);
  };
  return {
    async put(key, bytes) {
      const file = pathOf(key);
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      // written beside and renamed: a crash leaves no half file under the key
      const part = `${file}.${crypto.randomUUID()}.part`;
      await writeFile(part, bytes, { mode: 0o600 });
      await rename(part, file);
    },
    read: async (key) => readFile(pathOf(key)),
    stream: (key) => createReadStream(pathOf(key)),
    remove: async (key) => rm(pathOf(key), { force: true }),
  };
}
