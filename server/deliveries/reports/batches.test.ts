import { expect, it } from 'vitest';
import { quietHours } from '../../../contract/pressure.ts';
import { testCtx } from '../../testing/context.ts';
import { anExpandedRun, aShopOn, testLanes, until } from '../../testing/engine.ts';
import { livesIn, presses } from '../pressure/testing-pressure.ts';
import { pauseRun, resumeRun } from '../runs/run.ts';
import { runBatches } from './batches.ts';

const base = await testCtx({ work: true });
const everything = { from: 1, limit: 50 };
const told = { delivered: true, read: true };

it('shows each batch with its people, and what is to come', async () => {
  const { ctx, sandbox } = await aShopOn(base, 7);
  const run = await anExpandedRun(ctx, sandbox, { batch: { size: 3, delay_seconds: 0 } });
  const of = { campaignId: run.campaignId, runId: run.runId };
  const before = await runBatches(ctx, of, told, everything);
  expect(before).toMatchObject({ total: 3, current: 1, next_from: null });
  expect(before.data.map(({ first, last, state }) => [first, last, state])).toEqual([
    [1, 3, 'sending'],
    [4, 6, 'waiting'],
    [7, 7, 'waiting'],
  ]);
  const lanes = testLanes(ctx);
  await until('all three are sent', async () =>
    (await runBatches(ctx, of, told, everything)).data.every(({ state }) => state === 'done'),
  );
  await lanes.stop();
  const after = await runBatches(ctx, of, { delivered: false, read: false }, everything);
  expect(after.data.map(({ people, sent, delivered }) => [people, sent, delivered])).toEqual([
    [3, 3, null],
    [3, 3, null],
    [1, 1, null],
  ]);
  expect((await sandbox.stats()).accepted).toBe(7);
  expect(await runBatches(ctx, of, told, { from: 2, limit: 1 })).toMatchObject({
    data: [{ number: 2 }],
    next_from: 3,
  });
});

it('of a workspace with caps and quiet hours: each list with its people, whoever sleeps in none until they are sent', async () => {
  const { ctx, sandbox, contacts } = await aShopOn(base, 5);
  const hour = new Date().getUTCHours();
  const at = (hours: number) => `${String((hour + hours + 24) % 24).padStart(2, '0')}:00`;
  // it is night where one of them lives and day for the others
  await livesIn(ctx, contacts[0] as string, 'UTC');
  for (const contact of contacts.slice(1)) await livesIn(ctx, contact, 'Etc/GMT+12');
  await presses(ctx, {
    time_zone: 'UTC',
    frequency_caps: [{ purpose: 'marketing', max: 5, period_hours: 24 }],
    quiet_hours: quietHours.parse({ from: at(-2), to: at(4), expire_after_hours: 24 }),
  });
  const run = await anExpandedRun(ctx, sandbox, { batch: { size: 2, delay_seconds: 0 } });
  const of = { campaignId: run.campaignId, runId: run.runId };
  const lanes = testLanes(ctx);
  await until('all who are awake are sent', async () => (await sandbox.stats()).accepted === 4);
  await lanes.stop();
  const { data } = await runBatches(ctx, of, told, everything);
  expect(data.slice(0, 2).map(({ number, people, sent }) => [number, people, sent])).toEqual([
    [1, 2, 2],
    [2, 2, 2],
  ]);
  const asleep = ctx.db.selectFrom('deliveries').select(['state', 'batch']).where('run_id', '=', run.runId);
  expect(await asleep.where('contact_id', '=', contacts[0] as string).execute()).toEqual([
    { state: 'queued', batch: null },
  ]);
});

it('says when the next batch begins, and that a paused run stands still', async () => {
  const { ctx, sandbox } = await aShopOn(base, 4);
  const run = await anExpandedRun(ctx, sandbox, { batch: { size: 2, delay_seconds: 600 } });
  const of = { campaignId: run.campaignId, runId: run.runId };
  const lanes = testLanes(ctx);
  await until(
    'the first batch is through',
    async () => (await runBatches(ctx, of, told, everything)).data[1]?.state === 'pausing',
  );
  const { data, current } = await runBatches(ctx, of, told, everything);
  expect(current).toBe(2);
  expect(data[0]).toMatchObject({ state: 'done', sent: 2 });
  expect(Date.parse(data[1]?.begins_at ?? '')).toBeGreaterThan(ctx.clock.now().getTime());
  await pauseRun(ctx, run.runId);
  expect((await runBatches(ctx, of, told, everything)).data[1]).toMatchObject({
    state: 'stopped',
    people: 0,
  });
  await resumeRun(ctx, run.runId);
  await lanes.stop();
});

it('refuses a run that is not sent in batches, and a foreign one', async () => {
  const { ctx, sandbox } = await aShopOn(base, 1);
  const run = await anExpandedRun(ctx, sandbox);
  const of = { campaignId: run.campaignId, runId: run.runId };
  await expect(runBatches(ctx, of, told, everything)).rejects.toMatchObject({ code: 'ILLEGAL_MOVE' });
  const other = await aShopOn(base, 1);
  await expect(runBatches(other.ctx, of, told, everything)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
