// The limits of a connection and its warm-up plan over HTTP.
import { expect, test } from 'vitest';
import { campaignCreate } from '../../../contract/campaigns.ts';
import { toWireId } from '../../../contract/ids.ts';
import { createCampaign } from '../../campaigns/create.ts';
import { editCampaign } from '../../campaigns/edit.ts';
import { connectionRoutes } from '../../channels/routes.ts';
import { aDoor } from '../../channels/testing-door.ts';
import { settableClock } from '../../platform/clock.ts';
import { aConnection, testCtx } from '../../testing/context.ts';
import { limitsRoutes } from '../limits-routes.ts';
import { createMinutes, forgetOldMinutes } from './minutes.ts';

const clock = settableClock(new Date('2026-11-20T09:12:20Z'));
const ctx = await testCtx({ clock });
const { ask } = await aDoor(ctx, [connectionRoutes, limitsRoutes]);
const { workspaceId } = ctx.actor;

test('an idle connection tells what the platform publishes, with where that is from', async () => {
  const con = toWireId('con', await aConnection(ctx));
  const { status, body } = await ask('GET', `/connections/${con}/limits`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    connection_id: con,
    allowed_per_second: 30,
    declared_per_second: 30,
    learned_per_second: null,
    now_per_second: 0,
    reply_reserve: 0.2,
    rate_limited: { last_hour: 0, last_at: null, until: null },
    finish_at: null,
    warm_up: { day_limits: null, day: null, limit_today: null, used_today: 0, time_zone: 'Europe/London' },
    paid_broadcast: { per_second: 1000, active: false },
  });
  expect(
    body.declared.map((limit: { scope: string; messages: number; per_seconds: number }) => [
      limit.scope,
      limit.messages,
      limit.per_seconds,
    ]),
  ).toEqual([
    ['connection', 30, 1],
    ['paid', 1000, 1],
    ['recipient', 1, 1],
    ['group', 20, 60],
  ]);
  for (const limit of body.declared) expect(limit.source).toMatch(/2026-11-20/);
  expect(body.samples).toHaveLength(30);
  expect(body.waiting.map((one: { count: number }) => one.count)).toEqual([0, 0, 0, 0]);
});

test('two nodes count into the same minutes; the last hour’s refusals and the wait are told', async () => {
  const connectionId = await aConnection(ctx);
  const place = { workspaceId, connectionId };
  const nodes = [createMinutes(ctx), createMinutes(ctx)];
  for (const [index, node] of nodes.entries()) {
    for (let i = 0; i < 10 + index; i++) node.sent(place);
    await node.write();
  }
  nodes[0]!.limited(place, null);
  nodes[1]!.limited(place, 45_000);
  for (const node of nodes) await node.stop();
  const url = `/connections/${toWireId('con', connectionId)}/limits`;
  const { body } = await ask('GET', url);
  expect(body.samples.at(-1)).toMatchObject({
    minute: '2026-11-20T09:12:00.000Z',
    sent: 21,
    rate_limited: 2,
  });
  expect(body.rate_limited.last_hour).toBe(2);
  expect(Date.parse(body.rate_limited.until) - Date.parse(body.rate_limited.last_at)).toBe(45_000);
  clock.set(new Date('2026-11-20T09:40:00Z'));
  const later = (await ask('GET', url)).body;
  expect(later.rate_limited).toMatchObject({ last_hour: 2, until: null });
  expect(later.samples).toHaveLength(30);
  expect(later.samples.find((one: { sent: number }) => one.sent > 0).minute).toBe('2026-11-20T09:12:00.000Z');
  clock.set(new Date('2026-11-20T10:30:00Z'));
  expect((await ask('GET', url)).body.rate_limited.last_hour).toBe(0);
  clock.set(new Date('2026-11-22T10:30:00Z'));
  await forgetOldMinutes(ctx);
  const rows = await ctx.db
    .selectFrom('connection_minutes')
    .select('minute')
    .where('connection_id', '=', connectionId)
    .execute();
  expect(rows).toEqual([]);
});

test('a connection that is gone does not keep the others’ samples from being written', async () => {
  const connectionId = await aConnection(ctx);
  const minutes = createMinutes(ctx);
  minutes.sent({ workspaceId, connectionId: '019fdbe0-5c4e-7d21-9a3f-2b6c8d0e4f17' });
  minutes.sent({ workspaceId, connectionId });
  await minutes.stop();
  const { body } = await ask('GET', `/connections/${toWireId('con', connectionId)}/limits`);
  expect(body.samples.at(-1).sent).toBe(1);
});

