// A workspace that is held sends nothing: the lanes, jobs, app and emulator are real, and the emulator's count is the judge.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Held } from '../../../contract/held.ts';
import { fromWireId, toWireId } from '../../../contract/ids.ts';
import { claimDirect, claimOfRuns } from '../../deliveries/sending/claim.ts';
import { enqueueDelivery } from '../../deliveries/sending/enqueue.ts';
import { resendUnknownByPolicy } from '../../deliveries/settling/reconcile.ts';
import { settableClock } from '../../platform/clock.ts';
import { runRow, testLanes, until } from '../../testing/engine.ts';
import { codeOf } from '../../workspaces/testing-visitor.ts';
import { launchDue } from '../schedules/launch-due.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';
import { holdInstallation } from './hold-installation.ts';

const clock = settableClock(new Date());
let house: House;
let shop: Shop;
beforeAll(async () => {
  house = await aHouse({ clock });
});
beforeEach(async () => {
  clock.set(new Date());
  shop = await house.shop(3);
});

const uuid = (id: string) => fromWireId('cmp', id) as string;
const held = async () => (await shop.call('GET', '/held')).json<Held>();
const release = async (choice: object = { all: true }) => {
  const answer = await shop.call('POST', '/held/release', choice);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<Held>();
};
const discard = (choice: object) => shop.call('POST', '/held/discard', choice);
const accepted = async () => (await shop.sandbox.stats()).accepted;
async function launched(given: object = {}): Promise<string> {
  const { id } = await shop.draft(given);
  const answer = await shop.call('POST', `/campaigns/${id}/launch`);
  expect(answer.statusCode, answer.body).toBe(202);
  const run = answer.json<{ run_id: string | null }>().run_id;
  if (run)
    await until(
      'it is expanded',
      async () => (await runRow(shop.ctx, fromWireId('run', run) as string)).expanded_at !== null,
    );
  return id;
}
const reply = (index = 0) =>
  enqueueDelivery(shop.ctx, {
    source: 'reply',
    contactId: fromWireId('cnt', shop.people[index] as string) as string,
    connectionId: shop.sandbox.connectionId,
    content: { text: 'We are back' },
    authorId: null,
  });
describe('nothing goes out', () => {
  test('of campaigns, replies, tests, hours that come, and unknown rows with a policy; all is listed, and released it is sent once', async () => {
    const waiting = await launched();
    const policy = await launched({ settings: { unknown: { resend_after_seconds: 60 } } });
    await house.base.db
      .updateTable('deliveries')
      .set({ state: 'unknown', reason: 'node_lost', claimed_at: new Date(clock.now().getTime() - 3_600_000) })
      .where('campaign_id', '=', uuid(policy))
      .execute();
    const local = new Date(clock.now().getTime() + 3_600_000).toISOString().slice(0, 16);
    const later = await launched({ schedule: { mode: 'at', local, time_zone: 'UTC' } });
    await reply();
    const tried = await shop.draft();
    await shop.call('POST', `/campaigns/${tried.id}/test`, { contact_ids: [shop.people[1]] });

    expect(await holdInstallation(house.base)).toMatchObject({ before: 0 });
    const lanes = testLanes(house.base, 500);
    clock.set(new Date(clock.now().getTime() + 2.1 * 3_600_000));
    expect(await launchDue(house.base)).toBe(0);
    await resendUnknownByPolicy(house.base);
    await reply(1);
    const afterwards = await launched();
    await release({ campaign_ids: [tried.id] }); // one that has nothing waiting changes nothing
    // a shop that is free shows that these lanes do look and send
    await freeShopSends();
    expect(await accepted()).toBe(0);

    const list = await held();
    expect(list.since).toEqual(expect.any(String));
    const row = (id: string) => list.campaigns.find((one) => one.campaign_id === id);
    expect(row(waiting)).toMatchObject({
      status: 'sending',
      waiting: 3,
      connection_name: 'Shop bot',
      released: false,
    });
    expect(row(policy)).toMatchObject({ waiting: 0, unknown_to_resend: 3 });
    expect(row(later)).toMatchObject({
      status: 'scheduled',
      scheduled_at: `${local}:00.000Z`,
      time_zone: 'UTC',
    });
    expect(row(afterwards)).toMatchObject({ waiting: 3 });
    expect(list.campaigns).toHaveLength(4);
    expect(list.direct).toEqual([
      {
        connection_id: shop.connection,
        connection_name: 'Shop bot',
        replies: 2,
        tests: 1,
        since: expect.any(String),
      },
    ]);

    // the missed hour holds its campaign: released is not sent blindly
    const done = await release();
    expect(done).toMatchObject({ since: null, campaigns: [], direct: [] });
    await shop.settled(waiting);
    await shop.settled(afterwards);
    await until(
      'the hour that was missed is settled',
      async () => (await shop.read(later)).status === 'paused',
    );
    expect((await held()).missed).toMatchObject([
      { campaign_id: later, reason: expect.stringMatching(/1 h/) },
    ]);
    await resendUnknownByPolicy(house.base);
    await until(
      'everything is sent: two campaigns, two replies, a test, the policy',
      async () => (await accepted()) >= 12,
    );
    await lanes.stop();
    expect(await shop.sandbox.stats()).toMatchObject({ accepted: 12 });
  });

  async function freeShopSends(): Promise<void> {
    const other = await house.shop(1);
    const { id } = await other.draft();
    await other.call('POST', `/campaigns/${id}/launch`);
    await other.settled(id);
  }
});

