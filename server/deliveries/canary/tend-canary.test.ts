// Canaries through real lanes against the emulator; the hours of waiting pass on a clock that is moved by hand.
import { beforeAll, describe, expect, it } from 'vitest';
import { settings } from '../../../contract/campaigns.ts';
import type { Canary } from '../../../contract/canary.ts';
import { setReachability } from '../../contacts/identity.ts';
import { systemClock } from '../../platform/clock.ts';
import { inTransaction } from '../../platform/context.ts';
import { inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import { aRun, aShopOn, runRow, testLanes, until } from '../../testing/engine.ts';
import type { TestSandbox } from '../../testing/sandbox.ts';
import { releaseForgotten, releasePlanned } from '../runs/release.ts';
import { cancelRun, countStates, pauseRun, resumeRun } from '../runs/run.ts';
import { resendUnknownByPolicy } from '../settling/reconcile.ts';
import { canaryReport } from './canary-report.ts';
import { resumeCanary, tendCanaries, tendCanary } from './tend-canary.ts';

/** How far the clock of this file runs ahead. */
let aheadMs = 0;
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({
    work: true,
    clock: { ...systemClock, now: () => new Date(Date.now() + aheadMs) },
  });
});
const later = (minutes: number) => {
  aheadMs += minutes * 60_000;
};

const canaryOf = (given: Partial<Canary> = {}): Canary => ({
  size: { people: 10 },
  wait_minutes: 30,
  limits: { failed_percent: 10, blocked_percent: 10, opted_out_percent: 10 },
  when_passed: 'continue',
  ...given,
});

interface Story {
  ctx: TestCtx;
  sandbox: TestSandbox;
  runId: string;
  campaignId: string;
  ref: { workspaceId: string; runId: string };
  step(): Promise<string | null>;
  report(): ReturnType<typeof canaryReport>;
  /** Contacts of the canary whose message has gone out. */
  people(): Promise<{ contactId: string; address: string }[]>;
  campaign(): Promise<{ status: string; status_reason: string | null }>;
  waits(): Promise<void>;
}

async function aStory(people: number, canary: Canary, given: object = {}): Promise<Story> {
  const { ctx, sandbox } = await aShopOn(base, people);
  const run = await aRun(ctx, sandbox.connectionId, { settings: settings.parse({ canary, ...given }) });
  const { runId, campaignId } = run;
  const ref = { workspaceId: ctx.actor.workspaceId, runId };
  const step = async () => (await runRow(ctx, runId)).canary_step;
  return {
    ctx,
    sandbox,
    runId,
    campaignId,
    ref,
    step,
    report: () => canaryReport(ctx, runId),
    async people() {
      const rows = await ctx.db
        .selectFrom('deliveries')
        .select(['contact_id', 'address'])
        .where('run_id', '=', runId)
        .where('canary', '=', true)
        .where('state', '=', 'sent')
        .execute();
      return rows.map((row) => ({ contactId: row.contact_id, address: row.address as string }));
    },
    campaign: () =>
      ctx.db
        .selectFrom('campaigns')
        .select(['status', 'status_reason'])
        .where('id', '=', campaignId)
        .executeTakeFirstOrThrow(),
    waits: () => until('the canary waits', async () => (await step()) === 'waiting'),
  };
}

const sentTo = async (story: Story, count: number) =>
  until(`${count} are sent`, async () => ((await countStates(story.ctx, story.runId)).sent ?? 0) === count);

async function optOut({ ctx }: Story, contactId: string): Promise<void> {
  await ctx.db
    .insertInto('consents')
    .values({
      workspace_id: ctx.actor.workspaceId,
      contact_id: contactId,
      channel: 'telegram',
      purpose: 'marketing',
      state: 'opted_out',
      source: 'test',
      at: ctx.clock.now(),
    })
    .execute();
}
const block = ({ ctx, sandbox }: Story, address: string) =>
  setReachability(ctx, sandbox.connectionId, [address], { reachable: false, reason: 'blocked' });

