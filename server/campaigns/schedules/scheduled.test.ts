// Campaigns with a time of their own, over HTTP and at their hour: the clock is moved, the jobs, the database and the app are real.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Campaign } from '../../../contract/campaigns.ts';
import { fromWireId } from '../../../contract/ids.ts';
import { settableClock } from '../../platform/clock.ts';
import { codeOf } from '../../workspaces/testing-visitor.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';
import { launchDue } from './launch-due.ts';

const morning = new Date('2026-12-01T00:00:00Z'); // 09:00 in Tokyo
const before = new Date(morning.getTime() - 3 * 3_600_000);
const clock = settableClock(before);
const at = (local: string, time_zone = 'Asia/Tokyo') => ({ mode: 'at', local, time_zone });
const tokyo9 = at('2026-12-01T09:00');
const minutesAfter = (minutes: number, hour = morning) => new Date(hour.getTime() + minutes * 60_000);

let house: House;
let shop: Shop;
// the jobs do not run: each test says when somebody looks, as if Carillon had been stopped until then
beforeAll(async () => {
  house = await aHouse({ clock, work: false });
});
beforeEach(async () => {
  clock.set(before);
  shop = await house.shop(2);
});

const uuid = (id: string) => fromWireId('cmp', id) as string;
const runsOf = (id: string) =>
  house.base.db.selectFrom('runs').selectAll().where('campaign_id', '=', uuid(id)).execute();
async function scheduled(given: object = {}): Promise<Campaign> {
  const draft = await shop.draft({ schedule: tokyo9, ...given });
  const answer = await shop.call('POST', `/campaigns/${draft.id}/launch`);
  expect(answer.statusCode, answer.body).toBe(202);
  return shop.read(draft.id);
}
async function lookAt(now: Date): Promise<void> {
  clock.set(now);
  await launchDue(house.base);
}
const auditOf = async (id: string) =>
  (await shop.call('GET', '/audit_events'))
    .json<{ data: { subject_id: string; action: string; detail: Record<string, unknown> }[] }>()
    .data.filter((event) => event.subject_id === id);

