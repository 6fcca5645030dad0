// Which verb is possible in which status: the whole table over HTTP, and the jobs that race with people.

import { beforeAll, describe, expect, test } from 'vitest';
import {
  type CampaignMove,
  type CampaignStatus,
  campaignMove,
  campaignStatus,
} from '../../contract/campaigns.ts';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { setHealth } from '../channels/accounts.ts';
import { testLanes, until } from '../testing/engine.ts';
import { during } from '../testing/races.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import type { Place } from './campaign.ts';
import { archiveCampaign, finishCampaign, holdCampaign, reopenCampaign, restoreCampaign } from './control.ts';
import { aHouse, type House, type Shop } from './testing-shop.ts';

let house: House;
let shop: Shop;
beforeAll(async () => {
  house = await aHouse();
  shop = await house.shop(2);
});
const uuid = (id: string) => fromWireId('cmp', id)!;

/** A campaign in `status`, with a run in the status that goes with it; a scheduled and a held one have none yet. */
async function aCampaign(status: Place, there = shop): Promise<{ id: string; runId: string }> {
  const { id } = await there.draft();
  if (status === 'scheduled' || status === 'held') {
    await there.ctx.db
      .updateTable('campaigns')
      .set(status === 'held' ? { status: 'paused', held_at: new Date() } : { status })
      .where('id', '=', uuid(id))
      .execute();
    return { id, runId: '' };
  }
  const runId = fromWireId('run', (await there.call('POST', `/campaigns/${id}/launch`)).json().run_id)!;
  await until(
    'it is expanded',
    async () =>
      (
        await there.ctx.db
          .selectFrom('runs')
          .select('expanded_at')
          .where('id', '=', runId)
          .executeTakeFirstOrThrow()
      ).expanded_at !== null,
  );
  const run = { sending: 'active', paused: 'paused', cancelled: 'cancelled' }[status as string] ?? 'finished';
  await there.ctx.db.updateTable('runs').set({ status: run }).where('id', '=', runId).execute();
  await there.ctx.db.updateTable('campaigns').set({ status }).where('id', '=', uuid(id)).execute();
  return { id, runId };
}
const runStatus = async (runId: string) =>
  (await house.base.db.selectFrom('runs').select('status').where('id', '=', runId).executeTakeFirstOrThrow())
    .status;

const nextYear = new Date().getUTCFullYear() + 1;
const bodies: Record<string, object> = {
  reschedule: { local: `${nextYear}-06-01T09:00`, time_zone: 'Asia/Tokyo' },
};
const places: Place[] = [...campaignStatus.options, 'held'];

const legal: Record<string, Partial<Record<Place, CampaignStatus>>> = {
  pause: { sending: 'paused' },
  resume: { paused: 'sending', held: 'sending' },
  cancel: { sending: 'cancelled', paused: 'cancelled', scheduled: 'cancelled', held: 'cancelled' },
  send_now: { scheduled: 'sending', held: 'sending' },
  reschedule: { scheduled: 'scheduled', held: 'scheduled' },
  retry_failed: { published: 'sending', failed: 'sending' },
  archive: { published: 'archived', failed: 'archived', cancelled: 'archived' },
  restore: { archived: 'published' },
  launch: { draft: 'sending' },
  enable: {},
  disable: {},
};

describe.each(Object.entries(legal))('%s', (verb, moves) => {
  test.each(places)('of a campaign that is %s', async (status) => {
    const { id, runId } = await aCampaign(status);
    if (verb === 'retry_failed' && runId)
      await house.base.db
        .updateTable('deliveries')
        .set({ state: 'failed', reason: 'blocked' })
        .where('run_id', '=', runId)
        .execute();
    const before = await shop.read(id);
    const answer = await shop.call('POST', `/campaigns/${id}/${verb}`, bodies[verb]);
    const target = moves[status];
    if (campaignMove.options.includes(verb as CampaignMove))
      expect(before.moves.includes(verb as CampaignMove), 'it is told beforehand').toBe(target !== undefined);
    if (target) {
      expect(answer.statusCode, answer.body).toBe(202);
      const after = await shop.read(id);
      expect(after).toMatchObject({ status: target });
      expect(after.version).toBeGreaterThan(before.version);
      const run = { sending: 'active', paused: 'paused', cancelled: 'cancelled' }[target as string];
      if (run && runId && verb !== 'launch') expect(await runStatus(runId)).toBe(run);
    } else {
      expect(codeOf(answer)).toBe('409 ILLEGAL_MOVE');
      expect(answer.json().detail).toMatch(/\w{4}/);
      expect(await shop.read(id)).toEqual(before);
    }
  });
});

