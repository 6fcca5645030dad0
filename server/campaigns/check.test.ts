// The list of problems before sending: what it finds, in which step, and that launch refuses with the same words.
import { beforeAll, expect, test } from 'vitest';
import { type CampaignCheck, campaignCheck } from '../../contract/checks.ts';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { newId } from '../platform/db/ids.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import { aHouse, type House, type Shop } from './testing-shop.ts';

let house: House;
let shop: Shop;
beforeAll(async () => {
  house = await aHouse();
  shop = await house.shop(2);
});

async function checkOf(id: string, there = shop): Promise<CampaignCheck> {
  const answer = await there.call('GET', `/campaigns/${id}/check`);
  expect(answer.statusCode, answer.body).toBe(200);
  return campaignCheck.parse(answer.json());
}
const errorsOf = (check: CampaignCheck) => check.problems.filter(({ severity }) => severity === 'error');

test('a campaign that is complete is ready, with every step done', async () => {
  const { id, version } = await shop.draft();
  const check = await checkOf(id);
  expect(errorsOf(check)).toEqual([]);
  expect(check).toMatchObject({ ready: true, version });
  expect(Object.values(check.steps).map(({ state }) => state)).not.toContain('error');
  expect((await shop.call('POST', `/campaigns/${id}/launch`)).statusCode).toBe(202);
});

test('an empty draft has steps to do, and nothing that is wrong', async () => {
  const { id } = await shop.draft({ connection_id: null, content: { text: '' } });
  const check = await checkOf(id);
  expect(check.ready).toBe(false);
  expect(check.steps.details).toEqual({ state: 'todo', count: 1 });
  const chosen = await shop.draft({ content: { text: '' } });
  expect((await checkOf(chosen.id)).steps).toMatchObject({
    details: { state: 'done' },
    message: { state: 'todo', count: 1 },
  });
});

test('every problem is named at its field at once, and launch refuses with the words of the first', async () => {
  const there = await house.shop(1);
  const { id } = await there.draft({ content: { text: 'Hi {{ contact.frist_name }}' } });
  await there.ctx.db
    .updateTable('campaigns')
    .set({
      schedule: JSON.stringify({ mode: 'at', local: '2020-01-01T10:00', time_zone: 'UTC' }),
      audience: JSON.stringify({ contact_ids: [toWireId('cnt', newId())] }),
    })
    .where('id', '=', fromWireId('cmp', id))
    .execute();
  const check = await checkOf(id, there);
  expect(errorsOf(check).map(({ step, pointer }) => `${step} ${pointer}`)).toEqual([
    'audience /audience/contact_ids',
    'message /content/text',
    'schedule /schedule/local',
  ]);
  expect(check.steps).toMatchObject({
    audience: { state: 'error', count: 1 },
    message: { state: 'error', count: 1 },
    schedule: { state: 'error', count: 1 },
  });
  const refused = await there.call('POST', `/campaigns/${id}/launch`);
  expect(refused.json().errors[0]).toEqual({
    pointer: check.problems[0]?.pointer,
    detail: check.problems[0]?.words,
  });
});

test('a broken connection and an audience that nobody can be reached in are errors there and here', async () => {
  const there = await house.shop(0);
  const { id } = await there.draft();
  expect(errorsOf(await checkOf(id, there))).toMatchObject([{ key: 'audience_empty', step: 'audience' }]);
  expect(codeOf(await there.call('POST', `/campaigns/${id}/launch`))).toBe('409 AUDIENCE_EMPTY');
  await there.ctx.db
    .updateTable('connections')
    .set({ status: 'error', problem: 'The token was revoked.' })
    .where('id', '=', there.sandbox.connectionId)
    .execute();
  expect(errorsOf(await checkOf(id, there))[0]).toMatchObject({
    step: 'details',
    words: expect.stringContaining('The token was revoked.'),
    remedy: { href: '/connections', pointer: null },
  });
});

test('what was sent is not judged any more', async () => {
  const { id } = await shop.draft();
  await shop.call('POST', `/campaigns/${id}/launch`);
  expect(await checkOf(id)).toMatchObject({ ready: false, problems: [] });
});
