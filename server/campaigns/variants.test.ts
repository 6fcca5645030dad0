// A/B tests and the holdout over HTTP with real lanes: who gets which wording, who none, and that nobody gets two.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Campaign, Report } from '../../contract/campaigns.ts';
import { fromWireId } from '../../contract/ids.ts';
import type { Course } from '../../contract/links.ts';
import { setReachability } from '../contacts/identity.ts';
import { tendAb, tendAbs } from '../deliveries/ab/tend-ab.ts';
import { markReplied } from '../deliveries/sending/receipts.ts';
import { systemClock } from '../platform/clock.ts';
import { testLanes, until } from '../testing/engine.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import { aHouse, type House, type Shop } from './testing-shop.ts';

let aheadMs = 0;
let house: House;
beforeAll(async () => {
  house = await aHouse({ clock: { ...systemClock, now: () => new Date(Date.now() + aheadMs) } });
});

const people = 40;
const ab = (given: object = {}) => ({
  variants: [{ key: 'b', content: { text: 'Wording B' } }],
  test_percent: 50,
  winner: { by: 'hand' },
  ...given,
});
const draftOf = (shop: Shop, settings: object) => shop.draft({ content: { text: 'Wording A' }, settings });

async function launched(
  shop: Shop,
  settings: object,
): Promise<{ id: string; runId: string; ref: { workspaceId: string; runId: string } }> {
  const { id } = await draftOf(shop, settings);
  const answer = await shop.call('POST', `/campaigns/${id}/launch`);
  expect(answer.statusCode, answer.body).toBe(202);
  const runId = answer.json().run_id as string;
  return { id, runId, ref: { workspaceId: shop.ctx.actor.workspaceId, runId: fromWireId('run', runId)! } };
}
const rowsOf = (shop: Shop, id: string) =>
  shop.ctx.db
    .selectFrom('deliveries')
    .select(['contact_id', 'variant', 'state', 'reason'])
    .where('campaign_id', '=', fromWireId('cmp', id))
    .orderBy('contact_id')
    .execute();
/** How often each text was received, as the emulator's phones show it. */
async function textsOf(shop: Shop): Promise<Record<string, number>> {
  const sum: Record<string, number> = {};
  const rows = await shop.ctx.db
    .selectFrom('deliveries')
    .select('address')
    .where('workspace_id', '=', shop.ctx.actor.workspaceId)
    .execute();
  for (const { address } of rows) {
    const path = `chats/${address}?bot=${shop.sandbox.botId}`;
    const { messages } = await shop.sandbox.control<{ messages: { text?: string }[] }>(path);
    for (const { text } of messages) if (text?.startsWith('Wording')) sum[text] = (sum[text] ?? 0) + 1;
  }
  return sum;
}
const testIsOut = (shop: Shop, id: string) =>
  until('the test is out', async () => {
    const report = await shop.report(id);
    return report.variants !== null && report.sent > 0 && report.sent + report.variants.waiting === people;
  });

