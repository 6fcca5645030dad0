// A campaign for segments: the count, the rows and the refusals, and that a run keeps what the segments meant when it began.
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { fromWireId } from '../../../contract/ids.ts';
import type { Rule } from '../../../contract/rules.ts';
import { expandPerson } from '../../deliveries/runs/after-merge.ts';
import { expandChunk, expandRun } from '../../deliveries/runs/expand.ts';
import { forgetPeopleOfEnded } from '../../deliveries/runs/frozen-people.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';

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
  return written(shop);
}
async function written(shop: Shop): Promise<string[]> {
  const found = await shop.ctx.db
    .selectFrom('deliveries')
    .select('contact_id')
    .where('workspace_id', '=', shop.ctx.actor.workspaceId)
    .execute();
  return found.map((row) => row.contact_id).sort();
}
async function merged(shop: Shop, survivor: string, absorbed: string): Promise<void> {
  const answer = await shop.call('POST', `/contacts/${survivor}/merge`, { other_id: absorbed });
  expect(answer.statusCode, answer.body).toBe(200);
}
async function undone(shop: Shop, survivor: string): Promise<void> {
  const [merge] = (await shop.call('GET', `/contacts/${survivor}/merges`)).json().data;
  const answer = await shop.call('POST', `/contacts/${survivor}/merges/${merge.id}/undo`);
  expect(answer.statusCode, answer.body).toBe(200);
}
/** The jobs that merges left. Returns whom they are about. */
async function askAgain(shop: Shop): Promise<string[]> {
  const found = await sql<{ data: { workspaceId: string; runId: string; contactId: string } }>`
    SELECT data FROM pgboss.job
    WHERE name = 'deliveries.expand_person' AND data->>'workspaceId' = ${shop.ctx.actor.workspaceId}`.execute(
    shop.ctx.db,
  );
  for (const { data } of found.rows) await expandPerson(shop.ctx, data);
  return found.rows.map(({ data }) => data.contactId).sort();
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

test('who is meant is fixed at the launch, whatever happens to people, lists and rules until their rows are written', async () => {
  const shop = await house.shop(4);
  const [a, b, c, d] = shop.people as [string, string, string, string];
  await give(shop, [a], 'vip');
  const byRule = await segment(shop, { rule: tagged('vip') });
  const list = await segment(shop, {});
  await shop.call('POST', `/segments/${list}/members`, { add: [b, c] });
  const { id } = await shop.draft({ audience: { segment_ids: [byRule, list] } });
  const { run_id, planned } = await launch(shop, id);
  expect(planned).toBe(3);
  await give(shop, [a], 'lapsed');
  await give(shop, [d], 'vip');
  await shop.call('POST', `/segments/${list}/members`, { add: [d], remove: [b] });
  await shop.call('DELETE', `/segments/${list}`);
  expect(await rows(shop, run_id)).toEqual(uuids([a, b, c]));
});

test('the list of a run is kept for a day after its end', async () => {
  const shop = await house.shop(1);
  const { workspaceId } = shop.ctx.actor;
  await give(shop, shop.people, 'vip');
  const { id } = await shop.draft({
    audience: { segment_ids: [await segment(shop, { rule: tagged('vip') })] },
  });
  const { run_id } = await launch(shop, id);
  await rows(shop, run_id);
  const left = async () => {
    const parts = shop.ctx.db
      .selectFrom('run_people')
      .select('taken')
      .where('workspace_id', '=', workspaceId);
    return (await parts.execute()).map((part) => part.taken);
  };
  const inHours = (hours: number) => new Date(shop.ctx.clock.now().getTime() + hours * 3_600_000);
  const forget = (hours: number) =>
    forgetPeopleOfEnded({ ...shop.ctx, clock: { ...shop.ctx.clock, now: () => inHours(hours) } });
  await forget(1000);
  expect(await left()).toEqual([true]);
  await shop.call('POST', `/campaigns/${id}/cancel`);
  await forget(23);
  expect(await left()).toEqual([true]);
  await forget(25);
  expect(await left()).toEqual([]);
});

test('of very many nobody is missed and nobody written twice while their list is emptied between the parts', async () => {
  const shop = await house.shop(1);
  const workspace_id = shop.ctx.actor.workspaceId;
  await sql`
    INSERT INTO contacts (workspace_id, id, first_name, created_at, updated_at)
    SELECT ${workspace_id}, new_id(), 'P' || n, now(), now() FROM generate_series(1, 11500) n`.execute(
    shop.ctx.db,
  );
  const list = await segment(shop, {});
  await sql`
    INSERT INTO segment_members (workspace_id, segment_id, contact_id, added_at)
    SELECT workspace_id, ${fromWireId('seg', list)}, id, now() FROM contacts WHERE workspace_id = ${workspace_id}`.execute(
    shop.ctx.db,
  );
  const { id } = await shop.draft({ audience: { segment_ids: [list] } });
  const { run_id, planned } = await launch(shop, id);
  expect(planned).toBe(11_501);
  const job = { workspaceId: workspace_id, runId: fromWireId('run', run_id)! };
  expect(await expandChunk(shop.ctx, job, 1000)).toBe(true);
  await shop.ctx.db.deleteFrom('segment_members').where('workspace_id', '=', workspace_id).execute();
  // both at once: the second waits for the first and takes the next part
  await Promise.all([expandChunk(shop.ctx, job, 10_000), expandChunk(shop.ctx, job, 10_000)]);
  const found = await rows(shop, run_id);
  expect(found).toHaveLength(11_501);
  expect(new Set(found).size).toBe(11_501);
});

test('who was merged with somebody else after the launch gets it as that person, once', async () => {
  const shop = await house.shop(4);
  const [a, b, c, d] = shop.people as [string, string, string, string];
  await give(shop, [a, b, c], 'vip');
  const vips = await segment(shop, { rule: tagged('vip') });
  const { id } = await shop.draft({ audience: { segment_ids: [vips] } });
  const { run_id } = await launch(shop, id);
  // a into d, who is not meant; b into c, who is
  await merged(shop, d, a);
  await merged(shop, c, b);
  expect(await rows(shop, run_id)).toEqual(uuids([c, d]));
});

test('a merge that is undone asks who was meant at the launch, not who is in the segment by now', async () => {
  const shop = await house.shop(5);
  const [x, a, b, m, n] = shop.people as [string, string, string, string, string];
  const list = await segment(shop, {});
  await shop.call('POST', `/segments/${list}/members`, { add: [x, m] });
  const { id } = await shop.draft({ audience: { segment_ids: [list] } });
  const { run_id } = await launch(shop, id);
  await shop.call('POST', `/segments/${list}/members`, { add: [a], remove: [m] });
  await merged(shop, b, a);
  await merged(shop, n, m);
  // n is who m is now; afterwards both are there, and m was meant
  expect(await rows(shop, run_id)).toEqual(uuids([x, n]));
  await undone(shop, b);
  await undone(shop, n);
  expect(await askAgain(shop)).toEqual(uuids([a, m]));
  expect(await rows(shop, run_id)).toEqual(uuids([x, n, m]));
  const runs = shop.ctx.db.selectFrom('runs').select('planned').where('id', '=', fromWireId('run', run_id)!);
  expect(await runs.execute()).toEqual([{ planned: 3 }]);
});

test('of three who were one, the two that still are were meant as the one of them who was', async () => {
  const shop = await house.shop(3);
  const [m, n, o] = shop.people as [string, string, string];
  await give(shop, [m], 'vip');
  const { id } = await shop.draft({
    audience: { segment_ids: [await segment(shop, { rule: tagged('vip') })] },
  });
  const { run_id } = await launch(shop, id);
  await merged(shop, n, m);
  await merged(shop, o, n);
  expect(await rows(shop, run_id)).toEqual(uuids([o]));
  await undone(shop, o);
  expect(await askAgain(shop)).toEqual(uuids([n]));
  expect(await written(shop)).toEqual(uuids([o, n]));
});

test("a merge undone before somebody's part was taken: they come with their part, once", async () => {
  const shop = await house.shop(2);
  const [a, b] = shop.people as [string, string];
  await give(shop, [a], 'vip');
  const { id } = await shop.draft({
    audience: { segment_ids: [await segment(shop, { rule: tagged('vip') })] },
  });
  const { run_id } = await launch(shop, id);
  await merged(shop, b, a);
  await undone(shop, b);
  expect(await askAgain(shop)).toEqual(uuids([a]));
  expect(await written(shop)).toEqual([]);
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