describe('a time is chosen', () => {
  test('and launch schedules: the answer names the instant, nobody is messaged yet, a job waits for that moment', async () => {
    const draft = await shop.draft({ schedule: tokyo9 });
    expect(draft).toMatchObject({
      status: 'draft',
      schedule: tokyo9,
      scheduled_at: '2026-12-01T00:00:00.000Z',
    });
    const answer = await shop.call('POST', `/campaigns/${draft.id}/launch`);
    expect([answer.statusCode, answer.json()]).toEqual([
      202,
      { run_id: null, planned: 2, status: 'scheduled', scheduled_at: '2026-12-01T00:00:00.000Z' },
    ]);
    expect(await shop.read(draft.id)).toMatchObject({ status: 'scheduled', launched_at: null });
    expect(await runsOf(draft.id)).toEqual([]);
    const { rows } = await waitingJobs(uuid(draft.id));
    expect(rows.map((row) => row.start_after.toISOString())).toEqual(['2026-12-01T00:00:00.000Z']);
    expect(codeOf(await shop.call('POST', `/campaigns/${draft.id}/launch`))).toBe('409 ILLEGAL_MOVE');
  });

  test.each([
    ['Europe/London', '2027-03-28T01:30', '2027-03-28T01:30:00.000Z'],
    ['Europe/London', '2027-10-31T01:30', '2027-10-31T00:30:00.000Z'],
  ])('that the clocks of %s skip or repeat: %s', async (zone, local, instant) => {
    expect(await shop.draft({ schedule: at(local, zone) })).toMatchObject({ scheduled_at: instant });
  });

  test.each([
    [at('2026-12-01T05:59'), '/schedule/local', /1 min ago in Asia\/Tokyo.*2026-12-01T06:02/],
    [at('2026-12-01T06:00'), '/schedule/local', /next possible time there is 2026-12-01T06:02/],
    [at('2036-12-01T09:00'), '/schedule/local', /more than 5 years/],
    [at('2026-12-32T09:00'), '/schedule/local', /no date and time/],
    [at('2026-12-02T09:00', 'Mars/Olympus'), '/schedule/time_zone', /time zone/],
    [{ mode: 'at', time_zone: 'Asia/Tokyo' }, '/schedule/local', /Choose the date and time/],
    [{ mode: 'at', local: '2026-12-02T09:00' }, '/schedule/time_zone', /Choose the time zone/],
    [{ mode: 'now', local: '2026-12-02T09:00' }, '/schedule/local', /mode "at"/],
    [{ mode: 'recurring', rrule: 'FREQ=WEEKLY' }, '/schedule/local', /Choose the date and time/],
    [{ mode: 'recipient_local', local: '2026-12-02T09:00' }, '/schedule/time_zone', /Choose the time zone/],
  ])('that cannot be: %j', async (schedule, pointer, words) => {
    const answer = await shop.call('POST', '/campaigns', { name: 'x', schedule });
    expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
    const wrong = answer.json<{ errors: { pointer: string; detail: string }[] }>().errors;
    expect(wrong.find((one) => one.pointer === pointer)?.detail).toMatch(words);
  });

  test('that passes while the draft waits: the draft can still be edited, but not launched', async () => {
    const draft = await shop.draft({ schedule: tokyo9 });
    clock.set(minutesAfter(1));
    const edited = await shop.call('PATCH', `/campaigns/${draft.id}`, { name: 'Other', schedule: tokyo9 });
    expect(edited.statusCode, edited.body).toBe(200);
    const answer = await shop.call('POST', `/campaigns/${draft.id}/launch`);
    expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
    expect(answer.json()).toMatchObject({ errors: [{ pointer: '/schedule/local' }] });
    expect(await shop.read(draft.id)).toMatchObject({ status: 'draft' });
    // and a copy is not planned for an hour that is over
    const copy = await shop.call('POST', `/campaigns/${draft.id}/duplicate`);
    expect(copy.json()).toMatchObject({ schedule: { mode: 'now' }, scheduled_at: null });
  });

  test('is refused for what could not be sent at once either, and then nothing has moved', async () => {
    const noBot = await shop.draft({ schedule: tokyo9, connection_id: null });
    expect(codeOf(await shop.call('POST', `/campaigns/${noBot.id}/launch`))).toBe('422 VALIDATION_FAILED');
    const blank = await shop.draft({ schedule: tokyo9, content: { text: '' } });
    expect((await shop.call('POST', `/campaigns/${blank.id}/launch`)).statusCode).toBe(422);
    const nobody = await house.shop(0);
    const empty = await nobody.draft({ schedule: tokyo9 });
    expect(codeOf(await nobody.call('POST', `/campaigns/${empty.id}/launch`))).toBe('409 AUDIENCE_EMPTY');
    expect(await nobody.read(empty.id)).toMatchObject({ status: 'draft' });
  });
});

