// Who is left out of a campaign: counted, frozen at the launch, written with the reason, and never lost by a copy or a merge.
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AudienceCount } from '../../../contract/audience.ts';
import { fromWireId, toWireId } from '../../../contract/ids.ts';
import type { Rule } from '../../../contract/rules.ts';
import { expandPerson } from '../../deliveries/runs/after-merge.ts';
import { expandChunk, expandRun } from '../../deliveries/runs/expand.ts';
import { aContact } from '../../testing/context.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';

let house: House;
beforeAll(async () => {
  // jobs are done by hand: between launch and expansion something happens
  house = await aHouse({ work: false });
});
const tagged = (tag: string): Rule => ({ field: 'tag', op: 'any_of', values: [tag] });

async function segment(shop: Shop, who: string[], name = 'Inactive customers'): Promise<string> {
  const { id } = (await shop.call('POST', '/segments', { name })).json();
  await shop.call('POST', `/segments/${id}/members`, { add: who });
  return id;
}
const count = async (shop: Shop, id: string) =>
  (await shop.call('GET', `/campaigns/${id}/audience`)).json<AudienceCount>();
async function launch(shop: Shop, campaignId: string): Promise<{ run_id: string; planned: number }> {
  const launched = await shop.call('POST', `/campaigns/${campaignId}/launch`);
  expect(launched.statusCode, launched.body).toBe(202);
  return launched.json();
}
const job = (shop: Shop, runId: string) => ({
  workspaceId: shop.ctx.actor.workspaceId,
  runId: fromWireId('run', runId)!,
});
async function rows(shop: Shop, runId: string) {
  await expandRun(shop.ctx, job(shop, runId));
  return written(shop, runId);
}
/** Contact → its state, or why it was skipped. */
async function written(shop: Shop, runId: string): Promise<Record<string, string>> {
  const found = await shop.ctx.db
    .selectFrom('deliveries')
    .select(['contact_id', 'state', 'reason', 'detail'])
    .where('run_id', '=', fromWireId('run', runId)!)
    .where('twin_of', 'is', null)
    .execute();
  return Object.fromEntries(
    found.map((row) => [
      toWireId('cnt', row.contact_id),
      row.reason ? `${row.reason}: ${row.detail}` : row.state,
    ]),
  );
}
async function sent(shop: Shop, runId: string, who: string, at: Date): Promise<void> {
  await shop.ctx.db
    .updateTable('deliveries')
    .set({ state: 'sent', sent_at: at })
    .where('run_id', '=', fromWireId('run', runId)!)
    .where('contact_id', '=', fromWireId('cnt', who)!)
    .execute();
}
const daysAgo = (shop: Shop, days: number) => new Date(shop.ctx.clock.now().getTime() - days * 86_400_000);

test('a segment is left out of everybody: the count, the rows and the report say the same, and planned is all of them', async () => {
  const shop = await house.shop(3);
  const [a, b, c] = shop.people as [string, string, string];
  const gone = toWireId('cnt', await aContact(shop.ctx));
  const inactive = await segment(shop, [b, gone]);
  const { id, audience } = await shop.draft({
    audience: { all: true, exclude: { segment_ids: [inactive, inactive] } },
  });
  expect(audience).toEqual({
    all: true,
    exclude: { segment_ids: [inactive], campaign_ids: [], campaign_days: null },
  });
  // left out comes before "cannot be reached": gone is told as excluded
  expect(await count(shop, id)).toMatchObject({ total: 4, reachable: 2, no_identity: 0, excluded: 2 });
  const { run_id, planned } = await launch(shop, id);
  expect(planned).toBe(4);
  const words = 'excluded: In the segment “Inactive customers”';
  expect(await rows(shop, run_id)).toEqual({ [a]: 'queued', [b]: words, [c]: 'queued', [gone]: words });
  const report = await shop.report(id);
  expect(report).toMatchObject({ planned: 4, queued: 2, skipped: 2 });
  expect(report.skips).toEqual([
    { code: 'excluded', reason: 'Left out by the campaign’s exclusions', count: 2 },
  ]);
});

