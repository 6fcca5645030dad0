// What is said ahead of time is what happens then: counts, the people behind them, the reason for one person and the rows of
// the run come from one decision. The clock is moved; the app and the database are real.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { AudienceCount, AudiencePart, AudiencePerson } from '../../../contract/audience.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import { fromWireId } from '../../../contract/ids.ts';
import type { Page } from '../../../contract/lists.ts';
import type { ZonePlan } from '../../../contract/schedules.ts';
import type { SendForecast } from '../../../contract/send-forecast.ts';
import type { Why } from '../../../contract/why.ts';
import { expandRun } from '../../deliveries/runs/expand.ts';
import { settableClock } from '../../platform/clock.ts';
import { launchDue } from '../schedules/launch-due.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';

const noon = new Date('2027-03-15T12:00:00Z');
const clock = settableClock(noon);
let house: House;
let shop: Shop;
beforeAll(async () => {
  house = await aHouse({ clock, work: false });
});
beforeEach(async () => {
  clock.set(noon);
  shop = await house.shop(4);
});

const read = async <T>(path: string) => (await shop.call('GET', path)).json<T>();
const count = (id: string) => read<AudienceCount>(`/campaigns/${id}/audience`);
const why = (id: string, person: string) => read<Why>(`/campaigns/${id}/why/${person}`);
const forecast = (id: string) => read<SendForecast>(`/campaigns/${id}/forecast`);
const listed = async (id: string, part: AudiencePart) =>
  (await read<Page<AudiencePerson>>(`/campaigns/${id}/audience/people?part=${part}&limit=50`)).data.map(
    (person) => person.contact_id,
  );
async function launched(id: string): Promise<void> {
  const answer = await shop.call('POST', `/campaigns/${id}/launch`);
  expect(answer.statusCode, answer.body).toBe(202);
}
async function rowsOf(id: string) {
  const run = await house.base.db
    .selectFrom('runs')
    .select(['id', 'workspace_id'])
    .where('campaign_id', '=', fromWireId('cmp', id) as string)
    .executeTakeFirstOrThrow();
  await expandRun(house.base, { workspaceId: run.workspace_id, runId: run.id });
  const rows = await house.base.db
    .selectFrom('deliveries')
    .select(['contact_id', 'reason', 'due_at'])
    .where('run_id', '=', run.id)
    .execute();
  return new Map(rows.map((row) => [row.contact_id, row]));
}
const rowOf = (rows: Awaited<ReturnType<typeof rowsOf>>, person: string) =>
  rows.get(fromWireId('cnt', person) as string);

test('who is held out stands behind a figure of their own, and nobody behind two', async () => {
  shop = await house.shop(30);
  const { id } = await shop.draft({ settings: { holdout_percent: 50 } });
  const { reachable, holdout, total } = await count(id);
  expect([reachable + holdout, total, holdout > 0]).toEqual([30, 30, true]);
  const [gets, heldOut] = [await listed(id, 'reachable'), await listed(id, 'holdout')];
  expect([gets.length, heldOut.length]).toEqual([reachable, holdout]);
  await launched(id);
  const rows = await rowsOf(id);
  for (const person of shop.people)
    expect(rowOf(rows, person)?.reason ?? 'gets it').toBe(heldOut.includes(person) ? 'holdout' : 'gets it');
  expect(gets.filter((person) => heldOut.includes(person))).toEqual([]);
});

test('by everybody’s own clock: whose hour is over is told before, and everybody else’s hour', async () => {
  const [tokyo, berlin, angeles] = shop.people as [string, string, string];
  const zones = [
    [tokyo, 'Asia/Tokyo'],
    [berlin, 'Europe/Berlin'],
    [angeles, 'America/Los_Angeles'],
  ] as const;
  for (const [person, time_zone] of zones)
    await house.base.db
      .updateTable('contacts')
      .set({ time_zone })
      .where('id', '=', fromWireId('cnt', person) as string)
      .execute();
  const { id } = await shop.draft({
    schedule: {
      mode: 'recipient_local',
      local: '2027-03-15T18:00',
      time_zone: 'Europe/London',
      passed: 'skip',
    },
  });
  const said = async () => ({
    figures: await count(id).then((figures) => [figures.reachable, figures.local_time_passed]),
    behind: await listed(id, 'local_time_passed'),
    tokyo: await why(id, tokyo).then((told) => [
      told.verdict,
      told.checks.find((one) => one.outcome === 'no')?.key,
    ]),
    angeles: await why(id, angeles).then((told) => [
      told.verdict,
      told.checks.find((one) => one.key === 'quiet')?.at,
    ]),
  });
  const expected = {
    figures: [3, 1],
    behind: [tokyo],
    tokyo: ['skipped', 'quiet'],
    angeles: ['will_get', '2027-03-16T01:00:00.000Z'],
  };
  expect(await said()).toEqual(expected);
  await launched(id);
  expect(await said(), 'scheduled').toEqual(expected);
  clock.set(new Date('2027-03-15T17:00:00Z'));
  await launchDue(house.base);
  const rows = await rowsOf(id);
  expect(rowOf(rows, tokyo)?.reason).toBe('local_time_passed');
  expect(rowOf(rows, angeles)?.due_at.toISOString()).toBe('2027-03-16T01:00:00.000Z');
  expect(rowOf(rows, berlin)?.due_at.toISOString()).toBe('2027-03-15T17:00:00.000Z');
});

