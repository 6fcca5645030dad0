// A date of a series is cancelled while it is being sent: jobs, lanes, app, database and emulator are real, the clock is moved.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { CampaignCalendar } from '../../../contract/calendar.ts';
import type { Report } from '../../../contract/campaigns.ts';
import { fromWireId } from '../../../contract/ids.ts';
import { resendUnknownByPolicy } from '../../deliveries/settling/reconcile.ts';
import { settableClock } from '../../platform/clock.ts';
import { testLanes, until } from '../../testing/engine.ts';
import { codeOf } from '../../workspaces/testing-visitor.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';
import { launchDue } from './launch-due.ts';

const friday = (week: number) => new Date(Date.parse('2027-04-02T08:00:00Z') + week * 7 * 86_400_000);
const clock = settableClock(friday(-1));
let house: House;
let shop: Shop;
beforeAll(async () => {
  house = await aHouse({ clock });
});
beforeEach(async () => {
  clock.set(new Date('2027-03-31T12:00:00Z'));
  shop = await house.shop(3);
});

const fridays = {
  mode: 'recurring',
  rrule: 'FREQ=WEEKLY;BYDAY=FR;COUNT=5',
  local: '2027-04-02T09:00',
  time_zone: 'Europe/London',
};
const uuid = (id: string) => fromWireId('cmp', id) as string;
const accepted = async () => (await shop.sandbox.stats()).accepted;
const cancel = (id: string, body?: object) => shop.call('POST', `/campaigns/${id}/cancel`, body);
const runsOf = (id: string) =>
  house.base.db
    .selectFrom('runs')
    .select(['id', 'status', 'occurrence_at', 'expanded_at'])
    .where('campaign_id', '=', uuid(id))
    .orderBy('created_at')
    .execute();

/** A series of five Fridays; on the first its rows are written and wait. */
async function onItsFirstDate(settings: object = {}): Promise<string> {
  const { id } = await shop.draft({ schedule: fridays, settings });
  const answer = await shop.call('POST', `/campaigns/${id}/launch`);
  expect(answer.statusCode, answer.body).toBe(202);
  await onDate(id, 0);
  return id;
}
async function onDate(id: string, week: number): Promise<void> {
  clock.set(friday(week));
  await launchDue(house.base);
  await until('it is expanded', async () => Boolean((await runsOf(id)).at(-1)?.expanded_at));
}

test('this date only: nothing that waits of it is sent, and the next date goes out to everybody', async () => {
  const id = await onItsFirstDate({ messages_per_minute: 60 });
  const before = testLanes(house.base, 100);
  await until('the first message is out', async () => (await accepted()) > 0);
  // what the lane holds it gives back: by this clock a job that waits for it would wait for months
  await before.stop();
  expect((await shop.read(id)).moves).toEqual(['pause', 'cancel', 'cancel_date', 'resend_unknown']);

  const answer = await cancel(id, { scope: 'date' });
  expect(answer.statusCode, answer.body).toBe(202);
  expect(answer.json()).toMatchObject({
    status: 'scheduled',
    next_at: friday(1).toISOString(),
    occurrences: { done: 1, left: 4 },
  });
  await until('what waited is cancelled', async () => {
    const { queued, sending } = await shop.report(id);
    return queued + sending === 0;
  });
  const first = await shop.report(id);
  expect(first).toMatchObject({ run_status: 'cancelled', failed: 0, unknown: 0 });
  expect(first.cancelled).toBeGreaterThan(0);
  expect(first.sent + first.cancelled).toBe(3);
  const lanes = testLanes(house.base, 100);
  const sent = await accepted();
  expect(sent).toBe(first.sent);

  await onDate(id, 1);
  await until('the next date is sent', async () => (await shop.report(id)).sent === 3);
  await until('it waits for the date after', async () => (await shop.read(id)).status === 'scheduled');
  await lanes.stop();
  expect(await accepted(), 'the first date plus all of the second').toBe(sent + 3);
  expect(await shop.read(id)).toMatchObject({
    next_at: friday(2).toISOString(),
    occurrences: { done: 2, left: 3 },
  });
  expect((await runsOf(id)).map((run) => [run.status, run.occurrence_at])).toEqual([
    ['cancelled', friday(0)],
    ['finished', friday(1)],
  ]);
});

