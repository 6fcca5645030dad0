// The Send button: what stops it, that it works once whatever is clicked, and test messages beside it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { aContact } from '../testing/context.ts';
import { testLanes, until } from '../testing/engine.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import { aHouse, type House, type Shop } from './testing-shop.ts';

let house: House;
let pictures: string;
beforeAll(async () => {
  house = await aHouse();
  const server = createServer((request, reply) => {
    reply.statusCode = request.url === '/gone.png' ? 404 : 200;
    reply.end('no picture');
  }).listen(0, '127.0.0.1');
  afterAll(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  pictures = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

async function footprint({ ctx }: Shop): Promise<unknown> {
  const count = async (table: 'runs' | 'deliveries' | 'audit_events') =>
    (
      await ctx.db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('workspace_id', '=', ctx.actor.workspaceId)
        .executeTakeFirstOrThrow()
    ).n;
  return {
    runs: await count('runs'),
    deliveries: await count('deliveries'),
    audit: await count('audit_events'),
  };
}

describe('launch is refused and leaves nothing behind', () => {
  async function refusal(
    shop: Shop,
    given: object = {},
  ): Promise<{ code: string; pointer?: string; detail: string }> {
    const { id } = await shop.draft(given);
    const before = await footprint(shop);
    const answer = await shop.call('POST', `/campaigns/${id}/launch`);
    expect(await shop.read(id)).toMatchObject({ status: 'draft', launched_at: null, version: 1 });
    expect(await footprint(shop)).toEqual(before);
    return {
      code: codeOf(answer),
      pointer: answer.json().errors?.[0]?.pointer,
      detail: answer.json().detail,
    };
  }

  test('when nobody is there, and when all there are opted out, blocked the bot or never started', async () => {
    const shop = await house.shop();
    expect(await refusal(shop)).toMatchObject({ code: '409 AUDIENCE_EMPTY' });
    await aContact(shop.ctx);
    await aContact(shop.ctx, { connectionId: shop.sandbox.connectionId, address: '1', optedOut: true });
    await aContact(shop.ctx, { connectionId: shop.sandbox.connectionId, address: '2', reachable: false });
    expect(await refusal(shop)).toMatchObject({
      code: '409 AUDIENCE_EMPTY',
      detail: expect.stringContaining('Start'),
    });
  });

  test('when no connection was chosen, when it is broken, and when it was removed', async () => {
    const shop = await house.shop(1);
    expect(await refusal(shop, { connection_id: null })).toMatchObject({
      code: '422 VALIDATION_FAILED',
      pointer: '/connection_id',
    });
    const set = (change: object) =>
      shop.ctx.db
        .updateTable('connections')
        .set(change)
        .where('id', '=', shop.sandbox.connectionId)
        .execute();
    await set({ status: 'error', problem: 'The token was revoked.' });
    expect(await refusal(shop)).toMatchObject({
      code: '409 CONNECTION_NOT_READY',
      detail: expect.stringContaining('The token was revoked.'),
    });
    const { id } = await shop.draft();
    await set({ status: 'connected', problem: null, deleted_at: new Date() });
    const answer = await shop.call('POST', `/campaigns/${id}/launch`);
    expect([codeOf(answer), answer.json().errors[0].pointer]).toEqual([
      '422 VALIDATION_FAILED',
      '/connection_id',
    ]);
  });

  test('when the picture cannot be had: not there, no picture, nobody answers, not on the internet', async () => {
    const shop = await house.shop(1);
    for (const url of [
      `${pictures}/gone.png`,
      `${pictures}/words.png`,
      'http://127.0.0.1:1/x.png',
      'http://10.0.0.1/x.png',
      'http://169.254.169.254/latest/meta-data',
    ])
      expect(await refusal(shop, { content: { text: 'x', media: [{ url }] } }), url).toMatchObject({
        code: '422 MEDIA_UNREACHABLE',
        pointer: '/content/media/0/url',
      });
  });

  test('when every chosen contact was erased meanwhile', async () => {
    const shop = await house.shop(2);
    const { id } = await shop.draft({ audience: { contact_ids: shop.people } });
    for (const person of shop.people) await shop.call('DELETE', `/contacts/${person}`);
    const answer = await shop.call('POST', `/campaigns/${id}/launch`);
    expect([codeOf(answer), answer.json().errors[0]]).toEqual([
      '422 VALIDATION_FAILED',
      { pointer: '/audience/contact_ids', detail: expect.stringContaining('None of the chosen') },
    ]);
  });

  test('when it is an automated one: that is switched on', async () => {
    const shop = await house.shop(1);
    for (const kind of ['abandoned_cart', 'back_in_stock', 'post_purchase', 'smart_trigger'])
      expect(await refusal(shop, { kind })).toMatchObject({
        code: '409 ILLEGAL_MOVE',
        detail: expect.stringContaining('enable'),
      });
  });
});

describe('many clicks on Send are one run and one message per person', () => {
  test.each<[string, (i: number) => Record<string, string>]>([
    ['without a key', () => ({})],
    ['with one key', () => ({ 'idempotency-key': 'one-click' })],
    ['with a key each', (i) => ({ 'idempotency-key': `click-${i}` })],
  ])('%s', async (_, headers) => {
    const shop = await house.shop(15);
    const { id } = await shop.draft();
    const lanes = [testLanes(shop.ctx, 1000), testLanes(shop.ctx, 1000)];
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        shop.call('POST', `/campaigns/${id}/launch`, undefined, headers(i)),
      ),
    );
    const again = await shop.call('POST', `/campaigns/${id}/launch`, undefined, headers(0));
    const launched = [...answers, again].filter(({ statusCode }) => statusCode === 202);
    expect(new Set(launched.map(({ body }) => body)).size).toBe(1);
    for (const answer of answers)
      if (answer.statusCode !== 202)
        expect(codeOf(answer)).toMatch(/^409 (ILLEGAL_MOVE|IDEMPOTENCY_IN_PROGRESS)$/);
    await shop.settled(id);
    for (const lane of lanes) await lane.stop();
    expect(await footprint(shop)).toMatchObject({ runs: 1, deliveries: 15 });
    expect(await shop.sandbox.stats()).toMatchObject({ accepted: 15, sent_twice: 0, duplicates_total: 0 });
    expect(await shop.read(id)).toMatchObject({ status: 'published' });
  });

  test('and a click after it was sent says so', async () => {
    const shop = await house.shop(1);
    const { id } = await shop.draft();
    const lanes = testLanes(shop.ctx, 1000);
    await shop.call('POST', `/campaigns/${id}/launch`);
    expect((await shop.call('POST', `/campaigns/${id}/launch`)).json()).toMatchObject({
      code: 'ILLEGAL_MOVE',
    });
    await shop.settled(id);
    await lanes.stop();
    const late = await shop.call('POST', `/campaigns/${id}/launch`);
    expect(late.json()).toMatchObject({ code: 'ILLEGAL_MOVE', detail: expect.stringContaining('Duplicate') });
    expect(codeOf(await shop.call('PATCH', `/campaigns/${id}`, { name: 'x' }))).toBe('409 CAMPAIGN_LOCKED');
    expect((await shop.call('PATCH', `/campaigns/${id}`, { featured: true })).json()).toMatchObject({
      featured: true,
    });
  });
});

test('the audience that is counted is what the run then writes, reason by reason', async () => {
  const shop = await house.shop(7);
  const { connectionId } = shop.sandbox;
  for (let i = 0; i < 3; i++)
    await aContact(shop.ctx, { connectionId, address: `${500 + i}`, optedOut: true });
  for (let i = 0; i < 2; i++) await aContact(shop.ctx);
  await aContact(shop.ctx, { connectionId, address: '600', reachable: false });
  await aContact(shop.ctx, { connectionId, address: '601', reachable: false, optedOut: true });
  const { id } = await shop.draft();
  const count = (await shop.call('GET', `/campaigns/${id}/audience`)).json();
  expect(count).toEqual({
    total: 14,
    reachable: 7,
    also_tested: 0,
    opted_out: 3,
    no_identity: 2,
    unreachable: 2,
    over_cap: 0,
    quiet_too_long: 0,
    local_time_passed: 0,
    window_closed: 0,
    invalid_number: 0,
    no_marketing_in_country: 0,
    holdout: 0,
    excluded: 0,
    in_quiet_hours: 0,
    quiet_until: null,
  });
  const launched = await shop.call('POST', `/campaigns/${id}/launch`);
  expect(launched.statusCode).toBe(202);
  expect(launched.json()).toEqual({
    run_id: expect.stringMatching(/^run_/),
    planned: count.total,
    status: 'sending',
    scheduled_at: null,
  });
  // comes too late to be in it
  await aContact(shop.ctx, { connectionId, address: '700' });
  await until(
    'everybody is written',
    async () => (await shop.report(id)).skipped === count.total - count.reachable,
  );
  const report = await shop.report(id);
  expect(report).toMatchObject({ planned: count.total, queued: count.reachable, skipped: 7 });
  expect(report.skips.map(({ reason, count }) => `${count} ${reason}`).sort()).toEqual([
    '2 Blocked the bot',
    '2 Has not started a chat on this connection',
    '3 Opted out',
  ]);
  await shop.call('POST', `/campaigns/${id}/cancel`);
});

describe('a test message', () => {
  test('reaches the chosen people once each, through the real lane, outside the figures', async () => {
    const shop = await house.shop(3);
    const { id } = await shop.draft();
    const lanes = testLanes(shop.ctx, 1000);
    const [one, two] = shop.people;
    const answer = await shop.call('POST', `/campaigns/${id}/test`, { contact_ids: [one, two, one] });
    expect(answer.statusCode).toBe(202);
    expect(answer.json().delivery_ids).toHaveLength(2);
    await until('both arrived', async () => (await shop.sandbox.stats()).accepted === 2);
    expect(await shop.report(id)).toMatchObject({ run_id: null, planned: 0, sent: 0 });
    expect((await shop.call('GET', `/campaigns/${id}/deliveries`)).json().data).toEqual([]);
    expect(await shop.read(id)).toMatchObject({ status: 'draft' });
    await shop.call('POST', `/campaigns/${id}/launch`);
    await shop.settled(id);
    await lanes.stop();
    expect(await shop.report(id)).toMatchObject({ planned: 3, sent: 3 });
    expect((await shop.sandbox.stats()).accepted).toBe(5);
  });

  test('of words that are not saved, through a connection that the automation does not name', async () => {
    const shop = await house.shop(1);
    const [one] = shop.people;
    const { id } = (await shop.call('POST', '/campaigns', { name: 'Carts', kind: 'abandoned_cart' })).json();
    const nowhere = await shop.call('POST', `/campaigns/${id}/test`, { contact_ids: [one] });
    expect(nowhere.json().errors).toEqual([expect.objectContaining({ pointer: '/connection_id' })]);
    const unsaved = { contact_ids: [one], content: { text: 'Unsaved {{ cart_items }}' } };
    const connection_id = toWireId('con', shop.sandbox.connectionId);
    const answer = await shop.call('POST', `/campaigns/${id}/test`, { ...unsaved, connection_id });
    expect(answer.statusCode, answer.body).toBe(202);
    const rows = await shop.ctx.db
      .selectFrom('deliveries')
      .select('content')
      .where('workspace_id', '=', shop.ctx.actor.workspaceId)
      .execute();
    expect(rows.map(({ content }) => (content as { rendered: { plain: string } }).rendered.plain)).toEqual([
      expect.stringMatching(/^Unsaved 1 ×/),
    ]);
    expect((await shop.read(id)).content.text).not.toContain('Unsaved');
    const foreign = toWireId('con', (await house.shop(1)).sandbox.connectionId);
    const refused = await shop.call('POST', `/campaigns/${id}/test`, { ...unsaved, connection_id: foreign });
    expect(refused.statusCode).toBe(422);
  });

  test('is refused for whom it could not reach, pointing at them, and then nobody gets one', async () => {
    const shop = await house.shop(1);
    const stranger = await house.shop(1);
    const { connectionId } = shop.sandbox;
    const { id } = await shop.draft();
    const reachable = shop.people[0]!;
    const cases: [string, string, RegExp][] = [
      [toWireId('cnt', await aContact(shop.ctx)), '409 CONTACT_UNREACHABLE', /Start/],
      [
        toWireId('cnt', await aContact(shop.ctx, { connectionId, address: '1', reachable: false })),
        '409 CONTACT_UNREACHABLE',
        /blocked/,
      ],
      [
        toWireId('cnt', await aContact(shop.ctx, { connectionId, address: '2', optedOut: true })),
        '409 CONTACT_UNREACHABLE',
        /opted out/,
      ],
      [stranger.people[0]!, '422 VALIDATION_FAILED', /not there/],
    ];
    for (const [contact, code, words] of cases) {
      const answer = await shop.call('POST', `/campaigns/${id}/test`, { contact_ids: [reachable, contact] });
      expect(codeOf(answer)).toBe(code);
      expect(answer.json().errors).toEqual([
        { pointer: '/contact_ids/1', detail: expect.stringMatching(words) },
      ]);
    }
    expect(await footprint(shop)).toMatchObject({ deliveries: 0 });
    for (const contact_ids of [[], Array(21).fill(reachable), ['x'], 'x'])
      expect(codeOf(await shop.call('POST', `/campaigns/${id}/test`, { contact_ids }))).toBe(
        '422 VALIDATION_FAILED',
      );
    expect(fromWireId('cnt', reachable)).not.toBeNull();
  });
});