describe('a scheduled campaign', () => {
  test('is edited, and its hour moved: the old hour sends nothing, the new one does', async () => {
    const { id, version } = await scheduled();
    const later = at('2026-12-01T10:00');
    const answer = await shop.call('PATCH', `/campaigns/${id}`, {
      content: { text: 'New' },
      schedule: later,
      version,
    });
    expect(answer.json()).toMatchObject({ status: 'scheduled', scheduled_at: '2026-12-01T01:00:00.000Z' });
    await lookAt(minutesAfter(1));
    expect(await shop.read(id)).toMatchObject({ status: 'scheduled' });
    await lookAt(minutesAfter(61));
    expect(await shop.read(id)).toMatchObject({ status: 'sending' });
    const [run] = await runsOf(id);
    expect(run?.content).toMatchObject({ text: 'New' });
  });

  test('is not set to "now" by an edit, nor its hour moved by who may not send', async () => {
    const { id } = await scheduled();
    const now = await shop.call('PATCH', `/campaigns/${id}`, { schedule: { mode: 'now' } });
    expect(now.json()).toMatchObject({
      errors: [{ pointer: '/schedule/mode', detail: expect.stringMatching(/send_now/) }],
    });
    const writer = await shop.as(['campaigns:read', 'campaigns:write']);
    const moved = await writer.call('PATCH', `/campaigns/${id}`, { schedule: at('2026-12-01T10:00') });
    expect(codeOf(moved)).toBe('403 FORBIDDEN');
    expect(
      (await writer.call('PATCH', `/campaigns/${id}`, { name: 'Fine', schedule: tokyo9 })).statusCode,
    ).toBe(200);
    for (const change of [
      { content: { text: 'Other' } },
      { settings: { silent: true } },
      { audience: { all: true } },
    ])
      expect(codeOf(await writer.call('PATCH', `/campaigns/${id}`, change))).toBe('403 FORBIDDEN');
    expect(await shop.read(id)).toMatchObject({ scheduled_at: '2026-12-01T00:00:00.000Z', name: 'Fine' });
  });

  test('is sent at once by send_now, and not again at its hour', async () => {
    const { id } = await scheduled();
    const answer = await shop.call('POST', `/campaigns/${id}/send_now`);
    expect(answer.json()).toMatchObject({ status: 'sending', planned: 2, run_id: expect.any(String) });
    await lookAt(minutesAfter(1));
    expect(await runsOf(id)).toHaveLength(1);
  });

  test('is rescheduled by its own verb, which refuses the past beside its field', async () => {
    const { id } = await scheduled();
    const past = await shop.call('POST', `/campaigns/${id}/reschedule`, {
      local: '2026-11-01T09:00',
      time_zone: 'UTC',
    });
    expect(past.json()).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ pointer: '/local' }] });
    const moved = await shop.call('POST', `/campaigns/${id}/reschedule`, {
      local: '2026-12-01T09:30',
      time_zone: 'Europe/Berlin',
    });
    expect(moved.json()).toMatchObject({ status: 'scheduled', scheduled_at: '2026-12-01T08:30:00.000Z' });
    expect(await shop.read(id)).toMatchObject({ schedule: at('2026-12-01T09:30', 'Europe/Berlin') });
  });

  test('is cancelled before its hour: nobody is messaged', async () => {
    const { id } = await scheduled();
    expect((await shop.call('POST', `/campaigns/${id}/cancel`)).json()).toMatchObject({
      status: 'cancelled',
    });
    await lookAt(minutesAfter(1));
    expect([(await shop.read(id)).status, await runsOf(id)]).toEqual(['cancelled', []]);
  });

  test('can be deleted, and then nothing goes out at its hour', async () => {
    const { id } = await scheduled();
    expect((await shop.call('DELETE', `/campaigns/${id}`)).statusCode).toBe(204);
    expect(codeOf(await shop.call('GET', `/campaigns/${id}`))).toBe('404 NOT_FOUND');
  });
});