describe('an A/B test', () => {
  test('sends its wordings to its people only, and the winner that a person chooses to everybody else, nobody twice', async () => {
    const shop = await house.shop(people);
    const lanes = testLanes(shop.ctx, 500);
    const { id, runId } = await launched(shop, { ab: ab() });
    await testIsOut(shop, id);
    const testing = (await shop.report(id)).variants!;
    expect(testing).toMatchObject({ step: 'testing', by: 'hand', winner: null, decide_at: null });
    expect(testing.data.map(({ key }) => key)).toEqual(['a', 'b']);
    for (const one of testing.data) expect(one.people).toBeGreaterThan(2);
    expect(testing.waiting).toBeGreaterThan(2);
    expect(await shop.read(id)).toMatchObject({ status: 'sending' });
    const picked = await shop.call('POST', `/campaigns/${id}/pick_winner`, { run_id: runId, variant: 'b' });
    expect(picked.statusCode, picked.body).toBe(202);
    await shop.settled(id);
    const report = await shop.report(id);
    expect(report).toMatchObject({ planned: people, sent: people });
    expect(report.variants).toMatchObject({ step: 'decided', winner: 'b', decided_by: 'Test', waiting: 0 });
    // the figures of the test stay those of the test
    expect(report.variants!.data.map((one) => one.people)).toEqual(testing.data.map((one) => one.people));
    expect(await shop.sandbox.stats()).toMatchObject({ accepted: people, duplicates_total: 0 });
    const [a, b] = testing.data.map((one) => one.people) as [number, number];
    expect(await textsOf(shop)).toEqual({ 'Wording A': a, 'Wording B': b + testing.waiting });
    const again = await shop.call('POST', `/campaigns/${id}/pick_winner`, { run_id: runId, variant: 'a' });
    expect(codeOf(again)).toBe('409 ILLEGAL_MOVE');
    await lanes.stop();
  });

  test('decided by replies goes on by itself once its time is over, once, however many look', async () => {
    const shop = await house.shop(people);
    const lanes = testLanes(shop.ctx, 500);
    const { id, ref } = await launched(shop, { ab: ab({ winner: { by: 'replies', after_minutes: 60 } }) });
    await testIsOut(shop, id);
    await until('its hour is set', async () => (await shop.report(id)).variants!.decide_at !== null);
    const waiting = await shop.report(id);
    expect(waiting.wait).toMatchObject({ reason: 'variants' });
    expect(waiting.variants?.data.map(({ key, text }) => [key, text])).toEqual([
      ['a', 'Wording A'],
      ['b', 'Wording B'],
    ]);
    // nobody gets anything before the hour: the forecast is level until then
    const { forecast } = (await shop.call('GET', `/campaigns/${id}/course`)).json<Course>();
    expect(forecast.slice(0, 2)).toEqual([
      { at: expect.any(String), sent: waiting.sent },
      { at: waiting.variants?.decide_at, sent: waiting.sent },
    ]);
    expect(forecast.at(-1)).toMatchObject({ sent: people });
    const replier = (await rowsOf(shop, id)).find((row) => row.variant === 1)!;
    const { connectionId } = shop.sandbox;
    await markReplied(shop.ctx, {
      contactId: replier.contact_id,
      connectionId,
      at: new Date(Date.now() + aheadMs),
    });
    aheadMs += 59 * 60_000;
    await tendAbs(house.base);
    expect((await shop.report(id)).variants).toMatchObject({ step: 'testing' });
    aheadMs += 2 * 60_000;
    await Promise.all(Array.from({ length: 4 }, () => tendAb(house.base, ref)));
    expect((await shop.report(id)).variants).toMatchObject({
      step: 'decided',
      winner: 'b',
      decided_by: null,
      finding: expect.stringMatching(/^B goes to everybody else: 1 of \d+ people replied/),
    });
    await shop.settled(id);
    expect(await shop.sandbox.stats()).toMatchObject({ accepted: people, duplicates_total: 0 });
    await lanes.stop();
  });

  test('is not decided while its run is paused or held, nor right after: what people did meanwhile comes in first', async () => {
    const shop = await house.shop(people);
    const lanes = testLanes(shop.ctx, 500);
    const { id, ref } = await launched(shop, { ab: ab({ winner: { by: 'replies', after_minutes: 60 } }) });
    const variants = async () => (await shop.report(id)).variants!;
    await testIsOut(shop, id);
    await until('its hour is set', async () => (await variants()).decide_at !== null);
    const looked = async (minutes: number) => {
      aheadMs += minutes * 60_000;
      await tendAb(house.base, ref);
    };
    /** Minutes until the figures decide. */
    const left = async () =>
      Math.round((Date.parse((await variants()).decide_at!) - Date.now() - aheadMs) / 60_000);
    await shop.call('POST', `/campaigns/${id}/pause`);
    await looked(62);
    expect([(await variants()).step, await left()]).toEqual(['testing', -2]);
    await shop.call('POST', `/campaigns/${id}/resume`);
    await looked(0);
    expect([(await variants()).step, await left()]).toEqual(['testing', 30]);
    const workspace = shop.ctx.db.updateTable('workspaces').where('id', '=', ref.workspaceId);
    const hold = () => workspace.set({ held_at: new Date(Date.now() + aheadMs) }).execute();
    for (const release of [{ all: true }, { campaign_ids: [id] }]) {
      await hold();
      await looked(32);
      expect([(await variants()).step, await left()]).toEqual(['testing', -2]);
      await shop.call('POST', '/held/release', release);
      await looked(0);
      expect([(await variants()).step, await left()]).toEqual(['testing', 30]);
    }
    // a break long before its hour moves nothing
    await shop.call('POST', `/campaigns/${id}/pause`);
    await shop.call('POST', `/campaigns/${id}/resume`);
    await looked(31);
    expect(await variants()).toMatchObject({ step: 'decided' });
    await lanes.stop();
  });

  test('of everybody has figures and no winner; of too few all get the first wording', async () => {
    const shop = await house.shop(6);
    const lanes = testLanes(shop.ctx, 500);
    const all = await launched(shop, { ab: ab({ test_percent: 100 }) });
    await shop.settled(all.id);
    expect((await shop.report(all.id)).variants).toMatchObject({ winner: null, waiting: 0 });
    const few = await launched(shop, { ab: ab({ test_percent: 1 }) });
    await until('everybody has a row', async () => (await rowsOf(shop, few.id)).length === 6);
    if ((await rowsOf(shop, few.id)).every((row) => row.variant === null)) {
      await shop.settled(few.id);
      expect((await shop.report(few.id)).variants).toMatchObject({ step: 'not_needed', winner: 'a' });
    }
    await lanes.stop();
  });

  test('that is cancelled lets nobody go, and cannot be decided any more', async () => {
    const shop = await house.shop(people);
    const lanes = testLanes(shop.ctx, 500);
    const { id, runId } = await launched(shop, { ab: ab() });
    await testIsOut(shop, id);
    const { sent } = await shop.report(id);
    await shop.call('POST', `/campaigns/${id}/cancel`);
    const late = await shop.call('POST', `/campaigns/${id}/pick_winner`, { run_id: runId, variant: 'b' });
    expect(codeOf(late)).toBe('409 ILLEGAL_MOVE');
    await until('the rest is cancelled', async () => (await shop.report(id)).cancelled === people - sent);
    expect(await shop.sandbox.stats()).toMatchObject({ accepted: sent });
    await lanes.stop();
  });

  test('is refused with a gap in its letters, and points into the variant that is wrong', async () => {
    const shop = await house.shop(1);
    const refused = async (settings: object) =>
      (
        await shop.call('POST', '/campaigns', { name: 'Test', connection_id: shop.connection, settings })
      ).json();
    expect((await refused({ ab: ab({ variants: [{ key: 'c', content: {} }] }) })).errors[0].pointer).toBe(
      '/settings/ab/variants',
    );
    expect((await refused({ ab: ab({ winner: { by: 'clicks' } }) })).code).toBe('VALIDATION_FAILED');
    const { id } = await draftOf(shop, {
      ab: ab({ variants: [{ key: 'b', content: { text: 'Hi {{ contact.nmae }}' } }] }),
    });
    const launch = await shop.call('POST', `/campaigns/${id}/launch`);
    expect(launch.json()).toMatchObject({
      code: 'TEMPLATE_INVALID',
      errors: [
        { pointer: '/settings/ab/variants/0/content/text', detail: expect.stringMatching(/^Variant B: /) },
      ],
    });
    expect((await shop.call('GET', `/campaigns/${id}/check`)).json().steps.settings).toMatchObject({
      state: 'error',
    });
    expect(
      codeOf(
        await shop.call('POST', `/campaigns/${id}/pick_winner`, {
          run_id: 'run_01h455vb4pex5vsknk084sn02q',
          variant: 'b',
        }),
      ),
    ).toBe('404 NOT_FOUND');
  });
});

