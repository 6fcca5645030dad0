// What goes wrong beside a campaign between its planning and its hour, and must not keep others from their message: people
// erased, drafts deleted, campaigns that leave out each other's people, tests that never end. Real app, database and clock's hours.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CampaignCheck } from '../../contract/checks.ts';
import { fromWireId } from '../../contract/ids.ts';
import { expandRun } from '../deliveries/runs/expand.ts';
import { settableClock } from '../platform/clock.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import { launchDue } from './schedules/launch-due.ts';
import { aHouse, type House, type Shop } from './testing-shop.ts';

const noon = new Date('2027-03-15T12:00:00Z');
const hour = new Date('2027-03-16T09:00:00Z');
const at = { mode: 'at', local: '2027-03-16T09:00', time_zone: 'Europe/London' };
const clock = settableClock(noon);
let house: House;
let shop: Shop;
beforeAll(async () => {
  house = await aHouse({ clock, work: false });
});
beforeEach(async () => {
  clock.set(noon);
  shop = await house.shop(4);
});

async function scheduled(given: object): Promise<string> {
  const { id } = await shop.draft({ schedule: at, ...given });
  const answer = await shop.call('POST', `/campaigns/${id}/launch`);
  expect(answer.statusCode, answer.body).toBe(202);
  return id;
}
/** Person (wire id) → why they are left out of its latest run; null: they get it. */
async function outcomes(id: string): Promise<Map<string, string | null>> {
  const run = await house.base.db
    .selectFrom('runs')
    .select(['id', 'workspace_id'])
    .where('campaign_id', '=', fromWireId('cmp', id) as string)
    .executeTakeFirstOrThrow();
  await expandRun(house.base, { workspaceId: run.workspace_id, runId: run.id });
  const rows = await house.base.db
    .selectFrom('deliveries')
    .select(['contact_id', 'reason'])
    .where('run_id', '=', run.id)
    .execute();
  const people = new Map(shop.people.map((wire) => [fromWireId('cnt', wire), wire]));
  return new Map(rows.map((row) => [people.get(row.contact_id) ?? row.contact_id, row.reason]));
}
const problems = async (id: string) =>
  (await shop.call('GET', `/campaigns/${id}/check`)).json<CampaignCheck>().problems.map((one) => one.key);
const excluding = (...campaign_ids: string[]) => ({
  exclude: { segment_ids: [], campaign_ids, campaign_days: null },
});

describe('campaigns that leave out each other’s people', () => {
  test('at one hour: whoever is in both gets one of them, never none and never both', async () => {
    const [one, two, three, four] = shop.people as [string, string, string, string];
    const first = await scheduled({ audience: { contact_ids: [one, two, three] } });
    const second = await scheduled({ audience: { contact_ids: [two, three, four], ...excluding(first) } });
    const { version } = await shop.read(first);
    const audience = { contact_ids: [one, two, three], ...excluding(second) };
    expect((await shop.call('PATCH', `/campaigns/${first}`, { version, audience })).statusCode).toBe(200);
    expect(await problems(first)).toContain('leave_out_each_other');
    clock.set(hour);
    await launchDue(house.base);
    const [byFirst, bySecond] = [await outcomes(first), await outcomes(second)];
    for (const person of [two, three])
      expect([byFirst.get(person), bySecond.get(person)].filter((reason) => reason === null)).toHaveLength(1);
    expect([byFirst.get(one), bySecond.get(four)]).toEqual([null, null]);
  });

  test('launched at the same instant, the one that leaves out the other’s people sees them', async () => {
    for (let round = 0; round < 4; round++) {
      const audience = { contact_ids: shop.people };
      const open = await shop.draft({ audience });
      const careful = await shop.draft({ audience: { ...audience, ...excluding(open.id) } });
      const answers = await Promise.all(
        [open, careful].map(({ id }) => shop.call('POST', `/campaigns/${id}/launch`)),
      );
      // the careful one comes first and sends to all, or second, and nobody is left for it
      const [sent, other] = answers.map((answer) => answer.statusCode);
      expect([sent, [202, 409].includes(other as number)]).toEqual([202, true]);
      if (other !== 202) continue;
      const [a, b] = [await outcomes(open.id), await outcomes(careful.id)];
      const twice = shop.people.filter((person) => a.get(person) === null && b.get(person) === null);
      const began = await Promise.all([open, careful].map(({ id }) => shop.read(id)));
      // only where the open one was launched after the careful one had looked
      if (twice.length > 0)
        expect(Date.parse(began[0]?.launched_at as string)).toBeGreaterThanOrEqual(
          Date.parse(began[1]?.launched_at as string),
        );
    }
  });
});

test('a person erased before the hour keeps nobody else from the message, and the check says so', async () => {
  const id = await scheduled({ audience: { contact_ids: shop.people } });
  expect((await shop.call('DELETE', `/contacts/${shop.people[0]}`)).statusCode).toBe(204);
  expect(await problems(id)).toContain('people_gone');
  clock.set(hour);
  await launchDue(house.base);
  expect((await shop.read(id)).status).toBe('sending');
  expect([...(await outcomes(id)).values()]).toEqual([null, null, null]);
});

