// How fast lanes send, judged by the emulator: it enforces the limits and has its own clock for when a message came in.
import { beforeAll, describe, expect, it } from 'vitest';
import { changeConnection } from '../../channels/change-connection.ts';
import { settableClock } from '../../platform/clock.ts';
import { newId } from '../../platform/db/ids.ts';
import { aContact, type TestCtx, testCtx } from '../../testing/context.ts';
import { aRun, aShopOn, claimedOfRun, runRow, testLanes, until } from '../../testing/engine.ts';
import type { TestSandbox } from '../../testing/sandbox.ts';
import { runReport } from '../reports/report.ts';
import { countStates } from '../runs/run.ts';
import { enqueueDelivery } from '../sending/enqueue.ts';
import { connectionLimits } from './limits.ts';
import { readWarmUp } from './warm-up.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true });
});

const sentOf = async (ctx: TestCtx, runId: string) => (await countStates(ctx, runId)).sent ?? 0;
/** The moments at which messages came in, by the emulator's clock. */
async function arrivals(sandbox: TestSandbox): Promise<number[]> {
  const { by_chat, last_at_by_chat } = await sandbox.stats();
  return Object.entries(last_at_by_chat)
    .filter(([id]) => (by_chat[id] ?? 0) > 0)
    .map(([, at]) => at)
    .sort((a, b) => a - b);
}
/** From now on the bot has limits, which the emulator enforces. */
const withLimits = (sandbox: TestSandbox, limits: object) =>
  sandbox.control(`bots/${sandbox.botId}`, { limits }, 'PATCH');

describe('the platform’s limits', () => {
  it('are used fully and never met: 150 people at 30 per second, not one 429', async () => {
    const { ctx, sandbox } = await aShopOn(base, 150);
    await withLimits(sandbox, {});
    const lanes = testLanes(ctx);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('all are sent', async () => (await sentOf(ctx, runId)) === 150);
    await lanes.stop();
    expect(await sandbox.stats()).toMatchObject({ accepted: 150, rate_limited: 0, duplicates_total: 0 });
  });

  it('a 429 stops the bot for exactly as long as it says, and everybody is reached once', async () => {
    const { ctx, sandbox } = await aShopOn(base, 40);
    const lanes = testLanes(ctx, 30);
    await sandbox.control('faults', { kind: 'flood', bot: sandbox.botId, count: 1, retry_after: 2 });
    const { runId, campaignId } = await aRun(ctx, sandbox.connectionId);
    await until(
      'the 429 is known',
      async () => (await connectionLimits(ctx, sandbox.connectionId)).rate_limited.until !== null,
    );
    const limits = await connectionLimits(ctx, sandbox.connectionId);
    expect(limits.rate_limited).toMatchObject({ last_hour: 1 });
    const freezeMs = Date.parse(limits.rate_limited.until!) - Date.parse(limits.rate_limited.last_at!);
    expect(freezeMs).toBe(2000);
    expect((await runReport(ctx, campaignId, 30)).wait).toMatchObject({ reason: 'rate_limited' });
    await until('all are sent', async () => (await sentOf(ctx, runId)) === 40);
    await lanes.stop();
    const freeAt = Date.parse(limits.rate_limited.until!);
    const times = await arrivals(sandbox);
    // what was under way when the 429 came still arrived; then nothing until its end
    expect(times.filter((at) => at > freeAt - 1700 && at < freeAt - 20)).toEqual([]);
    expect(await sandbox.stats()).toMatchObject({ accepted: 40, duplicates_total: 0 });
  });

  it('a 429 of a group stops that group alone', async () => {
    const { ctx, sandbox } = await aShopOn(base, 30);
    const group = await sandbox.control<{ id: number }>('groups', {
      type: 'supergroup',
      title: 'Club',
      owner: 100_000,
      bot: sandbox.botId,
      admin: true,
    });
    await aContact(ctx, { firstName: 'Club', connectionId: sandbox.connectionId, address: String(group.id) });
    await sandbox.control('faults', {
      kind: 'flood',
      bot: sandbox.botId,
      chat: group.id,
      count: 1,
      retry_after: 600,
    });
    const lanes = testLanes(ctx, 200);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('the people are reached', async () => (await sentOf(ctx, runId)) === 30);
    const groupRow = () =>
      ctx.db
        .selectFrom('deliveries')
        .select(['state', 'due_at', 'claimed_at', 'detail'])
        .where('run_id', '=', runId)
        .where('address', '=', String(group.id))
        .executeTakeFirstOrThrow();
    await until('the group has refused', async () => (await groupRow()).detail !== null);
    await lanes.stop();
    const limits = await connectionLimits(ctx, sandbox.connectionId);
    expect(limits).toMatchObject({ allowed_per_second: 30, learned_per_second: null });
    expect(limits.rate_limited).toMatchObject({ last_hour: 1, until: null });
    const row = await groupRow();
    expect(row.state).toBe('queued');
    expect(row.due_at.getTime() - row.claimed_at!.getTime()).toBeGreaterThanOrEqual(600_000);
  });

  it('what was learned survives the lane, and is shown', async () => {
    const { ctx, sandbox } = await aShopOn(base, 12);
    await sandbox.control('faults', { kind: 'flood', bot: sandbox.botId, count: 1, retry_after: 1 });
    const first = testLanes(ctx);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('all are sent', async () => (await sentOf(ctx, runId)) === 12);
    await first.stop();
    const learned = (await connectionLimits(ctx, sandbox.connectionId)).learned_per_second!;
    expect(learned).toBeGreaterThanOrEqual(21);
    expect(learned).toBeLessThan(30);
    const second = testLanes(ctx);
    await aRun(ctx, sandbox.connectionId, { text: 'Again' });
    await until('another lane has it', async () => second.owned().includes(sandbox.connectionId));
    await second.stop();
    expect((await connectionLimits(ctx, sandbox.connectionId)).allowed_per_second).toBeGreaterThanOrEqual(
      learned,
    );
    expect((await connectionLimits(ctx, sandbox.connectionId)).allowed_per_second).toBeLessThan(30);
  });
});

