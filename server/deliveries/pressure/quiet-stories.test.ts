// Quiet hours from launch to the last message: real lanes, the emulator over HTTP, and a clock that the story sets.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { quietHours } from '../../../contract/pressure.ts';
import { aContact, type TestCtx, testCtx } from '../../testing/context.ts';
import { anExpandedRun, aRun, aShopOn, runRow, testLanes, until } from '../../testing/engine.ts';
import type { TestSandbox } from '../../testing/sandbox.ts';
import { runReport } from '../reports/report.ts';
import { expandChunk } from '../runs/expand.ts';
import { countAudience } from '../runs/reach.ts';
import { countStates, pauseRun, resumeRun } from '../runs/run.ts';
import { enqueueDelivery } from '../sending/enqueue.ts';
import { quietWaves } from './quiet-rows.ts';
import { livesIn, presses, wallClock } from './testing-pressure.ts';

const clock = wallClock('2026-06-01T12:00:00Z');
const night = quietHours.parse({ from: '21:00', to: '09:00' });
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true, clock });
});
beforeEach(() => clock.set('2026-06-01T12:00:00Z'));

const states = (ctx: TestCtx, runId: string) => countStates(ctx, runId);
const sentIs = (ctx: TestCtx, runId: string, n: number) =>
  until(`${n} are sent`, async () => (await states(ctx, runId)).sent === n);
const chatsOf = async (sandbox: TestSandbox) =>
  Object.entries((await sandbox.stats()).by_chat)
    .filter(([, count]) => count > 0)
    .map(([chat]) => chat)
    .sort();

/** London 22:30 (workspace), Tokyo 06:30, Kolkata 03:00, New York 17:30. */
const londonEvening = '2026-06-01T21:30:00Z';

describe('a broadcast in the evening', () => {
  it('reaches whoever is awake at once and everybody else when their own night is over', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 5);
    await livesIn(ctx, contacts[0], 'Asia/Tokyo');
    await livesIn(ctx, contacts[1], 'America/New_York');
    await livesIn(ctx, contacts[2], 'Asia/Kolkata');
    await livesIn(ctx, contacts[3], 'Mars/Olympus'); // nobody knows it: the workspace's own clock
    await presses(ctx, { quiet_hours: night });
    clock.set(londonEvening);
    const count = await countAudience(
      ctx,
      {
        audience: { all: true },
        connection: { id: sandbox.connectionId, channel: 'telegram' },
        settings: {},
      },
      clock.now(),
    );
    expect(count).toMatchObject({ reachable: 5, in_quiet_hours: 4, quiet_until: '2026-06-02T08:00:00.000Z' });
    const { runId, campaignId } = await aRun(ctx, sandbox.connectionId);
    const lanes = testLanes(ctx, 500);
    await sentIs(ctx, runId, 1);
    expect(await chatsOf(sandbox)).toEqual(['100001']);
    const report = await runReport(ctx, campaignId, 30);
    expect(report).toMatchObject({
      planned: 5,
      sent: 1,
      queued: 4,
      quiet: { waiting: 4, next_at: '2026-06-02T00:00:00.000Z', until: '2026-06-02T08:00:00.000Z' },
    });
    // two in London at 08:00, at 30 a second
    expect(report.finish_at).toBe('2026-06-02T08:00:00.066Z');
    clock.set('2026-06-01T23:58:00Z');
    await oneMoreLook(ctx, sandbox, contacts[1]);
    expect((await states(ctx, runId)).sent).toBe(1);
    clock.set('2026-06-02T00:00:00Z');
    await sentIs(ctx, runId, 2);
    clock.set('2026-06-02T03:30:00Z');
    await sentIs(ctx, runId, 3);
    expect((await runRow(ctx, runId)).status).toBe('active');
    clock.set('2026-06-02T08:00:00Z');
    await sentIs(ctx, runId, 5);
    await until('the run is finished', async () => (await runRow(ctx, runId)).status === 'finished');
    await lanes.stop();
    expect(await sandbox.stats()).toMatchObject({ accepted: 6, duplicates_total: 0 });
    const rows = await rowsOf(ctx, runId);
    // waiting was no try
    expect(rows.map((row) => row.attempts)).toEqual([1, 1, 1, 1, 1]);
    expect((await runReport(ctx, campaignId, 30)).quiet).toBeNull();
  });

  it('goes on for the others when the evening begins in the middle of it', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 8);
    for (const id of contacts.slice(0, 5)) await livesIn(ctx, id, 'Europe/Berlin');
    for (const id of contacts.slice(5)) await livesIn(ctx, id, 'America/New_York');
    await presses(ctx, { quiet_hours: night });
    clock.set('2026-06-01T18:00:00Z');
    const { runId } = await anExpandedRun(ctx, sandbox);
    expect(await states(ctx, runId)).toEqual({ queued: 8 });
    clock.set('2026-06-01T19:30:00Z'); // Berlin 21:30
    const lanes = testLanes(ctx, 4);
    await sentIs(ctx, runId, 3);
    await lanes.stop();
    expect(await chatsOf(sandbox)).toEqual(['100005', '100006', '100007']);
    const waiting = (await rowsOf(ctx, runId)).filter((row) => row.state === 'queued');
    expect(
      waiting.map((row) => [row.due_at.toISOString(), row.quiet_since?.toISOString().slice(0, 16)]),
    ).toEqual(Array(5).fill(['2026-06-02T07:00:00.000Z', '2026-06-01T19:30']));
    expect(waiting.map((row) => [row.attempts, row.claim])).toEqual(Array(5).fill([0, null]));
  });
});

