// The data folder as file store: keys are ours, and nothing else is one.
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { diskStorage, TooManyBytes } from './storage.ts';

const folder = temporaryFolder();
const storage = diskStorage(folder);
const key = () => `${crypto.randomUUID()}/${crypto.randomUUID()}`;

test('bytes come back as they were put, whole and as a stream, and are gone when removed', async () => {
  const at = key();
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  await storage.put(at, bytes);
  expect(await storage.read(at)).toEqual(bytes);
  expect(Buffer.concat(await storage.stream(at).toArray())).toEqual(bytes);
  expect(statSync(path.join(folder, at)).mode & 0o777).toBe(0o600);
  await storage.remove(at);
  await storage.remove(at);
  await expect(storage.read(at)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('of many writers of one key each leaves a whole file and no leftovers', async () => {
  const at = key();
  const versions = Array.from({ length: 20 }, (_, i) => Buffer.alloc(50_000, i));
  await Promise.all(versions.map((bytes) => storage.put(at, bytes)));
  const found = await storage.read(at);
  expect(versions.some((bytes) => bytes.equals(found))).toBe(true);
  expect(readdirSync(path.dirname(path.join(folder, at)))).toEqual([path.basename(at)]);
});

describe('a stream', () => {
  async function* chunks(sizes: number[], fail = false) {
    for (const [n, size] of sizes.entries()) yield Buffer.alloc(size, n);
    if (fail) throw new Error('the line broke');
  }
  test('is written as it comes, and lies whole on this disk', async () => {
    const at = key();
    expect(await storage.putStream(at, chunks([3, 0, 5]), 8)).toBe(8);
    expect(await storage.read(at)).toEqual(Buffer.from([0, 0, 0, 2, 2, 2, 2, 2]));
    const local = await storage.localFile(at);
    expect(statSync(local.path)).toMatchObject({ size: 8 });
    expect(statSync(local.path).mode & 0o777).toBe(0o600);
    await local.release();
    await expect(storage.localFile(key())).rejects.toMatchObject({ code: 'ENOENT' });
  });
  test('that is too long or breaks off leaves nothing, and is not read further', async () => {
    const at = key();
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked++;
        yield Buffer.alloc(10);
      }
    }
    await expect(storage.putStream(at, endless(), 25)).rejects.toBeInstanceOf(TooManyBytes);
    expect(asked).toBe(3);
    await expect(storage.putStream(at, chunks([5], true), 100)).rejects.toThrow('the line broke');
    expect(readdirSync(path.dirname(path.join(folder, at)))).toEqual([]);
  });
});

test('where writing fails nothing is left, and a full disk has its own words', async () => {
  const at = key();
  mkdirSync(path.join(folder, at), { recursive: true });
  await expect(storage.put(at, Buffer.alloc(9))).rejects.toMatchObject({ code: 'EISDIR' });
  expect(readdirSync(path.dirname(path.join(folder, at)))).toEqual([path.basename(at)]);
  // biome-ignore lint/correctness/useYield: the disk is full at the first byte
  async function* full(): AsyncGenerator<Buffer> {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  }
  await expect(storage.putStream(key(), full(), 9)).rejects.toMatchObject({
    code: 'STORAGE_FULL',
    status: 507,
  });
});

test('what a dead process left half written is swept, and what is being written is not', async () => {
  const [old, fresh] = [key(), key()];
  for (const at of [old, fresh]) {
    await storage.put(at, Buffer.of(1));
    writeFileSync(path.join(folder, `${at}.${crypto.randomUUID()}.part`), 'half');
  }
  const filesOf = (at: string) => readdirSync(path.dirname(path.join(folder, at)));
  const [half] = filesOf(old).filter((name) => name.endsWith('.part'));
  utimesSync(path.join(folder, path.dirname(old), half as string), 1000, 1000);
  await storage.removeLeftovers(new Date(2_000_000));
  expect(filesOf(old)).toEqual([path.basename(old)]);
  expect(filesOf(fresh)).toHaveLength(2);
});

test.each([
  '',
  '.',
  '..',
  '../x',
  '../../etc/passwd',
  '/etc/passwd',
  'media',
  `${crypto.randomUUID()}/../x`,
  `${crypto.randomUUID()}/..`,
  `${crypto.randomUUID()}\0`,
  `${crypto.randomUUID()}\n`,
  `../${crypto.randomUUID()}`,
  `${crypto.randomUUID()}/${crypto.randomUUID()}/${crypto.randomUUID()}`,
  `${crypto.randomUUID()}\\..\\x`,
  crypto.randomUUID().toUpperCase().replaceAll('-', '.'),
])('%j is refused as a key by every operation', async (bad) => {
  await expect(storage.put(bad, Buffer.of(1))).rejects.toThrow('not a storage key');
  await expect(storage.read(bad)).rejects.toThrow('not a storage key');
  await expect(storage.remove(bad)).rejects.toThrow('not a storage key');
  await expect(storage.localFile(bad)).rejects.toThrow('not a storage key');
  await expect(storage.putStream(bad, [] as never, 1)).rejects.toThrow('not a storage key');
  expect(() => storage.stream(bad)).toThrow('not a storage key');
});