describe('at its hour', () => {
  test('it is not sent a moment early, and then exactly once, with everybody of that hour', async () => {
    const { id } = await scheduled();
    await lookAt(new Date(morning.getTime() - 1000));
    expect(await shop.read(id)).toMatchObject({ status: 'scheduled' });
    await lookAt(morning);
    expect(await shop.read(id)).toMatchObject({
      status: 'sending',
      status_reason: null,
      launched_at: expect.any(String),
    });
    await lookAt(minutesAfter(1));
    const runs = await runsOf(id);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ status: 'active', planned: 2 });
    const launched = (await auditOf(id)).find((event) => event.action === 'campaign.launched');
    expect(launched?.detail).toMatchObject({ planned: 2, late_seconds: 0 });
  });

  test('many nodes that look at the same moment send each campaign once', async () => {
    const ids = [];
    for (let i = 0; i < 8; i++) ids.push((await scheduled()).id);
    clock.set(morning);
    await Promise.all(Array.from({ length: 6 }, () => launchDue(house.base)));
    for (const id of ids) {
      expect(await shop.read(id)).toMatchObject({ status: 'sending' });
      expect(await runsOf(id)).toHaveLength(1);
    }
  });

  test('a node that dies between the look and its commit leaves it scheduled, and the next look sends it once', async () => {
    const { id } = await scheduled();
    clock.set(morning);
    const dying = {
      ...house.base,
      // the job of the expansion is the last thing the launch writes before it commits
      jobs: {
        ...house.base.jobs,
        enqueue: async (...[, name]: Parameters<typeof house.base.jobs.enqueue>) => {
          if (name === 'deliveries.expand') throw new Error('the node died here');
        },
      },
    };
    await launchDue(dying);
    expect([(await shop.read(id)).status, await runsOf(id)]).toEqual(['scheduled', []]);
    await launchDue(house.base);
    expect((await shop.read(id)).status).toBe('sending');
    expect(await runsOf(id)).toHaveLength(1);
  });

  test('a campaign that a bug keeps from being launched does not keep the others', async () => {
    const broken = await scheduled();
    await house.base.db
      .updateTable('campaigns')
      .set({ content: JSON.stringify({ text: 5 }) })
      .where('id', '=', uuid(broken.id))
      .execute();
    const good = await scheduled({ schedule: at('2026-12-01T09:01') });
    await lookAt(minutesAfter(2));
    expect(await shop.read(good.id)).toMatchObject({ status: 'sending' });
    await shop.call('POST', `/campaigns/${broken.id}/cancel`);
  });

  test.each([
    [
      'its connection is broken',
      'connections',
      { status: 'error', problem: 'The token was revoked.' },
      /token was revoked/,
    ],
    [
      'nobody can be reached',
      'identities',
      { reachable: false, unreachable_reason: 'blocked' },
      /Nobody in this audience/,
    ],
  ] as const)(
    'and %s: it is paused with the reason, and sent once that is mended',
    async (_, table, change, words) => {
      const { id } = await scheduled();
      const where = { connections: 'id', identities: 'connection_id' } as const;
      const set = (values: object) =>
        house.base.db
          .updateTable(table)
          .set(values)
          .where(where[table] as 'id', '=', shop.sandbox.connectionId)
          .execute();
      await set(change);
      await lookAt(morning);
      const held = await shop.read(id);
      expect(held).toMatchObject({ status: 'paused', launched_at: null });
      expect(held.status_reason).toMatch(
        /^Not sent at its hour: .* It was due Tue, 1 Dec 2026, 09:00 \(Asia\/Tokyo\); nobody/,
      );
      expect(held.status_reason).toMatch(words);
      await set(
        table === 'connections'
          ? { status: 'connected', problem: null }
          : { reachable: true, unreachable_reason: null },
      );
      const sent = await shop.call('POST', `/campaigns/${id}/send_now`);
      expect(sent.json()).toMatchObject({ status: 'sending', planned: 2 });
      expect(await shop.read(id)).toMatchObject({ status_reason: null });
    },
  );

  test('and its message is faulty: it is paused with the reason, mended by an edit and sent', async () => {
    const { id } = await scheduled();
    await shop.call('PATCH', `/campaigns/${id}`, { content: { text: 'Hi {{ contact.first_name' } });
    await lookAt(morning);
    expect((await shop.read(id)).status_reason).toMatch(/^Not sent at its hour/);
    expect((await shop.call('PATCH', `/campaigns/${id}`, { content: { text: 'Hi' } })).statusCode).toBe(200);
    expect((await shop.call('POST', `/campaigns/${id}/resume`)).json()).toMatchObject({
      status: 'sending',
      left: 2,
    });
    expect(await runsOf(id)).toHaveLength(1);
    expect(codeOf(await shop.call('PATCH', `/campaigns/${id}`, { name: 'Late' }))).toBe(
      '409 CAMPAIGN_LOCKED',
    );
  });
});