test('the plan per time zone counts whom the campaign reaches, as the reach does', async () => {
  const [, optedOut, noZone] = shop.people as [string, string, string];
  await house.base.db
    .updateTable('contacts')
    .set({ time_zone: 'Asia/Tokyo' })
    .where('id', '<>', fromWireId('cnt', noZone) as string)
    .execute();
  const out = { channel: 'telegram', purpose: 'marketing', state: 'opted_out' };
  expect((await shop.call('POST', `/contacts/${optedOut}/consent`, out)).statusCode).toBeLessThan(300);
  const { id } = await shop.draft({
    schedule: {
      mode: 'recipient_local',
      local: '2027-03-15T18:00',
      time_zone: 'Europe/London',
      passed: 'skip',
    },
  });
  // one reached, two whose hour is over in Tokyo; who opted out is in neither
  expect(await count(id)).toMatchObject({ reachable: 1, local_time_passed: 2, opted_out: 1 });
  const zones = async () =>
    (await read<ZonePlan>(`/campaigns/${id}/zones`)).data.map((row) => [row.time_zone, row.people]);
  expect(await zones()).toEqual([
    ['Asia/Tokyo', 2],
    [null, 1],
  ]);
  await shop.call('PATCH', `/campaigns/${id}`, { connection_id: null });
  expect(await zones(), 'nothing to reach them on is chosen').toEqual([
    ['Asia/Tokyo', 3],
    [null, 1],
  ]);
});

test('nobody whose hour is still to come: the launch is refused, and says what would help', async () => {
  await house.base.db.updateTable('contacts').set({ time_zone: 'Asia/Tokyo' }).execute();
  const { id } = await shop.draft({
    schedule: {
      mode: 'recipient_local',
      local: '2027-03-15T18:00',
      time_zone: 'Europe/London',
      passed: 'skip',
    },
  });
  const answer = await shop.call('POST', `/campaigns/${id}/launch`);
  expect([answer.statusCode, answer.json().detail]).toEqual([
    422,
    expect.stringMatching(/that time is over/),
  ]);
});

test('of a series between two dates everything is asked for the next one', async () => {
  const schedule = {
    mode: 'recurring',
    rrule: 'FREQ=WEEKLY;BYDAY=FR',
    local: '2027-03-19T09:00',
    time_zone: 'Europe/London',
  };
  const { id } = await shop.draft({ schedule });
  await launched(id);
  expect((await forecast(id)).starts_at).toBe('2027-03-19T09:00:00.000Z');
  clock.set(new Date('2027-03-19T09:00:00Z'));
  await launchDue(house.base);
  clock.set(new Date('2027-03-20T12:00:00Z'));
  expect((await forecast(id)).starts_at).toBe('2027-03-26T09:00:00.000Z');
});

test('a campaign that was never sent says so, and one that was brought forward stands where it went out', async () => {
  const schedule = { mode: 'at', local: '2027-05-20T09:00', time_zone: 'Europe/London' };
  const cancelled = await shop.draft({ schedule });
  await launched(cancelled.id);
  await shop.call('POST', `/campaigns/${cancelled.id}/cancel`);
  const [person] = shop.people as [string];
  expect(await why(cancelled.id, person)).toMatchObject({
    verdict: 'not_meant',
    headline: 'The campaign was never sent',
  });
  const early = await shop.draft({ schedule });
  await launched(early.id);
  expect((await shop.call('POST', `/campaigns/${early.id}/send_now`)).json()).toMatchObject({
    scheduled_at: expect.stringMatching(/^2027-03-15T12:00/),
  });
  const on = async (day: string) =>
    (await read<Page<Campaign>>(`/campaigns?from=${day}&until=${day}`)).data.map((one) => one.id);
  expect([await on('2027-03-15'), await on('2027-05-20')]).toEqual([[early.id], [cancelled.id]]);
});
