// Between the expansion and the claim everything may change: who must not get it any more is left out, each for its own
// reason, and the contract's list of reasons holds no other.
import { beforeAll, expect, test } from 'vitest';
import { eventSkips, plannedSkips, skipReasons } from '../../../contract/deliveries.ts';
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
  // those of events: triggers/automations.test.ts
  (reason) => ![...plannedSkips, ...eventSkips].includes(reason as never),
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
  for (const reason of ['blocked', 'deactivated', 'not_on_platform'] as const)
    await ctx.db
      .updateTable('identities')
      .set({ reachable: false, unreachable_reason: reason })
      .where('contact_id', '=', of(reason))
      .execute();
  await ctx.db.deleteFrom('identities').where('contact_id', '=', of('invalid_number')).execute();
  await ctx.db
    .updateTable('contacts')
    .set({ phone: '12', phone_check: 'impossible' })
    .where('id', '=', of('invalid_number'))
    .execute();
  await ctx.db
    .updateTable('deliveries')
    .set({ channel: 'whatsapp' })
    .where('run_id', '=', runId)
    .where('contact_id', '=', of('invalid_number'))
    .execute();
  await ctx.db
    .updateTable('identities')
    .set({ country: 'US' })
    .where('contact_id', '=', of('no_marketing_in_country'))
    .execute();
  // as if the message were no approved template of WhatsApp, and one of marketing
  await ctx.db
    .updateTable('runs')
    .set({ needs_window: true, marketing_template: true })
    .where('id', '=', runId)
    .execute();
  for (const contactId of contacts)
    await ctx.db
      .insertInto('conversations')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id: newId(),
        contact_id: contactId,
        connection_id: sandbox.connectionId,
        channel: 'telegram',
        status: 'open',
        created_at: clock.now(),
        updated_at: clock.now(),
        last_inbound_at: new Date(
          clock.now().getTime() - (contactId === of('window_closed') ? 86_400_000 : 60_000),
        ),
      })
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
