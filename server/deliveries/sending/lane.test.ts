// Who may send: a lane's lease is asked for, not believed; and a run is closed when nothing of it is left, whoever died.
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { openAccount } from '../../channels/accounts.ts';
import { newId } from '../../platform/db/ids.ts';
import type { Leases } from '../../platform/db/leases.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import {
  anExpandedRun,
  aRun,
  aShopOn,
  claimedOfRun,
  runRow,
  testLanes,
  until,
} from '../../testing/engine.ts';
import { countStates } from '../runs/run.ts';
import { laneNews } from './lane-news.ts';
import { startLanes } from './lanes.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true });
});

/** The one real session of leases in this file's database is cut, as by a network that is gone. */
const cutLeases = (ctx: TestCtx) =>
  sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'carillon-leases' AND datname = current_database()`.execute(ctx.db);

it('stops when its lease is lost, gives back what it holds, and goes on with a new lease: nobody is unknown', async () => {
  const { ctx, sandbox } = await aShopOn(base, 60);
  const lanes = testLanes(ctx, 30);
  const { runId } = await aRun(ctx, sandbox.connectionId);
  await until('some are sent', async () => ((await countStates(ctx, runId)).sent ?? 0) > 3);
  await cutLeases(ctx);
  await until('the lane has ended', async () => !lanes.owned().includes(sandbox.connectionId));
  expect((await countStates(ctx, runId)).queued).toBeGreaterThan(0);
  await until('all are sent', async () => (await countStates(ctx, runId)).sent === 60);
  await lanes.stop();
  expect(await sandbox.stats()).toMatchObject({ accepted: 60, duplicates_total: 0 });
});

it('whose lease is gone by the time it is opened touches nothing: the rows under way belong to the other node', async () => {
  const { ctx, sandbox } = await aShopOn(base, 4);
  const { runId } = await anExpandedRun(ctx, sandbox);
  await claimedOfRun(ctx, runId, newId(), 2);
  let asked = 0;
  let released = 0;
  const leases: Leases = {
    tryAcquire: async () => true,
    tryAcquireAll: async (keys) => new Set(keys),
    freeOf: async (keys) => keys,
    release: async () => void released++,
    held: () => {
      asked += 1;
      return false;
    },
    onLost: () => {},
    stop: async () => {},
  };
  const host = startLanes(ctx, {
    leases,
    open: openAccount,
    news: laneNews(ctx),
    workers: () => 1,
  });
  await until('it was opened and let go of', async () => released > 0);
  await host.stop();
  expect(asked).toBeGreaterThan(0);
  expect(await countStates(ctx, runId)).toMatchObject({ sending: 2, queued: 2 });
  expect((await sandbox.stats()).accepted).toBe(0);
});

it('closes a run that is through while another of the same connection still sends', async () => {
  const { ctx, sandbox } = await aShopOn(base, 60);
  const small = await anExpandedRun(ctx, sandbox);
  const some = await ctx.db
    .selectFrom('deliveries')
    .select('id')
    .where('run_id', '=', small.runId)
    .limit(3)
    .execute();
  await ctx.db
    .deleteFrom('deliveries')
    .where('run_id', '=', small.runId)
    .where(
      'id',
      'not in',
      some.map((row) => row.id),
    )
    .execute();
  const large = await anExpandedRun(ctx, sandbox);
  const lanes = testLanes(ctx, 15);
  await until(
    'the small one is finished',
    async () => (await runRow(ctx, small.runId)).status === 'finished',
  );
  expect((await countStates(ctx, large.runId)).queued).toBeGreaterThan(0);
  expect((await runRow(ctx, large.runId)).status).toBe('active');
  await lanes.stop();
});

it('closes a run of which a dead owner’s last claim came after it had begun: those are unknown', async () => {
  const { ctx, sandbox } = await aShopOn(base, 40);
  const { runId } = await anExpandedRun(ctx, sandbox);
  const lanes = testLanes(ctx, 20);
  await until('it has begun', async () => ((await countStates(ctx, runId)).sent ?? 0) > 0);
  await claimedOfRun(ctx, runId, newId(), 2);
  await until('it is finished', async () => (await runRow(ctx, runId)).status === 'finished');
  await lanes.stop();
  expect(await countStates(ctx, runId)).toMatchObject({ sent: 38, unknown: 2 });
});

/** A database of its own for one lane: `after` runs when a claim of campaign rows brought some; give-backs are counted. */
function watched(ctx: TestCtx, after: () => Promise<void>, seen: { givenBack: number }): TestCtx {
  const claims = new WeakSet<object>();
  return {
    ...ctx,
    db: ctx.db.withPlugin({
      transformQuery({ node, queryId }) {
        const text = JSON.stringify('sqlFragments' in node ? node : '');
        if (text.includes('/* claim */') && text.includes('d.run_id = ask.source')) claims.add(queryId);
        if (text.includes('), back AS (')) seen.givenBack += 1;
        return node;
      },
      async transformResult({ result, queryId }) {
        // a claim from before the rows were written brings nothing that could be given back
        if (claims.has(queryId) && result.rows.length > 0) await after();
        return result;
      },
    }),
  };
}

/** A clock that is moved by hand, for a lane whose process does or does not stand still meanwhile. */
async function aLaneWithClock(people: number, passes: (move: (ms: number) => void) => Promise<void>) {
  let aheadMs = 0;
  const { ctx, sandbox } = await aShopOn(base, people);
  const seen = { givenBack: 0 };
  const clock = { ...ctx.clock, elapsedMs: () => performance.now() + aheadMs };
  const lanes = testLanes(
    watched(
      { ...ctx, clock },
      () =>
        passes((ms) => {
          aheadMs += ms;
        }),
      seen,
    ),
    30,
  );
  const { runId } = await aRun(ctx, sandbox.connectionId);
  await until('all are sent', async () => (await countStates(ctx, runId)).sent === people);
  await lanes.stop();
  expect(await sandbox.stats()).toMatchObject({ accepted: people, duplicates_total: 0 });
  return seen;
}

it('sends what a slow database took four seconds to give it', async () => {
  const seen = await aLaneWithClock(6, async (move) => {
    for (let step = 0; step < 10; step++) {
      move(400);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  });
  expect(seen.givenBack).toBe(0);
});

it('gives back what was answered while its process stood still, before it sends anything', async () => {
  let stoodStill = false;
  const seen = await aLaneWithClock(6, async (move) => {
    if (!stoodStill) move(4000);
    stoodStill = true;
  });
  expect(seen.givenBack).toBeGreaterThan(0);
});