test('deleting takes a draft away, archives what was sent, and refuses what is being sent', async () => {
  const { id } = await shop.draft();
  expect((await shop.call('DELETE', `/campaigns/${id}`)).statusCode).toBe(204);
  expect(codeOf(await shop.call('GET', `/campaigns/${id}`))).toBe('404 NOT_FOUND');
  for (const status of ['published', 'cancelled', 'failed'] as const) {
    const sent = await aCampaign(status);
    expect((await shop.call('DELETE', `/campaigns/${sent.id}`)).statusCode).toBe(204);
    expect(await shop.read(sent.id)).toMatchObject({ status: 'archived' });
    expect((await shop.report(sent.id)).planned).toBe(2);
  }
  for (const status of ['sending', 'paused', 'archived'] as const)
    expect(codeOf(await shop.call('DELETE', `/campaigns/${(await aCampaign(status)).id}`))).toBe(
      '409 ILLEGAL_MOVE',
    );
});

test('deleting takes away what waits for its hour, for whoever may cancel it', async () => {
  for (const place of ['scheduled', 'held'] as const) {
    const { id } = await aCampaign(place);
    const writer = await shop.as(['campaigns:read', 'campaigns:write']);
    expect(codeOf(await writer.call('DELETE', `/campaigns/${id}`))).toBe('403 FORBIDDEN');
    expect((await shop.call('DELETE', `/campaigns/${id}`)).statusCode).toBe(204);
    expect(codeOf(await shop.call('GET', `/campaigns/${id}`))).toBe('404 NOT_FOUND');
  }
  // a series that has gone out before keeps its ledger
  const { id, runId } = await aCampaign('published');
  await house.base.db
    .updateTable('campaigns')
    .set({ status: 'scheduled' })
    .where('id', '=', uuid(id))
    .execute();
  expect((await shop.call('DELETE', `/campaigns/${id}`)).statusCode).toBe(204);
  expect(await shop.read(id)).toMatchObject({ status: 'archived' });
  expect((await shop.report(id)).run_id).toBe(toWireId('run', runId));
  expect((await shop.call('POST', `/campaigns/${id}/restore`)).json()).toMatchObject({ status: 'cancelled' });
});

test('restoring gives back what it was and why, and nobody is messaged by that', async () => {
  for (const status of ['published', 'failed', 'cancelled'] as const) {
    const { id } = await aCampaign(status);
    const status_reason = status === 'failed' ? 'Every message was refused.' : null;
    await house.base.db.updateTable('campaigns').set({ status_reason }).where('id', '=', uuid(id)).execute();
    const before = await shop.read(id);
    await shop.call('POST', `/campaigns/${id}/archive`);
    const restored = await shop.call('POST', `/campaigns/${id}/restore`);
    expect(restored.json()).toMatchObject({ status, status_reason, finished_at: before.finished_at });
  }
});

test('restoring waits for whoever moves it at that moment, and gives back what it was then', async () => {
  const { id } = await aCampaign('published');
  await shop.call('POST', `/campaigns/${id}/archive`);
  await during(
    shop.ctx,
    async (trx) => {
      // restored by somebody else, ended otherwise, and archived again
      await restoreCampaign(trx, uuid(id));
      await trx.db.updateTable('campaigns').set({ status: 'cancelled' }).where('id', '=', uuid(id)).execute();
      await archiveCampaign(trx, uuid(id));
    },
    () => restoreCampaign(shop.ctx, uuid(id)),
  );
  expect(await shop.read(id)).toMatchObject({ status: 'cancelled' });
});

test('what was cancelled before its hour has no run, and is archived or deleted like any other', async () => {
  for (const way of ['archive', 'DELETE'] as const) {
    const { id } = await aCampaign('scheduled');
    expect((await shop.call('POST', `/campaigns/${id}/cancel`)).statusCode).toBe(202);
    const answer =
      way === 'DELETE'
        ? await shop.call('DELETE', `/campaigns/${id}`)
        : await shop.call('POST', `/campaigns/${id}/archive`);
    expect(answer.statusCode, answer.body).toBeLessThan(300);
    expect(await shop.read(id)).toMatchObject({ status: 'archived' });
  }
});

