// The bounded room: never more inside than there are places, in order, and a full line says so.
import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

test('as many work at once as there are places, and all get their turn in order', async () => {
  const slots = createSlots(2, 100);
  const begun: number[] = [];
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      slots.run(async () => {
        begun.push(i);
        most = Math.max(most, ++inside);
        await new Promise(setImmediate);
        inside--;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(begun).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

test('a line that is too long is refused at once, and a failure frees its place', async () => {
  const slots = createSlots(1, 1);
  let fail = (_error: Error): void => {};
  const first = slots.run(() => new Promise<void>((_resolve, reject) => (fail = reject)));
  const second = slots.run(async () => 'second');
  await expect(slots.run(async () => 'third')).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    retryAfterMs: 5000,
  });
  fail(new Error('broken'));
  await expect(first).rejects.toThrow('broken');
  expect(await second).toBe('second');
  expect(await slots.run(async () => 'later')).toBe('later');
});
