// Between the expansion and the claim everything may change: who must not get it any more is left out, each for its own
// reason, and the contract's list of reasons holds no other.
import { beforeAll, expect, test } from 'vitest';
import { plannedSkips, skipReasons } from '../../../contract/deliveries.ts';
import { quietHours } from '../../../contract/pressure.ts';
import { newId } from '../../platform/db/ids.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { anExpandedRun, aShopOn, runRow, testLanes, until } from '../../testing/engine.ts';
import { livesIn, presses, wallClock } from '../pressure/testing-pressure.ts';
import { countStates } from '../runs/run.ts';

const clock = wallClock('2026-06-01T12:00:00Z');
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true, clock });
});

const given = Object.keys(skipReasons).filter(
  (reason) => !(plannedSkips as readonly string[]).includes(reason),
);
const people = [...given, 'gets it'];

test('the claim gives every reason of the contract, and only who is left gets the message', async () => {
  const { ctx, sandbox, contacts } = await aShopOn(base, people.length);
  const of = (reason: string) => contacts[people.indexOf(reason)] as string;
  await presses(ctx, { time_zone: 'UTC' });
  const first = await anExpandedRun(ctx, sandbox);
  const { runId } = await anExpandedRun(ctx, sandbox);
  expect(await countStates(ctx, runId)).toEqual({ queued: people.length });

  // the other campaign has reached one of them, and nobody else
  const others = ctx.db.updateTable('deliveries').where('run_id', '=', first.runId);
  await others.set({ state: 'cancelled' }).where('contact_id', '<>', of('frequency_cap')).execute();
  await others
    .set({ state: 'sent', sent_at: clock.now() })
    .where('contact_id', '=', of('frequency_cap'))
    .execute();
  await presses(ctx, {
    frequency_caps: [{ purpose: 'marketing', max: 1, period_hours: 24 }],
    quiet_hours: quietHours.parse({ from: '20:00', to: '23:00', expire_after_hours: 1 }),
  });
  await livesIn(ctx, of('quiet_hours_expired'), 'Asia/Tokyo');
  await ctx.db
    .insertInto('consents')
    .values({
      workspace_id: ctx.actor.workspaceId,
      contact_id: of('opted_out'),
      channel: 'telegram',
      purpose: 'marketing',
      state: 'opted_out',
      source: 'panel',
      at: clock.now(),
    })
    .execute();
  await ctx.db
    .updateTable('deliveries')
    .set({ twin_of: newId() })
    .where('run_id', '=', runId)
    .where('contact_id', '=', of('merged'))
    .execute();
  await ctx.db.deleteFrom('identities').where('contact_id', '=', of('no_identity')).execute();
  for (const reason of ['blocked', 'deactivated'] as const)
    await ctx.db
      .updateTable('identities')
      .set({ reachable: false, unreachable_reason: reason })
      .where('contact_id', '=', of(reason))
      .execute();
  // an erasure cancels what waits: only a row that is written at that very moment comes to the claim
  await ctx.db.deleteFrom('contacts').where('id', '=', of('contact_erased')).execute();

  const lanes = testLanes(ctx, 500);
  await until('the run is finished', async () => (await runRow(ctx, runId)).status === 'finished');
  await lanes.stop();
  const rows = await ctx.db
    .selectFrom('deliveries')
    .select(['state', 'reason'])
    .where('run_id', '=', runId)
    .execute();
  expect(rows.map((row) => row.reason ?? row.state).sort()).toEqual([...given, 'sent'].sort());
  expect((await sandbox.stats()).accepted).toBe(1);
});
