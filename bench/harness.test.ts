// That the benches measure what they say: the plain emulator counts, the figures are computed and drawn right, and a whole
// bench comes up, measures and leaves nothing behind.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Child, endAll, start } from './clean-up.ts';
import type { Pause, Tally } from './emulator.ts';
import { line, median, quantile } from './figures.ts';
import { drawPlot } from './plot.ts';
import { bodyFor, chatOf } from './requests.ts';
import { serverOptions } from './stage.ts';

let emulator: Child;
let url: string;
beforeAll(async () => {
  emulator = start('bench/emulator.ts', { BLOCKED_EVERY: '10' });
  url = ((await emulator.ready) as { url: string }).url;
});
afterAll(endAll);

const post = async (token: string, n: number) => {
  const answer = await fetch(`${url}/bot${token}/sendMessage`, { method: 'POST', body: bodyFor(n) });
  return (await answer.json()) as { ok: boolean; result?: { chat: { id: number }; message_id: number } };
};
const control = async <T>(name: string): Promise<T> =>
  (await (await fetch(`${url}/control/${name}`, { method: 'POST' })).json()) as T;

test('nodes are measured with the options that the launcher and the container start the server with', () => {
  const text = (file: string) => readFileSync(path.resolve(import.meta.dirname, '..', file), 'utf8');
  expect(text('bin/paths.mjs')).toContain(`serverOptions = ['${serverOptions}']`);
  expect(text('bin/start.mjs')).toContain("[...serverOptions, 'server/main.ts'");
  expect(text('Dockerfile')).toContain(`CMD ["node", "${serverOptions}", "dist/server/main.js"]`);
});

test('the plain emulator answers as the Bot API does, and counts per bot and person', async () => {
  await control('reset');
  const first = await post('1:a', 1);
  expect(first).toMatchObject({ ok: true, result: { chat: { id: chatOf(1) } } });
  await post('1:a', 2);
  await post('2:b', 1);
  expect(await control<Tally>('count')).toMatchObject({ messages: 3, duplicates: 0 });
  await post('1:a', 1);
  expect(await control<Tally>('count')).toMatchObject({ messages: 4, duplicates: 1 });
  expect(Object.keys(await control<Record<string, Pause>>('pauses'))).toEqual(['1', '2']);
  await control('reset');
  expect(await control<Tally>('count')).toMatchObject({ messages: 0, duplicates: 0 });
});

test('it refuses who has blocked the bot, and what is no message; neither counts', async () => {
  await control('reset');
  expect(await post('1:a', 10)).toMatchObject({ ok: false, error_code: 403 });
  const empty = await fetch(`${url}/bot1:a/sendMessage`, { method: 'POST', body: '{}' });
  expect(await empty.json()).toMatchObject({ ok: false, error_code: 400 });
  expect(await control<Tally>('count')).toMatchObject({ messages: 0 });
});

test('medians and quantiles are those of the list', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
  const hundred = Array.from({ length: 100 }, (_, n) => n + 1);
  expect([0.5, 0.95, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([50, 95, 99, 100]);
});

test('a missed target says so', () => {
  expect(line({ what: 'a', figure: '1', target: '2', met: false })).toContain('MISSED');
  expect(line({ what: 'a', figure: '1', target: '2', met: true })).toMatch(/met$/);
});

test('a plot holds its points as text too, and escapes its words', () => {
  const points = [
    { x: 1, y: 30 },
    { x: 1000, y: 4321 },
  ];
  const svg = drawPlot({ name: 'a', title: 'a < b', x: 'lanes', y: 'sends/s', points });
  expect(svg).toContain('1 lanes: 30 sends/s; 1,000 lanes: 4,321 sends/s');
  expect(svg).toContain('a &#60; b');
  expect(svg).toContain('prefers-color-scheme: dark');
  expect(svg).not.toMatch(/NaN|Infinity/);
});

test('a whole bench comes up, measures and leaves nothing behind', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'carillon-harness-'));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['bench/run.ts', 'expansion'], {
      env: { ...process.env, TMPDIR: folder, BENCH_PEOPLE: '500', BENCH_ROUNDS: '1' },
    });
    expect(stdout).toContain('expansion of 500 recipients');
    expect(stdout).toMatch(/\d of 3 targets met/);
    expect(stdout).toContain('fsync on');
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