describe('a canary', () => {
  it('messages its people, then nobody until the wait is over, then everybody else, nobody twice', async () => {
    const story = await aStory(40, canaryOf());
    const lanes = testLanes(story.ctx, 500);
    await story.waits();
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ sent: 10, planned: 30 });
    expect((await story.sandbox.stats()).accepted).toBe(10);
    later(29);
    await tendCanary(story.ctx, story.ref);
    expect(await story.step()).toBe('waiting');
    later(2);
    await sentTo(story, 40);
    await lanes.stop();
    expect(await story.sandbox.stats()).toMatchObject({ accepted: 40, duplicates_total: 0 });
    const report = await story.report();
    expect(report).toMatchObject({ step: 'passed', people: 10, answered: 10, settled_by: null });
    expect(report?.finding).toBe('Canary passed: all 10 people got it, nobody blocked the bot or opted out.');
    await until('it is published', async () => (await story.campaign()).status === 'published');
  });

  it('takes a share of those who are meant to get it, drawn from all of them', async () => {
    const story = await aStory(60, canaryOf({ size: { percent: 15 } }));
    const lanes = testLanes(story.ctx, 500);
    await story.waits();
    await lanes.stop();
    const people = await story.people();
    expect(people).toHaveLength(9);
    // the first nine by age would be 100000 … 100008
    expect(people.map((one) => Number(one.address)).some((address) => address > 100_008)).toBe(true);
  });

  it('is not needed where the audience is no larger, and everybody is messaged at once', async () => {
    const story = await aStory(8, canaryOf());
    const lanes = testLanes(story.ctx, 500);
    await sentTo(story, 8);
    await lanes.stop();
    expect(await story.report()).toMatchObject({ step: 'not_needed', people: 10 });
    expect(await story.sandbox.stats()).toMatchObject({ accepted: 8, duplicates_total: 0 });
  });

  it('stops the campaign with the figure in words, and goes on only when a person resumes it', async () => {
    const story = await aStory(40, canaryOf());
    const lanes = testLanes(story.ctx, 500);
    await story.waits();
    const [first, second, third] = await story.people();
    await block(story, first?.address as string);
    await block(story, second?.address as string);
    await optOut(story, third?.contactId as string);
    later(31);
    await until('it is held', async () => (await story.campaign()).status === 'paused');
    expect((await story.campaign()).status_reason).toBe(
      'Canary stopped: 2 of 10 people blocked the bot (20.0 %, limit 10 %).',
    );
    expect((await runRow(story.ctx, story.runId)).status).toBe('paused');
    const report = await story.report();
    expect(report).toMatchObject({ step: 'stopped', settled_at: null });
    expect(report?.figures).toEqual([
      { what: 'failed', count: 0, percent: 0, limit_percent: 10, within: true },
      { what: 'blocked', count: 2, percent: 20, limit_percent: 10, within: false },
      { what: 'opted_out', count: 1, percent: 10, limit_percent: 10, within: true },
    ]);
    expect((await story.sandbox.stats()).accepted).toBe(10);
    const words = await inTransaction(story.ctx, async (ctx) => {
      const { left } = await resumeRun(ctx, story.runId);
      return resumeCanary(ctx, story.runId, left);
    });
    expect(words).toBe(
      'Continues although the canary was stopped: 30 people will be messaged. Nobody gets it twice.',
    );
    await sentTo(story, 40);
    await lanes.stop();
    expect(await story.report()).toMatchObject({ step: 'overridden', settled_by: 'Test' });
    expect(await story.sandbox.stats()).toMatchObject({ accepted: 40, duplicates_total: 0 });
  });

  it('stops as soon as a limit is exceeded for certain, without waiting', async () => {
    const story = await aStory(
      40,
      canaryOf({
        size: { people: 10 },
        limits: { failed_percent: 0, blocked_percent: 0, opted_out_percent: 0 },
      }),
    );
    for (let user = 100_000; user < 100_040; user++)
      await story.sandbox.control('state', { bot: story.sandbox.botId, user, state: 'blocked' });
    const lanes = testLanes(story.ctx, 500);
    await until('it is held', async () => (await story.campaign()).status === 'paused');
    await lanes.stop();
    const counts = await countStates(story.ctx, story.runId);
    expect(counts).toMatchObject({ planned: 30 });
    expect((await story.campaign()).status_reason).toMatch(
      /of 10 people blocked the bot \(\d+\.0 %, limit 0 %\)/,
    );
  });

  it('that has passed and asks waits for a person, who can also cancel', async () => {
    const story = await aStory(30, canaryOf({ when_passed: 'ask' }));
    const lanes = testLanes(story.ctx, 500);
    await story.waits();
    later(31);
    await until('it asks', async () => (await story.campaign()).status === 'paused');
    expect((await story.campaign()).status_reason).toMatch(/^Canary passed.*resume or cancel/);
    expect(await story.report()).toMatchObject({ step: 'passed', settled_at: null });
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ sent: 10, planned: 20 });
    await cancelRun(story.ctx, story.runId);
    await until(
      'nobody waits',
      async () => ((await countStates(story.ctx, story.runId)).cancelled ?? 0) === 20,
    );
    await releasePlanned(story.ctx, story.ref);
    await lanes.stop();
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ sent: 10, cancelled: 20 });
    expect((await story.sandbox.stats()).accepted).toBe(10);
  });
});