test('only an automated campaign is switched on and off, as often as one likes', async () => {
  const { id } = await shop.draft({ kind: 'back_in_stock' });
  for (const [verb, enabled] of [
    ['enable', true],
    ['enable', true],
    ['disable', false],
    ['disable', false],
  ] as const)
    expect((await shop.call('POST', `/campaigns/${id}/${verb}`)).json()).toMatchObject({
      trigger: { enabled },
    });
});

test('retry is refused when nobody failed, and resume when the connection is broken; then nothing has moved', async () => {
  const there = await house.shop(1);
  const published = await aCampaign('published', there);
  expect((await there.call('POST', `/campaigns/${published.id}/retry_failed`)).json()).toMatchObject({
    code: 'ILLEGAL_MOVE',
    detail: expect.stringContaining('failed'),
  });
  expect(await there.read(published.id)).toMatchObject({ status: 'published' });
  const paused = await aCampaign('paused', there);
  await there.ctx.db
    .updateTable('connections')
    .set({ status: 'error', problem: 'Revoked.' })
    .where('id', '=', there.sandbox.connectionId)
    .execute();
  expect(codeOf(await there.call('POST', `/campaigns/${paused.id}/resume`))).toBe('409 CONNECTION_NOT_READY');
  expect([(await there.read(paused.id)).status, await runStatus(paused.runId)]).toEqual(['paused', 'paused']);
});

test('of opposite clicks at once campaign and run always end in the same state', async () => {
  for (let round = 0; round < 6; round++) {
    const { id, runId } = await aCampaign('sending');
    const answers = await Promise.all(
      ['pause', 'cancel', 'pause', 'resume', 'cancel', 'resume'].map((verb) =>
        shop.call('POST', `/campaigns/${id}/${verb}`),
      ),
    );
    for (const answer of answers) expect([202, 409]).toContain(answer.statusCode);
    expect(`${(await shop.read(id)).status} ${await runStatus(runId)}`).toBe('cancelled cancelled');
    expect(answers.filter((answer, i) => [1, 4].includes(i) && answer.statusCode === 202)).toHaveLength(1);
  }
});

