// The breaker through real lanes against the emulator's bad days; pauses pass on a clock that is moved by hand.
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { toCircuit } from '../../channels/connection.ts';
import { systemClock } from '../../platform/clock.ts';
import { inTransaction } from '../../platform/context.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { aRun, aShopOn, runRow, testLanes, until } from '../../testing/engine.ts';
import type { TestSandbox } from '../../testing/sandbox.ts';
import { maxAttempts } from '../delivery.ts';
import { runReport } from '../reports/report.ts';
import { countStates, resumeRun } from '../runs/run.ts';
import { holdCircuits, keepCircuit, storedCircuit, tryCircuitNow } from './keep-circuit.ts';

/** How far the clocks of this file run ahead. */
let aheadMs = 0;
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({
    work: true,
    clock: {
      ...systemClock,
      now: () => new Date(Date.now() + aheadMs),
      elapsedMs: () => performance.now() + aheadMs,
    },
  });
});
const later = (ms: number) => {
  aheadMs += ms;
};
const wallMs = () => Date.now() + aheadMs;

/**
 * Lets pass what somebody waits for: up to the next moment that is written down, else a little. Steps without an aim would be
 * a clock that runs away from the lane: to it that is a process that stood still, and it gives back what it has just taken.
 */
async function timePasses(ctx: TestCtx, connectionId: string): Promise<void> {
  const { rows } = await sql<{ at: Date | null }>`
    SELECT min(at) AS at FROM (
      SELECT circuit_probe_at AS at FROM connections WHERE id = ${connectionId} AND circuit = 'open'
      UNION ALL
      SELECT min(due_at) FROM deliveries WHERE connection_id = ${connectionId} AND state = 'queued'
        AND (SELECT circuit FROM connections WHERE id = ${connectionId}) <> 'open'
    ) AS waits WHERE at > ${new Date(wallMs())}`.execute(ctx.db);
  later(rows[0]?.at ? rows[0].at.getTime() - wallMs() + 1 : 100);
}

async function aStory(people: number) {
  const { ctx, sandbox } = await aShopOn(base, people);
  const row = () =>
    ctx.db
      .selectFrom('connections')
      .selectAll()
      .where('id', '=', sandbox.connectionId)
      .executeTakeFirstOrThrow();
  return {
    ctx,
    sandbox,
    row,
    start: () => aRun(ctx, sandbox.connectionId),
    circuit: async () => storedCircuit(await row()),
    is: (state: string) => until(`the circuit is ${state}`, async () => (await row()).circuit === state),
    /** Lets the pauses pass until the circuit is in that state. */
    async becomes(state: string) {
      await until(`the circuit becomes ${state}`, async () => {
        if ((await row()).circuit === state) return true;
        await timePasses(ctx, sandbox.connectionId);
        return false;
      });
    },
    allSent: (runId: string, count: number) =>
      until('all are sent', async () => {
        await timePasses(ctx, sandbox.connectionId);
        return (await countStates(ctx, runId)).sent === count;
      }),
  };
}
const fault = (sandbox: TestSandbox, kind: string, more: object = {}) =>
  sandbox.control('faults', { kind, bot: sandbox.botId, ...more });
const mend = (sandbox: TestSandbox) => sandbox.control('faults', undefined, 'DELETE');
const waiting = async (ctx: TestCtx, runId: string) =>
  (
    await ctx.db
      .selectFrom('deliveries')
      .select(['state', sql<number>`attempts - uncounted`.as('counted')])
      .where('run_id', '=', runId)
      .execute()
  ).filter((row) => row.state === 'queued');
