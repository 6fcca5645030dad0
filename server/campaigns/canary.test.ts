// A canary over HTTP: set, refused beside its fields, reported, stopped, overridden by who may send; and the circuit there.
import { beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../contract/connections.ts';
import { testLanes, until } from '../testing/engine.ts';
import { aHouse, type House } from './testing-shop.ts';

let house: House;
beforeAll(async () => {
  house = await aHouse();
});
const canary = (given: object = {}) => ({ settings: { canary: { size: { people: 5 }, ...given } } });

test('is kept as it was sent with its defaults, and what is wrong is said at its field with nothing lost', async () => {
  const shop = await house.shop(1);
  const draft = await shop.draft(canary());
  expect(draft.settings.canary).toEqual({
    size: { people: 5 },
    wait_minutes: 30,
    limits: { failed_percent: 5, blocked_percent: 2, opted_out_percent: 2 },
    when_passed: 'continue',
  });
  const refused = await shop.call(
    'PATCH',
    `/campaigns/${draft.id}`,
    canary({ wait_minutes: 0, whenPassed: 'ask' }),
  );
  expect(refused.statusCode).toBe(422);
  const pointers = refused.json<{ errors: { pointer: string }[] }>().errors.map((one) => one.pointer);
  expect(pointers.sort()).toEqual(['/settings/canary/wait_minutes', '/settings/canary/whenPassed']);
  expect((await shop.read(draft.id)).settings).toEqual(draft.settings);
  expect((await shop.report(draft.id)).canary).toBeNull();
});

test('stopped, it is resumed only by who may send, in words, and then nobody is left out', async () => {
  const shop = await house.shop(30);
  for (let user = 100_000; user < 100_030; user++)
    await shop.sandbox.control('state', { bot: shop.sandbox.botId, user, state: 'blocked' });
  const { id } = await shop.draft(canary());
  await shop.call('POST', `/campaigns/${id}/launch`);
  const lanes = testLanes(shop.ctx, 500);
  await until('it is stopped', async () => (await shop.read(id)).status === 'paused');
  expect((await shop.read(id)).status_reason).toMatch(
    /^Canary stopped: \d of 5 people blocked the bot \(\d+\.0 %, limit 2 %\)\.$/,
  );
  const report = await shop.report(id);
  expect(report.canary).toMatchObject({ step: 'stopped', people: 5, settled_at: null });
  expect(report.canary?.figures.map((one) => [one.what, one.within])).toEqual([
    ['failed', true],
    ['blocked', false],
    ['opted_out', true],
  ]);
  expect(report.planned).toBe(30);
  expect(report.queued + report.sending + report.failed).toBe(30);
  const reader = await shop.as(['campaigns:read', 'campaigns:write']);
  expect((await reader.call('POST', `/campaigns/${id}/resume`)).statusCode).toBe(403);
  const resumed = await shop.call('POST', `/campaigns/${id}/resume`);
  expect(resumed.statusCode).toBe(202);
  expect(resumed.json()).toMatchObject({
    status: 'sending',
    detail: expect.stringMatching(
      /^Continues although the canary was stopped: \d+ people will be messaged\./,
    ),
  });
  await shop.settled(id);
  await lanes.stop();
  const after = await shop.report(id);
  expect(after).toMatchObject({ planned: 30, failed: 30, queued: 0 });
  expect(after.canary).toMatchObject({ step: 'overridden', settled_by: 'Test' });
});

test('cancelled while it waits, those behind it are cancelled and none of them is messaged', async () => {
  const shop = await house.shop(20);
  const { id } = await shop.draft(canary());
  await shop.call('POST', `/campaigns/${id}/launch`);
  const lanes = testLanes(shop.ctx, 500);
  await until('it waits', async () => (await shop.report(id)).canary?.step === 'waiting');
  const waiting = await shop.report(id);
  expect(waiting).toMatchObject({
    sent: 5,
    queued: 15,
    canary: { answered: 5, judge_at: expect.any(String) },
  });
  // fifteen at thirty a second, but not before the judgement
  expect(Date.parse(waiting.finish_at as string)).toBeGreaterThanOrEqual(
    Date.parse(waiting.canary?.judge_at as string),
  );
  expect((await shop.call('POST', `/campaigns/${id}/cancel`)).statusCode).toBe(202);
  await shop.settled(id);
  await lanes.stop();
  expect(await shop.report(id)).toMatchObject({ sent: 5, cancelled: 15, planned: 20 });
  expect((await shop.sandbox.stats()).accepted).toBe(5);
});

test('a connection whose circuit is open says so, and closed again no more', async () => {
  const shop = await house.shop(30);
  const { id } = await shop.draft();
  await shop.sandbox.control('faults', { kind: 'http_500', bot: shop.sandbox.botId });
  await shop.call('POST', `/campaigns/${id}/launch`);
  const lanes = testLanes(shop.ctx, 500);
  const circuit = async () =>
    (await shop.call('GET', `/connections/${shop.connection}`)).json<Connection>().circuit;
  await until('it is open', async () => (await circuit())?.state === 'open');
  expect(await circuit()).toMatchObject({
    reason: '20 calls in a row went wrong. The last: Internal Server Error.',
    next_try_at: expect.any(String),
    pauses_at: expect.any(String),
  });
  expect((await shop.report(id)).circuit).toEqual(await circuit());
  await shop.sandbox.control('faults', undefined, 'DELETE');
  await shop.settled(id);
  await lanes.stop();
  expect(await circuit()).toBeNull();
  expect(await shop.report(id)).toMatchObject({ sent: 30, failed: 0, circuit: null });
  expect(await shop.sandbox.stats()).toMatchObject({ accepted: 30, duplicates_total: 0 });
});