describe('each on its own', () => {
  test('one campaign is let go, one given up, one stays; and the replies go by themselves', async () => {
    const [go, drop, stay] = [await launched(), await launched(), await launched()];
    await reply();
    await holdInstallation(house.base);
    const lanes = testLanes(house.base, 500);
    const list = await release({ campaign_ids: [go] });
    expect(list.campaigns.find((one) => one.campaign_id === go)).toMatchObject({ released: true });
    await shop.settled(go);
    expect(await accepted()).toBe(3);
    expect((await discard({ campaign_ids: [drop] })).statusCode).toBe(200);
    expect(await shop.read(drop)).toMatchObject({ status: 'cancelled' });
    await until('its rows are cancelled', async () => (await shop.report(drop)).cancelled === 3);
    expect((await release({ direct: true })).direct_released).toBe(true);
    await until('the reply is sent', async () => (await accepted()) === 4);
    expect(await shop.report(stay)).toMatchObject({ queued: 3, sent: 0 });
    // held again by another start: what was let go stays so
    expect(await holdInstallation(house.base)).toMatchObject({ marked: expect.any(Number) });
    expect(await held()).toMatchObject({ direct_released: true });
    await release();
    await shop.settled(stay);
    await lanes.stop();
    expect(await accepted()).toBe(7);
  });

  test('replies and tests are given up together', async () => {
    await reply();
    await reply(1);
    await holdInstallation(house.base);
    expect((await discard({ direct: true })).json<Held>().direct).toEqual([]);
    await release();
    const rows = await house.base.db
      .selectFrom('deliveries')
      .select('state')
      .where('workspace_id', '=', shop.ctx.actor.workspaceId)
      .execute();
    expect(rows.map((row) => row.state)).toEqual(['cancelled', 'cancelled']);
  });

  test('of a campaign that is through, giving up means: unknown ones wait for a person', async () => {
    const id = await launched({ settings: { unknown: { resend_after_seconds: 60 } } });
    const rows = house.base.db.updateTable('deliveries').where('campaign_id', '=', uuid(id));
    await rows.set({ state: 'unknown', reason: 'timeout', claimed_at: new Date(0) }).execute();
    await house.base.db
      .updateTable('runs')
      .set({ status: 'finished' })
      .where('campaign_id', '=', uuid(id))
      .execute();
    await house.base.db
      .updateTable('campaigns')
      .set({ status: 'published' })
      .where('id', '=', uuid(id))
      .execute();
    await holdInstallation(house.base);
    expect((await held()).campaigns).toMatchObject([{ campaign_id: id, unknown_to_resend: 3, waiting: 0 }]);
    expect((await discard({ campaign_ids: [id] })).json<Held>().campaigns).toEqual([]);
    await release();
    await resendUnknownByPolicy(house.base);
    expect(await shop.report(id)).toMatchObject({ unknown: 3, queued: 0 });
  });

  test('a scheduled campaign that was let go is sent at its hour while the rest is held', async () => {
    const local = new Date(clock.now().getTime() + 3_600_000).toISOString().slice(0, 16);
    const schedule = { mode: 'at', local, time_zone: 'UTC' };
    const [go, stay] = [await launched({ schedule }), await launched({ schedule })];
    await holdInstallation(house.base);
    await release({ campaign_ids: [go] });
    const lanes = testLanes(house.base, 500);
    clock.set(new Date(clock.now().getTime() + 3_610_000));
    await launchDue(house.base);
    await shop.settled(go);
    expect(await accepted()).toBe(3);
    expect(await shop.read(stay)).toMatchObject({ status: 'scheduled' });
    await lanes.stop();
    await release();
  });
});

test('the claim itself refuses: a lane that knows of no hold gets no row', async () => {
  const id = await launched();
  await reply();
  await holdInstallation(house.base);
  const run = await house.base.db
    .selectFrom('runs')
    .select('id')
    .where('campaign_id', '=', uuid(id))
    .executeTakeFirstOrThrow();
  const ask = (from: string) => [{ from, claim: crypto.randomUUID(), limit: 10 }];
  expect((await claimOfRuns(house.base, ask(run.id)))[0]?.rows).toEqual([]);
  expect((await claimDirect(house.base, ask(shop.sandbox.connectionId)))[0]?.rows).toEqual([]);
  await release({ campaign_ids: [id], direct: true });
  expect((await claimOfRuns(house.base, ask(run.id)))[0]?.rows).toHaveLength(3);
  expect((await claimDirect(house.base, ask(shop.sandbox.connectionId)))[0]?.rows).toHaveLength(1);
  await release();
});

