// Why, for people of every fate: before it is sent off, and from the row afterwards. And the people behind each figure.
import { beforeAll, expect, test } from 'vitest';
import type { AudienceCount, AudiencePart, AudiencePerson } from '../../../contract/audience.ts';
import { fromWireId, toWireId } from '../../../contract/ids.ts';
import type { SendForecast } from '../../../contract/send-forecast.ts';
import { type Why, why as whySchema } from '../../../contract/why.ts';
import { expandRun } from '../../deliveries/runs/expand.ts';
import { aContact } from '../../testing/context.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';

let house: House;
beforeAll(async () => {
  house = await aHouse({ work: false });
});

async function why(shop: Shop, campaignId: string, contactId: string): Promise<Why> {
  const answer = await shop.call('GET', `/campaigns/${campaignId}/why/${contactId}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return whySchema.parse(answer.json());
}
/** "audience yes, exclusion no, …" */
const outcomes = (of: Why) => of.checks.map(({ key, outcome }) => `${key} ${outcome}`).join(', ');
async function launched(shop: Shop, id: string): Promise<string> {
  const answer = await shop.call('POST', `/campaigns/${id}/launch`);
  expect(answer.statusCode, answer.body).toBe(202);
  const runId = fromWireId('run', answer.json().run_id)!;
  await expandRun(shop.ctx, { workspaceId: shop.ctx.actor.workspaceId, runId });
  return runId;
}

/** A shop with somebody of every fate, and a campaign for VIP customers less a list. */
async function aFullShop() {
  const shop = await house.shop(4);
  const { ctx, sandbox, people } = shop;
  const [gets, excluded, capped, stranger] = people as [string, string, string, string];
  const made = async (given: object) =>
    toWireId('cnt', await aContact(ctx, { connectionId: sandbox.connectionId, ...given }));
  const optedOut = await made({ address: '801', optedOut: true });
  const blocked = await made({ address: '802', reachable: false });
  const noAddress = toWireId('cnt', await aContact(ctx));
  for (const id of [gets, excluded, capped, optedOut, blocked, noAddress])
    await shop.call('PATCH', `/contacts/${id}`, { tags: ['vip'] });
  const rule = {
    all: [
      { field: 'tag', op: 'any_of', values: ['vip'] },
      { not: { field: 'tag', op: 'any_of', values: ['lapsed'] } },
    ],
  };
  const vip = (await shop.call('POST', '/segments', { name: 'VIP', rule })).json();
  const list = (await shop.call('POST', '/segments', { name: 'Inactive' })).json().id;
  await shop.call('POST', `/segments/${list}/members`, { add: [excluded] });
  const before = await shop.draft({ name: 'Weekend Special', audience: { contact_ids: [capped] } });
  const beforeRun = await launched(shop, before.id);
  await ctx.db
    .updateTable('deliveries')
    .set({ state: 'sent', sent_at: new Date(ctx.clock.now().getTime() - 3_600_000) })
    .where('run_id', '=', beforeRun)
    .execute();
  await shop.call('PATCH', '/workspace', {
    frequency_caps: [{ purpose: 'marketing', max: 1, period_hours: 168 }],
  });
  const { id } = await shop.draft({
    audience: { segment_ids: [vip.id], exclude: { segment_ids: [list] } },
  });
  return { shop, id, before, list, who: { gets, excluded, capped, stranger, optedOut, blocked, noAddress } };
}

test('every question in its order, before the campaign is sent off and afterwards', async () => {
  const { shop, id, before, who } = await aFullShop();
  const early = async (person: string) => why(shop, id, person);
  const all = 'audience yes, exclusion yes, address yes, consent yes, cap yes, quiet yes';
  const stops = {
    stranger: ['not_meant', 'audience no', null],
    excluded: ['skipped', 'audience yes, exclusion no', 'excluded'],
    noAddress: ['skipped', 'audience yes, exclusion yes, address no', 'no_identity'],
    blocked: ['skipped', 'audience yes, exclusion yes, address no', 'blocked'],
    optedOut: ['skipped', 'audience yes, exclusion yes, address yes, consent no', 'opted_out'],
    capped: ['skipped', 'audience yes, exclusion yes, address yes, consent yes, cap no', 'frequency_cap'],
  } as const;
  const ready = await early(who.gets);
  expect(ready).toMatchObject({ verdict: 'will_get', run_id: null, delivery: null });
  expect(outcomes(ready)).toBe(`${all}, send not_checked`);
  expect(ready.checks[0]?.rule).toMatchObject([
    { words: 'In the segment “VIP”', holds: true, parts: [{ holds: true }, { holds: true }] },
  ]);
  for (const [name, [verdict, start]] of Object.entries(stops)) {
    const told = await early(who[name as keyof typeof who]);
    expect(told.verdict, name).toBe(verdict);
    expect(
      outcomes(told).startsWith(`${start}, `) || outcomes(told) === start,
      `${name}: ${outcomes(told)}`,
    ).toBe(true);
    const at = told.checks.findIndex((check) => check.outcome === 'no');
    expect(told.checks.slice(at + 1).every((check) => check.outcome === 'not_checked')).toBe(true);
  }
  const stranger = await early(who.stranger);
  expect(stranger.checks[0]?.rule).toMatchObject([
    { holds: false, parts: [{ holds: false }, { holds: true }] },
  ]);
  const cap = (await early(who.capped)).checks.find((check) => check.key === 'cap');
  expect(cap).toMatchObject({
    detail: '1 of 1 marketing messages in 7 days',
    used: [{ campaign_id: before.id, name: 'Weekend Special' }],
  });
  expect(Date.parse(cap?.at as string) - shop.ctx.clock.now().getTime()).toBeGreaterThan(6.9 * 86_400_000);

  const runId = await launched(shop, id);
  for (const [name, [verdict, start, reason]] of Object.entries(stops)) {
    const told = await why(shop, id, who[name as keyof typeof who]);
    expect(told.verdict, name).toBe(verdict);
    expect(told.run_id).toBe(toWireId('run', runId));
    expect(told.delivery?.reason ?? null, name).toBe(reason);
    expect(outcomes(told).startsWith(start), `${name}: ${outcomes(told)}`).toBe(true);
  }
  const missed = await why(shop, id, who.stranger);
  expect(missed.explanation).toBe(
    'Was not in the audience when it was sent off. As things stand now: not in its segment',
  );
  expect(missed.checks[0]?.rule).toMatchObject([
    { words: 'In the segment “VIP”', holds: false, parts: [{ holds: false }, { holds: true }] },
  ]);
  expect((await why(shop, id, who.excluded)).checks[1]?.detail).toBe('In the segment “Inactive”');
  expect(await why(shop, id, who.gets)).toMatchObject({
    verdict: 'waiting',
    headline: 'They wait for their turn',
  });

  const change = (state: string, more: object) =>
    shop.ctx.db
      .updateTable('deliveries')
      .set({ state, ...more })
      .where('run_id', '=', runId)
      .where('contact_id', '=', fromWireId('cnt', who.gets)!)
      .execute();
  await change('unknown', {
    reason: 'timeout',
    claimed_at: shop.ctx.clock.now(),
    unknown_at: shop.ctx.clock.now(),
  });
  expect(await why(shop, id, who.gets)).toMatchObject({
    verdict: 'unknown',
    explanation: 'No answer in time',
    checks: expect.arrayContaining([expect.objectContaining({ key: 'send', outcome: 'waits' })]),
  });
  await change('sent', { reason: null, sent_at: shop.ctx.clock.now() });
  const sent = await why(shop, id, who.gets);
  expect(sent.verdict).toBe('got');
  expect(outcomes(sent)).toBe(`${all}, send yes`);
  expect(sent.checks.at(-1)?.history?.map((step) => step.code)).toEqual(['written', 'accepted']);
});

test('each figure of the audience opens exactly its people, over pages, and the list keeps the estimate', async () => {
  const { shop, id, who } = await aFullShop();
  const count = (await shop.call('GET', `/campaigns/${id}/audience`)).json<AudienceCount>();
  expect(count).toMatchObject({
    total: 6,
    reachable: 1,
    excluded: 1,
    over_cap: 1,
    opted_out: 1,
    no_identity: 1,
    unreachable: 1,
  });
  const people = async (part: AudiencePart) => {
    const all: AudiencePerson[] = [];
    let cursor = '';
    do {
      const answer = await shop.call(
        'GET',
        `/campaigns/${id}/audience/people?part=${part}&limit=1${cursor && `&cursor=${cursor}`}`,
      );
      expect(answer.statusCode, answer.body).toBe(200);
      all.push(...answer.json().data);
      cursor = answer.json().next_cursor;
    } while (cursor);
    return all;
  };
  const of = async (part: AudiencePart) => (await people(part)).map((one) => one.contact_id);
  expect(await of('reachable')).toEqual([who.gets]);
  expect(await of('opted_out')).toEqual([who.optedOut]);
  expect(await of('no_identity')).toEqual([who.noAddress]);
  expect(await of('unreachable')).toEqual([who.blocked]);
  expect(await of('over_cap')).toEqual([who.capped]);
  expect(await of('quiet')).toEqual([]);
  expect(await people('excluded')).toMatchObject([
    { contact_id: who.excluded, why: 'In the segment “Inactive”' },
  ]);
  const [listed] = (await shop.call('GET', '/campaigns?status=draft')).json().data;
  expect(listed).toMatchObject({ id, estimated_reach: 1, version: 1 });
  const other = await shop.call(
    'GET',
    `/campaigns/${id}/audience/people?part=excluded&limit=1&cursor=${Buffer.from('["audience","quiet","x"]').toString('base64url')}`,
  );
  expect(other.json().code).toBe('INVALID_CURSOR');
});

test('the forecast names rate, finish and cost; what stands in the way leaves the finish open', async () => {
  const shop = await house.shop(3);
  const draft = (settings: object) => shop.draft({ settings });
  const forecast = async (id: string) => {
    const answer = await shop.call('GET', `/campaigns/${id}/forecast`);
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json<SendForecast>();
  };
  const slow = await forecast(
    (await draft({ messages_per_minute: 60, batch: { size: 2, delay_seconds: 10 } })).id,
  );
  // 3 messages at 1 a second, and a pause after the second
  expect(slow).toMatchObject({
    messages: 3,
    per_second: 1,
    seconds: 13,
    batches: 2,
    cost: { kind: 'free' },
    wait: null,
  });
  expect(Date.parse(slow.finish_at as string) - Date.parse(slow.starts_at)).toBe(13_000);
  expect(await forecast((await draft({ paid_broadcast: true })).id)).toMatchObject({
    cost: { kind: 'stars', amount: 1 },
    per_second: 1000,
  });
  await shop.ctx.db
    .updateTable('connections')
    .set({ circuit: 'open' })
    .where('workspace_id', '=', shop.ctx.actor.workspaceId)
    .execute();
  expect(await forecast((await draft({})).id)).toMatchObject({
    finish_at: null,
    seconds: null,
    wait: { reason: 'circuit', until: null },
  });
});

test('the forecast begins when it is asked to, and by everybody’s own clock is not through before the last of them', async () => {
  const shop = await house.shop(3);
  const [here, tokyo] = shop.people as [string, string, string];
  await shop.call('PATCH', `/contacts/${here}`, { time_zone: 'America/New_York' });
  await shop.call('PATCH', `/contacts/${tokyo}`, { time_zone: 'Asia/Tokyo' });
  const inAYear = new Date(Date.now() + 364 * 86_400_000).toISOString().slice(0, 10);
  const { id } = await shop.draft({
    schedule: { mode: 'recipient_local', local: `${inAYear}T09:00`, time_zone: 'Europe/London' },
  });
  const zones = (await shop.call('GET', `/campaigns/${id}/zones`)).json();
  const local = (await shop.call('GET', `/campaigns/${id}/forecast`)).json<SendForecast>();
  expect(zones.data).toHaveLength(3);
  expect(local.starts_at).toBe(zones.first_at);
  expect(Date.parse(local.finish_at as string)).toBeGreaterThan(Date.parse(zones.last_at));
  expect(Date.parse(local.finish_at as string) - Date.parse(zones.last_at)).toBeLessThan(1000);
  const draft = await shop.draft();
  const at = `${inAYear}T12:00:00.000Z`;
  const later = await shop.call('GET', `/campaigns/${draft.id}/forecast?at=${encodeURIComponent(at)}`);
  expect(later.json()).toMatchObject({ starts_at: at, finish_at: `${inAYear}T12:00:00.100Z` });
  const before = Date.now();
  const past = await shop.call('GET', `/campaigns/${id}/forecast?at=1970-01-01T00:00:00Z`);
  expect(Date.parse(past.json<SendForecast>().starts_at)).toBeGreaterThanOrEqual(before);
});

test('people and campaigns of others are not there', async () => {
  const shop = await house.shop(1);
  const stranger = await house.shop(1);
  const { id } = await shop.draft();
  expect((await shop.call('GET', `/campaigns/${id}/why/${stranger.people[0]}`)).statusCode).toBe(404);
  expect((await stranger.call('GET', `/campaigns/${id}/why/${stranger.people[0]}`)).statusCode).toBe(404);
});

test('who is held out is told before the campaign is sent off, and is who is held out then', async () => {
  const shop = await house.shop(8);
  const { id } = await shop.draft({ settings: { holdout_percent: 50 } });
  const before = new Map<string, string>();
  for (const person of shop.people) before.set(person, (await why(shop, id, person)).verdict);
  await launched(shop, id);
  for (const person of shop.people) {
    const after = await why(shop, id, person);
    expect(after.verdict).toBe(before.get(person) === 'will_get' ? 'waiting' : 'skipped');
    expect(after.checks.find((check) => check.key === 'holdout')?.outcome).toBe(
      after.verdict === 'skipped' ? 'no' : 'yes',
    );
  }
});