test('a warm-up plan begins today in the workspace’s zone, keeps its first day, and is ended by null', async () => {
  clock.set(new Date('2026-11-20T23:30:00Z'));
  const url = `/connections/${toWireId('con', await aConnection(ctx))}`;
  const set = await ask('PATCH', url, { warm_up: { day_limits: [50, 100] }, version: 1 });
  expect(set).toMatchObject({
    status: 200,
    body: { warm_up: { day_limits: [50, 100], started_on: '2026-11-20' }, version: 2 },
  });
  clock.set(new Date('2026-11-21T08:00:00Z'));
  expect((await ask('PATCH', url, { warm_up: { day_limits: [50, 120] } })).body.warm_up.started_on).toBe(
    '2026-11-20',
  );
  expect((await ask('GET', `${url}/limits`)).body.warm_up).toMatchObject({
    day: 2,
    limit_today: 120,
    used_today: 0,
  });
  clock.set(new Date('2026-11-22T08:00:00Z'));
  expect((await ask('GET', `${url}/limits`)).body.warm_up).toMatchObject({ day: null, limit_today: null });
  expect((await ask('PATCH', url, { warm_up: null })).body.warm_up).toEqual({
    day_limits: null,
    started_on: null,
  });
});

test.each([
  [{ warm_up: { day_limits: [] } }, '/warm_up/day_limits'],
  [{ warm_up: { day_limits: [0] } }, '/warm_up/day_limits/0'],
  [{ warm_up: { day_limits: [50], started_on: '2026-02-30' } }, '/warm_up/started_on'],
  [{ warm_up: { day_limits: [50], started_on: '0000-01-01' } }, '/warm_up/started_on'],
  [{ warm_up: { day_limits: [50], started_on: '2030-01-01' } }, '/warm_up/started_on'],
  [{ warm_up: { days: [50] } }, '/warm_up/days'],
])('a wrong plan is refused beside its field: %j', async (body, pointer) => {
  const answer = await ask('PATCH', `/connections/${toWireId('con', await aConnection(ctx))}`, body);
  expect(answer.status).toBe(422);
  expect(answer.body.errors.map((one: { pointer: string }) => one.pointer)).toContain(pointer);
});

test('the paid rate is refused in words where the platform sells none', async () => {
  const connectionId = await aConnection(ctx);
  await ctx.db
    .updateTable('connections')
    .set({ channel: 'whatsapp' })
    .where('id', '=', connectionId)
    .execute();
  const plan = { name: 'Fast', settings: { paid_broadcast: true } };
  const connection_id = toWireId('con', connectionId);
  const refusal = {
    code: 'VALIDATION_FAILED',
    errors: [{ pointer: '/settings/paid_broadcast', detail: expect.stringContaining('Only Telegram') }],
  };
  await expect(createCampaign(ctx, campaignCreate.parse({ ...plan, connection_id }))).rejects.toMatchObject(
    refusal,
  );
  const id = await createCampaign(ctx, campaignCreate.parse(plan));
  await expect(editCampaign(ctx, id, { connection_id })).rejects.toMatchObject(refusal);
});

test('while a circuit is open nothing is allowed; a person has it tried at once, which is written down', async () => {
  clock.set(new Date('2026-11-20T09:00:00Z'));
  const connectionId = await aConnection(ctx);
  const url = `/connections/${toWireId('con', connectionId)}`;
  expect(await ask('POST', `${url}/try_now`)).toMatchObject({ status: 200, body: { circuit: null } });
  const tries = () =>
    ctx.db
      .selectFrom('audit_events')
      .select('action')
      .where('subject_id', '=', toWireId('con', connectionId))
      .execute();
  expect(await tries()).toEqual([]);
  const later = (minutes: number) => new Date(clock.now().getTime() + minutes * 60_000);
  await ctx.db
    .updateTable('connections')
    .set({
      circuit: 'open',
      circuit_since: clock.now(),
      circuit_reason: 'It is down.',
      circuit_probe_at: later(2),
      circuit_probes: 7,
      circuit_hold_at: later(1),
    })
    .where('id', '=', connectionId)
    .execute();
  expect((await ask('GET', `${url}/limits`)).body).toMatchObject({
    allowed_per_second: 0,
    declared_per_second: 30,
  });
  expect(await ask('POST', `${url}/try_now`)).toMatchObject({
    status: 200,
    body: {
      circuit: {
        state: 'open',
        reason: 'It is down.',
        next_try_at: expect.stringMatching(/^2026-11-20T09:00:0/),
        pauses_at: expect.stringMatching(/^2026-11-20T09:15:0/),
      },
    },
  });
  expect(await tries()).toEqual([{ action: 'connection.tried_again' }]);
});

test('a refused token and a 429 that is waited out allow nothing either', async () => {
  const connectionId = await aConnection(ctx);
  const url = `/connections/${toWireId('con', connectionId)}/limits`;
  const minutes = createMinutes(ctx);
  minutes.limited({ workspaceId, connectionId }, 45_000);
  await minutes.stop();
  expect((await ask('GET', url)).body.allowed_per_second).toBe(0);
  clock.set(new Date(clock.now().getTime() + 60_000));
  expect((await ask('GET', url)).body.allowed_per_second).toBe(30);
  await ctx.db.updateTable('connections').set({ status: 'error' }).where('id', '=', connectionId).execute();
  expect((await ask('GET', url)).body.allowed_per_second).toBe(0);
});