test('who is left out is fixed at the launch, of chosen people and of segments as well', async () => {
  const shop = await house.shop(3);
  const [a, b, c] = shop.people as [string, string, string];
  for (const id of shop.people) await shop.call('PATCH', `/contacts/${id}`, { tags: ['vip'] });
  const vip = (await shop.call('POST', '/segments', { name: 'VIP', rule: tagged('vip') })).json().id;
  const list = await segment(shop, [b]);
  const exclude = { segment_ids: [list] };
  const chosen = await shop.draft({ audience: { contact_ids: [a, b], exclude } });
  const ofSegments = await shop.draft({ audience: { segment_ids: [vip], exclude } });
  const first = await launch(shop, chosen.id);
  const second = await launch(shop, ofSegments.id);
  expect([first.planned, second.planned]).toEqual([2, 3]);
  await shop.call('POST', `/segments/${list}/members`, { add: [a, c], remove: [b] });
  const left = expect.stringMatching(/^excluded/);
  expect(await rows(shop, first.run_id)).toEqual({ [a]: 'queued', [b]: left });
  expect(await rows(shop, second.run_id)).toEqual({ [a]: 'queued', [b]: left, [c]: 'queued' });
});

test('whom several exclusions leave out is told the first of them, as they were given', async () => {
  const shop = await house.shop(2);
  const [a, b] = shop.people as [string, string];
  const [vip, inactive] = [await segment(shop, [a], 'VIP'), await segment(shop, [a])];
  const before = await shop.draft({ name: 'Weekend Special Offer', audience: { contact_ids: [a] } });
  await rows(shop, (await launch(shop, before.id)).run_id);
  const exclude = { segment_ids: [vip, inactive], campaign_ids: [before.id] };
  const one = await shop.draft({ audience: { all: true, exclude } });
  const other = await shop.draft({
    audience: { all: true, exclude: { ...exclude, segment_ids: [inactive, vip] } },
  });
  const why = async (id: string) =>
    (await shop.call('GET', `/campaigns/${id}/audience/people?part=excluded`)).json().data[0].why;
  expect([await why(one.id), await why(other.id)]).toEqual([
    'In the segment “VIP”',
    'In the segment “Inactive customers”',
  ]);
  expect(await rows(shop, (await launch(shop, one.id)).run_id)).toEqual({
    [a]: 'excluded: In the segment “VIP”',
    [b]: 'queued',
  });
});

test('recipients of a campaign are left out: lately or ever, and whoever still waits for it', async () => {
  const shop = await house.shop(4);
  const [lately, longAgo, waits, other] = shop.people as [string, string, string, string];
  const before = await shop.draft({
    name: 'Weekend Special Offer',
    audience: { contact_ids: [lately, longAgo, waits] },
  });
  const { run_id } = await launch(shop, before.id);
  await rows(shop, run_id);
  await sent(shop, run_id, lately, daysAgo(shop, 6));
  await sent(shop, run_id, longAgo, daysAgo(shop, 8));
  const days = (campaign_days: number | null) =>
    shop.draft({ audience: { all: true, exclude: { campaign_ids: [before.id], campaign_days } } });
  const week = await days(7);
  expect(await count(shop, week.id)).toMatchObject({ total: 4, reachable: 2, excluded: 2 });
  expect(await count(shop, (await days(null)).id)).toMatchObject({ reachable: 1, excluded: 3 });
  expect(await rows(shop, (await launch(shop, week.id)).run_id)).toEqual({
    [lately]: 'excluded: Got “Weekend Special Offer” in the last 7 days',
    [waits]: 'excluded: Got “Weekend Special Offer” in the last 7 days',
    [longAgo]: 'queued',
    [other]: 'queued',
  });
});

