// Contact pressure over HTTP: the settings of the workspace and of a campaign, what is refused and where, and what sending says.
import { beforeAll, describe, expect, test } from 'vitest';
import { scopes } from '../../contract/roles.ts';
import { wallClock } from '../deliveries/pressure/testing-pressure.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { testLanes } from '../testing/engine.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import { aHouse, type House } from './testing-shop.ts';

const clock = wallClock('2026-06-01T12:00:00Z');
let house: House;
beforeAll(async () => {
  house = await aHouse({ clock });
});

const twoADay = { purpose: 'marketing', max: 2, period_hours: 24 };
const night = { from: '21:00', to: '09:00', expire_after_hours: 24 };

describe('the workspace’s settings', () => {
  test('are none at first, are stored whole, leave a line in the audit log, and can be taken back', async () => {
    const { call } = await house.shop();
    expect((await call('GET', '/workspace')).json()).toMatchObject({
      frequency_caps: [],
      quiet_hours: null,
    });
    const caps = [twoADay, { purpose: 'service', max: 5, period_hours: 168 }];
    const saved = await call('PATCH', '/workspace', {
      frequency_caps: caps,
      quiet_hours: { from: '21:00', to: '09:00' },
    });
    expect(saved.json()).toMatchObject({ frequency_caps: caps, quiet_hours: night });
    expect((await call('GET', '/workspace')).json()).toEqual(saved.json());
    // what is not named stays
    expect((await call('PATCH', '/workspace', { name: 'Marlow' })).json()).toMatchObject({
      name: 'Marlow',
      frequency_caps: caps,
      quiet_hours: night,
    });
    const events = (await call('GET', '/audit_events?action=workspace.changed')).json().data;
    expect(events[1].detail).toEqual({ frequency_caps: caps, quiet_hours: night });
    expect(
      (await call('PATCH', '/workspace', { frequency_caps: [], quiet_hours: null })).json(),
    ).toMatchObject({ frequency_caps: [], quiet_hours: null });
  });

  test.each([
    [{ frequency_caps: [{ ...twoADay, max: 0 }] }, '/frequency_caps/0/max', /pause your campaigns/],
    [{ frequency_caps: [{ ...twoADay, max: 1.5 }] }, '/frequency_caps/0/max', /./],
    [{ frequency_caps: [{ ...twoADay, period_hours: 0 }] }, '/frequency_caps/0/period_hours', /1 hour/],
    [{ frequency_caps: [{ ...twoADay, purpose: 'all' }] }, '/frequency_caps/0/purpose', /./],
    [{ frequency_caps: [{ ...twoADay, per: 'day' }] }, '/frequency_caps/0/per', /./],
    [
      { frequency_caps: [twoADay, { ...twoADay, max: 3 }] },
      '/frequency_caps/1/period_hours',
      /already a cap/,
    ],
    [{ frequency_caps: Array.from({ length: 11 }, (_, n) => ({ ...twoADay, period_hours: n + 1 })) }, '/frequency_caps', /10/], // biome-ignore format: one row
    [{ quiet_hours: { ...night, to: '21:00' } }, '/quiet_hours/to', /another time/],
    [{ quiet_hours: { ...night, from: '9 pm' } }, '/quiet_hours/from', /"21:00"/],
    [{ quiet_hours: { ...night, to: '24:00' } }, '/quiet_hours/to', /"21:00"/],
    [{ quiet_hours: { ...night, expire_after_hours: 200 } }, '/quiet_hours/expire_after_hours', /a week/],
    [{ quiet_hours: { from: '21:00' } }, '/quiet_hours/to', /./],
    [{ quiet_hours: { ...night, zone: 'UTC' } }, '/quiet_hours/zone', /./],
  ])('%j is refused at its field', async (body, pointer, words) => {
    const { call } = await house.shop();
    const answer = await call('PATCH', '/workspace', body);
    expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
    const wrong = answer.json().errors.find((one: { pointer: string }) => one.pointer === pointer);
    expect(wrong?.detail).toMatch(words);
    expect((await call('GET', '/workspace')).json()).toMatchObject({ version: 1, frequency_caps: [] });
  });

  test('belong to one shop, and are changed by whoever may change the shop', async () => {
    const shop = await house.shop();
    const other = await house.shop();
    await shop.call('PATCH', '/workspace', { frequency_caps: [twoADay], quiet_hours: night });
    expect((await other.call('GET', '/workspace')).json()).toMatchObject({
      frequency_caps: [],
      quiet_hours: null,
    });
    const reader = await shop.as(scopes.filter((scope) => scope !== 'workspace:write'));
    expect(codeOf(await reader.call('PATCH', '/workspace', { quiet_hours: null }))).toBe('403 FORBIDDEN');
    expect((await reader.call('GET', '/workspace')).json()).toMatchObject({ quiet_hours: night });
  });
});

