// The life of a campaign that repeats, over HTTP and at its hours: the clock is moved, the jobs, the database and the app are real.
import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Campaign } from '../../../contract/campaigns.ts';
import { fromWireId } from '../../../contract/ids.ts';
import type { Page } from '../../../contract/lists.ts';
import type { CampaignRun } from '../../../contract/schedules.ts';
import { settableClock } from '../../platform/clock.ts';
import { codeOf } from '../../workspaces/testing-visitor.ts';
import { finishCampaign } from '../control.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';
import { launchDue } from './launch-due.ts';

const monday = new Date('2027-03-15T12:00:00Z');
const friday = (week: number) => new Date(Date.parse('2027-03-19T09:00:00Z') + week * 7 * 86_400_000);
const later = (date: Date, minutes: number) => new Date(date.getTime() + minutes * 60_000);
const clock = settableClock(monday);
const fridays = {
  mode: 'recurring',
  rrule: 'FREQ=WEEKLY;BYDAY=FR',
  local: '2027-03-19T09:00',
  time_zone: 'Europe/London',
};

let house: House;
let shop: Shop;
// the jobs do not run: each test says when somebody looks and when a run is through
beforeAll(async () => {
  house = await aHouse({ clock, work: false });
});
beforeEach(async () => {
  clock.set(monday);
  shop = await house.shop(2);
});

const uuid = (id: string) => fromWireId('cmp', id) as string;
const runsOf = (id: string) =>
  house.base.db
    .selectFrom('runs')
    .selectAll()
    .where('campaign_id', '=', uuid(id))
    .orderBy('created_at')
    .execute();
const datesOf = async (id: string) => (await runsOf(id)).map((run) => run.occurrence_at?.toISOString());
async function series(more: object = {}, given: object = {}): Promise<Campaign> {
  const draft = await shop.draft({ schedule: { ...fridays, ...more }, ...given });
  const answer = await shop.call('POST', `/campaigns/${draft.id}/launch`);
  expect(answer.statusCode, answer.body).toBe(202);
  return shop.read(draft.id);
}
async function lookAt(now: Date): Promise<void> {
  clock.set(now);
  await launchDue(house.base);
}
/** Its run ends, as if everybody had been sent theirs. */
async function runIsThrough(id: string): Promise<void> {
  const run = (await runsOf(id)).at(-1) as Awaited<ReturnType<typeof runsOf>>[number];
  await house.base.db
    .updateTable('runs')
    .set({ status: 'finished', finished_at: clock.now(), expanded_at: clock.now() })
    .where('id', '=', run.id)
    .execute();
  await finishCampaign(house.base, { workspaceId: run.workspace_id, runId: run.id });
}
const auditOf = async (id: string, action: string) =>
  (await shop.call('GET', '/audit_events'))
    .json<{ data: { subject_id: string; action: string; detail: Record<string, unknown> }[] }>()
    .data.filter((event) => event.subject_id === id && event.action === action);

test('it goes out on each date, over the change of the clocks, and is published after the last', async () => {
  const { id } = await series({ until: '2027-04-02' });
  expect(await shop.read(id)).toMatchObject({
    status: 'scheduled',
    next_at: '2027-03-19T09:00:00.000Z',
    occurrences: { done: 0, left: 3 },
  });
  await lookAt(friday(0));
  expect(await shop.read(id)).toMatchObject({
    status: 'sending',
    next_at: '2027-03-26T09:00:00.000Z',
    occurrences: { done: 1, left: 2 },
  });
  await runIsThrough(id);
  expect(await shop.read(id)).toMatchObject({ status: 'scheduled', next_at: '2027-03-26T09:00:00.000Z' });
  await lookAt(friday(1));
  await runIsThrough(id);
  expect(await shop.read(id)).toMatchObject({ status: 'scheduled', next_at: '2027-04-02T08:00:00.000Z' });
  await lookAt(later(friday(2), -61));
  expect((await shop.read(id)).status).toBe('scheduled');
  await lookAt(later(friday(2), -60));
  expect(await shop.read(id)).toMatchObject({
    status: 'sending',
    next_at: null,
    occurrences: { done: 3, left: 0 },
  });
  await runIsThrough(id);
  expect(await shop.read(id)).toMatchObject({ status: 'published', next_at: null });
  const { data } = (await shop.call('GET', `/campaigns/${id}/runs`)).json<Page<CampaignRun>>();
  expect(data.map((run) => [run.number, run.occurrence_at, run.planned])).toEqual([
    [3, '2027-04-02T08:00:00.000Z', 2],
    [2, '2027-03-26T09:00:00.000Z', 2],
    [1, '2027-03-19T09:00:00.000Z', 2],
  ]);
});