describe('after its hour was missed', () => {
  test.each([
    ['send_if_late_less_than 60 min, the default', undefined, 10, 'sending'],
    ['send_if_late_less_than 60 min, the default', undefined, 59, 'sending'],
    ['send_if_late_less_than 60 min, the default', undefined, 60, 'paused'],
    ['send_if_late_less_than 60 min, the default', undefined, 120, 'paused'],
    ['send', { mode: 'send' }, 10, 'sending'],
    ['send', { mode: 'send' }, 120, 'sending'],
    ['hold', { mode: 'hold' }, 4, 'sending'],
    ['hold', { mode: 'hold' }, 10, 'paused'],
    ['hold', { mode: 'hold' }, 120, 'paused'],
    ['send_if_late_less_than 150 min', { mode: 'send_if_late_less_than', minutes: 150 }, 120, 'sending'],
  ] as const)('%s: %#, %s min late', async (_, missed, late, status) => {
    const { id } = await scheduled(missed ? { settings: { missed } } : {});
    await lookAt(minutesAfter(late));
    expect(await shop.read(id)).toMatchObject({ status });
    expect(await runsOf(id)).toHaveLength(status === 'sending' ? 1 : 0);
  });

  test('it says how late, is sent by nobody but a person, and can be given another hour or cancelled', async () => {
    const one = await scheduled();
    const two = await scheduled();
    await lookAt(minutesAfter(192));
    expect((await shop.read(one.id)).status_reason).toBe(
      'Held: Carillon came to it 3 h 12 min late; it was due Tue, 1 Dec 2026, 09:00 (Asia/Tokyo). Send it now, choose another time, or cancel it.',
    );
    expect((await auditOf(one.id)).map((event) => event.action)).toContain('campaign.missed');
    await lookAt(minutesAfter(600));
    expect(await runsOf(one.id)).toEqual([]);
    const again = await shop.call('POST', `/campaigns/${one.id}/reschedule`, {
      local: '2026-12-02T09:00',
      time_zone: 'Asia/Tokyo',
    });
    expect(again.json()).toMatchObject({ status: 'scheduled' });
    expect(await shop.read(one.id)).toMatchObject({ status: 'scheduled', status_reason: null });
    await lookAt(new Date('2026-12-02T00:00:00Z'));
    expect(await runsOf(one.id)).toHaveLength(1);
    expect((await shop.call('POST', `/campaigns/${two.id}/cancel`)).json()).toMatchObject({
      status: 'cancelled',
    });
  });

  test('a policy that cannot be is refused beside its field', async () => {
    for (const [missed, words] of [
      [{ mode: 'send_if_late_less_than', minutes: 4 }, /At least 5/],
      [{ mode: 'send_if_late_less_than', minutes: 20_000 }, /a week/],
      [{ mode: 'sometimes' }, /./],
    ] as const) {
      const answer = await shop.call('POST', '/campaigns', { name: 'x', settings: { missed } });
      expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
      const [wrong] = answer.json<{ errors: { pointer: string; detail: string }[] }>().errors;
      expect(wrong?.pointer).toMatch(/^\/settings\/missed/);
      expect(wrong?.detail).toMatch(words);
    }
  });
});

function waitingJobs(campaignId: string) {
  return house.base.db
    .withSchema('pgboss')
    .selectFrom('job' as never)
    .select(['start_after' as never])
    .where('name' as never, '=', 'campaigns.launch_due' as never)
    .where('singleton_key' as never, 'like', `${campaignId}%` as never)
    .execute()
    .then((rows) => ({ rows: rows as { start_after: Date }[] }));
}
