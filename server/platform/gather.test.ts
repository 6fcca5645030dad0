import { expect, test } from 'vitest';
import { gather, gatherSettled } from './gather.ts';

test('questions of one moment go together, those that come meanwhile go next', async () => {
  const batches: number[][] = [];
  let release = () => {};
  const ask = gather<number, number>(async (questions) => {
    batches.push(questions);
    await new Promise<void>((resolve) => (release = resolve));
    return questions.map((question) => question * 10);
  }, 100);
  const first = [ask(1), ask(2)];
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const second = [ask(3), ask(4)];
  release();
  expect(await Promise.all(first)).toEqual([10, 20]);
  await new Promise((resolve) => setImmediate(resolve));
  release();
  expect(await Promise.all(second)).toEqual([30, 40]);
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('never more than the limit at once, and everybody is answered', async () => {
  const sizes: number[] = [];
  const ask = gather<number, number>(async (questions) => {
    sizes.push(questions.length);
    return questions;
  }, 3);
  expect(await Promise.all([1, 2, 3, 4, 5, 6, 7].map(ask))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(sizes).toEqual([3, 3, 1]);
});

test('an error reaches those of its batch alone', async () => {
  let calls = 0;
  const ask = gather<number, number>(async (questions) => {
    calls += 1;
    if (calls === 1) throw new Error('away');
    return questions;
  }, 2);
  const results = await Promise.allSettled([1, 2, 3].map(ask));
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});

test('an answer for each: one that failed fails for its asker alone', async () => {
  const ask = gatherSettled<number, number>(
    async (questions) =>
      questions.map((value) =>
        value === 2
          ? { status: 'rejected', reason: new Error('not two') }
          : { status: 'fulfilled', value: value * 10 },
      ),
    10,
  );
  const results = await Promise.allSettled([1, 2, 3].map(ask));
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a question that PostgreSQL refuses is found by halving, and the others get their answers', async () => {
  const asked: number[][] = [];
  const ask = gather<number, number>(async (questions) => {
    asked.push(questions);
    if (questions.includes(4)) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    return questions;
  }, 10);
  const results = await Promise.allSettled([1, 2, 3, 4, 5].map(ask));
  expect(results.map((result) => result.status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(asked).toEqual([[1, 2, 3, 4, 5], [1, 2, 3], [4, 5], [4], [5]]);
});

test('nothing is asked a second time that may have taken place', async () => {
  let calls = 0;
  const ask = gather<number, number>(async () => {
    calls += 1;
    throw Object.assign(new Error('terminating connection'), { code: '57P01' });
  }, 10);
  await Promise.allSettled([1, 2, 3].map(ask));
  expect(calls).toBe(1);
});