describe('a canary is exact', () => {
  it('on two nodes, with tries that fail and people who are left out at the last moment', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 60);
    const run = await aRun(ctx, sandbox.connectionId, { settings: settings.parse({ canary: canaryOf() }) });
    const rows = () =>
      ctx.db
        .selectFrom('deliveries')
        .select(['contact_id', 'address', 'state'])
        .where('run_id', '=', run.runId)
        .where('canary', '=', true)
        .execute();
    await until('its people are drawn', async () => (await rows()).length === 10);
    const drawn = await rows();
    // two of them block the bot before they are claimed: they are left out, and others are drawn in their place
    for (const row of drawn.slice(0, 2))
      await setReachability(ctx, sandbox.connectionId, [row.address as string], {
        reachable: false,
        reason: 'blocked',
      });
    await sandbox.control('faults', { kind: 'http_502', bot: sandbox.botId, count: 6 });
    const nodes = [testLanes(ctx, 500), testLanes(ctx, 500)];
    let most = 0;
    await until('it waits', async () => {
      const stats = await sandbox.stats();
      const counts = await countStates(ctx, run.runId);
      most = Math.max(
        most,
        stats.accepted,
        (counts.sent ?? 0) + (counts.sending ?? 0) + (counts.queued ?? 0),
      );
      return (await runRow(ctx, run.runId)).canary_step === 'waiting';
    });
    expect(most).toBe(10);
    expect(await countStates(ctx, run.runId)).toMatchObject({ sent: 10, skipped: 2, planned: 48 });
    expect(await sandbox.stats()).toMatchObject({ accepted: 10, duplicates_total: 0 });
    for (const node of nodes) await node.stop();
    expect(contacts).toHaveLength(60);
  });

  it('judged by two nodes at once, it is judged once', async () => {
    const story = await aStory(
      30,
      canaryOf({ limits: { failed_percent: 0, blocked_percent: 0, opted_out_percent: 0 } }),
    );
    const lanes = testLanes(story.ctx, 500);
    await story.waits();
    await lanes.stop();
    const [one] = await story.people();
    await block(story, one?.address as string);
    later(31);
    await Promise.all(Array.from({ length: 6 }, () => tendCanary(story.ctx, story.ref)));
    const judged = (await story.report())?.judged_at;
    expect(await story.step()).toBe('stopped');
    await until('the campaign says so', async () => (await story.campaign()).status === 'paused');
    later(5);
    await tendCanaries(story.ctx);
    expect((await story.report())?.judged_at).toBe(judged);
    const held = await story.ctx.db
      .selectFrom('audit_events')
      .select('id')
      .where('workspace_id', '=', story.ctx.actor.workspaceId)
      .where('action', '=', 'campaign.held')
      .execute();
    expect(held).toHaveLength(1);
  });

  it('a restart in the middle changes nothing: the sample, the wait and the figures are kept', async () => {
    const story = await aStory(40, canaryOf());
    const first = testLanes(story.ctx, 20);
    await until('some have it', async () => ((await countStates(story.ctx, story.runId)).sent ?? 0) >= 3);
    await first.stop();
    expect(await story.step()).toBe('sampling');
    const second = testLanes(story.ctx, 500);
    await story.waits();
    await second.stop();
    const { judge_at } = (await story.report()) ?? {};
    expect((await story.sandbox.stats()).accepted).toBe(10);
    later(31);
    // nobody was there when it was due; the next node finds it
    const third = testLanes(story.ctx, 500);
    await sentTo(story, 40);
    await third.stop();
    expect((await story.report())?.judge_at).toBe(judge_at);
    expect(await story.sandbox.stats()).toMatchObject({ accepted: 40, duplicates_total: 0 });
  });

  it('a message sent again by the policy for lost answers puts off the judgement until it is answered', async () => {
    const story = await aStory(
      30,
      canaryOf({ limits: { failed_percent: 50, blocked_percent: 0, opted_out_percent: 0 } }),
      {
        unknown: { resend_after_seconds: 60 },
      },
    );
    await story.sandbox.control('faults', { kind: 'reset_after', bot: story.sandbox.botId, count: 1 });
    const lanes = testLanes(story.ctx, 500);
    await story.waits();
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ sent: 9, unknown: 1 });
    const before = (await story.report())?.judge_at as string;
    later(5);
    await resendUnknownByPolicy(story.ctx);
    await until('it is answered', async () => {
      await tendCanary(story.ctx, story.ref);
      const { sent } = await countStates(story.ctx, story.runId);
      return sent === 10 && (await story.step()) === 'waiting';
    });
    await lanes.stop();
    const after = (await story.report())?.judge_at as string;
    expect(Date.parse(after)).toBeGreaterThanOrEqual(Date.parse(before));
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ sent: 10, planned: 20 });
  });

  it('paused while its people are being messaged, it goes on with them and not with everybody', async () => {
    const story = await aStory(40, canaryOf());
    const lanes = testLanes(story.ctx, 10);
    await until('some have it', async () => ((await countStates(story.ctx, story.runId)).sent ?? 0) >= 2);
    await pauseRun(story.ctx, story.runId);
    later(60);
    await tendCanaries(story.ctx);
    expect(await story.step()).toBe('sampling');
    const words = await inTransaction(story.ctx, async (ctx) => {
      const { left } = await resumeRun(ctx, story.runId);
      return resumeCanary(ctx, story.runId, left);
    });
    expect(words).toMatch(/^The people of the canary first/);
    await story.waits();
    await lanes.stop();
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ sent: 10, planned: 30 });
  });

  it('of another workspace, it cannot be resumed', async () => {
    const story = await aStory(30, canaryOf());
    const stranger = inWorkspace(story.ctx, (await aShopOn(base, 0)).ctx.actor.workspaceId);
    await inTransaction(stranger, (ctx) => resumeCanary(ctx, story.runId, 0));
    expect(await canaryReport(stranger, story.runId)).toBeNull();
    expect(await story.step()).toBe('sampling');
  });
});