test('of a cancelled date nothing is sent again: not what failed, not what is unknown, not by a policy', async () => {
  const id = await onItsFirstDate({ unknown: { resend_after_seconds: 60 } });
  const [run] = await runsOf(id);
  const { db } = house.base;
  const [failed, unknown] = await db
    .selectFrom('deliveries')
    .select('id')
    .where('run_id', '=', run?.id as string)
    .execute();
  const becomes = (which: string | undefined, state: string, reason: string | null) =>
    db
      .updateTable('deliveries')
      .set({ state, reason, claimed_at: clock.now() })
      .where('id', '=', which as string)
      .execute();
  await becomes(failed?.id, 'failed', 'platform_unavailable');
  await becomes(unknown?.id, 'unknown', null);
  expect((await shop.report(id)).retryable).toBe(1);
  await cancel(id, { scope: 'date' });
  await until('what waited is cancelled', async () => (await shop.report(id)).cancelled === 1);
  expect((await shop.report(id)).retryable).toBe(0);
  const again = await shop.call('POST', `/campaigns/${id}/retry_failed`);
  expect(codeOf(again)).toBe('409 ILLEGAL_MOVE');
  expect(again.json<{ detail: string }>().detail).toMatch(/last date of this campaign was cancelled/);
  const settle = { run_id: (await shop.report(id)).run_id, expected: 1 };
  const resent = await shop.call('POST', `/campaigns/${id}/resend_unknown`, settle);
  expect(codeOf(resent)).toBe('409 ILLEGAL_MOVE');
  expect(resent.json<{ detail: string }>().detail).toMatch(/^This date of the campaign was cancelled/);
  clock.set(new Date(friday(0).getTime() + 120_000));
  await resendUnknownByPolicy(house.base);
  expect(await shop.report(id)).toMatchObject({ queued: 0, failed: 1, unknown: 1, cancelled: 1 });
  expect(await shop.read(id)).toMatchObject({ status: 'scheduled', next_at: friday(1).toISOString() });
});

test('paused it is cancelled for this date too; the whole series has no date left, and between dates there is none to cancel', async () => {
  const id = await onItsFirstDate();
  await shop.call('POST', `/campaigns/${id}/pause`);
  expect((await cancel(id, { scope: 'date' })).json()).toMatchObject({ status: 'scheduled' });
  const none = await cancel(id, { scope: 'date' });
  expect(codeOf(none)).toBe('409 ILLEGAL_MOVE');
  expect(none.json<{ detail: string }>().detail).toMatch(/exceptions of the schedule/);
  expect((await shop.read(id)).moves).toEqual(expect.arrayContaining(['edit', 'reschedule', 'cancel']));

  await onDate(id, 1);
  expect((await cancel(id)).json(), 'without a body: the series').toMatchObject({
    status: 'cancelled',
    next_at: null,
    moves: ['archive'],
    occurrences: { done: 2, left: 0 },
  });
  clock.set(friday(2));
  await launchDue(house.base);
  expect(await runsOf(id)).toHaveLength(2);
});

test('the scope is strict, and of what goes out once both mean the same', async () => {
  const id = await onItsFirstDate();
  expect(codeOf(await cancel(id, { scope: 'all' }))).toBe('422 VALIDATION_FAILED');
  expect(codeOf(await cancel(id, { dates: 1 }))).toBe('422 VALIDATION_FAILED');
  expect((await shop.read(id)).status).toBe('sending');
  const once = await shop.draft();
  await shop.call('POST', `/campaigns/${once.id}/launch`);
  expect((await shop.read(once.id)).moves).not.toContain('cancel_date');
  expect((await cancel(once.id, { scope: 'date' })).json()).toMatchObject({
    status: 'cancelled',
    occurrences: null,
  });
});

test('each entry of the calendar names its run, whose report can be read between two dates', async () => {
  const id = await onItsFirstDate();
  await cancel(id, { scope: 'date' });
  const { data } = (
    await shop.call('GET', '/campaigns/calendar?from=2027-04-01&until=2027-04-10')
  ).json<CampaignCalendar>();
  expect(data.map(({ kind, run_id, moves }) => [kind, run_id !== null, moves.includes('edit')])).toEqual([
    ['sent', true, true],
    ['occurrence', false, true],
  ]);
  const report = await shop.call('GET', `/campaigns/${id}/report?run_id=${data[0]?.run_id}`);
  expect(report.json<Report>()).toMatchObject({
    run_id: data[0]?.run_id,
    run_status: 'cancelled',
    planned: 3,
  });
});
