// Everybody at nine by their own clock: who is met when, and what becomes of hours that came while Carillon was away. The
// clock is moved, the app, the jobs' work, the database and the claim are real.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Campaign } from '../../../contract/campaigns.ts';
import { fromWireId } from '../../../contract/ids.ts';
import { holdCampaign } from '../../campaigns/control.ts';
import { launchDue } from '../../campaigns/schedules/launch-due.ts';
import { aHouse, type House, type Shop } from '../../campaigns/testing-shop.ts';
import { settableClock } from '../../platform/clock.ts';
import { newId } from '../../platform/db/ids.ts';
import { claimOfRuns } from '../sending/claim.ts';
import { expandRun } from './expand.ts';
import { lookAtLocalHours } from './local-hours.ts';

const zones = ['Asia/Tokyo', 'Europe/London', 'America/New_York'] as const;
// nine o'clock on 16 March 2027 in each of them
const tokyo = new Date('2027-03-16T00:00:00Z');
const london = new Date('2027-03-16T09:00:00Z');
const newYork = new Date('2027-03-16T13:00:00Z');
const clock = settableClock(tokyo);
const later = (date: Date, minutes: number) => new Date(date.getTime() + minutes * 60_000);

let house: House;
let shop: Shop;
beforeAll(async () => {
  house = await aHouse({ clock, work: false });
});
beforeEach(async () => {
  clock.set(new Date('2027-03-15T12:00:00Z'));
  shop = await house.shop(zones.length);
  for (const [n, time_zone] of zones.entries())
    await house.base.db
      .updateTable('contacts')
      .set({ time_zone })
      .where('id', '=', fromWireId('cnt', shop.people[n] as string) as string)
      .execute();
});

interface Started {
  id: string;
  runId: string;
  workspaceId: string;
}

async function started(given: object = {}, schedule: object = {}, at = tokyo): Promise<Started> {
  const local = {
    mode: 'recipient_local',
    local: '2027-03-16T09:00',
    time_zone: 'Europe/London',
    passed: 'next_day',
  };
  const draft = await shop.draft({ schedule: { ...local, ...schedule }, ...given });
  const answer = await shop.call('POST', `/campaigns/${draft.id}/launch`);
  expect(answer.statusCode, answer.body).toBe(202);
  clock.set(at);
  await launchDue(house.base);
  const campaignId = fromWireId('cmp', draft.id) as string;
  const run = await house.base.db
    .selectFrom('runs')
    .select(['id', 'workspace_id'])
    .where('campaign_id', '=', campaignId)
    .executeTakeFirstOrThrow();
  await expandRun(house.base, { workspaceId: run.workspace_id, runId: run.id });
  return { id: draft.id, runId: run.id, workspaceId: run.workspace_id };
}

/** The zones of whoever a lane gets at this moment. */
async function claimed({ runId }: Started): Promise<string[]> {
  const [taken] = await claimOfRuns(house.base, [{ from: runId, claim: newId(), limit: 100 }]);
  return (taken?.rows ?? []).map((row) => row.contact.time_zone as string);
}

/** Carillon runs and looks, oftener than it counts as away. */
async function runsUntil(at: Date): Promise<void> {
  for (let now = later(clock.now(), 4); now <= at; now = later(now, 4)) {
    clock.set(now);
    await lookAtLocalHours(house.base);
  }
  clock.set(at);
}

async function comesBack(run: Started, at: Date): Promise<Campaign> {
  clock.set(at);
  expect(await claimed(run), 'before anybody looked').toEqual([]);
  await lookAtLocalHours(house.base);
  const { status } = await house.base.db
    .selectFrom('runs')
    .select('status')
    .where('id', '=', run.runId)
    .executeTakeFirstOrThrow();
  if (status === 'paused') await holdCampaign(house.base, { ...run, reason: 'see the run' });
  return shop.read(run.id);
}

test('each is met at nine by their own clock', async () => {
  const run = await started();
  expect(await claimed(run)).toEqual(['Asia/Tokyo']);
  await runsUntil(later(london, -1));
  expect(await claimed(run)).toEqual([]);
  await runsUntil(london);
  expect(await claimed(run)).toEqual(['Europe/London']);
  await runsUntil(newYork);
  expect(await claimed(run)).toEqual(['America/New_York']);
});

