// A campaign that repeats, between two of its dates: what is sent again, held or empty there keeps neither the series nor
// anybody's message from going on. The clock is moved; the jobs' work, the database and the app are real.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { fromWireId } from '../../../contract/ids.ts';
import { holdRuns } from '../../deliveries/runs/finish.ts';
import { settableClock } from '../../platform/clock.ts';
import { newId } from '../../platform/db/ids.ts';
import { codeOf } from '../../workspaces/testing-visitor.ts';
import { finishCampaign, holdCampaign, reopenCampaign } from '../control.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';
import { launchDue } from './launch-due.ts';

const friday = (week: number) => new Date(Date.parse('2027-04-02T08:00:00Z') + week * 7 * 86_400_000);
const clock = settableClock(friday(-1));
let house: House;
let shop: Shop;
beforeAll(async () => {
  house = await aHouse({ clock, work: false });
});
beforeEach(async () => {
  clock.set(new Date('2027-03-31T12:00:00Z'));
  shop = await house.shop(2);
});

const uuid = (id: string) => fromWireId('cmp', id) as string;
async function series(given: object = {}): Promise<string> {
  const schedule = {
    mode: 'recurring',
    rrule: 'FREQ=WEEKLY;BYDAY=FR',
    local: '2027-04-02T09:00',
    time_zone: 'Europe/London',
  };
  const { id } = await shop.draft({ schedule, ...given });
  expect((await shop.call('POST', `/campaigns/${id}/launch`)).statusCode).toBe(202);
  return id;
}
const runsOf = (id: string) =>
  house.base.db
    .selectFrom('runs')
    .select(['id', 'workspace_id', 'status', 'connection_id', 'occurrence_at'])
    .where('campaign_id', '=', uuid(id))
    .orderBy('created_at')
    .execute();
async function lastRun(id: string) {
  const run = (await runsOf(id)).at(-1);
  if (!run) throw new Error('it has no run');
  return { ...run, runId: run.id, workspaceId: run.workspace_id };
}
async function ends(id: string, status = 'finished', state: 'sent' | 'failed' = 'sent') {
  const run = await lastRun(id);
  const { db } = house.base;
  for (const person of shop.people)
    await db
      .insertInto('deliveries')
      .values({
        workspace_id: run.workspaceId,
        id: newId(),
        source: 'campaign',
        priority: 3,
        campaign_id: uuid(id),
        run_id: run.id,
        event_key: run.id,
        contact_id: fromWireId('cnt', person) as string,
        connection_id: run.connection_id,
        channel: 'telegram',
        address: '1',
        state,
        reason: state === 'failed' ? 'platform_unavailable' : null,
        due_at: clock.now(),
        created_at: clock.now(),
      })
      .execute();
  await db
    .updateTable('runs')
    .set({ status, finished_at: clock.now(), expanded_at: clock.now() })
    .where('id', '=', run.id)
    .execute();
  await finishCampaign(house.base, run);
}

test('a date on which nobody can be reached is left out and told; the next one comes', async () => {
  const id = await series();
  const setReachable = (reachable: boolean) =>
    house.base.db
      .updateTable('identities')
      .set({ reachable })
      .where('workspace_id', '=', shop.ctx.actor.workspaceId)
      .execute();
  await setReachable(false);
  clock.set(friday(0));
  await launchDue(house.base);
  expect(await shop.read(id)).toMatchObject({
    status: 'scheduled',
    next_at: friday(1).toISOString(),
    occurrences: { done: 0 },
  });
  expect(await runsOf(id)).toEqual([]);
  const { data } = (await shop.call('GET', '/audit_events')).json<{
    data: { action: string; detail: object }[];
  }>();
  expect(data.find((event) => event.action === 'campaign.occurrence_skipped')?.detail).toEqual({
    dates: [friday(0).toISOString()],
    count: 1,
    reason: expect.stringMatching(/^Nobody in this audience can be reached/),
  });
  await setReachable(true);
  clock.set(friday(1));
  await launchDue(house.base);
  expect((await runsOf(id)).map((run) => run.occurrence_at)).toEqual([friday(1)]);
});

test('what failed is tried again between two dates, and the series goes on', async () => {
  const id = await series();
  expect(codeOf(await shop.call('POST', `/campaigns/${id}/retry_failed`))).toBe('409 ILLEGAL_MOVE');
  clock.set(friday(0));
  await launchDue(house.base);
  await ends(id, 'finished', 'failed');
  expect((await shop.read(id)).status).toBe('scheduled');
  expect((await shop.call('POST', `/campaigns/${id}/retry_failed`)).statusCode).toBe(202);
  expect([(await shop.read(id)).status, (await lastRun(id)).status]).toEqual(['sending', 'active']);
  await house.base.db.updateTable('deliveries').set({ state: 'sent' }).execute();
  await house.base.db
    .updateTable('runs')
    .set({ status: 'finished', finished_at: clock.now() })
    .where('id', '=', (await lastRun(id)).id)
    .execute();
  await finishCampaign(house.base, await lastRun(id));
  expect(await shop.read(id)).toMatchObject({ status: 'scheduled', next_at: friday(1).toISOString() });
});

test('a run of an earlier date that begins again can be paused, held and cancelled with the campaign', async () => {
  const id = await series();
  clock.set(friday(0));
  await launchDue(house.base);
  await ends(id);
  const first = await lastRun(id);
  // rows of it are sent again by its policy, and the job that says so comes after the next date
  await house.base.db.updateTable('runs').set({ status: 'active' }).where('id', '=', first.id).execute();
  clock.set(friday(1));
  await launchDue(house.base);
  await reopenCampaign(house.base, first);
  const statuses = async () => [(await shop.read(id)).status, ...(await runsOf(id)).map((run) => run.status)];
  expect(await statuses()).toEqual(['sending', 'active', 'active']);
  await ends(id);
  expect(await statuses(), 'one of two is through').toEqual(['sending', 'active', 'finished']);

  await shop.call('POST', `/campaigns/${id}/pause`);
  expect(await statuses()).toEqual(['paused', 'paused', 'finished']);
  await shop.call('POST', `/campaigns/${id}/resume`);
  expect(await statuses()).toEqual(['sending', 'active', 'finished']);
  await shop.call('POST', `/campaigns/${id}/cancel`);
  expect(await statuses()).toEqual(['cancelled', 'cancelled', 'finished']);
});

test('the connection breaks while rows are sent again between two dates: the campaign is held and can be resumed', async () => {
  const id = await series();
  clock.set(friday(0));
  await launchDue(house.base);
  await ends(id);
  const run = await lastRun(id);
  await house.base.db.updateTable('runs').set({ status: 'active' }).where('id', '=', run.id).execute();
  const connection = {
    workspaceId: run.workspaceId,
    connectionId: run.connection_id,
    reason: 'Unauthorized',
  };
  const setStatus = (status: string) =>
    house.base.db.updateTable('connections').set({ status }).where('id', '=', run.connection_id).execute();
  await setStatus('error');
  await holdRuns(house.base, connection);
  await holdCampaign(house.base, { ...run, reason: 'Unauthorized' });
  expect(await shop.read(id)).toMatchObject({ status: 'paused', held: false, status_reason: 'Unauthorized' });
  await setStatus('connected');
  expect((await shop.call('POST', `/campaigns/${id}/resume`)).statusCode).toBe(202);
  expect((await lastRun(id)).status).toBe('active');
});