describe('a campaign', () => {
  test('is marketing and bound unless it says otherwise', async () => {
    const shop = await house.shop();
    expect((await shop.draft()).settings).toMatchObject({
      purpose: 'marketing',
      pressure: { ignore_caps: false, ignore_quiet_hours: false },
    });
  });

  test('may be exempt as a cart or order message and as a service, and not as a promotion to many', async () => {
    const shop = await house.shop();
    const exempt = { ignore_caps: true, ignore_quiet_hours: true };
    for (const given of [
      { kind: 'abandoned_cart', settings: { pressure: exempt } },
      { kind: 'broadcast', type: 'informational', settings: { purpose: 'service', pressure: exempt } },
    ])
      expect((await shop.draft(given)).settings.pressure).toEqual(exempt);
    const refused = await shop.call('POST', '/campaigns', {
      name: 'Flash Offer',
      settings: { pressure: { ignore_quiet_hours: true } },
    });
    expect(refused.json().errors).toEqual([
      { pointer: '/settings/pressure/ignore_quiet_hours', detail: expect.stringMatching(/"service"/) },
    ]);
    const { id } = await shop.draft({
      type: 'informational',
      settings: { purpose: 'service', pressure: exempt },
    });
    const changed = await shop.call('PATCH', `/campaigns/${id}`, {
      settings: { purpose: null, pressure: exempt },
    });
    expect(changed.json().errors[0].pointer).toBe('/settings/pressure/ignore_caps');
    expect((await shop.read(id)).settings).toMatchObject({ purpose: 'service', pressure: exempt });
    expect(
      codeOf(await shop.call('PATCH', `/campaigns/${id}`, { settings: { pressure: { ignore: true } } })),
    ).toBe('422 VALIDATION_FAILED');
  });

  test('that is promotional cannot be of service, however the two come together', async () => {
    const shop = await house.shop(1);
    const settings = { purpose: 'service' };
    const atPurpose = [
      { pointer: '/settings/purpose', detail: expect.stringMatching(/promotional .*"marketing"/) },
    ];
    for (const given of [
      { settings },
      { settings, type: 'promotional' },
      { settings, kind: 'abandoned_cart', type: 'promotional' },
    ]) {
      const refused = await shop.call('POST', '/campaigns', { name: 'Flash Offer', ...given });
      expect(codeOf(refused)).toBe('422 VALIDATION_FAILED');
      expect(refused.json().errors).toEqual(atPurpose);
    }
    const promotion = await shop.draft();
    const service = await shop.draft({ settings, type: 'informational' });
    for (const [id, change] of [
      [promotion.id, { settings }],
      [service.id, { type: 'promotional' }],
    ] as const)
      expect((await shop.call('PATCH', `/campaigns/${id}`, change)).json().errors).toEqual(atPurpose);
    expect(await shop.read(service.id)).toMatchObject({ type: 'informational', settings });
    await shop.call('PATCH', `/campaigns/${promotion.id}`, { type: 'event_announcement', settings });
    expect(await shop.read(promotion.id)).toMatchObject({ type: 'event_announcement', settings });
    // one that an older version stored is not sent either
    await shop.ctx.db
      .updateTable('campaigns')
      .set({ type: 'promotional' })
      .where('id', '=', uuidOf('cmp', service.id))
      .execute();
    expect((await shop.call('POST', `/campaigns/${service.id}/launch`)).json().errors).toEqual(atPurpose);
    expect(await shop.read(service.id)).toMatchObject({ status: 'draft' });
  });

  test('is not sent when everybody has had enough, and the refusal says what to do', async () => {
    const shop = await house.shop(3);
    await shop.call('PATCH', '/workspace', { frequency_caps: [{ ...twoADay, max: 1 }] });
    const first = await shop.draft();
    const lanes = testLanes(shop.ctx, 500);
    await shop.call('POST', `/campaigns/${first.id}/launch`);
    await shop.settled(first.id);
    await lanes.stop();
    const second = await shop.draft();
    expect((await shop.call('GET', `/campaigns/${second.id}/audience`)).json()).toMatchObject({
      total: 3,
      reachable: 0,
      over_cap: 3,
    });
    const refused = await shop.call('POST', `/campaigns/${second.id}/launch`);
    expect(codeOf(refused)).toBe('409 AUDIENCE_EMPTY');
    expect(refused.json().detail).toMatch(/frequency cap.*Contact pressure/);
    const service = await shop.draft({ type: 'informational', settings: { purpose: 'service' } });
    expect((await shop.call('GET', `/campaigns/${service.id}/audience`)).json()).toMatchObject({
      reachable: 3,
      over_cap: 0,
    });
  });

  test('with an hour of its own is counted for that hour', async () => {
    const shop = await house.shop(2);
    await shop.call('PATCH', '/workspace', { quiet_hours: night });
    const evening = await shop.draft({
      schedule: { mode: 'at', local: '2026-06-01T22:30', time_zone: 'Europe/London' },
    });
    expect((await shop.call('GET', `/campaigns/${evening.id}/audience`)).json()).toMatchObject({
      reachable: 2,
      in_quiet_hours: 2,
      quiet_until: '2026-06-02T08:00:00.000Z',
    });
    const now = await shop.draft();
    expect((await shop.call('GET', `/campaigns/${now.id}/audience`)).json()).toMatchObject({
      reachable: 2,
      in_quiet_hours: 0,
      quiet_until: null,
    });
  });
});

