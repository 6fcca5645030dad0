// A campaign for segments: the count, the rows and the refusals, and that a run keeps what the segments meant when it began.
import { beforeAll, expect, test } from 'vitest';
import { fromWireId } from '../../contract/ids.ts';
import type { Rule } from '../../contract/rules.ts';
import { expandRun } from '../deliveries/runs/expand.ts';
import { aHouse, type House, type Shop } from './testing-shop.ts';

let house: House;
beforeAll(async () => {
  // jobs are done by hand: between launch and expansion something happens
  house = await aHouse({ work: false });
});
const tagged = (tag: string): Rule => ({ field: 'tag', op: 'any_of', values: [tag] });

async function give(shop: Shop, who: string[], tag: string): Promise<void> {
  for (const id of who) await shop.call('PATCH', `/contacts/${id}`, { tags: [tag] });
}
async function segment(shop: Shop, body: object): Promise<string> {
  return (await shop.call('POST', '/segments', { name: 'S', ...body })).json().id;
}
async function launch(shop: Shop, campaignId: string): Promise<{ run_id: string; planned: number }> {
  const launched = await shop.call('POST', `/campaigns/${campaignId}/launch`);
  expect(launched.statusCode, launched.body).toBe(202);
  return launched.json();
}
async function rows(shop: Shop, runId: string): Promise<string[]> {
  const workspaceId = shop.ctx.actor.workspaceId;
  await expandRun(shop.ctx, { workspaceId, runId: fromWireId('run', runId)! });
  const found = await shop.ctx.db
    .selectFrom('deliveries')
    .select('contact_id')
    .where('workspace_id', '=', workspaceId)
    .execute();
  return found.map((row) => row.contact_id).sort();
}
const uuids = (ids: string[]) => ids.map((id) => fromWireId('cnt', id)).sort();

test('whoever is in any of the segments gets it, once; nobody else', async () => {
  const shop = await house.shop(5);
  const [a, b, c] = shop.people as [string, string, string];
  await give(shop, [a, b], 'vip');
  const byRule = await segment(shop, { rule: tagged('vip') });
  const list = await segment(shop, {});
  await shop.call('POST', `/segments/${list}/members`, { add: [b, c] });
  const { id } = await shop.draft({ audience: { segment_ids: [byRule, list, byRule] } });
  expect((await shop.read(id)).audience).toEqual({ segment_ids: [byRule, list] });
  const counted = await shop.call('GET', `/campaigns/${id}/audience`);
  expect(counted.json()).toMatchObject({ total: 3, reachable: 3 });
  const launched = await launch(shop, id);
  expect(launched.planned).toBe(3);
  expect(await rows(shop, launched.run_id)).toEqual(uuids([a, b, c]));
});

test('a run keeps the rules of its segments, however they are changed or deleted afterwards', async () => {
  const shop = await house.shop(3);
  const [a, b] = shop.people as [string, string];
  await give(shop, [a], 'vip');
  await give(shop, [b], 'new');
  const inner = await segment(shop, { rule: tagged('vip') });
  const outer = await segment(shop, { rule: { all: [{ field: 'segment', segment_id: inner }] } });
  const { id } = await shop.draft({ audience: { segment_ids: [outer] } });
  const { run_id } = await launch(shop, id);
  expect((await shop.call('PATCH', `/segments/${inner}`, { rule: tagged('new') })).statusCode).toBe(200);
  expect((await shop.call('DELETE', `/segments/${outer}`)).statusCode).toBe(204);
  expect(await rows(shop, run_id)).toEqual(uuids([a]));
});

test('a segment of another shop or one that is gone is refused at its place, when written and when sent', async () => {
  const [shop, other] = [await house.shop(1), await house.shop(1)];
  const foreign = await segment(other, { rule: tagged('vip') });
  const refused = await shop.call('POST', '/campaigns', { name: 'X', audience: { segment_ids: [foreign] } });
  expect(refused.json().errors).toMatchObject([{ pointer: '/audience/segment_ids/0' }]);
  const own = await segment(shop, { rule: { not: tagged('vip') } });
  const { id } = await shop.draft({ audience: { segment_ids: [own] } });
  await shop.call('DELETE', `/segments/${own}`);
  const sent = await shop.call('POST', `/campaigns/${id}/launch`);
  expect(sent.json().errors).toMatchObject([{ pointer: '/audience/segment_ids/0' }]);
});

test('a segment in which nobody is reaches nobody', async () => {
  const shop = await house.shop(2);
  const nobody = await segment(shop, { rule: tagged('none') });
  const { id } = await shop.draft({ audience: { segment_ids: [nobody] } });
  expect((await shop.call('POST', `/campaigns/${id}/launch`)).json()).toMatchObject({
    code: 'AUDIENCE_EMPTY',
  });
});

test('the contact list shows the people of a segment', async () => {
  const shop = await house.shop(3);
  await give(shop, shop.people.slice(0, 2), 'vip');
  const vips = await segment(shop, { rule: tagged('vip') });
  const found = (await shop.call('GET', `/contacts?segment_id=${vips}&include=total&limit=1`)).json();
  expect(found).toMatchObject({ total: 2, data: [{ tags: ['vip'] }] });
  const other = await house.shop();
  expect((await other.call('GET', `/contacts?segment_id=${vips}`)).statusCode).toBe(404);
});
