// The report, the limits page and the reconciliation name one obstacle, one rate and one moment, whatever holds a run.
import { beforeAll, expect, test } from 'vitest';
import type { Settings } from '../../../contract/campaigns.ts';
import { systemClock } from '../../platform/clock.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { anExpandedRun, aShopOn, runRow, until } from '../../testing/engine.ts';
import { reconcile } from '../reports/reconciliation.ts';
import { runReport } from '../reports/report.ts';
import { connectionLimits } from './limits.ts';

const now = new Date('2026-06-01T21:30:00Z');
const inTenMinutes = new Date('2026-06-01T21:40:00Z');
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true });
});

/** A run for twelve whose rows are written, seen at a moment that stands still. */
async function aStory(settings: Partial<Settings> = {}) {
  const { ctx: shop, sandbox } = await aShopOn(base, 12);
  const { runId, campaignId } = await anExpandedRun(shop, sandbox, settings);
  const ctx: TestCtx = { ...shop, clock: { ...systemClock, now: () => now } };
  const { connectionId } = sandbox;
  return {
    ctx,
    connectionId,
    runId,
    ofConnection: (values: object) =>
      ctx.db.updateTable('connections').set(values).where('id', '=', connectionId).execute(),
    ofRun: (values: object) => ctx.db.updateTable('runs').set(values).where('id', '=', runId).execute(),
    ofRows: (values: object) =>
      ctx.db.updateTable('deliveries').set(values).where('run_id', '=', runId).execute(),
    /** Only once the job has drawn its people, which would put it back to sampling. */
    async watches() {
      const isDrawn = async () =>
        ((await runRow(ctx, runId)).canary as { people?: number } | null)?.people != null;
      await until('the canary is drawn', isDrawn);
      await this.ofRun(judged('waiting'));
    },
    hold: () =>
      ctx.db
        .updateTable('workspaces')
        .set({ held_at: now })
        .where('id', '=', ctx.actor.workspaceId)
        .execute(),
    async looks() {
      const report = await runReport(ctx, campaignId, 30);
      const limits = await connectionLimits(ctx, connectionId);
      const { resume } = await reconcile(ctx, campaignId, null);
      return { report, limits, resume };
    },
  };
}
type Story = Awaited<ReturnType<typeof aStory>>;

const canary = { step: 'waiting', judge_at: inTenMinutes.toISOString() };
const judged = (step: string) => ({
  canary_step: step,
  canary: JSON.stringify({ judgeAt: canary.judge_at, people: 5 }),
});
const watch = (when_passed: 'ask' | 'continue') =>
  ({
    canary: {
      size: { people: 5 },
      wait_minutes: 10,
      when_passed,
      limits: { failed_percent: 5, blocked_percent: 5, opted_out_percent: 5 },
    },
  }) as unknown as Partial<Settings>;

interface Case {
  settings?: Partial<Settings>;
  given: (story: Story) => Promise<unknown>;
  wait: { reason: string; until: string | null } | null;
  /** null: nobody can say when it is through; else the earliest it can be. */
  notBefore: Date | null;
}
const soon = inTenMinutes.toISOString();
const cases: Record<string, Case> = {
  'nothing in the way': { given: async () => {}, wait: null, notBefore: now },
  'a run under way': {
    given: (it) => it.ofRun({ sends_per_second: 3, rated_at: now }),
    wait: null,
    notBefore: now,
  },
  'a hold': { given: (it) => it.hold(), wait: { reason: 'held', until: null }, notBefore: null },
  'an open circuit': {
    given: (it) => it.ofConnection({ circuit: 'open', circuit_since: now, circuit_reason: 'It fails.' }),
    wait: { reason: 'circuit', until: null },
    notBefore: null,
  },
  'a hold above an open circuit': {
    given: async (it) => {
      await it.hold();
      await it.ofConnection({ circuit: 'open', circuit_since: now, circuit_reason: 'It fails.' });
    },
    wait: { reason: 'held', until: null },
    notBefore: null,
  },
  'quiet hours of everybody': {
    given: (it) => it.ofRows({ due_at: inTenMinutes, quiet_since: now }),
    wait: { reason: 'quiet', until: soon },
    notBefore: inTenMinutes,
  },
  'a canary that is judged later': {
    settings: watch('continue'),
    given: (it) => it.watches(),
    wait: { reason: 'canary', until: soon },
    notBefore: inTenMinutes,
  },
  'a canary after which a person is asked': {
    settings: watch('ask'),
    given: (it) => it.watches(),
    wait: { reason: 'canary', until: null },
    notBefore: null,
  },
  'a 429': {
    given: (it) =>
      it.ctx.db
        .insertInto('connection_minutes')
        .values({
          workspace_id: it.ctx.actor.workspaceId,
          connection_id: it.connectionId,
          minute: now,
          sent: 0,
          rate_limited: 1,
          limited_at: now,
          limited_until: inTenMinutes,
          per_second: 0,
          written_at: now,
        })
        .execute(),
    wait: { reason: 'rate_limited', until: soon },
    notBefore: inTenMinutes,
  },
  'a warm-up day that is used up': {
    given: async (it) => {
      await it.ofConnection({ warm_up_day_limits: [5], warm_up_started_on: '2026-06-01' });
      await it.ctx.db
        .insertInto('connection_days')
        .values({
          workspace_id: it.ctx.actor.workspaceId,
          connection_id: it.connectionId,
          day: '2026-06-01',
          used: 5,
        })
        .execute();
    },
    wait: { reason: 'warm_up', until: '2026-06-01T23:00:00.000Z' },
    notBefore: new Date('2026-06-01T23:00:00Z'),
  },
  'a pause between two batches': {
    settings: { batch: { size: 4, delay_seconds: 600 } },
    given: async (it) => {
      const first = it.ctx.db.selectFrom('deliveries').select('id').where('run_id', '=', it.runId).limit(4);
      await it.ctx.db.updateTable('deliveries').set({ state: 'sent' }).where('id', 'in', first).execute();
      await it.ofRun({ batch_due_at: inTenMinutes });
    },
    wait: { reason: 'batch', until: soon },
    notBefore: inTenMinutes,
  },
};

test.each(Object.entries(cases))('%s: all three pages say the same', async (_name, one) => {
  const story = await aStory(one.settings);
  await one.given(story);
  const { report, limits, resume } = await story.looks();
  expect(report.wait).toEqual(one.wait);
  expect(resume.wait).toEqual(one.wait);
  expect(limits.finish_at).toBe(report.finish_at);
  expect(limits.now_per_second).toBe(report.rate_per_second);
  if (one.notBefore === null) {
    expect(report.finish_at).toBeNull();
    expect(limits.wait).toEqual(one.wait);
  } else {
    expect(Date.parse(report.finish_at ?? '')).toBeGreaterThan(one.notBefore.getTime());
    expect(limits.wait).toBeNull();
  }
});

test('a paused run under a hold says that a release alone does not send it', async () => {
  const story = await aStory();
  await story.hold();
  await story.ofRun({ status: 'paused' });
  const { resume } = await story.looks();
  expect(resume.words).toMatch(
    /^Nobody is messaged while the workspace is held; after the release, resume messages/,
  );
});
