// Saved views: a person's own stay theirs, shared ones are everybody's.
import type { FastifyInstance } from 'fastify';
import { beforeAll, expect, test } from 'vitest';
import { type View, viewList, view as viewSchema, viewsAtMost } from '../../contract/views.ts';
import { createApp } from '../app.ts';
import { inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { aMember, anOwner, codeOf, type Visitor, visitor } from './testing-visitor.ts';
import { createToken } from './tokens.ts';

let ctx: TestCtx;
let app: FastifyInstance;
let workspaceId: string;
let owner: Visitor;
let marketer: Visitor;
let operator: Visitor;
beforeAll(async () => {
  ctx = await testCtx();
  app = await createApp(ctx, { version: 'test', ready: () => true });
  await app.ready();
  const made = await anOwner(app);
  owner = made;
  workspaceId = made.workspaceId;
  marketer = await aMember(app, workspaceId, 'marketer');
  operator = await aMember(app, workspaceId, 'operator');
  return () => app.close();
});

const names = async (who: Visitor, screen = 'campaigns') => {
  const { data } = viewList.parse((await who.call('GET', `/views?screen=${screen}`)).json());
  return data.map((one) => `${one.name}${one.shared ? ' shared' : ''}${one.own ? ' own' : ''}`);
};
const save = (who: Visitor, given: object) =>
  who.call('POST', '/views', { screen: 'campaigns', query: { status: 'draft', sort: 'name' }, ...given });
async function saved(who: Visitor, given: object): Promise<View> {
  const answer = await save(who, given);
  expect(answer.statusCode, answer.body).toBe(201);
  return viewSchema.parse(answer.json());
}

test('own views are seen by nobody else, shared ones by all; who may not write shares nothing', async () => {
  const own = await saved(owner, { name: 'Drafts' });
  expect(own).toMatchObject({ query: { status: 'draft', sort: 'name' }, shared: false, own: true });
  const shared = await saved(marketer, { name: 'Of the team', shared: true });
  await saved(operator, { name: 'drafts' });
  expect(await names(owner)).toEqual(['Drafts own', 'Of the team shared']);
  expect(await names(marketer)).toEqual(['Of the team shared own']);
  expect(await names(operator)).toEqual(['Of the team shared', 'drafts own']);
  expect(await names(owner, 'contacts')).toEqual([]);
  expect(codeOf(await marketer.call('PATCH', `/views/${own.id}`, { name: 'Mine' }))).toBe('404 NOT_FOUND');
  expect(codeOf(await marketer.call('DELETE', `/views/${own.id}`))).toBe('404 NOT_FOUND');
  expect(codeOf(await save(operator, { name: 'Everybody', shared: true }))).toBe('403 FORBIDDEN');
  expect(codeOf(await operator.call('PATCH', `/views/${shared.id}`, { name: 'X' }))).toBe('403 FORBIDDEN');
  expect(codeOf(await operator.call('DELETE', `/views/${shared.id}`))).toBe('403 FORBIDDEN');
});

test('is renamed, changed, shared, taken back, and deleted; sharing is in the audit log', async () => {
  const { id } = await saved(owner, { name: 'This week' });
  const change = async (patch: object) => (await owner.call('PATCH', `/views/${id}`, patch)).json<View>();
  expect(await change({ name: 'Next week', query: { from: '2026-12-01' } })).toMatchObject({
    name: 'Next week',
    query: { from: '2026-12-01' },
    shared: false,
  });
  expect(await change({ shared: true })).toMatchObject({ name: 'Next week', shared: true, own: true });
  expect(await names(operator)).toContain('Next week shared');
  expect(await change({ shared: false })).toMatchObject({ shared: false });
  expect(await names(operator)).not.toContain('Next week shared');
  await change({ shared: true });
  expect((await marketer.call('DELETE', `/views/${id}`)).statusCode).toBe(204);
  expect(await names(owner)).not.toContain('Next week shared own');
  const log = await ctx.db
    .selectFrom('audit_events')
    .select('action')
    .where('workspace_id', '=', workspaceId)
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute();
  expect(log.map(({ action }) => action)).toEqual([
    'view.shared',
    'view.unshared',
    'view.shared',
    'view.deleted',
  ]);
});

test('a name stands once among one’s own and once among the shared', async () => {
  const here = { screen: 'contacts' };
  await saved(owner, { ...here, name: 'VIP' });
  const answer = await save(owner, { ...here, name: ' vip ' });
  expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
  expect(answer.json().errors).toMatchObject([
    { pointer: '/name', detail: 'There is a view of this name already.' },
  ]);
  await saved(owner, { ...here, name: 'VIP', shared: true });
  expect(codeOf(await save(marketer, { ...here, name: 'VIP', shared: true }))).toBe('422 VALIDATION_FAILED');
});

test('a token saves for everybody or not at all; of another workspace nothing is seen', async () => {
  const { token } = await createToken(inWorkspace(ctx, workspaceId), {
    name: 'Robot',
    scopes: ['campaigns:read', 'campaigns:write'],
  });
  const robot = visitor(app, token);
  const alone = await save(robot, { name: 'Robot’s' });
  expect(alone.json().errors).toMatchObject([{ pointer: '/shared' }]);
  expect(await saved(robot, { name: 'Robot’s', shared: true })).toMatchObject({ own: false });
  expect(codeOf(await robot.call('GET', '/views?screen=contacts'))).toBe('403 FORBIDDEN');
  expect(await names(await anOwner(app))).toEqual([]);
});

test('whoever leaves takes their own views along, and leaves the shared ones', async () => {
  const guest = await aMember(app, workspaceId, 'marketer');
  await saved(guest, { name: 'Guest’s own' });
  await saved(guest, { name: 'Guest’s gift', shared: true });
  await ctx.db
    .deleteFrom('memberships')
    .where('workspace_id', '=', workspaceId)
    .where('user_id', 'in', (eb) =>
      eb.selectFrom('saved_views').select('created_by as user_id').where('name', '=', 'Guest’s own'),
    )
    .execute();
  const left = await ctx.db
    .selectFrom('saved_views')
    .select('name')
    .where('name', 'like', 'Guest%')
    .execute();
  expect(left).toEqual([{ name: 'Guest’s gift' }]);
});

test.each<[string, object, string]>([
  ['no name', { name: ' ' }, '/name'],
  ['a screen that has none', { screen: 'orders' }, '/screen'],
  ['a filter that is no word', { query: { 'a b': 'x' } }, '/query'],
  [
    'too much',
    { query: Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`f${'x'.repeat(n)}`, 'y'])) },
    '/query',
  ],
])('%s is refused', async (_, change, pointer) => {
  const answer = await save(owner, { name: 'Wrong', ...change });
  expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
  expect(answer.json().errors[0].pointer).toContain(pointer);
});

test('there are at most so many', async () => {
  const one = await aMember(app, workspaceId, 'operator');
  for (let n = 0; n < viewsAtMost; n++) await saved(one, { name: `View ${n}` });
  expect((await save(one, { name: 'One more' })).json().errors[0].detail).toContain('Delete one');
});

test('saved at the same moment a name stands once, and the limit holds', async () => {
  const one = await aMember(app, workspaceId, 'operator');
  const same = await Promise.all(Array.from({ length: 12 }, () => save(one, { name: 'Same' })));
  expect(same.map(({ statusCode }) => statusCode).sort()).toEqual([201, ...Array(11).fill(422)]);
  for (let n = 1; n < viewsAtMost - 2; n++) await saved(one, { name: `View ${n}` });
  const last = await Promise.all(Array.from({ length: 12 }, (_, n) => save(one, { name: `Late ${n}` })));
  expect(last.map(({ statusCode }) => statusCode).sort()).toEqual([201, 201, ...Array(10).fill(422)]);
});
