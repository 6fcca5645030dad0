// Secrets at rest: what is sealed opens in its place with its key and nowhere else; the key file is made once.
import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { loadEncryptionKey, randomToken, sameText, secretBox, tokenHash } from './crypto.ts';

const box = secretBox('ab'.repeat(32));
const place = 'connections/1/credentials';

describe('a sealed secret', () => {
  test('opens to what it was, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string(), (plain, where) => {
        expect(box.open(box.seal(plain, where), where)).toBe(plain);
      }),
    );
  });

  test('shows nothing of what it holds and looks different each time', () => {
    const [one, two] = [box.seal('123:SECRET', place), box.seal('123:SECRET', place)];
    expect(one.equals(two)).toBe(false);
    expect(one.toString('latin1')).not.toContain('SECRET');
  });

  test('does not open in another place', () => {
    expect(() => box.open(box.seal('secret', place), 'connections/2/credentials')).toThrow(/does not open/);
  });

  test('does not open with another key, and the message says which variable to look at', () => {
    expect(() => secretBox('cd'.repeat(32)).open(box.seal('secret', place), place)).toThrow(/ENCRYPTION_KEY/);
  });

  test('does not open when any one bit of it was changed, or when it was cut off anywhere', () => {
    const sealed = box.seal('secret', place);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => box.open(changed, place), `bit ${bit}`).toThrow(/stored secret/);
    }
    for (let length = 0; length < sealed.length; length++)
      expect(() => box.open(sealed.subarray(0, length), place), `${length} bytes`).toThrow(/stored secret/);
  });
});

describe('the key', () => {
  test('is the one from the environment where there is one, and then no file is made', () => {
    const folder = temporaryFolder();
    expect(loadEncryptionKey('ef'.repeat(32), folder)).toBe('ef'.repeat(32));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is made once in the data folder, readable by its owner only, and found again', () => {
    const folder = path.join(temporaryFolder(), 'new', 'folder');
    const key = loadEncryptionKey(null, folder);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(loadEncryptionKey(null, folder)).toBe(key);
    expect(readdirSync(folder)).toEqual(['encryption.key']);
    expect(statSync(path.join(folder, 'encryption.key')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test('is closed to others again when somebody opened the file', () => {
    const folder = temporaryFolder();
    const key = loadEncryptionKey(null, folder);
    chmodSync(path.join(folder, 'encryption.key'), 0o644);
    expect(loadEncryptionKey(null, folder)).toBe(key);
    expect(statSync(path.join(folder, 'encryption.key')).mode & 0o777).toBe(0o600);
  });

  test('is never replaced when the file is damaged: what is sealed would be lost', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'encryption.key'), 'half a ke');
    expect(() => loadEncryptionKey(null, folder)).toThrow(/Restore it from a backup/);
    expect(readFileSync(path.join(folder, 'encryption.key'), 'utf8')).toBe('half a ke');
  });

  test('is one and the same for processes that start at once on one folder', async () => {
    const folders = Array.from({ length: 100 }, temporaryFolder);
    const script = `
      const { loadEncryptionKey } = await import(${JSON.stringify(path.resolve(import.meta.dirname, 'crypto.ts'))});
      const startAt = ${Date.now() + 400};
      while (Date.now() < startAt);
      console.log(JSON.stringify(${JSON.stringify(folders)}.map((folder) => loadEncryptionKey(null, folder))));`;
    const start = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    const answers = await Promise.all([start(), start(), start()]);
    const [first, ...others] = answers.map(({ stdout }) => JSON.parse(stdout));
    for (const keys of others) expect(keys).toEqual(first);
    for (const folder of folders) expect(readdirSync(folder)).toEqual(['encryption.key']);
  });
});

test('tokens are 256 random bits for a URL, compared by their hash', () => {
  expect(new Set(Array.from({ length: 1000 }, randomToken)).size).toBe(1000);
  expect(randomToken()).toMatch(/^[\w-]{43}$/);
  expect(tokenHash('a')).toHaveLength(32);
  expect([sameText('a', 'a'), sameText('a', 'b'), sameText('', 'a')]).toEqual([true, false, false]);
});
