// The bounded room: never more inside than there are places, in order, and a full line says so.
import { expect, test } from 'vitest';
import { createSharedSlots, createSlots } from './slots.ts';

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

test('whoever asks for much waits behind himself, and is told so, while others get their place', async () => {
  const slots = createSharedSlots(3, { atOnce: 2, maxWaiting: 1 });
  let open = (): void => {};
  const door = new Promise<void>((resolve) => (open = resolve));
  const begun: string[] = [];
  const ask = (key: string, n: number) =>
    slots.run(key, async () => {
      begun.push(`${key}${n}`);
      await door;
    });
  const loud = [1, 2, 3].map((n) => ask('loud', n));
  await expect(ask('loud', 4)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 5000 });
  const quiet = ask('quiet', 1);
  await new Promise(setImmediate);
  expect(begun).toEqual(['loud1', 'loud2', 'quiet1']);
  open();
  await Promise.all([...loud, quiet]);
  expect(begun).toHaveLength(4);
});
