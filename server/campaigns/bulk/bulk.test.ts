// One deed on many campaigns: each once, also after a crash; what refuses is told, and the rest is done.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CampaignBulk, type CampaignDeed, campaignBulk } from '../../../contract/campaign-bulk.ts';
import type { CampaignPage } from '../../../contract/campaign-list.ts';
import type { CampaignStatus } from '../../../contract/campaigns.ts';
import { fromWireId } from '../../../contract/ids.ts';
import { codeOf } from '../../workspaces/testing-visitor.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';
import { runCampaignBulk } from './run-bulk.ts';

let house: House;
beforeAll(async () => {
  house = await aHouse({ work: false });
});

/** A shop with a campaign of each of these statuses, by name. */
async function aShop(...statuses: CampaignStatus[]): Promise<{ shop: Shop; ids: string[] }> {
  const shop = await house.shop();
  const ids: string[] = [];
  for (const [n, status] of statuses.entries()) {
    const { id } = await shop.draft({ name: `${n} ${status}` });
    ids.push(id);
    const campaign = shop.ctx.db.updateTable('campaigns').where('id', '=', fromWireId('cmp', id));
    if (status !== 'draft') await campaign.set({ status, launched_at: new Date() }).execute();
  }
  return { shop, ids };
}
const run = (shop: Shop, id: string) =>
  runCampaignBulk(shop.ctx, {
    workspaceId: shop.ctx.actor.workspaceId,
    id: fromWireId('cbk', id) as string,
  });
const ask = (shop: Shop, select: object, action: CampaignDeed, expected_count: number) =>
  shop.call('POST', '/campaigns/bulk', { select, action, expected_count });
async function done(shop: Shop, select: object, action: CampaignDeed, count: number): Promise<CampaignBulk> {
  const answer = await ask(shop, select, action, count);
  expect(answer.statusCode, answer.body).toBe(202);
  const { id } = campaignBulk.parse(answer.json());
  await run(shop, id);
  return campaignBulk.parse((await shop.call('GET', `/campaigns/bulk/${id}`)).json());
}
const every = 'draft,scheduled,sending,paused,published,failed,cancelled,archived';
const listed = async (shop: Shop) =>
  (await shop.call('GET', `/campaigns?sort=created_at&limit=200&status=${every}`))
    .json<CampaignPage>()
    .data.map(({ name, status }) => `${name}: ${status}`);

test('archives what is over and says of the others why not, and what to do instead', async () => {
  const { shop, ids } = await aShop('published', 'draft', 'cancelled', 'archived');
  const result = await done(shop, { campaign_ids: ids }, { do: 'archive' }, 4);
  expect(result).toMatchObject({
    status: 'finished',
    processed: 4,
    total: 4,
    done: 3,
    refused_count: 1,
    by: 'Test',
  });
  expect(result.refused).toEqual([
    { campaign_id: ids[1], name: '1 draft', detail: expect.stringContaining('cannot be archived') },
  ]);
  expect(await listed(shop)).toEqual([
    '0 published: archived',
    '1 draft: draft',
    '2 cancelled: archived',
    '3 archived: archived',
  ]);
  const log = await shop.ctx.db
    .selectFrom('audit_events')
    .select(['action', 'detail'])
    .where('workspace_id', '=', shop.ctx.actor.workspaceId)
    .where('action', 'like', 'campaign%')
    .orderBy('id')
    .execute();
  expect(log.map(({ action }) => action).filter((action) => action !== 'campaign.created')).toEqual([
    'campaign_bulk.started',
    'campaign.archived',
    'campaign.archived',
    'campaign_bulk.finished',
  ]);
  const row = await shop.ctx.db
    .selectFrom('campaign_bulks')
    .select('campaign_ids')
    .where('id', '=', fromWireId('cbk', result.id))
    .executeTakeFirstOrThrow();
  expect(row.campaign_ids).toEqual([]);
  expect(await done(shop, { filter: { status: ['archived'] } }, { do: 'restore' }, 3)).toMatchObject({
    done: 3,
  });
  expect(await listed(shop)).toEqual([
    '0 published: published',
    '1 draft: draft',
    '2 cancelled: cancelled',
    // of one without a run nobody knows more than that nothing goes out
    '3 archived: cancelled',
  ]);
});