describe('a reply during a broadcast', () => {
  it('takes the next token: it does not wait behind the hundreds before it', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 60);
    const lanes = testLanes(ctx, 5);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('it is under way', async () => (await sentOf(ctx, runId)) >= 3);
    const before = (await sandbox.stats()).accepted;
    const { id } = await enqueueDelivery(ctx, {
      contactId: contacts[59] as string,
      connectionId: sandbox.connectionId,
      source: 'reply',
      content: { text: 'Yes, we are open' },
      authorId: null,
    });
    const state = ctx.db.selectFrom('deliveries').select('state').where('id', '=', id);
    await until('it is sent', async () => (await state.executeTakeFirstOrThrow()).state === 'sent');
    expect((await sandbox.stats()).accepted - before).toBeLessThanOrEqual(4);
    await lanes.stop();
  });
});

describe('batches', () => {
  it('have their delay between them by the emulator’s clock, also across a change of owner and a crash', async () => {
    const { ctx, sandbox } = await aShopOn(base, 14);
    const batch = { size: 5, delay_seconds: 2 };
    const first = testLanes(ctx, 500);
    const { runId, campaignId } = await aRun(ctx, sandbox.connectionId, { settings: { batch } });
    await until('the first batch is sent', async () => (await sentOf(ctx, runId)) === 5);
    expect(await runReport(ctx, campaignId, 30)).toMatchObject({
      batch: { number: 2, of: 3, size: 5, delay_seconds: 2 },
      wait: { reason: 'batch' },
    });
    await first.stop();
    const second = testLanes(ctx, 500);
    await until('the second batch is sent', async () => (await sentOf(ctx, runId)) === 10);
    await second.stop();
    const pauseIsOver = async () => Date.now() > (await runRow(ctx, runId)).batch_due_at!.getTime();
    await until('the pause is over', pauseIsOver);
    // a node that dies with the third batch claimed: its rows are unknown, the batch is not sent anew
    await claimedOfRun(ctx, runId, newId(), 3);
    const third = testLanes(ctx, 500);
    await until('it is through', async () => (await runRow(ctx, runId)).status === 'finished');
    await third.stop();
    expect(await countStates(ctx, runId)).toMatchObject({ sent: 11, unknown: 3 });
    const times = await arrivals(sandbox);
    expect(times[5]! - times[4]!).toBeGreaterThanOrEqual(2000);
    for (const at of times)
      expect(times.filter((t) => t >= at && t < at + 2000).length).toBeLessThanOrEqual(5);
    expect(await sandbox.stats()).toMatchObject({ accepted: 11, duplicates_total: 0 });
    expect((await runRow(ctx, runId)).batch).toBeGreaterThanOrEqual(3);
  });

  it('a pause after the last message does not keep the run open', async () => {
    const { ctx, sandbox } = await aShopOn(base, 4);
    testLanes(ctx, 500);
    const { runId } = await aRun(ctx, sandbox.connectionId, {
      settings: { batch: { size: 4, delay_seconds: 86_400 } },
    });
    await until('it is finished', async () => (await runRow(ctx, runId)).status === 'finished');
  });

  it('a run that waits a day between batches says when it is through', async () => {
    const { ctx, sandbox } = await aShopOn(base, 9);
    const lanes = testLanes(ctx, 500);
    const { runId, campaignId } = await aRun(ctx, sandbox.connectionId, {
      settings: { batch: { size: 4, delay_seconds: 86_400 } },
    });
    await until('the first batch is sent', async () => (await sentOf(ctx, runId)) === 4);
    await until('its end is written', async () => (await runRow(ctx, runId)).batch === 2);
    const report = await runReport(ctx, campaignId, 30);
    const pause = (await runRow(ctx, runId)).batch_due_at!.getTime();
    expect(Date.parse(report.finish_at!) - pause).toBeGreaterThanOrEqual(86_400_000);
    expect(Date.parse(report.finish_at!) - pause).toBeLessThan(86_402_000);
    expect(report.wait).toEqual({ reason: 'batch', until: new Date(pause).toISOString() });
    await lanes.stop();
  });
});