describe('the jobs finish and hold', () => {
  const job = (runId: string) => ({ workspaceId: shop.ctx.actor.workspaceId, runId, reason: 'Revoked.' });
  const finished = (runId: string) =>
    house.base.db.updateTable('runs').set({ status: 'finished' }).where('id', '=', runId).execute();

  test('publish what came to its end, and say why what stopped was stopped', async () => {
    const one = await aCampaign('sending');
    await finished(one.runId);
    await finishCampaign(house.base, job(one.runId));
    expect(await shop.read(one.id)).toMatchObject({ status: 'published', finished_at: expect.any(String) });
    const two = await aCampaign('sending');
    await house.base.db.updateTable('runs').set({ status: 'paused' }).where('id', '=', two.runId).execute();
    await holdCampaign(house.base, job(two.runId));
    expect(await shop.read(two.id)).toMatchObject({ status: 'paused', status_reason: 'Revoked.' });
    expect((await shop.call('POST', `/campaigns/${two.id}/resume`)).json()).toMatchObject({
      status: 'sending',
      status_reason: null,
      left: 2,
    });
    await shop.call('POST', `/campaigns/${two.id}/cancel`);
  });

  test('say that a campaign has failed when every message did, and never where one may have arrived', async () => {
    const outcomes = [
      ['failed', 'failed', 'credentials'],
      ['failed', 'unknown', null],
      ['failed', 'sent', null],
      ['skipped', 'skipped', 'opted_out'],
    ] as const;
    for (const [index, [one, other, reason]] of outcomes.entries()) {
      const { id, runId } = await aCampaign('sending');
      const rows = await house.base.db
        .selectFrom('deliveries')
        .select('id')
        .where('run_id', '=', runId)
        .execute();
      for (const [at, state] of [one, other].entries())
        await house.base.db
          .updateTable('deliveries')
          .set({ state, reason: state === 'failed' ? (reason ?? 'credentials') : reason })
          .where('id', '=', rows[at]!.id)
          .execute();
      await finished(runId);
      await finishCampaign(house.base, job(runId));
      expect(await shop.read(id)).toMatchObject(
        index === 0
          ? { status: 'failed', status_reason: 'All 2 messages failed: The credentials were refused.' }
          : { status: 'published', status_reason: null },
      );
    }
  });

  test('leave a campaign alone that a person has cancelled or archived', async () => {
    for (const status of ['cancelled', 'archived'] as const) {
      const { id, runId } = await aCampaign(status);
      const before = await shop.read(id);
      for (const run of ['finished', 'paused']) {
        await house.base.db.updateTable('runs').set({ status: run }).where('id', '=', runId).execute();
        await finishCampaign(house.base, job(runId));
        await holdCampaign(house.base, job(runId));
      }
      expect(await shop.read(id)).toEqual(before);
    }
  });

  test('that come late or twice do not stop what a person has set going again', async () => {
    const { id, runId } = await aCampaign('published');
    await house.base.db
      .updateTable('deliveries')
      .set({ state: 'failed', reason: 'platform_unavailable' })
      .where('run_id', '=', runId)
      .execute();
    await shop.call('POST', `/campaigns/${id}/retry_failed`);
    await finishCampaign(house.base, job(runId));
    await holdCampaign(house.base, job(runId));
    expect([(await shop.read(id)).status, await runStatus(runId)]).toEqual(['sending', 'active']);
    await shop.call('POST', `/campaigns/${id}/cancel`);
  });

  test('racing with a person’s cancel leave campaign and run in step', async () => {
    for (let round = 0; round < 8; round++) {
      const { id, runId } = await aCampaign('sending');
      if (round % 2) await finished(runId);
      else
        await house.base.db.updateTable('runs').set({ status: 'paused' }).where('id', '=', runId).execute();
      await Promise.all([
        shop.call('POST', `/campaigns/${id}/cancel`),
        finishCampaign(house.base, job(runId)),
        holdCampaign(house.base, job(runId)),
        shop.call('POST', `/campaigns/${id}/archive`),
      ]);
      const { status } = await shop.read(id);
      expect(['cancelled', 'published', 'archived', 'paused']).toContain(status);
      if (status === 'paused') await shop.call('POST', `/campaigns/${id}/cancel`);
    }
  });

  test.each([
    ['published', 'hold before reopen', ['hold', 'reopen']],
    ['published', 'reopen before hold', ['reopen', 'hold']],
    ['failed', 'hold alone', ['hold']],
  ] as const)(
    'hold one that was %s, when rows of it were sent again and the connection broke: %s',
    async (status, _, order) => {
      const { id, runId } = await aCampaign('published');
      const { db } = house.base;
      await db.updateTable('campaigns').set({ status }).where('id', '=', uuid(id)).execute();
      // reopened by the resend, paused by the connection; the jobs come after both
      await db
        .updateTable('runs')
        .set({ status: 'paused', finished_at: null })
        .where('id', '=', runId)
        .execute();
      for (const which of order)
        await (which === 'hold' ? holdCampaign : reopenCampaign)(house.base, job(runId));
      expect(await shop.read(id)).toMatchObject({
        status: 'paused',
        status_reason: 'Revoked.',
        finished_at: null,
      });
      expect((await shop.call('POST', `/campaigns/${id}/resume`)).json()).toMatchObject({
        status: 'sending',
      });
      expect(await runStatus(runId)).toBe('active');
      await shop.call('POST', `/campaigns/${id}/cancel`);
    },
  );

  test('of an unknown run do nothing', async () => {
    await finishCampaign(house.base, job(crypto.randomUUID()));
    await holdCampaign(house.base, job(crypto.randomUUID()));
  });
});

test('a broken token holds the campaign with the reason, and it goes on where it was', async () => {
  const there = await house.shop(6);
  const { id } = await there.draft();
  await there.sandbox.control('faults', { kind: 'unauthorized', bot: there.sandbox.botId });
  const lanes = testLanes(there.ctx, 500);
  await there.call('POST', `/campaigns/${id}/launch`);
  await until('it is held', async () => (await there.read(id)).status === 'paused');
  expect((await there.read(id)).status_reason).toMatch(/token/i);
  await there.sandbox.control('faults', undefined, 'DELETE');
  await until('nothing is under way', async () => (await there.report(id)).sending === 0);
  expect((await there.call('POST', `/campaigns/${id}/resume`)).json()).toMatchObject({
    code: 'CONNECTION_NOT_READY',
  });
  // what a good test of the connection in the panel does
  await setHealth(house.base, there.sandbox.connectionId, { status: 'connected', problem: null });
  expect((await there.call('POST', `/campaigns/${id}/resume`)).json()).toMatchObject({ left: 6 });
  await there.settled(id);
  await lanes.stop();
  expect(await there.sandbox.stats()).toMatchObject({ accepted: 6, duplicates_total: 0 });
});