test('rows in the middle of being sent when the backup was made become unknown, never sent again', async () => {
  const id = await launched();
  await house.base.db
    .updateTable('deliveries')
    .set({ state: 'sending', claim: crypto.randomUUID(), claimed_at: clock.now() })
    .where('campaign_id', '=', uuid(id))
    .execute();
  expect((await holdInstallation(house.base)).unknown).toBeGreaterThanOrEqual(3);
  expect(await shop.report(id)).toMatchObject({ unknown: 3, sending: 0, queued: 0 });
  await release();
});

test('release, giving up and the hour of many campaigns at once neither stop each other nor send twice', async () => {
  const local = new Date(clock.now().getTime() + 3_600_000).toISOString().slice(0, 16);
  const ids: string[] = [];
  for (let i = 0; i < 6; i++) ids.push(await launched({ schedule: { mode: 'at', local, time_zone: 'UTC' } }));
  await holdInstallation(house.base);
  await release({ campaign_ids: ids });
  clock.set(new Date(clock.now().getTime() + 3_610_000));
  const answers = await Promise.all([
    ...ids.map((id) => discard({ campaign_ids: [id] })),
    ...ids.map((id) => shop.call('POST', `/campaigns/${id}/cancel`)),
    ...[1, 2, 3].map(() => launchDue(house.base)),
    shop.call('POST', '/held/release', { direct: true }),
  ]);
  for (const answer of answers)
    if (typeof answer !== 'number') expect([200, 202, 409]).toContain(answer.statusCode);
  for (const id of ids) {
    const runs = await house.base.db
      .selectFrom('runs')
      .select('status')
      .where('campaign_id', '=', uuid(id))
      .execute();
    const { status } = await shop.read(id);
    expect([status, runs.map((run) => run.status)]).toBeOneOf([
      ['cancelled', []],
      ['cancelled', ['cancelled']],
    ]);
  }
  await release();
});

describe('the door', () => {
  test('whoever may not decide may look', async () => {
    await holdInstallation(house.base);
    const marketer = await shop.as(['campaigns:read', 'campaigns:write', 'campaigns:send']);
    expect((await marketer.call('GET', '/held')).statusCode).toBe(200);
    expect(codeOf(await marketer.call('POST', '/held/release', { all: true }))).toBe('403 FORBIDDEN');
    expect(codeOf(await marketer.call('POST', '/held/discard', { direct: true }))).toBe('403 FORBIDDEN');
    await release();
  });

  test.each([
    ['no body', undefined, ''],
    ['nothing', {}, '/all'],
    ['all, taken back', { all: false }, '/all'],
    ['no replies', { direct: false }, '/all'],
    ['an empty list', { campaign_ids: [] }, '/campaign_ids'],
    ['all and a part', { all: true, direct: true }, '/all'],
    ['a misspelled word', { every: true }, '/every'],
  ])('a release that names %s releases nothing and says what to send', async (_, body, pointer) => {
    const id = await launched();
    await holdInstallation(house.base);
    const answer = await shop.call('POST', '/held/release', body);
    expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
    expect(answer.json().errors[0]).toEqual({ pointer, detail: expect.any(String) });
    expect(await held()).toMatchObject({
      since: expect.any(String),
      campaigns: [{ campaign_id: id, released: false }],
    });
    await release();
  });

  test('says what is wrong: nothing held, nothing named, a campaign of another shop', async () => {
    expect((await shop.call('POST', '/held/release', { all: true })).json()).toMatchObject({
      code: 'ILLEGAL_MOVE',
    });
    await holdInstallation(house.base);
    expect((await discard({})).json()).toMatchObject({ errors: [{ pointer: '/campaign_ids' }] });
    const stranger = await house.shop(1);
    const foreign = await stranger.draft();
    for (const answer of [
      await discard({ campaign_ids: [foreign.id] }),
      await shop.call('POST', '/held/release', { campaign_ids: [foreign.id] }),
      await shop.call('POST', '/held/release', { campaign_ids: [toWireId('cmp', crypto.randomUUID())] }),
    ])
      expect(answer.json()).toMatchObject({
        code: 'VALIDATION_FAILED',
        errors: [{ pointer: '/campaign_ids/0' }],
      });
    expect(await stranger.read(foreign.id)).toMatchObject({ status: 'draft' });
    expect((await held()).since).not.toBeNull();
    await release();
  });
});