describe('nobody twice', () => {
  test('many nodes at one hour start one run', async () => {
    const { id } = await series();
    clock.set(friday(0));
    await Promise.all(Array.from({ length: 6 }, () => launchDue(house.base)));
    expect(await datesOf(id)).toEqual([friday(0).toISOString()]);
  });

  test('the clock is set back after a date was sent: nothing is due', async () => {
    const { id } = await series();
    await lookAt(friday(0));
    await runIsThrough(id);
    await lookAt(later(friday(0), -120));
    await lookAt(friday(0));
    expect(await datesOf(id)).toHaveLength(1);
  });

  test('the database refuses a second run of one date, and a row that was set back moves on', async () => {
    const { id } = await series();
    await lookAt(friday(0));
    await runIsThrough(id);
    await house.base.db
      .updateTable('campaigns')
      .set({ scheduled_at: friday(0) })
      .where('id', '=', uuid(id))
      .execute();
    await lookAt(later(friday(0), 1));
    expect(await shop.read(id)).toMatchObject({ status: 'scheduled', next_at: friday(1).toISOString() });
    expect(await datesOf(id)).toHaveLength(1);
    const again = sql`INSERT INTO runs SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid()))).* FROM runs r
      WHERE campaign_id = ${uuid(id)}`;
    await expect(again.execute(house.base.db)).rejects.toThrow(/runs_once_per_occurrence/);
  });

  test('a node that dies while it starts a run leaves the date to the next look', async () => {
    const { id } = await series();
    clock.set(friday(0));
    const enqueue: typeof house.base.jobs.enqueue = async (...args) => {
      if (args[1] === 'deliveries.expand') throw new Error('the node died here');
    };
    await launchDue({ ...house.base, jobs: { ...house.base.jobs, enqueue } });
    expect([(await shop.read(id)).occurrences, await datesOf(id)]).toEqual([{ done: 0, left: null }, []]);
    await launchDue(house.base);
    expect(await datesOf(id)).toEqual([friday(0).toISOString()]);
  });
});

describe('missed dates', () => {
  test('of several only the latest is judged, the others are told as left out', async () => {
    const { id } = await series();
    await lookAt(later(friday(2), -50));
    expect(await datesOf(id)).toEqual(['2027-04-02T08:00:00.000Z']);
    const [skipped] = await auditOf(id, 'campaign.occurrence_skipped');
    expect(skipped?.detail).toEqual({ dates: [friday(0).toISOString(), friday(1).toISOString()], count: 2 });
  });

  test('too late: it is held, though it was sent before; a word sends that date once, and the series goes on', async () => {
    const { id } = await series();
    await lookAt(friday(0));
    await runIsThrough(id);
    await lookAt(later(friday(1), 90));
    const held = await shop.read(id);
    expect(held).toMatchObject({ status: 'paused', held: true, next_at: null });
    expect(held.status_reason).toMatch(
      /1 h 30 min late; it was due Fri, 26 Mar 2027, 09:00 \(Europe\/London\)/,
    );
    expect((await shop.call('GET', '/held')).json().missed).toHaveLength(1);
    expect((await shop.call('POST', `/campaigns/${id}/resume`)).json()).toMatchObject({
      left: 2,
      held: false,
    });
    expect(await datesOf(id)).toEqual([friday(0).toISOString(), friday(1).toISOString()]);
    await runIsThrough(id);
    expect(await shop.read(id)).toMatchObject({ status: 'scheduled', next_at: '2027-04-02T08:00:00.000Z' });
  });

  test('held: told to go on as it is, it leaves the missed date out', async () => {
    const { id, schedule } = await series({}, { settings: { missed: { mode: 'hold' } } });
    await lookAt(later(friday(0), 30));
    expect((await shop.read(id)).held).toBe(true);
    const answer = await shop.call('POST', `/campaigns/${id}/reschedule`, { schedule });
    expect(answer.json()).toMatchObject({ status: 'scheduled', scheduled_at: friday(1).toISOString() });
    expect(await shop.read(id)).toMatchObject({ held: false, status_reason: null });
    expect(await datesOf(id)).toEqual([]);
  });

  test('a date that comes while the run before is under way waits for its end, and is not late', async () => {
    const { id } = await series({ rrule: 'FREQ=DAILY' }, { settings: { missed: { mode: 'hold' } } });
    await lookAt(friday(0));
    await lookAt(later(friday(0), 24 * 60 + 180));
    expect(await datesOf(id)).toHaveLength(1);
    await runIsThrough(id);
    await launchDue(house.base);
    expect(await shop.read(id)).toMatchObject({ status: 'sending', occurrences: { done: 2, left: null } });
  });
});