test('of two campaigns that leave out each other’s people everybody gets one', async () => {
  const shop = await house.shop(3);
  const [a, b, c] = shop.people as [string, string, string];
  const list = await segment(shop, [c]);
  const later = await shop.draft({
    name: 'Later',
    audience: { contact_ids: [a, b, c], exclude: { segment_ids: [list] } },
  });
  const first = await shop.draft({ audience: { all: true, exclude: { campaign_ids: [later.id] } } });
  const planning = await shop.call('PATCH', `/campaigns/${later.id}`, {
    audience: { contact_ids: [a, b, c], exclude: { segment_ids: [list], campaign_ids: [first.id] } },
    schedule: { mode: 'at', local: '2028-01-01T09:00', time_zone: 'UTC' },
  });
  expect(planning.statusCode, planning.body).toBe(200);
  // a draft is meant for nobody yet
  expect(await count(shop, first.id)).toMatchObject({ reachable: 3, excluded: 0 });
  await launch(shop, later.id);
  expect(await count(shop, first.id)).toMatchObject({ reachable: 1, excluded: 2 });
  const planned = 'excluded: Is to get “Later”';
  expect(await rows(shop, (await launch(shop, first.id)).run_id)).toEqual({
    [a]: planned,
    [b]: planned,
    [c]: 'queued',
  });
  expect(await count(shop, later.id)).toMatchObject({ total: 3, reachable: 2, excluded: 1 });
});

test('a campaign that is just being sent off keeps its people, before a row of it is written', async () => {
  const shop = await house.shop(2);
  const [a] = shop.people as [string, string];
  const going = await shop.draft({ audience: { contact_ids: [a] } });
  await launch(shop, going.id);
  const next = await shop.draft({
    audience: { all: true, exclude: { campaign_ids: [going.id], campaign_days: 1 } },
  });
  expect(await count(shop, next.id)).toMatchObject({ reachable: 1, excluded: 1 });
});

describe('a merge', () => {
  async function aRunWithout(shop: Shop, who: string[]) {
    const list = await segment(shop, who);
    const { id } = await shop.draft({ audience: { all: true, exclude: { segment_ids: [list] } } });
    return launch(shop, id);
  }
  const merge = (shop: Shop, survivor: string, other: string) =>
    shop.call('POST', `/contacts/${survivor}/merge`, { other_id: other });
  async function askAgain(shop: Shop): Promise<void> {
    const found = await sql<{ data: { workspaceId: string; runId: string; contactId: string } }>`
      SELECT data FROM pgboss.job
      WHERE name = 'deliveries.expand_person' AND data->>'workspaceId' = ${shop.ctx.actor.workspaceId}`.execute(
      shop.ctx.db,
    );
    for (const { data } of found.rows) await expandPerson(shop.ctx, data);
  }

  test.each([
    ['the one who is left out', 0, 1],
    ['the other', 1, 0],
  ])(
    'before the rows are written: left out wins, whether the survivor is %s',
    async (_, survivor, absorbed) => {
      const shop = await house.shop(3);
      const { run_id } = await aRunWithout(shop, [shop.people[0]!]);
      expect((await merge(shop, shop.people[survivor]!, shop.people[absorbed]!)).statusCode).toBe(200);
      const expected = {
        [shop.people[survivor]!]: expect.stringMatching(/^excluded/),
        [shop.people[2]!]: 'queued',
      };
      expect(await rows(shop, run_id)).toEqual(expected);
      await askAgain(shop);
      expect(await written(shop, run_id)).toEqual(expected);
    },
  );

  test('afterwards: of the two rows the one that is left out counts, unless the message has gone', async () => {
    const shop = await house.shop(4);
    const [out, waits, outToo, had] = shop.people as [string, string, string, string];
    const { run_id } = await aRunWithout(shop, [out, outToo]);
    await rows(shop, run_id);
    await sent(shop, run_id, had, shop.ctx.clock.now());
    await merge(shop, waits, out);
    await merge(shop, outToo, had);
    expect(await written(shop, run_id)).toEqual({
      [waits]: expect.stringMatching(/^excluded/),
      [outToo]: 'sent',
    });
  });

  test('undone: each is again what they were', async () => {
    const shop = await house.shop(2);
    const [out, meant] = shop.people as [string, string];
    const { run_id } = await aRunWithout(shop, [out]);
    await merge(shop, meant, out);
    await rows(shop, run_id);
    const [one] = (await shop.call('GET', `/contacts/${meant}/merges`)).json().data;
    await shop.call('POST', `/contacts/${meant}/merges/${one.id}/undo`);
    await askAgain(shop);
    const after = await written(shop, run_id);
    expect(after[out]).toMatch(/^excluded/);
  });
});