describe('a storm of lost answers', () => {
  it('makes at most ten people and those under way unknown, then stops; the rest is sent once it is over', async () => {
    const { ctx, sandbox, start, circuit, is, becomes, allSent } = await aStory(300);
    await fault(sandbox, 'reset_after');
    const lanes = testLanes(ctx, 1000);
    const { runId, campaignId } = await start();
    await is('open');
    await until('nothing is under way', async () => ((await countStates(ctx, runId)).sending ?? 0) === 0);
    const counts = await countStates(ctx, runId);
    // ten, and the calls that were under way at that moment
    expect(counts.unknown).toBeGreaterThanOrEqual(10);
    expect(counts.unknown).toBeLessThanOrEqual(10 + 64);
    expect(counts.queued).toBe(300 - (counts.unknown ?? 0));
    expect((await sandbox.stats()).accepted).toBe(counts.unknown);
    expect((await circuit()).reason).toMatch(/^10 messages went unanswered/);
    const report = await runReport(ctx, campaignId, 30);
    expect(report.circuit).toMatchObject({ state: 'open', reason: expect.stringMatching(/unanswered/) });
    expect(report.finish_at).toBeNull();
    // while it lasts, each trial costs one person at most: the call that reaches nobody works, the message does not
    await becomes('half_open');
    await becomes('open');
    const after = await countStates(ctx, runId);
    expect(after.unknown).toBeLessThanOrEqual((counts.unknown ?? 0) + 3);
    await mend(sandbox);
    await becomes('closed');
    const lost = (await countStates(ctx, runId)).unknown ?? 0;
    await allSent(runId, 300 - lost);
    await lanes.stop();
    expect(await sandbox.stats()).toMatchObject({ accepted: 300, duplicates_total: 0 });
    expect((await runReport(ctx, campaignId, 30)).circuit).toBeNull();
  });

  it('is not what forty people are who have blocked the bot', async () => {
    const { ctx, sandbox, start, row } = await aStory(60);
    for (let user = 100_000; user < 100_040; user++)
      await sandbox.control('state', { bot: sandbox.botId, user, state: 'blocked' });
    const lanes = testLanes(ctx, 500);
    const { runId } = await start();
    await until('it is through', async () => {
      const counts = await countStates(ctx, runId);
      return (counts.sent ?? 0) + (counts.failed ?? 0) === 60;
    });
    await lanes.stop();
    expect((await row()).circuit).toBe('closed');
  });
});

describe('a platform that fails', () => {
  it('with 5xx for a long time burns nobody’s tries, and nobody fails', async () => {
    const { ctx, sandbox, start, is, becomes, allSent } = await aStory(80);
    await fault(sandbox, 'http_502');
    const lanes = testLanes(ctx, 500);
    const { runId } = await start();
    await is('open');
    // far more trials than a message has tries
    for (let trial = 0; trial < maxAttempts + 4; trial++) {
      await becomes('half_open');
      await becomes('open');
    }
    // asked in one: the next trial may begin between two questions
    await until(
      'all eighty wait, nobody has failed',
      async () => (await countStates(ctx, runId)).queued === 80,
    );
    expect(Math.max(...(await waiting(ctx, runId)).map((row) => row.counted))).toBeLessThanOrEqual(2);
    await mend(sandbox);
    await becomes('closed');
    await allSent(runId, 80);
    await lanes.stop();
    expect(await sandbox.stats()).toMatchObject({ accepted: 80, duplicates_total: 0 });
  });

  it('for longer than a quarter of an hour pauses its campaigns with the reason, and a person goes on', async () => {
    const { ctx, sandbox, start, is, becomes, circuit, row, allSent } = await aStory(40);
    await fault(sandbox, 'http_500', { methods: ['*'] });
    const lanes = testLanes(ctx, 500);
    const { runId, campaignId } = await start();
    await is('open');
    await holdCircuits(ctx);
    expect((await runRow(ctx, runId)).status).toBe('active');
    later(15 * 60_000);
    await holdCircuits(ctx);
    expect((await runRow(ctx, runId)).status).toBe('paused');
    const campaign = () =>
      ctx.db
        .selectFrom('campaigns')
        .select(['status', 'status_reason'])
        .where('id', '=', campaignId)
        .executeTakeFirstOrThrow();
    await until('the campaign says so', async () => (await campaign()).status === 'paused');
    expect((await campaign()).status_reason).toMatch(
      /^Shop bot has not worked for 15 minutes\. .*Everybody who was not messaged yet still waits\. Resume to try again\.$/,
    );
    await until('nothing is under way', async () => ((await countStates(ctx, runId)).sending ?? 0) === 0);
    expect(await countStates(ctx, runId)).toMatchObject({ queued: 40 });
    await mend(sandbox);
    await inTransaction(ctx, async (ctx) => {
      await resumeRun(ctx, runId);
      await tryCircuitNow(ctx, sandbox.connectionId);
    });
    // it has its full time again: the next look does not pause it at once
    await holdCircuits(ctx);
    expect((await runRow(ctx, runId)).status).toBe('active');
    await becomes('closed');
    await allSent(runId, 40);
    await lanes.stop();
    expect(await circuit()).toMatchObject({ since: null, reason: null, holdAt: null });
    expect(toCircuit(await row())).toBeNull();
    expect(await sandbox.stats()).toMatchObject({ accepted: 40, duplicates_total: 0 });
  });

  it('and cannot be reached at all stops the lane after five calls', async () => {
    const { ctx, sandbox, start, circuit } = await aStory(30);
    await sandbox.close();
    const lanes = testLanes(ctx, 500);
    const { runId } = await start();
    await until('the circuit is open', async () => {
      await timePasses(ctx, sandbox.connectionId);
      return (await circuit()).state === 'open';
    });
    await until('it was asked in vain', async () => {
      await timePasses(ctx, sandbox.connectionId);
      return (await circuit()).probes >= 3;
    });
    await lanes.stop();
    expect((await circuit()).reason).toMatch(/^Asked again in vain: No connection to the Telegram server\.$/);
    expect(await countStates(ctx, runId)).toMatchObject({ queued: 30 });
  });

  it('then with refused credentials, holds the runs; no try counts', async () => {
    const { ctx, sandbox, start, is } = await aStory(30);
    await fault(sandbox, 'http_502');
    const lanes = testLanes(ctx, 500);
    const { runId } = await start();
    await is('open');
    await fault(sandbox, 'unauthorized');
    await until('the run is held', async () => {
      await timePasses(ctx, sandbox.connectionId);
      return (await runRow(ctx, runId)).status === 'paused';
    });
    await until('nothing is under way', async () => ((await countStates(ctx, runId)).sending ?? 0) === 0);
    await lanes.stop();
    expect(await countStates(ctx, runId)).toMatchObject({ queued: 30 });
  });
});

