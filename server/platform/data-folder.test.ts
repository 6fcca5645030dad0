// A data folder that cannot be is said so at once, wherever it should lie.
import { statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { prepareDataFolder } from './data-folder.ts';

test('a folder below /proc, or below a file, is refused with what to do, and does not hang', () => {
  for (const folder of ['/proc/nope', '/proc/nope/deeper', '/etc/passwd/x'])
    expect(() => prepareDataFolder(folder)).toThrow(/cannot be created or written .* Set DATA_DIR/);
});

test('a file where the folder should be is named as one', () => {
  for (const folder of ['/etc/passwd', '/etc/passwd/x'])
    expect(() => prepareDataFolder(folder)).toThrow(
      `${folder} cannot be created or written (/etc/passwd is a file)`,
    );
});

test('a folder that is missing is made for its owner only; one that is there is left as it is', () => {
  const folder = path.join(temporaryFolder(), 'a/b');
  prepareDataFolder(folder);
  prepareDataFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});