describe('a warm-up plan', () => {
  it('holds the day’s limit whoever sends, goes on the next day, and a change to summer time is one day', async () => {
    // London changes to summer time in the night to Sunday 29 March 2026: that day has 23 hours
    const clock = settableClock(new Date('2026-03-28T23:10:00Z'));
    const { ctx, sandbox, contacts } = await aShopOn({ ...base, clock }, 20);
    const { connectionId } = sandbox;
    await changeConnection(ctx, connectionId, { warm_up: { day_limits: [5, 7] } });
    const plan = await readWarmUp(ctx, ctx.actor.workspaceId, connectionId);
    expect(plan).toMatchObject({ startedOn: '2026-03-28', day: 1, usedToday: 0 });
    expect(plan.days.map((day) => new Date(day.endsAtMs).toISOString())).toEqual([
      '2026-03-29T00:00:00.000Z',
      '2026-03-29T23:00:00.000Z',
    ]);
    let lanes = testLanes(ctx, 500);
    const { runId, campaignId } = await aRun(ctx, connectionId);
    await until('the day is used up', async () => (await sentOf(ctx, runId)) === 5);
    // replies are no campaign messages
    const reply = await enqueueDelivery(ctx, {
      contactId: contacts[19] as string,
      connectionId,
      source: 'reply',
      content: { text: 'Hello' },
      authorId: null,
    });
    const replied = ctx.db.selectFrom('deliveries').select('state').where('id', '=', reply.id);
    await until('the reply is sent', async () => (await replied.executeTakeFirstOrThrow()).state === 'sent');
    expect(await countStates(ctx, runId)).toEqual(expect.objectContaining({ sent: 5, queued: 15 }));
    expect((await runReport(ctx, campaignId, 30)).wait).toEqual({
      reason: 'warm_up',
      until: '2026-03-29T00:00:00.000Z',
    });
    const limits = await connectionLimits(ctx, connectionId);
    expect(limits.warm_up).toMatchObject({
      day: 1,
      limit_today: 5,
      used_today: 5,
      time_zone: 'Europe/London',
      resumes_at: '2026-03-29T00:00:00.000Z',
    });
    // 7 on the second day, the last 3 once the plan is over
    expect(limits.finish_at).toMatch(/^2026-03-29T23:00:00/);
    expect((await runReport(ctx, campaignId, 30)).finish_at).toMatch(/^2026-03-29T23:00:00/);
    await lanes.stop();
    lanes = testLanes(ctx, 500);
    clock.set(new Date('2026-03-29T00:00:30Z'));
    await until('the second day is used up', async () => (await sentOf(ctx, runId)) === 12);
    clock.set(new Date('2026-03-29T22:59:30Z'));
    await until(
      'the lane has looked',
      async () => (await readWarmUp(ctx, ctx.actor.workspaceId, connectionId)).usedToday === 7,
    );
    expect(await sentOf(ctx, runId)).toBe(12);
    clock.set(new Date('2026-03-29T23:00:01Z'));
    await until('the rest is sent', async () => (await sentOf(ctx, runId)) === 20);
    await lanes.stop();
    expect(await sandbox.stats()).toMatchObject({ accepted: 21, duplicates_total: 0 });
  });

  it('of another day cannot begin in the future, and ending it sends at once', async () => {
    const { ctx, sandbox } = await aShopOn(base, 4);
    const { connectionId } = sandbox;
    await expect(
      changeConnection(ctx, connectionId, { warm_up: { day_limits: [1], started_on: '2999-01-01' } }),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ pointer: '/warm_up/started_on' }] });
    await changeConnection(ctx, connectionId, { warm_up: { day_limits: [1] } });
    testLanes(ctx, 500);
    const { runId } = await aRun(ctx, connectionId);
    await until('the day is used up', async () => (await sentOf(ctx, runId)) === 1);
    await changeConnection(ctx, connectionId, { warm_up: null });
    await until('the rest is sent', async () => (await sentOf(ctx, runId)) === 4);
  });
});

