// What a browser must fetch before the panel shows anything, as Vite built it (`npm test` builds first).
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const built = path.resolve(import.meta.dirname, '../dist/admin');
const page = () => readFileSync(path.join(built, 'index.html'), 'utf8');
const source = (file: string) => readFileSync(path.join(built, file), 'utf8');
const kilobytes = (file: string) => gzipSync(source(file), { level: 9 }).length / 1024;
/** The script of the page and what it names to be fetched with it. */
const first = () => [...page().matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, file]) => file!);

test('the first load is at most 250 KB of JavaScript, packed', () => {
  expect(first().length).toBeGreaterThan(0);
  const sizes = first().map((file) => [file, Math.round(kilobytes(file))]);
  const sum = first().reduce((total, file) => total + kilobytes(file), 0);
  expect(sum, JSON.stringify(sizes)).toBeLessThanOrEqual(250);
});

test('the first load holds no schemas: they come with the screens that need them', () => {
  const holders = first().filter((file) => source(file).includes('invalid_union'));
  expect(holders).toEqual([]);
});

test('no file that a screen fetches later is above 120 KB, packed', () => {
  const later = readdirSync(path.join(built, 'assets'))
    .filter((file) => file.endsWith('.js') && !first().includes(`assets/${file}`))
    .map((file): [string, number] => [file, Math.round(kilobytes(`assets/${file}`))]);
  expect(later.length).toBeGreaterThan(10);
  expect(later.some(([file]) => source(`assets/${file}`).includes('invalid_union'))).toBe(true);
  expect(later.filter(([, size]) => size > 120)).toEqual([]);
});
