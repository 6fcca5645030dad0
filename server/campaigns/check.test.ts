// The list of problems before sending: what it finds, in which step, and that launch refuses with the same words.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CampaignCheck, campaignCheck } from '../../contract/checks.ts';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { newId } from '../platform/db/ids.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import { finding } from './check/finding.ts';
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

describe('what cannot be had together', () => {
  const byReplies = {
    variants: [{ key: 'b', content: { text: 'Wording B' } }],
    test_percent: 20,
    winner: { by: 'replies', after_minutes: 60 },
  };
  const local = {
    mode: 'recipient_local',
    local: '2029-06-01T09:00',
    time_zone: 'Europe/London',
    passed: 'next_day',
  };

  test('is kept in a draft with all that is typed beside it, named by the check, and not scheduled', async () => {
    const { id } = await shop.draft({ schedule: local });
    const kept = await shop.call('PATCH', `/campaigns/${id}`, {
      content: { text: 'Typed at the same moment' },
      settings: { ab: byReplies, canary: { size: { people: 1 } } },
    });
    expect(kept.statusCode, kept.body).toBe(200);
    expect(await shop.read(id)).toMatchObject({
      content: { text: 'Typed at the same moment' },
      settings: { ab: { winner: { by: 'replies' } }, canary: { size: { people: 1 } } },
    });
    const errors = errorsOf(await checkOf(id));
    expect(errors.map(({ key, step, pointer }) => `${key} ${step} ${pointer}`)).toEqual([
      'together settings /settings/ab',
      'together settings /settings/ab',
      'together settings /settings/canary',
    ]);
    const refused = await shop.call('POST', `/campaigns/${id}/launch`);
    expect(refused.json()).toMatchObject({ code: 'VALIDATION_FAILED', detail: errors[0]?.words });
    expect((await shop.read(id)).status).toBe('draft');
  });

  test('is refused once it is scheduled, also by another schedule', async () => {
    const { id } = await shop.draft({
      schedule: { mode: 'at', local: '2029-06-01T09:00', time_zone: 'Europe/London' },
      settings: { ab: byReplies },
    });
    expect((await shop.call('POST', `/campaigns/${id}/launch`)).statusCode).toBe(202);
    const refusals = [
      await shop.call('PATCH', `/campaigns/${id}`, { schedule: local }),
      await shop.call('POST', `/campaigns/${id}/reschedule`, { schedule: local }),
    ];
    for (const answer of refusals)
      expect(answer.json()).toMatchObject({
        code: 'VALIDATION_FAILED',
        errors: [{ pointer: '/settings/ab' }],
      });
    expect((await shop.read(id)).schedule.mode).toBe('at');
  });
});

test('every wording that is empty is named, not only the first', async () => {
  const empty = { text: '', media: [], buttons: [] };
  const { id } = await shop.draft({
    content: empty,
    settings: {
      ab: {
        variants: [
          { key: 'b', content: empty },
          { key: 'c', content: { text: 'Wording C' } },
        ],
        test_percent: 20,
        winner: { by: 'hand' },
      },
    },
  });
  expect(errorsOf(await checkOf(id)).map(({ step, pointer }) => `${step} ${pointer}`)).toEqual([
    'message /content/text',
    'settings /settings/ab/variants/0/content/text',
  ]);
});

test('two wordings that say the same are a warning at the later one', async () => {
  const { id } = await shop.draft({
    content: { text: 'Wording A' },
    settings: {
      ab: {
        variants: [
          { key: 'b', content: { text: 'Wording B' } },
          { key: 'c', content: { text: 'Wording A' } },
        ],
        test_percent: 20,
        winner: { by: 'hand' },
      },
    },
  });
  const same = (await checkOf(id)).problems.filter(({ key }) => key === 'ab_same');
  expect(same).toMatchObject([
    {
      severity: 'warning',
      step: 'settings',
      pointer: '/settings/ab/variants/1/content/text',
      words: expect.stringMatching(/^Variant C says the same as A/),
    },
  ]);
});

test('what happens to a missed hour is mended in the step that asks for it', () => {
  expect(finding('missed', 'hint', '/settings/missed', 'Words.')).toMatchObject({
    step: 'schedule',
    remedy: { words: 'Go to Schedule' },
  });
});

test('who may only read makes the node fetch nothing; who may write, each picture once in a while', async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  afterAll(() => server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { id } = await shop.draft({ content: { text: 'Look', media: [{ url: `${origin}/1.png` }] } });
  const reader = await shop.as(['campaigns:read']);
  const seenBy = async ({ call }: Pick<Shop, 'call'>) => {
    const check = (await call('GET', `/campaigns/${id}/check`)).json<CampaignCheck>();
    return check.problems.filter(({ pointer }) => pointer?.startsWith('/content/media')).length;
  };
  expect([await seenBy(reader), asked]).toEqual([0, 0]);
  expect([await seenBy(shop), asked]).toEqual([1, 1]);
  expect([await seenBy(shop), await seenBy(reader), asked]).toEqual([1, 1, 1]);
});
