// What a lane holds: nothing is lost or sent late, whatever the ledger answers and when.
import { beforeAll, expect, it } from 'vitest';
import { newId } from '../../platform/db/ids.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { anExpandedRun, aShopOn } from '../../testing/engine.ts';
import type { DayBudget } from '../pace/warm-up.ts';
import { countStates } from '../runs/run.ts';
import { giveBackUnsent } from './claim.ts';
import { createFeeds } from './feeds.ts';
import { createLedger } from './ledger.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true });
});

/** A budget of so many that counts what is spent of it. */
function budgetOf(tokens: number): DayBudget & { left(): number } {
  return {
    claimable: (want) => Math.min(want, tokens),
    spend(count) {
      tokens -= count;
    },
    refund(count) {
      tokens += count;
    },
    isShort: () => false,
    async refresh() {},
    async release() {},
    left: () => tokens,
  };
}

it('a claim that fails is told only when the others are through, so that their rows go back with the rest', async () => {
  const { ctx, sandbox } = await aShopOn(base, 4);
  const { runId } = await anExpandedRun(ctx, sandbox);
  const real = createLedger(ctx);
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const claim = newId();
  const feeds = createFeeds(
    ctx,
    {
      ...real,
      claimDirect: () => Promise.reject(new Error('deadlock detected')),
      claimOfRun: async (ask) => {
        await held;
        return real.claimOfRun(ask);
      },
    },
    budgetOf(100),
    sandbox.connectionId,
    claim,
  );
  await feeds.refresh([runId], null);
  let isSettled = false;
  const refilled = feeds.refill(() => 30)?.catch((error: Error) => error.message);
  const settled = feeds.settled().then(() => {
    isSettled = true;
  });
  // the failed one had all the time it needs
  await ctx.db.selectFrom('runs').select('id').where('id', '=', runId).execute();
  expect(isSettled).toBe(false);
  goOn();
  await settled;
  expect(await refilled).toBe('deadlock detected');
  expect(await countStates(ctx, runId)).toMatchObject({ sending: 4 });
  await giveBackUnsent(ctx, sandbox.connectionId, claim);
  expect(await countStates(ctx, runId)).toMatchObject({ queued: 4, sending: 0 });
});

it('a claim that fails has spent nothing of the day', async () => {
  const { ctx, sandbox } = await aShopOn(base, 4);
  const { runId } = await anExpandedRun(ctx, sandbox);
  const budget = budgetOf(100);
  const ledger = { ...createLedger(ctx), claimOfRun: () => Promise.reject(new Error('away')) };
  const feeds = createFeeds(ctx, ledger, budget, sandbox.connectionId, newId());
  await feeds.refresh([runId], null);
  await expect(feeds.refill(() => 30)).rejects.toThrow('away');
  expect(budget.left()).toBe(100);
});

it('the rows of a run that is no longer active go back unsent, and the day has them again', async () => {
  const { ctx, sandbox } = await aShopOn(base, 4);
  const { runId } = await anExpandedRun(ctx, sandbox);
  const budget = budgetOf(100);
  const feeds = createFeeds(ctx, createLedger(ctx), budget, sandbox.connectionId, newId());
  await feeds.refresh([runId], null);
  await feeds.refill(() => 30);
  expect(await countStates(ctx, runId)).toMatchObject({ sending: 4 });
  expect(budget.left()).toBe(96);
  await feeds.refresh([], null);
  expect(await countStates(ctx, runId)).toMatchObject({ queued: 4, sending: 0 });
  expect(budget.left()).toBe(100);
  expect(feeds.next(ctx.clock.elapsedMs(), () => 0)).toBeNull();
});

it('a run is quiet when it holds nothing, has nothing under way and nothing to claim; it is told again after a while', async () => {
  const { ctx, sandbox } = await aShopOn(base, 1);
  const { runId } = await anExpandedRun(ctx, sandbox);
  const feeds = createFeeds(ctx, createLedger(ctx), budgetOf(100), sandbox.connectionId, newId());
  await feeds.refresh([runId], null);
  expect(feeds.quietRuns(0, 5000)).toEqual([]);
  await feeds.refill(() => 30);
  expect(feeds.quietRuns(0, 5000)).toEqual([]);
  const next = feeds.next(0, () => 0);
  if (!next || 'waitMs' in next) throw new Error('a row was to be there');
  await feeds.refill(() => 30);
  expect(feeds.quietRuns(0, 5000)).toEqual([]);
  feeds.answered(next, true);
  expect(feeds.quietRuns(0, 5000)).toEqual([runId]);
  expect(feeds.quietRuns(4999, 5000)).toEqual([]);
  expect(feeds.quietRuns(5000, 5000)).toEqual([runId]);
  feeds.mayBeQuiet();
  expect(feeds.quietRuns(5001, 5000)).toEqual([runId]);
});