test('of a campaign’s settings a change leaves the others as they are; null is the default', async () => {
  const shop = await house.shop();
  const { id, settings: before } = await shop.draft({
    type: 'informational',
    settings: {
      silent: true,
      purpose: 'service',
      pressure: { ignore_quiet_hours: true },
      batch: { size: 5, delay_seconds: 9 },
      unknown: { resend_after_seconds: 600 },
      canary: { size: { percent: 5 }, wait_minutes: 10 },
    },
  });
  const change = async (settings: object) =>
    (await shop.call('PATCH', `/campaigns/${id}`, { settings })).json();
  expect((await change({ holdout_percent: 10 })).settings).toEqual({ ...before, holdout_percent: 10 });
  const canary = { size: { people: 7 }, limits: { failed_percent: 9 } };
  const parts = { pressure: { ignore_caps: true }, batch: { delay_seconds: 3 }, canary };
  expect((await change(parts)).settings).toEqual({
    ...before,
    holdout_percent: 10,
    pressure: { ignore_caps: true, ignore_quiet_hours: true },
    batch: { size: 5, delay_seconds: 3 },
    canary: { ...before.canary!, ...canary, limits: { ...before.canary!.limits, failed_percent: 9 } },
  });
  const none = { silent: null, batch: null, pressure: null, unknown: null, canary: { wait_minutes: null } };
  expect((await change(none)).settings).toMatchObject({
    silent: false,
    purpose: 'service',
    batch: null,
    pressure: { ignore_caps: false, ignore_quiet_hours: false },
    unknown: {},
    holdout_percent: 10,
    canary: { size: { people: 7 }, wait_minutes: 30 },
  });
  // what comes of it must be something
  expect((await change({ ab: { test_percent: 30 } })).errors[0].pointer).toBe('/settings/ab/variants');
});
