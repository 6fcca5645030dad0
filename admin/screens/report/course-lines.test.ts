import { expect, test } from 'vitest';
import { linesOf } from './course-lines.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 14, 0, second)).toISOString();
const step = (second: number, sent: number, clicked = 0) => ({
  at: at(second),
  sent,
  failed: 0,
  clicked,
  replied: 0,
});

test('a finished run is drawn as running sums up to its end', () => {
  const lines = linesOf(
    { bucket_seconds: 10, data: [step(0, 30), step(10, 50, 4)], forecast: [] },
    { startedAt: at(0), planned: 80, isSending: false },
    200,
    100,
  );
  expect(lines).toMatchObject({ top: 80, now: null, planned: null, forecast: null, from: at(0), to: at(20) });
  expect(lines?.sent).toBe('M0 100L100 62.5L200 0L200 0');
  expect(lines?.clicked).toBe('M0 100L100 100L200 95L200 95');
});

test('while it is sending, the present stands between what was and the forecast', () => {
  const lines = linesOf(
    {
      bucket_seconds: 10,
      data: [step(0, 40)],
      forecast: [
        { at: at(10), sent: 40 },
        { at: at(20), sent: 80 },
      ],
    },
    { startedAt: at(0), planned: 80, isSending: true },
    200,
    100,
  );
  expect(lines).toMatchObject({ now: { x: 100, y: 50 }, planned: 0, forecast: 'M100 50L200 0' });
});

test('while everybody left waits, the forecast is level; without an hour only the present is marked', () => {
  const ahead = (...forecast: { at: string; sent: number }[]) =>
    linesOf(
      { bucket_seconds: 10, data: [step(0, 40)], forecast },
      { startedAt: at(0), planned: 80, isSending: true },
      200,
      100,
    );
  const now = { at: at(10), sent: 40 };
  expect(ahead(now, { at: at(30), sent: 40 }, { at: at(40), sent: 80 })).toMatchObject({
    now: { x: 50, y: 50 },
    forecast: 'M50 50L150 50L200 0',
  });
  expect(ahead(now)).toMatchObject({ now: { x: 200 }, planned: 0, forecast: null });
});

test('before anything has happened there is nothing to draw', () => {
  const empty = { bucket_seconds: 60, data: [], forecast: [] };
  expect(linesOf(empty, { startedAt: at(0), planned: 8, isSending: false }, 200, 100)).toBeNull();
});