describe('by hand', () => {
  test('sent at once: its next date is brought forward, and not sent again', async () => {
    const { id } = await series();
    expect((await shop.call('POST', `/campaigns/${id}/send_now`)).json()).toMatchObject({
      status: 'sending',
    });
    await runIsThrough(id);
    expect(await shop.read(id)).toMatchObject({ status: 'scheduled', next_at: friday(1).toISOString() });
    await lookAt(friday(0));
    expect(await datesOf(id)).toEqual([friday(0).toISOString()]);
  });

  test('another hour keeps the rule; a whole schedule replaces it', async () => {
    const { id } = await series();
    const hour = { local: '2027-03-22T10:00', time_zone: 'Asia/Tokyo' };
    await shop.call('POST', `/campaigns/${id}/reschedule`, hour);
    expect(await shop.read(id)).toMatchObject({
      schedule: { ...fridays, ...hour },
      next_at: '2027-03-26T01:00:00.000Z',
    });
    const schedule = { mode: 'at', ...hour };
    await shop.call('POST', `/campaigns/${id}/reschedule`, { schedule });
    expect(await shop.read(id)).toMatchObject({
      schedule,
      next_at: '2027-03-22T01:00:00.000Z',
      occurrences: null,
    });
  });

  test('cancelled between two dates it is over; a copy keeps the rule and counts anew', async () => {
    const { id } = await series({ rrule: 'FREQ=WEEKLY;BYDAY=FR;COUNT=9' });
    const copy = (await shop.call('POST', `/campaigns/${id}/duplicate`)).json<Campaign>();
    expect(copy).toMatchObject({ status: 'draft', occurrences: { done: 0, left: 9 } });
    await lookAt(friday(0));
    await runIsThrough(id);
    expect((await shop.call('POST', `/campaigns/${id}/cancel`)).json()).toMatchObject({
      status: 'cancelled',
      next_at: null,
    });
    await lookAt(friday(1));
    expect(await datesOf(id)).toHaveLength(1);
  });

  test('an edit between two dates leaves the next one as it is', async () => {
    const { id, schedule } = await series();
    await lookAt(friday(0));
    await runIsThrough(id);
    const answer = await shop.call('PATCH', `/campaigns/${id}`, { content: { text: 'Week two' }, schedule });
    expect(answer.json()).toMatchObject({ next_at: friday(1).toISOString(), content: { text: 'Week two' } });
  });
});

test.each([
  [{ local: '2027-03-12T09:00' }, '/schedule/local', /next date by this rule is 2027-03-19T09:00/],
  [
    { local: '2026-03-12T09:00', until: '2026-04-12' },
    '/schedule/local',
    /All dates of this series are over/,
  ],
  [{ until: '2027-03-18' }, '/schedule/until', /before the first date/],
  [
    { rrule: 'FREQ=WEEKLY;COUNT=3', until: '2027-09-01' },
    '/schedule/until',
    /either an end date or a number/,
  ],
  [{ rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }, '/schedule/rrule', /no date within/],
  [{ exceptions: ['2027-02-30'] }, '/schedule/exceptions/0', /calendar day/],
  [{ passed: 'skip' }, '/schedule/passed', /recipient_local/],
])('%j is refused beside its field', async (more, pointer, words) => {
  const answer = await shop.call('POST', '/campaigns', { name: 'x', schedule: { ...fridays, ...more } });
  expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
  const wrong = answer.json<{ errors: { pointer: string; detail: string }[] }>().errors;
  expect(wrong.find((one) => one.pointer === pointer)?.detail).toMatch(words);
});
