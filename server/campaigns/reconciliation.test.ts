// Reconciliation over HTTP: the equation at any instant, people of each group, and settling what nobody can know.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../contract/campaigns.ts';
import type { Delivery } from '../../contract/deliveries.ts';
import type { DeliveryDetail } from '../../contract/delivery-history.ts';
import { fromWireId } from '../../contract/ids.ts';
import type { Page } from '../../contract/lists.ts';
import { type Reconciliation, reconciliation, type Settlement } from '../../contract/reconciliation.ts';
import { lockRuns } from '../deliveries/runs/run.ts';
import { declareAbandoned } from '../deliveries/sending/claim.ts';
import { resendUnknownByPolicy } from '../deliveries/settling/reconcile.ts';
import { inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { claimedOfRun, testLanes, until } from '../testing/engine.ts';
import { aHouse, type House, type Shop } from './testing-shop.ts';

let house: House;
beforeAll(async () => {
  house = await aHouse();
});

const reckon = async (shop: Shop, id: string, query = '') =>
  reconciliation.parse((await shop.call('GET', `/campaigns/${id}/reconciliation${query}`)).json());
const expectSum = (it: Reconciliation) => {
  expect(it.sent + it.failed + it.skipped + it.unknown + it.left + it.cancelled).toBe(it.planned);
  expect(it.groups.reduce((sum, group) => sum + group.count, 0)).toBe(it.planned);
};
const uuid = (wire: string) => fromWireId(wire.slice(0, 3) as 'run', wire) as string;

async function launched(shop: Shop, given: object = {}): Promise<{ id: string; run: string; runId: string }> {
  const { id } = await shop.draft(given);
  const answer = await shop.call('POST', `/campaigns/${id}/launch`);
  const run = answer.json<{ run_id: string }>().run_id;
  await until('it is expanded', async () => (await reckon(shop, id)).groups[0]?.reason === 'waiting');
  return { id, run, runId: uuid(run) };
}

/** A node claims `count` rows and dies; another one finds them. */
async function abandon(shop: Shop, runId: string, count: number): Promise<string[]> {
  const rows = await claimedOfRun(shop.ctx, runId, newId(), count);
  expect(await declareAbandoned(shop.ctx, [{ connectionId: uuid(shop.connection), claim: newId() }])).toEqual(
    [count],
  );
  return rows.map((row) => row.id);
}

const settle = (shop: Shop, id: string, verb: string, body: object) =>
  shop.call('POST', `/campaigns/${id}/${verb}`, body);

describe('the equation', () => {
  it('holds at every look while a run is written, sends, fails, loses answers, pauses and is cancelled', async () => {
    const shop = await house.shop(60);
    for (const user of [100_003, 100_017, 100_040])
      await shop.sandbox.control('state', { bot: shop.sandbox.botId, user, state: 'blocked' });
    const { id } = await shop.draft();
    await shop.sandbox.control('faults', { kind: 'reset_after', bot: shop.sandbox.botId, count: 4 });
    await shop.call('POST', `/campaigns/${id}/launch`);
    let looks = 0;
    let seen = await reckon(shop, id);
    // slow enough for a look in the middle on a busy machine
    const lanes = testLanes(shop.ctx, 20);
    while (seen.left > 0 && looks < 500) {
      seen = await reckon(shop, id);
      expectSum(seen);
      looks += 1;
      if (looks === 3) await shop.call('POST', `/campaigns/${id}/pause`);
      if (looks === 5) await shop.call('POST', `/campaigns/${id}/resume`);
    }
    await lanes.stop();
    expect(looks).toBeGreaterThan(5);
    expect(seen).toMatchObject({ planned: 60, failed: 3, left: 0 });
    expect(seen.unknown).toBeGreaterThan(0);
    expect(seen.sent + seen.unknown).toBe(57);
    const failed = seen.groups.find((group) => group.state === 'failed');
    expect(failed).toMatchObject({ reason: 'blocked', words: 'Blocked contact', count: 3, share: 0.05 });
    expect(seen.groups.find((group) => group.state === 'unknown')).toMatchObject({
      reason: 'connection_lost',
    });
  });

  it('names the people of each group, of the run that is asked for', async () => {
    const shop = await house.shop(5);
    const { id, run, runId } = await launched(shop);
    const [lost] = await abandon(shop, runId, 1);
    const whole = await reckon(shop, id, `?run_id=${run}`);
    expect(whole.runs).toMatchObject([{ id: run, status: 'active', planned: 5, unknown: 1 }]);
    const group = whole.groups.find(({ state }) => state === 'unknown');
    expect(group).toMatchObject({
      reason: 'node_lost',
      count: 1,
      log: { state: 'unknown', reason: 'node_lost' },
    });
    expect(group?.first_at).not.toBeNull();
    const list = async (query: string) =>
      (await shop.call('GET', `/campaigns/${id}/deliveries?${query}`)).json<Page<Delivery>>().data;
    const people = await list(`run_id=${run}&state=${group?.log?.state}&reason=${group?.log?.reason}`);
    expect(people.map((row) => uuid(row.id))).toEqual([lost]);
    expect(await list(`run_id=${run}&state=queued&reason=none`)).toHaveLength(4);
    expect(await list(`run_id=${run.slice(0, -1)}${run.endsWith('0') ? 1 : 0}`)).toHaveLength(0);
    const csv = await shop.call(
      'GET',
      `/campaigns/${id}/deliveries.csv?run_id=${run}&state=unknown&reason=node_lost`,
    );
    expect(csv.body.trim().split('\r\n')).toHaveLength(2);
  });

  it('of a draft is all zero; of another campaign’s run there is none', async () => {
    const shop = await house.shop(1);
    const { id } = await shop.draft();
    expect(await reckon(shop, id)).toMatchObject({ run: null, runs: [], planned: 0, groups: [] });
    const other = await launched(shop);
    const answer = await shop.call('GET', `/campaigns/${id}/reconciliation?run_id=${other.run}`);
    expect(answer.statusCode).toBe(404);
  });
});

describe('settling the unknown ones of a run', () => {
  it('resends to exactly those who were unknown: each gets it once more at most, and the campaign sends again', async () => {
    const shop = await house.shop(6);
    const { id, run, runId } = await launched(shop);
    const lost = await abandon(shop, runId, 3);
    const lanes = testLanes(shop.ctx, 200);
    await shop.settled(id);
    expect(await shop.read(id)).toMatchObject({ status: 'published', unknown: 3 });
    const answer = await settle(shop, id, 'resend_unknown', { run_id: run, expected: 3 });
    expect(answer.statusCode).toBe(202);
    expect(answer.json<Settlement>()).toMatchObject({
      verb: 'resend',
      expected: 3,
      done: 3,
      status: 'finished',
      by: 'Test',
    });
    await until('all have it', async () => (await reckon(shop, id)).sent === 6);
    await shop.settled(id);
    await lanes.stop();
    expect(await shop.read(id)).toMatchObject({ status: 'published', unknown: 0 });
    const stats = await shop.sandbox.stats();
    expect(stats).toMatchObject({ accepted: 6, duplicates_total: 0 });
    const detail = (
      await shop.call('GET', `/deliveries/${(await firstOf(shop, id, lost[0]!)).id}`)
    ).json<DeliveryDetail>();
    expect(detail.history.find((step) => step.code === 'resent')).toMatchObject({ by: 'Test' });
  });

  it('clicked twice, or by two people at once, it happens once; the other is told the new number', async () => {
    const shop = await house.shop(8);
    const { id, run, runId } = await launched(shop);
    await abandon(shop, runId, 5);
    const body = { run_id: run, expected: 5 };
    const answers = await Promise.all([
      settle(shop, id, 'resend_unknown', body),
      settle(shop, id, 'resend_unknown', body),
      settle(shop, id, 'count_unknown_as_sent', body),
    ]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([202, 409, 409]);
    const refused = answers.filter((answer) => answer.statusCode === 409).map((answer) => answer.json());
    for (const problem of refused) {
      expect(problem).toMatchObject({ code: 'NUMBER_CHANGED', errors: [{ pointer: '/expected' }] });
      expect(problem.detail).toMatch(/^5 people were unknown when you looked, nobody is any more/);
    }
    const after = await reckon(shop, id);
    expectSum(after);
    expect(after.unknown).toBe(0);
  });

  it('refuses another number with the new one, a run of another campaign, and what it cannot read', async () => {
    const shop = await house.shop(4);
    const { id, run, runId } = await launched(shop);
    await abandon(shop, runId, 2);
    const wrong = await settle(shop, id, 'resend_unknown', { run_id: run, expected: 3 });
    expect(wrong.statusCode).toBe(409);
    expect(wrong.json().detail).toMatch(/3 people were unknown.*2 people are now/);
    const other = await launched(await house.shop(1));
    const foreign = await settle(shop, id, 'resend_unknown', { run_id: other.run, expected: 2 });
    expect(foreign.json()).toMatchObject({ status: 422, errors: [{ pointer: '/run_id' }] });
    for (const [body, pointer] of [
      [{ run_id: run }, '/expected'],
      [{ run_id: run, expected: 0 }, '/expected'],
      [{ run_id: 'run_x', expected: 2 }, '/run_id'],
      [{ run_id: run, expected: 2, reason: 'Drop Table' }, '/reason'],
      [{ run_id: run, expected: 2, all: true }, '/all'],
    ] as const) {
      const answer = await settle(shop, id, 'count_unknown_as_sent', body);
      expect(answer.json()).toMatchObject({ status: 422, errors: [{ pointer }] });
    }
    expect((await reckon(shop, id)).unknown).toBe(2);
  });

  it('counts those of one cause as sent, in the thread, with who decided it in history and audit log', async () => {
    const shop = await house.shop(5);
    const { id, run, runId } = await launched(shop);
    const [first] = await abandon(shop, runId, 3);
    await shop.ctx.db.updateTable('deliveries').set({ reason: 'timeout' }).where('id', '=', first!).execute();
    const answer = await settle(shop, id, 'count_unknown_as_sent', {
      run_id: run,
      expected: 2,
      reason: 'node_lost',
    });
    expect(answer.json<Settlement>()).toMatchObject({ done: 2, status: 'finished', reason: 'node_lost' });
    const after = await reckon(shop, id);
    expectSum(after);
    expect(after).toMatchObject({
      sent: 2,
      unknown: 1,
      left: 2,
      settlement: { verb: 'count_as_sent', done: 2 },
    });
    expect(after.groups).toContainEqual(
      expect.objectContaining({ state: 'sent', reason: 'counted_as_sent', count: 2 }),
    );
    const rows = (
      await shop.call('GET', `/campaigns/${id}/deliveries?run_id=${run}&reason=counted_as_sent`)
    ).json<Page<Delivery>>().data;
    expect(rows.map((row) => [row.state, row.detail])).toEqual(
      Array(2).fill(['sent', 'Counted as sent by a person']),
    );
    const messages = await shop.ctx.db
      .selectFrom('messages')
      .select('body')
      .where('delivery_id', 'in', rows.map((row) => uuid(row.id)))
      .execute(); // biome-ignore format: one query
    expect(messages.map((message) => (message.body as { text: string }).text)).toEqual([
      expect.stringMatching(/^Hi P1000/),
      expect.stringMatching(/^Hi P1000/),
    ]);
    const events = (await shop.call('GET', '/audit_events?action=campaign.unknown_counted_as_sent')).json();
    expect(events.data).toMatchObject([
      { actor: { name: 'Test' }, subject_id: id, detail: { run_id: run, count: 2 } },
    ]);
  });

  it('resends nothing of a cancelled campaign, but counts as sent', async () => {
    const shop = await house.shop(3);
    const { id, run, runId } = await launched(shop);
    await abandon(shop, runId, 2);
    await shop.call('POST', `/campaigns/${id}/cancel`);
    const refused = await settle(shop, id, 'resend_unknown', { run_id: run, expected: 2 });
    expect(refused.json()).toMatchObject({ status: 409, code: 'ILLEGAL_MOVE' });
    expect((await reckon(shop, id)).resend_refusal).toMatch(/was cancelled/);
    expect((await settle(shop, id, 'count_unknown_as_sent', { run_id: run, expected: 2 })).statusCode).toBe(
      202,
    );
    await until('the rest is cancelled', async () => (await reckon(shop, id)).cancelled === 1);
    const after = await reckon(shop, id);
    expectSum(after);
    expect(after.resume.words).toBe('Sending was cancelled. Nobody else is messaged.');
  });

  it('settles those without a reason, and only them, as the group’s own filter names them', async () => {
    const shop = await house.shop(4);
    const { id, run, runId } = await launched(shop);
    const [bare] = await abandon(shop, runId, 3);
    await shop.ctx.db.updateTable('deliveries').set({ reason: null }).where('id', '=', bare!).execute();
    const group = (await reckon(shop, id)).groups.find(
      ({ state, reason }) => state === 'unknown' && reason === null,
    );
    expect(group).toMatchObject({ count: 1, log: { state: 'unknown', reason: 'none' } });
    const body = { run_id: run, reason: group?.log?.reason, expected: 1 };
    for (const verb of ['count_unknown_as_sent', 'resend_unknown']) {
      expect((await settle(shop, id, verb, { ...body, expected: 3 })).json()).toMatchObject({
        code: 'NUMBER_CHANGED',
      });
      const answer = await settle(shop, id, verb, body);
      expect(answer.statusCode, answer.body).toBe(202);
      expect(answer.json<Settlement>()).toMatchObject({ done: 1, reason: 'none', status: 'finished' });
      expect((await reckon(shop, id)).unknown).toBe(2);
      await shop.ctx.db
        .updateTable('deliveries')
        .set({ state: 'unknown', reason: null })
        .where('id', '=', bare!)
        .execute();
    }
  });

  it('never waits for another workspace’s run, nor makes it wait', async () => {
    const [shop, other] = [await house.shop(1), await house.shop(1)];
    const { id } = await launched(shop);
    const foreign = await launched(other);
    await inTransaction(other.ctx, async (ctx) => {
      await lockRuns(ctx, [foreign.runId]);
      const answer = await settle(shop, id, 'resend_unknown', { run_id: foreign.run, expected: 1 });
      expect(answer.json()).toMatchObject({ status: 422, errors: [{ pointer: '/run_id' }] });
    });
  });

  describe('of a campaign in the archive', () => {
    const settings = { unknown: { resend_after_seconds: 60 } };
    async function throughWithUnknown(given: object = {}) {
      const shop = await house.shop(3);
      const { id, run, runId } = await launched(shop, given);
      const [lost] = await abandon(shop, runId, 1);
      const lanes = testLanes(shop.ctx, 200);
      await shop.settled(id);
      await lanes.stop();
      expect(await shop.read(id)).toMatchObject({ status: 'published', unknown: 1 });
      return { shop, id, run, runId, lost: (await firstOf(shop, id, lost!)).id };
    }
    const archive = (shop: Shop, id: string) => shop.call('POST', `/campaigns/${id}/archive`);

    it('nothing is sent again, by one, by all or by the policy, and it says what to do; counting goes', async () => {
      const { shop, id, run, runId, lost } = await throughWithUnknown({ settings });
      expect((await reckon(shop, id)).resend_refusal).toBeNull();
      expect((await archive(shop, id)).statusCode).toBe(202);
      const one = await shop.call('POST', `/deliveries/${lost}/resend`);
      expect(one.json()).toMatchObject({ status: 409, code: 'ILLEGAL_MOVE' });
      expect(one.json().detail).toMatch(/in the archive.*Count the delivery as sent, or write to the person/);
      const all = await settle(shop, id, 'resend_unknown', { run_id: run, expected: 1 });
      expect(all.json()).toMatchObject({ status: 409, code: 'ILLEGAL_MOVE' });
      expect(all.json().detail).toMatch(/duplicate it/);
      await shop.ctx.db
        .updateTable('deliveries')
        .set({ claimed_at: new Date(0) })
        .where('run_id', '=', runId)
        .where('state', '=', 'unknown')
        .execute();
      await resendUnknownByPolicy(house.base);
      expect(await reckon(shop, id)).toMatchObject({
        unknown: 1,
        left: 0,
        resend_refusal: one.json().detail,
        policy: { resend_after_seconds: null },
      });
      expect((await shop.call('POST', `/deliveries/${lost}/count_as_sent`)).statusCode).toBe(202);
      expect(await reckon(shop, id)).toMatchObject({ unknown: 0, sent: 3 });
    });

    it('what was just sent again keeps it out of the archive until it is through', async () => {
      const { shop, id, runId, lost } = await throughWithUnknown();
      // the resend is committed, the news of it has not reached the campaign yet
      await shop.ctx.db.updateTable('runs').set({ status: 'active' }).where('id', '=', runId).execute();
      const refused = await archive(shop, id);
      expect(refused.json()).toMatchObject({ status: 409, code: 'ILLEGAL_MOVE' });
      expect(await shop.read(id)).toMatchObject({ status: 'published' });
      await shop.ctx.db.updateTable('runs').set({ status: 'finished' }).where('id', '=', runId).execute();
      // of a resend and the archive at once one is refused, and nothing is left waiting behind it
      const [sent, kept] = await Promise.all([
        shop.call('POST', `/deliveries/${lost}/resend`),
        archive(shop, id),
      ]);
      const wasSent = sent.statusCode === 202;
      expect([sent.statusCode, kept.statusCode]).toBeOneOf([
        [202, 409],
        [409, 202],
      ]);
      await until('the campaign says so', async () =>
        wasSent ? (await shop.read(id)).status === 'sending' : (await shop.read(id)).status === 'archived',
      );
      expect(await reckon(shop, id)).toMatchObject(wasSent ? { left: 1 } : { unknown: 1, left: 0 });
    });
  });

  it('shows which campaigns have something to settle, and lists only these', async () => {
    const shop = await house.shop(2);
    const { id, runId } = await launched(shop);
    await shop.draft();
    const list = async (query: string) =>
      (await shop.call('GET', `/campaigns${query}`))
        .json<Page<Campaign>>()
        .data.map((row) => [row.id, row.unknown]);
    expect(await list('?unsettled=true')).toEqual([]);
    await abandon(shop, runId, 1);
    expect(await list('?unsettled=true')).toEqual([[id, 1]]);
    expect((await list('?unsettled=false')).map(([other]) => other)).not.toContain(id);
  });
});

async function firstOf(shop: Shop, campaignId: string, deliveryId: string): Promise<Delivery> {
  const { data } = (await shop.call('GET', `/campaigns/${campaignId}/deliveries`)).json<Page<Delivery>>();
  return data.find((row) => uuid(row.id) === deliveryId)!;
}
