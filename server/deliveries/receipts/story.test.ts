// Runs on WhatsApp from the lane to the statuses and back, over real HTTP: the emulator's own count is the truth.
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { markDoor } from '../../channels/door.ts';
import { manualClock } from '../../platform/clock.ts';
import { aWorkspace, inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import { aRun, runRow, testLanes, until } from '../../testing/engine.ts';
import { type TestNumber, testNumber } from '../../testing/whatsapp.ts';
import { syncTemplates } from '../../whatsapp-templates/sync.ts';
import { countStates, retryFailed } from '../runs/run.ts';
import { resendUnknownByPolicy } from '../settling/reconcile.ts';
import { startReceipts } from './worker.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true });
});

async function aNumber(ladder: object, people: number): Promise<{ ctx: TestCtx; number: TestNumber }> {
  const ctx = { ...inWorkspace(base, await aWorkspace(base)), config: { ...base.config } };
  const number = await testNumber(ctx, ladder);
  await number.people(people);
  const worker = startReceipts(ctx);
  onTestFinished(() => worker.stop());
  return { ctx, number };
}

test('every column is the emulator’s own: disorder, repetitions, statuses before the answer, failures told late', async () => {
  const people = 120;
  const { ctx, number } = await aNumber(
    {
      delivered_share: 0.9,
      read_share: 0.5,
      failed_share: 0.1,
      duplicates: 2,
      shuffle: true,
      batch: 7,
      before_answer: true,
      read_without_delivered: true,
    },
    people,
  );
  testLanes(ctx, 1000);
  const { runId } = await aRun(ctx, number.connectionId);
  await until('all statuses are told', async () => {
    const { accepted, webhooks } = await number.stats();
    return accepted === people && webhooks.pending === 0;
  });
  const { by_status, sent_twice } = await number.stats();
  expect(sent_twice).toBe(0);
  expect(by_status.failed).toBeGreaterThan(0);
  await until('they are worked in', async () => {
    const counts = await countStates(ctx, runId);
    return (
      counts.read === by_status.read &&
      counts.delivered === by_status.delivered &&
      (counts.failed ?? 0) === by_status.failed
    );
  });
  const counts = await countStates(ctx, runId);
  // who read it was never told of as delivered
  expect(counts.delivered).toBe(by_status.delivered);
  expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(people);
});

test('answers that are lost settle from the statuses, and nobody gets it twice', async () => {
  const people = 40;
  const { ctx, number } = await aNumber({ sent_ms: 300 }, people);
  await number.control('faults', { number: number.id, kind: 'reset_after', every: 2 });
  testLanes(ctx, 1000);
  const { runId } = await aRun(ctx, number.connectionId);
  await until('all are delivered', async () => (await countStates(ctx, runId)).delivered === people);
  expect(await number.stats()).toMatchObject({ accepted: people, sent_twice: 0, persons_reached: people });
  const { n } = await ctx.db
    .selectFrom('messages')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('connection_id', '=', number.connectionId)
    .where('external_id', 'is not', null)
    .executeTakeFirstOrThrow();
  expect(Number(n)).toBe(people);
});

test('while WhatsApp holds a template back nobody of its run gets it again, whatever is told of others', async () => {
  const people = 20;
  const { ctx, number } = await aNumber({ hold: true }, people);
  await number.control('templates', {
    name: 'spring_news',
    language: 'en',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'The spring catalogue is here for you today.' }],
  });
  await syncTemplates(ctx, number.connectionId);
  await number.control('faults', { kind: 'reset_after', template: 'spring_news', every: 2 });
  await markDoor(ctx);
  testLanes(ctx, 1000);
  const settings = { unknown: { resend_after_seconds: 1 } };
  const { runId } = await aRun(ctx, number.connectionId, { template: 'spring_news', settings });
  const counts = () => countStates(ctx, runId);
  await until('half of them are unknown', async () => (await counts()).unknown === people / 2);
  await until('the others are sent', async () => (await counts()).sent === people / 2);
  expect((await runRow(ctx, runId)).held_answer_at).toBeInstanceOf(Date);
  // plain text of the same number goes its way later, and is told of
  await ctx.db.updateTable('deliveries').set({ claimed_at: new Date(Date.now() - 10_000) }).where('run_id', '=', runId).execute(); // biome-ignore format: one thought
  const other = await aRun(ctx, number.connectionId);
  await until(
    'the others are told of',
    async () => (await countStates(ctx, other.runId)).delivered === people,
  );
  await markDoor(ctx);
  const later = { ...ctx, clock: manualClock(new Date(Date.now() + 8000)) };
  expect(await resendUnknownByPolicy(later)).toBe(0);
  expect(await counts()).toMatchObject({ unknown: people / 2, sent: people / 2 });
  await number.control('release', { deliver: true });
  await until('all are delivered', async () => (await counts()).delivered === people);
  expect(await number.stats()).toMatchObject({
    accepted: 2 * people,
    sent_twice: 0,
    persons_reached: people,
  });
});

test('a template that WhatsApp paused stops its campaign with the reason, and nothing else of the number', async () => {
  const { ctx, number } = await aNumber({}, 3);
  await number.control('faults', { number: number.id, kind: 'error', code: 132015, count: 5 });
  testLanes(ctx, 1000);
  const { runId, campaignId } = await aRun(ctx, number.connectionId);
  await until('the run is paused', async () => (await runRow(ctx, runId)).status === 'paused');
  await until('the campaign says why', async () => {
    const { status_reason } = await ctx.db.selectFrom('campaigns').select('status_reason').where('id', '=', campaignId).executeTakeFirstOrThrow(); // biome-ignore format: one thought
    return status_reason !== null && /paused/i.test(status_reason);
  });
  await until('nobody is under way', async () => (await countStates(ctx, runId)).queued === 3);
  const { status } = await ctx.db.selectFrom('connections').select('status').where('id', '=', number.connectionId).executeTakeFirstOrThrow(); // biome-ignore format: one thought
  expect(status).toBe('connected');
  const { rows } = { rows: await ctx.db.selectFrom('delivery_attempts').select('outcome').execute() };
  expect(new Set(rows.map((row) => row.outcome))).toContain('stopped');
});

test('a template that is paused by word of a status stops the run, and whoever failed by it is tried again', async () => {
  const people = 60;
  const { ctx, number } = await aNumber({}, people);
  await number.control('faults', { number: number.id, kind: 'error', code: 132015, async: true });
  const lanes = testLanes(ctx, 20);
  const { runId } = await aRun(ctx, number.connectionId);
  await until('the run waits for a person', async () => (await runRow(ctx, runId)).status === 'paused');
  await lanes.stop();
  await until('all statuses are worked in', async () => {
    const { sent = 0, sending = 0 } = await countStates(ctx, runId);
    return sent + sending === 0;
  });
  const { failed = 0, queued = 0 } = await countStates(ctx, runId);
  expect(failed).toBeGreaterThan(0);
  expect(queued).toBeGreaterThan(0);
  expect(failed + queued).toBe(people);
  expect(await retryFailed(inWorkspace(ctx, ctx.actor.workspaceId), runId)).toBe(failed);
});