it('everybody beyond the canary is let go in chunks that may be repeated', async () => {
  const story = await aStory(25, canaryOf({ size: { people: 5 } }));
  const lanes = testLanes(story.ctx, 500);
  await story.waits();
  await lanes.stop();
  // not settled: a job that comes too early lets nobody go
  await releasePlanned(story.ctx, story.ref, 7);
  expect((await countStates(story.ctx, story.runId)).planned).toBe(20);
  later(31);
  await tendCanary(story.ctx, story.ref);
  await Promise.all([releasePlanned(story.ctx, story.ref, 7), releasePlanned(story.ctx, story.ref, 7)]);
  await until('all are let go', async () => ((await countStates(story.ctx, story.runId)).planned ?? 0) === 0);
  expect(await countStates(story.ctx, story.runId)).toMatchObject({ sent: 5, queued: 20 });
});

it('a release whose job was lost is found by the minute’s look', async () => {
  const story = await aStory(25, canaryOf({ size: { people: 5 } }));
  const lanes = testLanes(story.ctx, 500);
  await story.waits();
  await lanes.stop();
  const { canary } = await runRow(story.ctx, story.runId);
  const settled = { ...(canary as object), settledAt: new Date().toISOString() };
  await story.ctx.db
    .updateTable('runs')
    .set({ canary_step: 'passed', canary: JSON.stringify(settled) })
    .where('id', '=', story.runId)
    .execute();
  await releaseForgotten(story.ctx);
  await until('all are let go', async () => ((await countStates(story.ctx, story.runId)).planned ?? 0) === 0);
  expect(await countStates(story.ctx, story.runId)).toMatchObject({ sent: 5, queued: 20 });
});