describe('a message that may not wait so long', () => {
  it('is skipped with the reason, is counted so beforehand, and the run comes to its end', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 3);
    await livesIn(ctx, contacts[0], 'America/New_York');
    await livesIn(ctx, contacts[1], 'Asia/Tokyo');
    await presses(ctx, { quiet_hours: { ...night, expire_after_hours: 3 } });
    clock.set(londonEvening);
    const { runId, campaignId } = await aRun(ctx, sandbox.connectionId);
    await until('it is expanded', async () => (await runRow(ctx, runId)).expanded_at !== null);
    // Tokyo waits 2 h 30 min, London would wait 10 h 30 min
    expect(await states(ctx, runId)).toEqual({ queued: 2, skipped: 1 });
    const lanes = testLanes(ctx, 500);
    await sentIs(ctx, runId, 1);
    clock.set('2026-06-02T00:00:00Z');
    await until('the run is finished', async () => (await runRow(ctx, runId)).status === 'finished');
    await lanes.stop();
    const report = await runReport(ctx, campaignId, 30);
    expect(report).toMatchObject({ planned: 3, sent: 2, skipped: 1 });
    expect(report.skips).toMatchObject([{ code: 'quiet_hours_expired', count: 1 }]);
  });

  it('held through a second night, is given up by the claim', async () => {
    const { ctx, sandbox } = await aShopOn(base, 2);
    await presses(ctx, { quiet_hours: night });
    clock.set(londonEvening);
    const { runId } = await anExpandedRun(ctx, sandbox);
    expect(await states(ctx, runId)).toEqual({ queued: 2 });
    // nothing ran all day: the next morning lies 34 h 30 min after the message could first have gone
    clock.set('2026-06-02T20:00:00Z');
    const lanes = testLanes(ctx, 500);
    await until('the run is finished', async () => (await runRow(ctx, runId)).status === 'finished');
    await lanes.stop();
    expect((await rowsOf(ctx, runId)).map((row) => [row.state, row.reason, row.attempts])).toEqual([
      ['skipped', 'quiet_hours_expired', 0],
      ['skipped', 'quiet_hours_expired', 0],
    ]);
    expect((await sandbox.stats()).accepted).toBe(0);
  });
});

describe('quiet hours do not hold', () => {
  it('a reply, nor a test, nor a campaign that is exempt', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 2);
    await presses(ctx, { quiet_hours: night });
    clock.set(londonEvening);
    const lanes = testLanes(ctx, 500);
    for (const source of ['reply', 'test'] as const)
      await enqueueDelivery(ctx, {
        source,
        contactId: contacts[source === 'reply' ? 0 : 1] as string,
        connectionId: sandbox.connectionId,
        content: { text: source },
        authorId: null,
      });
    await until('both arrived', async () => (await sandbox.stats()).accepted === 2);
    const { runId } = await aRun(ctx, sandbox.connectionId, {
      settings: { purpose: 'service', pressure: { ignore_caps: false, ignore_quiet_hours: true } },
    });
    await sentIs(ctx, runId, 2);
    await lanes.stop();
  });

  it('anybody any more once they are switched off', async () => {
    const { ctx, sandbox } = await aShopOn(base, 3);
    await presses(ctx, { quiet_hours: night });
    clock.set(londonEvening);
    const { runId } = await anExpandedRun(ctx, sandbox);
    const lanes = testLanes(ctx, 500);
    expect((await states(ctx, runId)).sent ?? 0).toBe(0);
    await presses(ctx, { quiet_hours: null });
    await sentIs(ctx, runId, 3);
    await lanes.stop();
  });
});

