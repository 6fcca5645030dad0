import { beforeEach, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { createHookCache } from './hook-cache.ts';

let now = 0;
let reads: string[] = [];
beforeEach(() => {
  now = 0;
  reads = [];
});
/** Only those that begin with "con" are there. */
const aCache = () =>
  createHookCache<string | null>(
    { ...systemClock, elapsedMs: () => now },
    { keepMs: 5000, found: 3, missing: 2 },
    async (key) => {
      reads.push(key);
      return key.startsWith('con') ? key : null;
    },
    (value) => value === null,
  );

test('a flood of invented ids pushes out nothing that is there', async () => {
  const cache = aCache();
  await cache.get('con 1');
  for (let i = 0; i < 100; i++) await cache.get(`invented ${i}`);
  reads = [];
  expect(await cache.get('con 1')).toBe('con 1');
  expect(reads).toEqual([]);
  // of the invented ones the last are known as well: a repeated one costs nothing
  await cache.get('invented 99');
  expect(reads).toEqual([]);
  await cache.get('invented 0');
  expect(reads).toEqual(['invented 0']);
});

test('so does one that goes on while something is read again', async () => {
  const cache = aCache();
  await cache.get('con 1');
  now = 6000;
  const again = cache.get('con 1');
  for (let i = 0; i < 100; i++) void cache.get(`invented ${i}`);
  await again;
  reads = [];
  await cache.get('con 1');
  expect(reads).toEqual([]);
});

test('of too many that are there the longest unasked goes', async () => {
  const cache = aCache();
  for (const key of ['con 1', 'con 2', 'con 3', 'con 1', 'con 4']) await cache.get(key);
  reads = [];
  for (const key of ['con 1', 'con 3', 'con 4', 'con 2']) await cache.get(key);
  expect(reads).toEqual(['con 2']);
});

test('what is found is forgotten after its time and by news, also by news that come while it is read', async () => {
  const cache = aCache();
  await cache.get('con 1');
  now = 5000;
  await cache.get('con 1');
  expect(reads).toEqual(['con 1', 'con 1']);
  cache.forget('con 1');
  const reading = cache.get('con 1');
  cache.forgetAll();
  await reading;
  await cache.get('con 1');
  expect(reads).toHaveLength(4);
});

test('what could not be read is read again', async () => {
  let fails = true;
  const cache = createHookCache<string>(
    systemClock,
    { keepMs: 5000, found: 3, missing: 2 },
    async () => {
      if (fails) throw new Error('no database');
      return 'there';
    },
    () => false,
  );
  await expect(cache.get('con')).rejects.toThrow('no database');
  fails = false;
  expect(await cache.get('con')).toBe('there');
});
