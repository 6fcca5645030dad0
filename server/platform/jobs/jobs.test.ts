// Jobs exist exactly if the transaction that enqueued them was committed; a key keeps waiting ones single.
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { testCtx } from '../../testing/context.ts';
import { until } from '../../testing/engine.ts';
import { inTransaction } from '../context.ts';
import { createJobs, installJobs, type JobSpec } from './jobs.ts';

const ctx = await testCtx();
const spec = (name: string, retryLimit = 0): JobSpec => ({ name, retryLimit, expireInSeconds: 30 });
const specs = [
  spec('tests.note'),
  spec('tests.slow'),
  spec('tests.stubborn', 3),
  spec('tests.last'),
  { ...spec('tests.single'), oneByOne: true },
];
const done: string[] = [];
let open: (() => void) | null = null;
let stubborn = 0;
const jobs = createJobs(ctx.databaseUrl, ctx.log);
await jobs.start(
  specs,
  async (name, data) => {
    const { id } = data as { id: string };
    if (name === 'tests.slow' && !open) await new Promise<void>((resolve) => (open = resolve));
    if (name === 'tests.stubborn' && ++stubborn < 3) throw new Error('not yet');
    done.push(id);
  },
  true,
);
afterAll(() => jobs.stop());
const has = (id: string) => async () => done.includes(id);

test('a job runs once after the commit, and never when the transaction is rolled back', async () => {
  await inTransaction(ctx, async (ctx) => {
    await jobs.enqueue(ctx, 'tests.note', { id: 'undone' });
    throw new Error('rolled back');
  }).catch(() => {});
  await inTransaction(ctx, (ctx) => jobs.enqueue(ctx, 'tests.note', { id: 'done' }));
  await until('it is done', has('done'));
  await jobs.enqueue(ctx, 'tests.note', { id: 'after' });
  await until('the one after it is done', has('after'));
  expect(done).toEqual(['done', 'after']);
});

test('of waiting jobs with one key there is one, and one more while the first is running', async () => {
  await jobs.enqueue(ctx, 'tests.slow', { id: 'slow 1' }, { key: 'k' });
  await until('it runs', async () => open !== null);
  // together, so that none of them begins before the next is added
  await inTransaction(ctx, async (ctx) => {
    for (let i = 2; i <= 5; i++) await jobs.enqueue(ctx, 'tests.slow', { id: `slow ${i}` }, { key: 'k' });
  });
  await jobs.enqueue(ctx, 'tests.slow', { id: 'slow other' }, { key: 'other' });
  open?.();
  await until('both keys are through', async () => done.includes('slow 2') && done.includes('slow other'));
  await jobs.enqueue(ctx, 'tests.slow', { id: 'slow end' });
  await until('nothing waits', has('slow end'));
  expect(done.filter((id) => id.startsWith('slow')).sort()).toEqual([
    'slow 1',
    'slow 2',
    'slow end',
    'slow other',
  ]);
});

test('a job that fails is tried again', async () => {
  await jobs.enqueue(ctx, 'tests.stubborn', { id: 'stubborn' });
  await until('it succeeds', has('stubborn'));
  expect(stubborn).toBe(3);
});

test('a job for later waits for its time', async () => {
  await jobs.enqueue(
    ctx,
    'tests.last',
    { id: 'tomorrow' },
    { startAfter: new Date(Date.now() + 86_400_000) },
  );
  await jobs.enqueue(ctx, 'tests.last', { id: 'now' });
  await until('the other one is done', has('now'));
  expect(done).not.toContain('tomorrow');
});

test('jobs that are fetched one by one follow each other without a rest', async () => {
  const ids = Array.from({ length: 60 }, (_, n) => `single ${n}`);
  await inTransaction(ctx, async (ctx) => {
    for (const id of ids) await jobs.enqueue(ctx, 'tests.single', { id });
  });
  // four workers that rested 2 s after each would need half a minute
  await until('all are done', async () => ids.every((id) => done.includes(id)));
});

test('a recurring job under a new name comes by that one only', async () => {
  const cron = '0 4 * * *';
  const names = async () =>
    (await sql<{ name: string }>`SELECT name FROM pgboss.schedule WHERE name LIKE 'tests.%'`.execute(ctx.db))
      .rows;
  const installed = (given: JobSpec) => installJobs(ctx.databaseUrl, ctx.log, [given]);
  await installed({ ...spec('tests.old_name'), cron });
  expect(await names()).toEqual([{ name: 'tests.old_name' }]);
  for (const _ of [1, 2]) await installed({ ...spec('tests.new_name'), formerly: 'tests.old_name', cron });
  expect(await names()).toEqual([{ name: 'tests.new_name' }]);
});