test('a draft whose people were left out, and that was deleted, leaves out nobody', async () => {
  const { id: draft } = await shop.draft();
  const id = await scheduled({ audience: { all: true, ...excluding(draft) } });
  await shop.call('DELETE', `/campaigns/${draft}`);
  expect(await problems(id)).toContain('exclusion_gone');
  clock.set(hour);
  await launchDue(house.base);
  expect([...(await outcomes(id)).values()]).toEqual([null, null, null, null]);
});

test('none of the chosen people is left: nothing is sent, and it says why', async () => {
  const id = await scheduled({ audience: { contact_ids: shop.people.slice(0, 1) } });
  await shop.call('DELETE', `/contacts/${shop.people[0]}`);
  clock.set(hour);
  await launchDue(house.base);
  expect(await shop.read(id)).toMatchObject({
    held: true,
    status_reason: expect.stringMatching(/None of the chosen contacts is there any more/),
  });
});

describe('a series with a test', () => {
  const daily = {
    mode: 'recurring',
    rrule: 'FREQ=DAILY',
    local: '2027-03-16T09:00',
    time_zone: 'Europe/London',
  };
  const ab = (winner: object) => ({
    ab: { variants: [{ key: 'b', content: { text: 'B' } }], test_percent: 50, winner },
  });
  test.each([
    [{ by: 'hand' }, '/settings/ab/winner', /next dates would wait/],
    [
      { by: 'replies', after_minutes: 1440 },
      '/settings/ab/winner/after_minutes',
      /only 1 d between two dates/,
    ],
  ])('%j would put off its dates and is refused', async (winner, pointer, words) => {
    const { id } = await shop.draft({ schedule: daily });
    await shop.call('PATCH', `/campaigns/${id}`, { settings: ab(winner) });
    const body = {
      name: 'x',
      connection_id: shop.connection,
      content: { text: 'A' },
      schedule: daily,
      settings: ab(winner),
    };
    const made = await shop.call('POST', '/campaigns', body);
    const answer =
      made.statusCode === 201 ? await shop.call('POST', `/campaigns/${made.json().id}/launch`) : made;
    expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
    expect(answer.json().errors[0]).toMatchObject({ pointer, detail: expect.stringMatching(words) });
  });

  test('decided before the next date it may go', async () => {
    const { id } = await shop.draft({ schedule: daily, settings: ab({ by: 'replies', after_minutes: 240 }) });
    expect((await shop.call('POST', `/campaigns/${id}/launch`)).statusCode).toBe(202);
  });
});

test.each([
  ['no link in one wording', { text: 'Buy' }, {}, /wording B there is no link/],
  [
    'clicks that are not counted',
    { text: '[b](https://shop.example/b)' },
    { track_links: false },
    /Clicks are not counted/,
  ],
])('a winner by clicks with %s cannot be launched', async (_, content, more, words) => {
  const settings = {
    ab: {
      variants: [{ key: 'b', content }],
      test_percent: 50,
      winner: { by: 'clicks', after_minutes: 60 },
    },
    ...more,
  };
  const { id } = await shop.draft({ content: { text: '[a](https://shop.example/a)' }, settings });
  expect(await problems(id)).toContain('winner');
  const answer = await shop.call('POST', `/campaigns/${id}/launch`);
  expect(answer.json().errors[0]).toMatchObject({
    pointer: '/settings/ab/winner',
    detail: expect.stringMatching(words),
  });
});

test('a holiday is added to a series that runs: its next date moves, its count does not begin anew', async () => {
  const schedule = {
    mode: 'recurring',
    rrule: 'FREQ=DAILY;COUNT=5',
    local: '2027-03-16T09:00',
    time_zone: 'Europe/London',
  };
  const id = await scheduled({ schedule });
  clock.set(hour);
  await launchDue(house.base);
  await house.base.db
    .updateTable('campaigns')
    .set({ status: 'scheduled' })
    .where('id', '=', fromWireId('cmp', id) as string)
    .execute();
  const changed = { ...schedule, exceptions: ['2027-03-17'] };
  for (const call of [
    () => shop.call('PATCH', `/campaigns/${id}`, { schedule: changed }),
    () => shop.call('POST', `/campaigns/${id}/reschedule`, { schedule: changed }),
  ]) {
    const answer = await call();
    expect(answer.statusCode, answer.body).toBeLessThan(300);
    expect(await shop.read(id)).toMatchObject({
      next_at: '2027-03-18T09:00:00.000Z',
      occurrences: { done: 1, left: 3 },
    });
  }
  const over = await shop.call('PATCH', `/campaigns/${id}`, {
    schedule: { ...schedule, rrule: 'FREQ=DAILY', until: '2027-03-16' },
  });
  expect(over.json().errors[0]).toMatchObject({ pointer: '/schedule/until' });
});

test('why tells of a person only to whoever may read people and campaigns', async () => {
  const { id } = await shop.draft();
  const path = `/campaigns/${id}/why/${shop.people[0]}`;
  for (const scopes of [['deliveries:read'], ['deliveries:read', 'campaigns:read']] as const)
    expect(codeOf(await (await shop.as([...scopes])).call('GET', path))).toBe('403 FORBIDDEN');
  const allowed = await shop.as(['deliveries:read', 'campaigns:read', 'contacts:read']);
  expect((await allowed.call('GET', path)).statusCode).toBe(200);
});