const addressesOf = async (shop: Shop, contactIds: string[]) =>
  (
    await shop.ctx.db
      .selectFrom('identities')
      .select('address')
      .where('workspace_id', '=', shop.ctx.actor.workspaceId)
      .where('contact_id', 'in', contactIds)
      .execute()
  ).map(({ address }) => address);

describe('the holdout', () => {
  const heldOut = async (shop: Shop, id: string) =>
    (await rowsOf(shop, id)).filter((row) => row.reason === 'holdout').map((row) => row.contact_id);

  test('gets nothing, says so in the log, and is the same people however often it is decided', async () => {
    const shop = await house.shop(people);
    const lanes = testLanes(shop.ctx, 500);
    const { id } = await launched(shop, { holdout_percent: 30 });
    await shop.settled(id);
    const out = await heldOut(shop, id);
    expect(out.length).toBeGreaterThan(3);
    expect(out.length).toBeLessThan(25);
    const report: Report = await shop.report(id);
    expect(report).toMatchObject({
      planned: people,
      sent: people - out.length,
      failed: 0,
      skipped: out.length,
    });
    expect(report.skips).toEqual([
      { code: 'holdout', count: out.length, reason: expect.stringMatching(/holdout/i) },
    ]);
    expect(report.holdout).toMatchObject({ people: out.length, converted: 0, sent: people - out.length });
    expect(await shop.sandbox.stats()).toMatchObject({ accepted: people - out.length });
    // counted beforehand, it is the same people
    const count = (await shop.call('GET', `/campaigns/${id}/audience`)).json();
    expect(count).toMatchObject({ total: people, holdout: out.length, reachable: people - out.length });
    await lanes.stop();
  });

  test('is a share of those who would have got it: whoever cannot be reached or has opted out is none of it', async () => {
    const shop = await house.shop(people);
    const [blocked, optedOut] = [shop.people.slice(0, 10), shop.people.slice(10, 20)].map((of) =>
      of.map((id) => fromWireId('cnt', id)!),
    ) as [string[], string[]];
    const workspace_id = shop.ctx.actor.workspaceId;
    await setReachability(shop.ctx, shop.sandbox.connectionId, await addressesOf(shop, blocked), {
      reachable: false,
      reason: 'blocked',
    });
    for (const contact_id of optedOut)
      await shop.ctx.db
        .insertInto('consents')
        .values({
          workspace_id,
          contact_id,
          channel: 'telegram',
          purpose: 'marketing',
          state: 'opted_out',
          source: 'manual',
          at: new Date(),
        })
        .execute();
    const { id } = await launched(shop, { holdout_percent: 50 });
    await until('its rows are written', async () => (await rowsOf(shop, id)).length === people);
    const out = await heldOut(shop, id);
    expect(out.length).toBeGreaterThan(0);
    expect(out.filter((one) => blocked.includes(one) || optedOut.includes(one))).toEqual([]);
    expect((await shop.report(id)).skips).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'blocked', count: 10 }),
        expect.objectContaining({ code: 'opted_out', count: 10 }),
      ]),
    );
  });

  test('is compared with whoever was sent the message, by the orders of the days after the start', async () => {
    const shop = await house.shop(people);
    const lanes = testLanes(shop.ctx, 500);
    const { id } = await launched(shop, { holdout_percent: 40 });
    await shop.settled(id);
    const rows = await rowsOf(shop, id);
    const sent = rows.filter((row) => row.state === 'sent').map((row) => row.contact_id);
    const out = rows.filter((row) => row.reason === 'holdout').map((row) => row.contact_id);
    const order = (contact_id: string, days: number, status = 'paid') =>
      shop.ctx.db
        .insertInto('orders')
        .values({
          workspace_id: shop.ctx.actor.workspaceId,
          id: crypto.randomUUID(),
          contact_id,
          status,
          total: '10',
          placed_at: new Date(Date.now() + aheadMs + days * 86_400_000),
        })
        .execute();
    for (const one of sent.slice(0, 3)) await order(one, 1);
    await order(sent[0] as string, 2);
    await order(sent[4] as string, 8);
    await order(sent[5] as string, 1, 'cancelled');
    await order(sent[6] as string, 1, 'returned');
    await order(out[0] as string, 1);
    expect((await shop.report(id)).holdout).toMatchObject({
      people: out.length,
      converted: 1,
      sent: sent.length,
      sent_converted: 3,
      days: 7,
      words: expect.stringMatching(/Too early to tell: 4 orders/),
    });
    await lanes.stop();
  });
});

test('a copy keeps the test without the pictures that are gone', async () => {
  const shop = await house.shop(1);
  const { id } = await draftOf(shop, { ab: ab(), holdout_percent: 5 });
  const copy = (await shop.call('POST', `/campaigns/${id}/duplicate`)).json<Campaign>();
  expect(copy.settings).toMatchObject({
    holdout_percent: 5,
    ab: { test_percent: 50, variants: [{ key: 'b', content: { text: 'Wording B' } }] },
  });
});

test('the test contacts of the workspace are remembered, and nobody of another shop among them', async () => {
  const [shop, other] = [await house.shop(2), await house.shop(1)];
  const [one, two] = shop.people as [string, string];
  const saved = await shop.call('PATCH', '/workspace', { test_contact_ids: [one, two, one] });
  expect(saved.json()).toMatchObject({ test_contact_ids: [one, two] });
  const foreign = await shop.call('PATCH', '/workspace', { test_contact_ids: [one, other.people[0]] });
  expect(foreign.json()).toMatchObject({ errors: [{ pointer: '/test_contact_ids/1' }] });
  expect((await shop.call('GET', '/workspace')).json()).toMatchObject({ test_contact_ids: [one, two] });
});