test('who has had that hour already is met on the next day, or left out', async () => {
  clock.set(later(tokyo, 120));
  const nextDay = await started({}, {}, london);
  expect(await claimed(nextDay)).toEqual(['Europe/London']);
  await runsUntil(newYork);
  expect(await claimed(nextDay)).toEqual(['America/New_York']);
  await runsUntil(later(tokyo, 24 * 60));
  expect(await claimed(nextDay)).toEqual(['Asia/Tokyo']);

  clock.set(later(tokyo, 120));
  const leftOut = await started({}, { passed: 'skip' }, london);
  const rows = await house.base.db
    .selectFrom('deliveries')
    .select(['state', 'reason'])
    .where('run_id', '=', leftOut.runId)
    .orderBy('state')
    .execute();
  expect(rows.map((row) => [row.state, row.reason])).toEqual([
    ['queued', null],
    ['queued', null],
    ['skipped', 'local_time_passed'],
  ]);
}, 20_000);

describe('Carillon was away', () => {
  test('longer than the campaign allows: it is held, and a word sends it to them once', async () => {
    const run = await started({ settings: { missed: { mode: 'send_if_late_less_than', minutes: 60 } } });
    expect(await claimed(run)).toEqual(['Asia/Tokyo']);
    await runsUntil(later(london, -10));
    expect(await comesBack(run, later(london, 150))).toMatchObject({ status: 'paused', held: false });
    const reason = await house.base.db
      .selectFrom('pgboss.job' as never)
      .select(['data' as never])
      .where('name' as never, '=', 'campaigns.hold' as never)
      .execute();
    expect(JSON.stringify(reason)).toMatch(/up to 2 h 30 min late to one person whose local time had come/);
    expect(await claimed(run)).toEqual([]);
    expect((await shop.call('POST', `/campaigns/${run.id}/resume`)).statusCode).toBe(202);
    await lookAtLocalHours(house.base);
    expect(await claimed(run)).toEqual(['Europe/London']);
    await runsUntil(newYork);
    expect(await claimed(run)).toEqual(['America/New_York']);
  });

  test.each([
    ['at any lateness', { mode: 'send' }, later(london, 150)],
    ['less than it allows', { mode: 'send_if_late_less_than', minutes: 180 }, later(london, 150)],
    ['a minute late, which counts as on time', { mode: 'hold' }, later(london, 1)],
  ])('%s: they are sent it', async (_, missed, back) => {
    const run = await started({ settings: { missed } });
    expect(await claimed(run)).toEqual(['Asia/Tokyo']);
    await runsUntil(later(london, -10));
    expect(await comesBack(run, back)).toMatchObject({ status: 'sending' });
    expect(await claimed(run)).toEqual(['Europe/London']);
  });

  test('while nobody’s hour came: nothing is held', async () => {
    const run = await started({ settings: { missed: { mode: 'hold' } } });
    await claimed(run);
    expect(await comesBack(run, later(london, -60))).toMatchObject({ status: 'sending' });
    await runsUntil(london);
    expect(await claimed(run)).toEqual(['Europe/London']);
  });
});

test('whoever waits for a slow lane has missed nothing', async () => {
  const run = await started({ settings: { missed: { mode: 'hold' } } });
  await runsUntil(later(tokyo, 180));
  expect((await shop.read(run.id)).status).toBe('sending');
  expect(await claimed(run)).toEqual(['Asia/Tokyo']);
});

test('whose hour has passed is left out for that, and is no part of the holdout', async () => {
  shop = await house.shop(40);
  const ids = shop.people.map((id) => fromWireId('cnt', id) as string);
  const [passed, others] = [ids.slice(0, 20), ids.slice(20)];
  for (const [of, time_zone] of [
    [passed, 'Asia/Tokyo'],
    [others, 'Europe/London'],
  ] as const)
    await house.base.db.updateTable('contacts').set({ time_zone }).where('id', 'in', of).execute();
  clock.set(later(tokyo, 120));
  const run = await started({ settings: { holdout_percent: 50 } }, { passed: 'skip' }, london);
  const rows = await house.base.db
    .selectFrom('deliveries')
    .select('reason')
    .where('run_id', '=', run.runId)
    .where('contact_id', 'in', passed)
    .execute();
  expect(rows.map(({ reason }) => reason)).toEqual(passed.map(() => 'local_time_passed'));
});