test('of very many nobody is missed and nobody written twice, and those it is meant for come first', async () => {
  const shop = await house.shop(1);
  const workspace_id = shop.ctx.actor.workspaceId;
  await sql`
    INSERT INTO contacts (workspace_id, id, first_name, tags, created_at, updated_at)
    SELECT ${workspace_id}, new_id(), 'P' || n, CASE WHEN n % 3 = 0 THEN '{lapsed}'::text[] ELSE '{}' END, now(), now()
    FROM generate_series(1, 4500) n`.execute(shop.ctx.db);
  const lapsed = (await shop.call('POST', '/segments', { name: 'Lapsed', rule: tagged('lapsed') })).json().id;
  const { id } = await shop.draft({ audience: { all: true, exclude: { segment_ids: [lapsed] } } });
  const { run_id, planned } = await launch(shop, id);
  expect(planned).toBe(4501);
  expect(await expandChunk(shop.ctx, job(shop, run_id), 1000)).toBe(true);
  const reasons = async () => {
    const found = await shop.ctx.db
      .selectFrom('deliveries')
      .select(['reason', (eb) => eb.fn.countAll<number>().as('n')])
      .where('workspace_id', '=', workspace_id)
      .groupBy('reason')
      .execute();
    return Object.fromEntries(found.map((row) => [row.reason ?? 'queued', Number(row.n)]));
  };
  expect(await reasons()).not.toHaveProperty('excluded');
  await rows(shop, run_id);
  expect(await reasons()).toEqual({ queued: 1, no_identity: 3000, excluded: 1500 });
  expect(await shop.report(id)).toMatchObject({ planned: 4501, skipped: 4500 });
});

test('what is left out is named where it is wrong, counts as a use, and a copy keeps it', async () => {
  const shop = await house.shop(2);
  const stranger = await house.shop(1);
  const foreign = { segment: await segment(stranger, []), campaign: (await stranger.draft()).id };
  const own = await shop.draft();
  const refused = async (exclude: object, pointer: string) => {
    const answer = await shop.call('PATCH', `/campaigns/${own.id}`, { audience: { all: true, exclude } });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors[0].pointer).toBe(pointer);
  };
  await refused({ segment_ids: [foreign.segment] }, '/audience/exclude/segment_ids/0');
  await refused({ campaign_ids: [foreign.campaign] }, '/audience/exclude/campaign_ids/0');
  await refused({ campaign_ids: [own.id] }, '/audience/exclude/campaign_ids/0');
  await refused({ campaign_ids: [], campaign_days: 0 }, '/audience/exclude/campaign_days');

  const list = await segment(shop, [shop.people[0]!]);
  const exclude = { segment_ids: [list], campaign_ids: [], campaign_days: null };
  const saved = await shop.call('PATCH', `/campaigns/${own.id}`, { audience: { all: true, exclude } });
  expect(saved.json().audience).toEqual({ all: true, exclude });
  const copy = (await shop.call('POST', `/campaigns/${own.id}/duplicate`)).json();
  expect(copy.audience).toEqual({ all: true, exclude });
  const users = (await shop.call('GET', `/segments/${list}/used_by`)).json().data;
  expect(users).toHaveLength(2);
  // gone: never "everybody less nobody"
  await shop.call('DELETE', `/segments/${list}`);
  const launched = await shop.call('POST', `/campaigns/${own.id}/launch`);
  expect(launched.json()).toMatchObject({
    code: 'VALIDATION_FAILED',
    errors: [{ pointer: '/audience/exclude/segment_ids/0' }],
  });
});

test('everybody left out: it is refused in words', async () => {
  const shop = await house.shop(2);
  const list = await segment(shop, shop.people);
  const { id } = await shop.draft({ audience: { all: true, exclude: { segment_ids: [list] } } });
  const answer = await shop.call('POST', `/campaigns/${id}/launch`);
  expect(answer.json()).toMatchObject({ code: 'AUDIENCE_EMPTY', detail: expect.stringMatching(/left out/) });
});