test('by a filter less those excepted, as the list shows them, and of this workspace alone', async () => {
  const { shop, ids } = await aShop('draft', 'draft', 'published', 'archived');
  const other = await aShop('draft');
  const select = { filter: { status: ['draft'], search: 'DRAFT' }, except: [ids[1], other.ids[0]] };
  expect(await done(shop, select, { do: 'feature', featured: true }, 1)).toMatchObject({ done: 1 });
  expect(await done(shop, { filter: {} }, { do: 'duplicate' }, 3)).toMatchObject({ done: 3 });
  expect(await listed(shop)).toEqual([
    '0 draft: draft',
    '1 draft: draft',
    '2 published: published',
    '3 archived: archived',
    '0 draft (copy): draft',
    '1 draft (copy): draft',
    '2 published (copy): draft',
  ]);
  expect(await done(shop, { filter: { status: ['draft'] } }, { do: 'delete' }, 5)).toMatchObject({ done: 5 });
  expect(await listed(shop)).toEqual(['2 published: published', '3 archived: archived']);
  expect(await listed(other.shop)).toEqual(['0 draft: draft']);
  const foreign = await ask(shop, { campaign_ids: other.ids }, { do: 'delete' }, 1);
  expect(codeOf(foreign)).toBe('409 NUMBER_CHANGED');
});

test('a process that dies in the middle: the next goes on behind the mark, each copied once; a deleted one is said', async () => {
  const { shop, ids } = await aShop('draft', 'draft', 'draft', 'draft');
  const { id } = (await ask(shop, { filter: {} }, { do: 'duplicate' }, 4)).json();
  await sql
    .raw(`CREATE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.processed = 3 THEN RAISE EXCEPTION 'the node is gone'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER dies BEFORE UPDATE ON works FOR EACH ROW EXECUTE FUNCTION dies()`)
    .execute(shop.ctx.db);
  await expect(run(shop, id)).rejects.toThrow('the node is gone');
  await sql`DROP TRIGGER dies ON works`.execute(shop.ctx.db);
  expect(await listed(shop)).toHaveLength(6);
  await shop.call('DELETE', `/campaigns/${ids[3]}`);
  await run(shop, id);
  await run(shop, id);
  expect(await listed(shop)).toEqual([
    '0 draft: draft',
    '1 draft: draft',
    '2 draft: draft',
    '0 draft (copy): draft',
    '1 draft (copy): draft',
    '2 draft (copy): draft',
  ]);
  expect((await shop.call('GET', `/campaigns/bulk/${id}`)).json()).toMatchObject({
    status: 'finished',
    done: 3,
    refused: [{ campaign_id: ids[3], name: 'Deleted meanwhile' }],
  });
});

test('cancelled before its turn nothing is done; it is listed with who asked', async () => {
  const { shop } = await aShop('draft');
  const { id } = (await ask(shop, { filter: {} }, { do: 'delete' }, 1)).json();
  const cancelled = await shop.call('POST', `/campaigns/bulk/${id}/cancel`);
  expect(cancelled.json()).toMatchObject({ status: 'cancelled', done: 0 });
  await run(shop, id);
  expect(await listed(shop)).toEqual(['0 draft: draft']);
  expect((await shop.call('GET', '/campaigns/bulk')).json().data).toMatchObject([{ id, by: 'Test' }]);
  expect(codeOf(await shop.call('POST', `/campaigns/bulk/${id}/cancel`))).toBe('409 ILLEGAL_MOVE');
});