describe('a paid broadcast', () => {
  it('goes faster than the free rate, without a 429, and says so', async () => {
    const { ctx, sandbox } = await aShopOn(base, 300);
    await withLimits(sandbox, { stars: 50_000 });
    const lanes = testLanes(ctx);
    const { runId, campaignId } = await aRun(ctx, sandbox.connectionId, {
      settings: { paid_broadcast: true },
    });
    expect(await runReport(ctx, campaignId, 30)).toMatchObject({ rate_limit_per_second: 1000 });
    expect((await connectionLimits(ctx, sandbox.connectionId)).paid_broadcast).toEqual({
      per_second: 1000,
      active: true,
    });
    await until('all are sent', async () => (await sentOf(ctx, runId)) === 300);
    await lanes.stop();
    const stats = await sandbox.stats();
    expect(stats).toMatchObject({ accepted: 300, rate_limited: 0, duplicates_total: 0 });
    // the emulator charges only what is above the free 30 a second: something was
    expect(stats.stars_spent).toBeGreaterThan(0);
  });

  it('without Stars is soon down at the free rate, and still reaches everybody once', async () => {
    const { ctx, sandbox } = await aShopOn(base, 60);
    await withLimits(sandbox, { stars: 0 });
    const lanes = testLanes(ctx);
    const { runId } = await aRun(ctx, sandbox.connectionId, { settings: { paid_broadcast: true } });
    await until('all are sent', async () => (await sentOf(ctx, runId)) === 60, 40_000);
    await lanes.stop();
    expect(await sandbox.stats()).toMatchObject({ accepted: 60, duplicates_total: 0, stars_spent: 0 });
  });
});

it('the limits of a connection of nobody are not found', async () => {
  await expect(connectionLimits(base, newId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
