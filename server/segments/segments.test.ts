// Segments over HTTP: made, changed, asked, deleted; circles, foreign ids and wrong rules are refused at their place.
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import type { Rule } from '../../contract/rules.ts';
import type { Segment } from '../../contract/segments.ts';
import { createApp } from '../app.ts';
import { inTime } from '../platform/db/in-time.ts';
import { aConnection, aContact, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { anOwner, type Visitor } from '../workspaces/testing-visitor.ts';
import { inTurn } from './in-turn.ts';

let ctx: TestCtx;
let app: FastifyInstance;
let owner: Visitor;
let here: TestCtx;
const vip: Rule = { field: 'tag', op: 'any_of', values: ['vip'] };

beforeAll(async () => {
  ctx = await testCtx();
  app = await createApp(ctx, { version: 'test', ready: () => true });
  await app.ready();
  const signedIn = await anOwner(app);
  owner = signedIn;
  here = inWorkspace(ctx, signedIn.workspaceId);
  return () => app.close();
});

async function made(body: object): Promise<Segment> {
  const answer = await owner.call('POST', '/segments', body);
  expect(answer.json()).toMatchObject({ name: (body as Segment).name });
  expect(answer.statusCode).toBe(201);
  return answer.json();
}
const problem = (answer: { statusCode: number; json(): { code: string; errors?: unknown[] } }) => [
  answer.statusCode,
  answer.json().code,
  ...(answer.json().errors ?? []).map((one) => (one as { pointer: string }).pointer),
];
async function tagged(...tags: string[]): Promise<string> {
  const id = await aContact(here);
  await ctx.db.updateTable('contacts').set({ tags }).where('id', '=', id).execute();
  return id;
}
const count = async (rule: Rule) => (await owner.call('POST', '/segments/preview', { rule })).json().count;

test('a preview counts and shows who is meant, of this shop only', async () => {
  const ann = await tagged('vip');
  await tagged('new');
  const stranger = await aContact(ctx);
  await ctx.db
    .updateTable('contacts')
    .set({ tags: ['vip'] })
    .where('id', '=', stranger)
    .execute();
  const answer = await owner.call('POST', '/segments/preview', { rule: vip });
  expect(answer.json()).toEqual({
    count: 1,
    sample: [{ id: toWireId('cnt', ann), name: 'Ann', email: null }],
  });
  expect(await count({ not: vip })).toBe(1);
});

test('a segment is made, read, listed, changed and deleted', async () => {
  const segment = await made({ name: 'Regulars', rule: vip });
  expect(segment).toMatchObject({ kind: 'rule', rule: vip, version: 1 });
  expect((await owner.call('GET', `/segments/${segment.id}`)).json()).toEqual(segment);
  const changed = await owner.call('PATCH', `/segments/${segment.id}`, { rule: { not: vip }, version: 1 });
  expect(changed.json()).toMatchObject({ rule: { not: vip }, name: 'Regulars', version: 2 });
  expect(problem(await owner.call('PATCH', `/segments/${segment.id}`, { name: 'X', version: 1 }))).toEqual([
    409,
    'VERSION_CONFLICT',
  ]);
  const listed = (await owner.call('GET', '/segments?include=total')).json();
  expect(listed).toMatchObject({ total: 1, data: [{ id: segment.id }] });
  expect((await owner.call('DELETE', `/segments/${segment.id}`)).statusCode).toBe(204);
  expect((await owner.call('GET', `/segments/${segment.id}`)).statusCode).toBe(404);
});

test('an attribute that is declared as something else is named where the rule reads it', async () => {
  await owner.call('POST', '/attributes', { name: 'size', type: 'number' });
  const asText = { field: 'attribute', name: 'size', type: 'text', op: 'is_set' };
  const refused = await owner.call('POST', '/segments/preview', { rule: { all: [vip, { not: asText }] } });
  expect(refused.json()).toMatchObject({
    code: 'VALIDATION_FAILED',
    errors: [
      {
        pointer: '/rule/all/1/not/type',
        detail: 'The attribute "size" is declared as number, not as text.',
      },
    ],
  });
});

test('the list is searched by a part of the name, and says how many ask for each', async () => {
  const asked = await made({ name: 'Regulars 100%', rule: vip });
  const asking = await made({ name: 'Other', rule: { not: { field: 'segment', segment_id: asked.id } } });
  await owner.call('POST', '/campaigns', {
    name: 'To regulars',
    audience: { segment_ids: [asked.id, asking.id] },
  });
  const found = async (search: string) =>
    (await owner.call('GET', `/segments?search=${encodeURIComponent(search)}`)).json().data;
  expect(await found('lars 100%')).toMatchObject([{ id: asked.id, used_by: 2 }]);
  expect(await found('')).toMatchObject([
    { id: asking.id, used_by: 1 },
    { id: asked.id, used_by: 2 },
  ]);
  expect(await found('_')).toEqual([]);
  await owner.call('DELETE', `/segments/${asking.id}`);
});

test('a list is kept by hand, and a rule can ask for it', async () => {
  const list = await made({ name: 'Webinar' });
  expect(list).toMatchObject({ kind: 'static', rule: null });
  const [ann, bob] = [toWireId('cnt', await aContact(here)), toWireId('cnt', await aContact(here))];
  const members = (body: object) => owner.call('POST', `/segments/${list.id}/members`, body);
  expect((await members({ add: [ann, bob, ann] })).json()).toEqual({ added: 2, removed: 0, members: 2 });
  expect((await members({ add: [ann], remove: [bob] })).json()).toEqual({ added: 0, removed: 1, members: 1 });
  expect(await count({ field: 'segment', segment_id: list.id })).toBe(1);
  const foreign = toWireId('cnt', await aContact(ctx));
  expect(problem(await members({ add: [foreign] }))).toEqual([422, 'VALIDATION_FAILED', '/add']);
  expect(problem(await owner.call('PATCH', `/segments/${list.id}`, { rule: vip }))).toEqual([
    422,
    'VALIDATION_FAILED',
    '/rule',
  ]);
  const byRule = await made({ name: 'By rule', rule: vip });
  expect((await owner.call('POST', `/segments/${byRule.id}/members`, { add: [ann] })).statusCode).toBe(422);
});

test('segments never ask for each other in a circle, however they are changed', async () => {
  const first = await made({ name: 'First', rule: vip });
  const asks = (id: string): Rule => ({ any: [vip, { not: { field: 'segment', segment_id: id } }] });
  const second = await made({ name: 'Second', rule: asks(first.id) });
  const third = await made({ name: 'Third', rule: asks(second.id) });
  const place = '/rule/any/1/not/segment_id';
  for (const wrong of [first.id, second.id, third.id])
    expect(problem(await owner.call('PATCH', `/segments/${first.id}`, { rule: asks(wrong) }))).toEqual([
      422,
      'VALIDATION_FAILED',
      place,
    ]);
  const other = await made({ name: 'Other', rule: vip });
  // each change alone is fine; together they would be a circle
  const both = await Promise.all([
    owner.call('PATCH', `/segments/${first.id}`, { rule: asks(other.id) }),
    owner.call('PATCH', `/segments/${other.id}`, { rule: asks(first.id) }),
  ]);
  expect(both.map((answer) => answer.statusCode).sort()).toEqual([200, 422]);
  expect(problem(await owner.call('DELETE', `/segments/${second.id}`))).toEqual([409, 'SEGMENT_IN_USE']);
});

test('what a rule names must be there and be of that kind', async () => {
  const foreign = toWireId('seg', '01890000-0000-7000-8000-000000000000');
  const gone = await owner.call('POST', '/segments/preview', {
    rule: { field: 'segment', segment_id: foreign },
  });
  expect(problem(gone)).toEqual([422, 'VALIDATION_FAILED', '/rule/segment_id']);
  await ctx.db
    .insertInto('attribute_declarations')
    .values({
      workspace_id: here.actor.workspaceId,
      name: 'score',
      type: 'number',
      created_at: ctx.clock.now(),
    })
    .execute();
  const text = { field: 'attribute', name: 'score', type: 'text', op: 'equals', value: '5' };
  expect(problem(await owner.call('POST', '/segments', { name: 'X', rule: text }))).toEqual([
    422,
    'VALIDATION_FAILED',
    '/rule/type',
  ]);
  const wrong = await owner.call('POST', '/segments', {
    name: 'X',
    rule: { all: [vip, { field: 'tag', op: 'none' }] },
  });
  expect(wrong.json().errors).toEqual([
    { pointer: '/rule/all/1/op', detail: 'Choose "any_of" or "all_of".' },
    { pointer: '/rule/all/1/values', detail: 'This field is missing.' },
  ]);
  const unknown = await owner.call('POST', '/segments', { name: 'X', rule: { not: { ...vip, colour: 1 } } });
  expect(unknown.json().errors).toEqual([
    { pointer: '/rule/not/colour', detail: 'Unknown field "colour". Known here: "field", "op", "values".' },
  ]);
});

test('segments stand at most eight deep in each other, from whichever end they grow', async () => {
  const asks = (id: string): Rule => ({ not: { field: 'segment', segment_id: id } });
  const chain = async (length: number, rule: Rule = vip) => {
    const links = [await made({ name: 'Deep', rule })];
    while (links.length < length) links.push(await made({ name: 'Deep', rule: asks(links.at(-1)!.id) }));
    return links;
  };
  const deepest = (await chain(8)).at(-1)!;
  expect((await owner.call('POST', '/segments/preview', { rule: asks(deepest.id) })).statusCode).toBe(200);
  const ninth = await made({ name: 'Ninth', rule: asks(deepest.id) });
  expect(problem(await owner.call('POST', '/segments', { name: 'X', rule: asks(ninth.id) }))).toEqual([
    422,
    'VALIDATION_FAILED',
    '/rule',
  ]);
  const [first] = await chain(2);
  const grown = await owner.call('PATCH', `/segments/${first!.id}`, { rule: asks(deepest.id) });
  expect(grown.json().errors).toMatchObject([
    {
      pointer: '/rule',
      detail: 'The segment "Deep" asks for this one. Segments ask for segments at most 8 deep.',
    },
  ]);
});

test('who uses a segment is listed; a scheduled campaign keeps it from being deleted', async () => {
  const segment = await made({ name: 'Used', rule: vip });
  const user = await made({ name: 'User', rule: { field: 'segment', segment_id: segment.id } });
  const campaign = (
    await owner.call('POST', '/campaigns', { name: 'Sale', audience: { segment_ids: [segment.id] } })
  ).json();
  expect((await owner.call('GET', `/segments/${segment.id}/used_by`)).json()).toEqual({
    data: [
      { kind: 'segment', id: user.id, name: 'User', status: null },
      { kind: 'campaign', id: campaign.id, name: 'Sale', status: 'draft' },
    ],
  });
  expect((await owner.call('DELETE', `/segments/${user.id}`)).statusCode).toBe(204);
  await ctx.db
    .updateTable('campaigns')
    .set({ status: 'scheduled' })
    .where('workspace_id', '=', here.actor.workspaceId)
    .execute();
  const kept = await owner.call('DELETE', `/segments/${segment.id}`);
  expect(kept.json()).toMatchObject({
    code: 'SEGMENT_IN_USE',
    detail: 'The scheduled campaign "Sale" asks for it. Change that first.',
  });
});

test('a connection that is removed is a problem of the rule that names it, and nobody is written to by it', async () => {
  const connection = await aConnection(here);
  const rule: Rule = {
    all: [vip, { not: { field: 'identity', connection_id: toWireId('con', connection) } }],
  };
  const segment = await made({ name: 'Not on the old bot', rule });
  expect(segment.problems).toEqual([]);
  await ctx.db
    .updateTable('connections')
    .set({ deleted_at: ctx.clock.now() })
    .where('id', '=', connection)
    .execute();
  const pointer = '/rule/all/1/not/connection_id';
  expect((await owner.call('GET', `/segments/${segment.id}`)).json().problems).toMatchObject([{ pointer }]);
  expect(problem(await owner.call('POST', '/segments/preview', { rule }))).toEqual([
    422,
    'VALIDATION_FAILED',
    pointer,
  ]);
  const written = await owner.call('POST', '/campaigns', {
    name: 'S',
    audience: { segment_ids: [segment.id] },
  });
  expect(problem(written)).toEqual([422, 'VALIDATION_FAILED', '/audience/segment_ids']);
});

test('every preset is a rule that can be counted and saved', async () => {
  const { data } = (await owner.call('GET', '/segment_presets')).json();
  expect(data.map((one: { key: string }) => one.key)).toEqual([
    'vip',
    'new_leads',
    'repeat_buyers',
    'inactive',
    'webinar_participants',
  ]);
  for (const { name, rule } of data) {
    expect(await count(rule)).toBeTypeOf('number');
    await made({ name, rule });
  }
});

test('a question that takes too long is given up with a word, and leaves the connection as it was', async () => {
  const slow = inTime(here, { gathered: 0 }, (ctx) => sql`SELECT pg_sleep(20)`.execute(ctx.db), 0.02);
  await expect(slow).rejects.toMatchObject({ code: 'UNAVAILABLE', status: 503 });
  const { rows } = await sql<{ t: string }>`SELECT current_setting('statement_timeout') AS t`.execute(
    here.db,
  );
  expect(rows[0]?.t).toBe('0');
});

test('a workspace that asks much at once is told to wait, and another is answered', async () => {
  const other = await anOwner(app);
  let open = (): void => {};
  const door = new Promise<void>((resolve) => (open = resolve));
  const asked = Array.from({ length: 6 }, () => inTurn(here, () => door));
  try {
    const refused = await owner.call('POST', '/segments/preview', { rule: vip });
    expect(problem(refused)).toEqual([429, 'RATE_LIMITED']);
    expect(refused.headers['retry-after']).toBe('5');
    expect((await other.call('POST', '/segments/preview', { rule: vip })).statusCode).toBe(200);
  } finally {
    open();
    await Promise.all(asked);
  }
  expect((await owner.call('POST', '/segments/preview', { rule: vip })).statusCode).toBe(200);
});

test('a day that no calendar reaches is refused, and one that is stored already is answered', async () => {
  const after = (date: string): Rule => ({ field: 'created_at', op: 'after', date });
  expect(
    problem(await owner.call('POST', '/segments/preview', { rule: after('9999-12-31') })).slice(0, 2),
  ).toEqual([422, 'VALIDATION_FAILED']);
  const id = (await made({ name: 'far', rule: after('2199-12-31') })).id;
  await sql`UPDATE segments SET rule = ${JSON.stringify(after('9999-12-31'))}::jsonb WHERE name = 'far'`.execute(
    here.db,
  );
  const answer = await owner.call('GET', `/segments/${id}/members`);
  expect([answer.statusCode, answer.json().data]).toEqual([200, []]);
});

test('a list that long work is filling is not deleted under it', async () => {
  const list = await made({ name: 'Fair' });
  const person = toWireId('cnt', await tagged('fair'));
  const work = await owner.call('POST', '/contacts/bulk', {
    select: { contact_ids: [person] },
    action: { do: 'add_to_segment', segment_id: list.id },
    expected_count: 1,
  });
  expect(work.statusCode).toBe(202);
  const refused = await owner.call('DELETE', `/segments/${list.id}`);
  expect(problem(refused)).toEqual([409, 'SEGMENT_IN_USE']);
  expect(refused.json().detail).toContain('A bulk action is just changing');
  await owner.call('POST', `/bulk_actions/${work.json().id}/cancel`);
  expect((await owner.call('DELETE', `/segments/${list.id}`)).statusCode).toBe(204);
});