it('a person’s wish to try now outlives what the lane was about to write down', async () => {
  const { ctx, sandbox, circuit } = await aStory(1);
  const account = { workspaceId: ctx.actor.workspaceId, connectionId: sandbox.connectionId };
  const start = Math.floor(wallMs());
  const at = (minutes: number) => new Date(start + minutes * 60_000);
  const open = { state: 'open', since: at(0), reason: 'Away.', probes: 7, holdAt: at(15) } as const;
  await keepCircuit(ctx, account, { ...open, probeAt: at(1) }, null);
  await inTransaction(ctx, (ctx) => tryCircuitNow(ctx, sandbox.connectionId));
  const asked = (await circuit()).probeAt;
  await keepCircuit(ctx, account, { ...open, probeAt: at(2) }, at(1));
  expect(await circuit()).toMatchObject({ probeAt: asked, probes: 0 });
  // once the lane has seen it, its next moment counts
  await keepCircuit(ctx, account, { ...open, probeAt: at(3) }, asked);
  expect(await circuit()).toMatchObject({ probeAt: at(3), probes: 7 });
});

describe('the loss of the node', () => {
  it('does not close the circuit: the next owner waits, asks, and goes on one at a time', async () => {
    const { ctx, sandbox, start, is, becomes, circuit, allSent } = await aStory(80);
    await fault(sandbox, 'reset_after', { methods: ['*'] });
    const first = testLanes(ctx, 500);
    const { runId } = await start();
    await is('open');
    await first.stop();
    const before = await countStates(ctx, runId);
    const { since } = await circuit();
    const second = testLanes(ctx, 500);
    await until('it was asked again', async () => {
      await timePasses(ctx, sandbox.connectionId);
      return (await circuit()).probes > 2;
    });
    expect((await countStates(ctx, runId)).unknown).toBe(before.unknown);
    expect((await circuit()).since).toEqual(since);
    await mend(sandbox);
    await becomes('closed');
    await allSent(runId, 80 - (before.unknown ?? 0));
    await second.stop();
    expect(await sandbox.stats()).toMatchObject({ accepted: 80, duplicates_total: 0 });
  });

  it('nor do two nodes get in each other’s way', async () => {
    const { ctx, sandbox, start, is, circuit } = await aStory(40);
    await fault(sandbox, 'http_500', { methods: ['*'] });
    const nodes = [testLanes(ctx, 500), testLanes(ctx, 500)];
    const { runId } = await start();
    await is('open');
    await until('it was asked three times', async () => {
      await timePasses(ctx, sandbox.connectionId);
      return (await circuit()).probes >= 3;
    });
    for (const node of nodes) await node.stop();
    expect(await countStates(ctx, runId)).toMatchObject({ queued: 40 });
  });
});

it('a revoked token costs nobody a try', async () => {
  const { ctx, sandbox, start } = await aStory(20);
  await fault(sandbox, 'unauthorized');
  const lanes = testLanes(ctx, 500);
  const { runId } = await start();
  await until('the run is held', async () => (await runRow(ctx, runId)).status === 'paused');
  await lanes.stop();
  const rows = await waiting(ctx, runId);
  expect(rows).toHaveLength(20);
  expect(rows.every((row) => row.counted === 0)).toBe(true);
});