it('a run that was paused over the beginning of the night waits for the morning when it is resumed', async () => {
  const { ctx, sandbox } = await aShopOn(base, 4);
  await presses(ctx, { quiet_hours: night });
  const { runId } = await anExpandedRun(ctx, sandbox);
  expect(await pauseRun(ctx, runId)).toBe(true);
  clock.set(londonEvening);
  await resumeRun(ctx, runId);
  const lanes = testLanes(ctx, 500);
  await until('all are put off', async () =>
    (await rowsOf(ctx, runId)).every((row) => row.due_at.toISOString() === '2026-06-02T08:00:00.000Z'),
  );
  expect((await sandbox.stats()).accepted).toBe(0);
  clock.set('2026-06-02T08:00:00Z');
  await sentIs(ctx, runId, 4);
  await lanes.stop();
});

it('somebody who was erased while their message was out is no reason for the run to stay open', async () => {
  const { ctx, sandbox, contacts } = await aShopOn(base, 2);
  await presses(ctx, { quiet_hours: night });
  const { runId } = await anExpandedRun(ctx, sandbox);
  await ctx.db
    .deleteFrom('contacts')
    .where('id', '=', contacts[0] as string)
    .execute();
  const lanes = testLanes(ctx, 500);
  await until('the run is finished', async () => (await runRow(ctx, runId)).status === 'finished');
  await lanes.stop();
  expect((await rowsOf(ctx, runId)).map((row) => [row.state, row.reason]).sort()).toEqual([
    ['sent', null],
    ['skipped', 'contact_erased'],
  ]);
});

it('the expansion is safe to repeat while people wait', async () => {
  const { ctx, sandbox } = await aShopOn(base, 5);
  await presses(ctx, { quiet_hours: night });
  clock.set(londonEvening);
  await aContact(ctx, { optedOut: true });
  const { runId } = await anExpandedRun(ctx, sandbox);
  await ctx.db.updateTable('runs').set({ expanded_at: null, expand_cursor: null }).where('id', '=', runId).execute(); // biome-ignore format: one step
  await expandChunk(ctx, { workspaceId: ctx.actor.workspaceId, runId }, 2);
  expect(await states(ctx, runId)).toEqual({ queued: 5, skipped: 1 });
});

it('figures of very many who wait may be kept for a moment, and a wave that has begun is not among them', async () => {
  const { ctx, sandbox, contacts } = await aShopOn(base, 3);
  await livesIn(ctx, contacts[0], 'Asia/Tokyo');
  await presses(ctx, { quiet_hours: night });
  clock.set(londonEvening);
  const { runId } = await anExpandedRun(ctx, sandbox);
  const shown = async () => (await quietWaves(ctx, runId, 3)).map((wave) => [wave.at.toISOString(), wave.n]);
  const tokyo = ['2026-06-02T00:00:00.000Z', 1];
  const london = ['2026-06-02T08:00:00.000Z', 2];
  expect(await shown()).toEqual([tokyo, london]);
  await ctx.db.updateTable('deliveries').set({ state: 'cancelled' }).where('run_id', '=', runId).execute();
  expect(await shown()).toEqual([tokyo, london]);
  clock.set('2026-06-02T00:00:00Z');
  expect((await quietWaves(ctx, runId)).map((wave) => wave.n)).toEqual([2]);
});

async function rowsOf(ctx: TestCtx, runId: string) {
  return ctx.db.selectFrom('deliveries').selectAll().where('run_id', '=', runId).orderBy('id').execute();
}

/** Through the same lane: once a reply is sent, the lane has looked and claimed again. */
async function oneMoreLook(ctx: TestCtx, sandbox: TestSandbox, contactId: string | undefined) {
  const before = (await sandbox.stats()).accepted;
  await enqueueDelivery(ctx, {
    source: 'reply',
    contactId: contactId as string,
    connectionId: sandbox.connectionId,
    content: { text: 'Good night' },
    authorId: null,
  });
  await until('the reply arrived', async () => (await sandbox.stats()).accepted > before);
}