test('another number than was seen is refused before anything is done', async () => {
  const { shop } = await aShop('draft', 'draft');
  const answer = await ask(shop, { filter: {} }, { do: 'delete' }, 1);
  expect(codeOf(answer)).toBe('409 NUMBER_CHANGED');
  expect(answer.json().detail).toBe(
    'You chose 1 campaign, 2 are meant by now. Nothing was done: look again, then decide.',
  );
  expect(await listed(shop)).toHaveLength(2);
});

test('pausing, resuming and cancelling many needs the scope to send', async () => {
  const { shop, ids } = await aShop('sending');
  const { call } = await shop.as(['campaigns:read', 'campaigns:write']);
  const body = (action: CampaignDeed) => ({ select: { campaign_ids: ids }, action, expected_count: 1 });
  for (const status of ['paused', 'sending', 'cancelled'] as const) {
    const answer = await call('POST', '/campaigns/bulk', body({ do: 'change_status', status }));
    expect(codeOf(answer)).toBe('403 FORBIDDEN');
    expect(answer.json().errors).toMatchObject([{ pointer: '/action/status' }]);
  }
  const archive = await call('POST', '/campaigns/bulk', body({ do: 'change_status', status: 'archived' }));
  expect(archive.statusCode).toBe(202);
});

test.each<[string, object, string]>([
  ['nobody chosen', { select: { campaign_ids: [] } }, '/select'],
  ['a word too much', { select: { filter: { tags: ['x'] } } }, '/select'],
  ['a status that is none', { action: { do: 'change_status', status: 'published' } }, '/action/status'],
  [
    'training before there is any',
    { action: { do: 'update_training', training: 'trained' } },
    '/action/training',
  ],
  ['no number', { expected_count: 0 }, '/expected_count'],
])('%s is refused beside the field', async (_, change, pointer) => {
  const { shop } = await aShop();
  const body = { select: { filter: {} }, action: { do: 'delete' }, expected_count: 1, ...change };
  const answer = await shop.call('POST', '/campaigns/bulk', body);
  expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
  expect(answer.json().errors[0].pointer).toContain(pointer);
});

test('a token that is revoked does nothing more by what it began', async () => {
  const { shop, ids } = await aShop('draft', 'draft', 'draft');
  const owner = await shop.as(['campaigns:read']);
  const { id } = (await ask(shop, { campaign_ids: ids }, { do: 'delete' }, 3)).json();
  await sql`UPDATE api_tokens SET revoked_at = now()
    WHERE id = (SELECT actor_id FROM works WHERE id = ${fromWireId('cbk', id)})`.execute(shop.ctx.db);
  await run(shop, id);
  expect((await owner.call('GET', `/campaigns/bulk/${id}`)).json()).toMatchObject({
    status: 'failed',
    processed: 0,
    done: 0,
    problem: expect.stringMatching(/token that began this is not valid any more/),
  });
  expect((await owner.call('GET', '/campaigns?status=draft')).json().data).toHaveLength(3);
});

test('pictures of held campaigns are looked at outside any transaction', async () => {
  const { shop } = await aShop();
  const inTransactions: number[] = [];
  const server = createServer(async (_request, response) => {
    const { rows } = await sql<{ n: number }>`
      SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND state LIKE 'idle in transaction%'`.execute(house.base.db);
    inTransactions.push(rows[0]?.n as number);
    response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  afterAll(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.png`;
  const { id } = await shop.draft({ content: { text: 'Look', media: [{ url }] } });
  await shop.ctx.db
    .updateTable('campaigns')
    .set({ status: 'paused', held_at: new Date(), scheduled_at: new Date() })
    .where('id', '=', fromWireId('cmp', id))
    .execute();
  const result = await done(shop, { campaign_ids: [id] }, { do: 'change_status', status: 'sending' }, 1);
  expect(result.refused).toMatchObject([{ detail: expect.stringContaining('404') }]);
  expect(inTransactions).toEqual([0]);
});
