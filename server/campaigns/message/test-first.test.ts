// A campaign that is tried out first, over HTTP, with lanes and the emulator.
import { beforeAll, expect, test } from 'vitest';
import type { AudienceCount } from '../../../contract/audience.ts';
import type { Delivery } from '../../../contract/deliveries.ts';
import { testLanes, until } from '../../testing/engine.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';

let house: House;
let shop: Shop;
beforeAll(async () => {
  house = await aHouse();
  shop = await house.shop(3);
});
const accepted = async () => (await shop.sandbox.stats()).accepted;

test('the test goes out, everybody else waits for a person’s go, and then nobody gets it twice', async () => {
  const lanes = testLanes(shop.ctx);
  const [ann] = shop.people as [string];
  const draft = await shop.draft({ settings: { test_first: { contact_ids: [ann, ann] } } });
  const launched = await shop.call('POST', `/campaigns/${draft.id}/launch`);
  expect(launched.json()).toMatchObject({ status: 'paused', planned: 3 });
  expect(await shop.read(draft.id)).toMatchObject({
    status: 'paused',
    status_reason: 'Waits for your go: the test went to P100000. Nobody else gets it before.',
    held: false,
  });
  await until('the test is out', async () => (await accepted()) === 1);
  await until('the rows are written', async () => (await shop.report(draft.id)).queued === 3);
  const isSent = async () => (await shop.report(draft.id)).go?.testers[0]?.state === 'sent';
  await until('its answer is written down', isSent);
  expect((await shop.report(draft.id)).go).toMatchObject({
    given_at: null,
    testers: [{ name: 'P100000', contact_id: ann, state: 'sent' }],
  });
  expect(await accepted()).toBe(1);
  expect((await shop.call('POST', `/campaigns/${draft.id}/resume`)).statusCode).toBe(202);
  await shop.settled(draft.id);
  await lanes.stop();
  const report = await shop.report(draft.id);
  expect(report).toMatchObject({ sent: 3, planned: 3 });
  expect(report.go?.given_at).not.toBeNull();
  expect(await accepted()).toBe(4);
});

test('a test contact who is gone or opted out keeps the campaign from going out, at its field', async () => {
  const draft = await shop.draft({
    settings: { test_first: { contact_ids: ['cnt_00000000000000000000000000'] } },
  });
  const answer = await shop.call('POST', `/campaigns/${draft.id}/launch`);
  expect(answer.statusCode, answer.body).toBe(422);
  expect(answer.json().errors).toEqual([
    {
      pointer: '/settings/test_first/contact_ids/0',
      detail: 'This contact is not there any more. Choose another one.',
    },
  ]);
  expect(await shop.read(draft.id)).toMatchObject({ status: 'draft' });
  const problems = (await shop.call('GET', `/campaigns/${draft.id}/check`)).json().problems;
  expect(problems).toContainEqual(expect.objectContaining({ key: 'test_first', step: 'settings' }));
});

test('without a go it can be cancelled, and only the test was sent', async () => {
  const lanes = testLanes(shop.ctx);
  const before = await accepted();
  const draft = await shop.draft({ settings: { test_first: { contact_ids: shop.people.slice(0, 2) } } });
  await shop.call('POST', `/campaigns/${draft.id}/launch`);
  await until('the tests are out', async () => (await accepted()) === before + 2);
  expect((await shop.call('POST', `/campaigns/${draft.id}/cancel`)).statusCode).toBe(202);
  await until('the others are cancelled', async () => (await shop.report(draft.id)).cancelled === 3);
  await lanes.stop();
  expect(await accepted()).toBe(before + 2);
});

test('resuming many at once is no go: whoever says it has to open the campaign', async () => {
  const draft = await shop.draft({ settings: { test_first: { contact_ids: shop.people.slice(0, 1) } } });
  await shop.call('POST', `/campaigns/${draft.id}/launch`);
  const bulk = await shop.call('POST', '/campaigns/bulk', {
    select: { campaign_ids: [draft.id] },
    action: { do: 'change_status', status: 'sending' },
    expected_count: 1,
  });
  expect(bulk.statusCode, bulk.body).toBe(202);
  const work = () => shop.call('GET', `/campaigns/bulk/${bulk.json().id}`);
  await until(
    'the deed is through',
    async () => !['queued', 'running', 'waiting'].includes((await work()).json().status),
  );
  expect((await work()).body).toContain('waits for somebody to look at its test');
  expect(await shop.read(draft.id)).toMatchObject({ status: 'paused' });
});

test('who is tester and audience has it twice, and dialog, report and send log say so', async () => {
  // what the stories above left waiting must not be counted here
  const shop = await house.shop(3);
  const accepted = async () => (await shop.sandbox.stats()).accepted;
  const lanes = testLanes(shop.ctx);
  const [ann, bob] = shop.people as [string, string];
  const draft = await shop.draft({ settings: { test_first: { contact_ids: [ann] } } });
  const also = async () =>
    (await shop.call('GET', `/campaigns/${draft.id}/audience`)).json<AudienceCount>().also_tested;
  expect(await also()).toBe(1);
  const before = await accepted();
  await shop.call('POST', `/campaigns/${draft.id}/test`, { contact_ids: [bob] });
  await until('the other test is out', async () => (await also()) === 2);
  // a tester who is not in the audience has it once
  await shop.call('PATCH', `/campaigns/${draft.id}`, { audience: { contact_ids: shop.people.slice(1) } });
  expect(await also()).toBe(1);
  await shop.call('PATCH', `/campaigns/${draft.id}`, { audience: { all: true } });
  await shop.call('POST', `/campaigns/${draft.id}/launch`);
  await until('the test is out', async () => (await accepted()) === before + 2);
  await until('the rows are written', async () => (await shop.report(draft.id)).queued === 3);
  expect(await shop.report(draft.id)).toMatchObject({ sent: 0, also_tested: 0 });
  await shop.call('POST', `/campaigns/${draft.id}/resume`);
  await shop.settled(draft.id);
  await lanes.stop();
  expect(await accepted()).toBe(before + 5);
  expect(await shop.report(draft.id)).toMatchObject({ sent: 3, planned: 3, also_tested: 2 });
  const log = (await shop.call('GET', `/campaigns/${draft.id}/deliveries`)).json<{ data: Delivery[] }>();
  expect(log.data.map((row) => [row.contact_id, row.tested_at !== null]).toSorted()).toEqual(
    shop.people.map((id) => [id, id === ann || id === bob]).toSorted(),
  );
});
