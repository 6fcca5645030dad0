// Roles: who may change whom. The matrix is walked in full.
import { describe, expect, test } from 'vitest';
import type { Page } from '../../contract/lists.ts';
import { type Role, roles } from '../../contract/roles.ts';
import type { User } from '../../contract/workspaces.ts';
import { addMembership, aMember, anOwner, codeOf, testApp, uuid, visitor } from './testing-visitor.ts';

const { app, ctx } = await testApp();

const rank: Record<Role, number> = { owner: 3, admin: 2, marketer: 1, operator: 0 };

describe.each(roles)('a signed-in %s', (by) => {
  test.each(roles.flatMap((from) => roles.map((to) => [from, to] as const)))(
    'who makes a %s a %s is told what the rules say',
    async (from, to) => {
      const owner = await sharedOwner;
      const actor = await actors[by];
      const target = await targets[from];
      await restore(owner.workspaceId, target.userId, from);
      const allowed = rank[by] >= 2 && rank[from] <= rank[by] && rank[to] <= rank[by];
      const answer = await actor.call('PATCH', `/users/${target.userId}`, { role: to });
      expect(codeOf(answer)).toBe(allowed ? '200' : '403 FORBIDDEN');
      const now = (await owner.call('GET', '/users?limit=200')).json<{
        data: { id: string; role: Role }[];
      }>();
      expect(now.data.find(({ id }) => id === target.userId)?.role).toBe(allowed ? to : from);
      await restore(owner.workspaceId, target.userId, from);
    },
  );
});

const sharedOwner = anOwner(app);
const people = async (role: Role) => aMember(app, (await sharedOwner).workspaceId, role);
const actors = Object.fromEntries(roles.map((role) => [role, people(role)])) as Record<
  Role,
  ReturnType<typeof people>
>;
const targets = Object.fromEntries(roles.map((role) => [role, people(role)])) as typeof actors;

async function restore(workspaceId: string, userId: string, role: Role) {
  await ctx.db
    .updateTable('memberships')
    .set({ role })
    .where('workspace_id', '=', workspaceId)
    .where('user_id', '=', uuid('usr', userId))
    .execute();
}

test('an API token with every scope does not touch owners either', async () => {
  const owner = await anOwner(app);
  const admin = await aMember(app, owner.workspaceId, 'admin');
  const made = await owner.call('POST', '/tokens', { name: 'T', scopes: ['users:read', 'users:write'] });
  const token = visitor(app, made.json().token);
  expect(codeOf(await token.call('PATCH', `/users/${admin.userId}`, { role: 'owner' }))).toBe(
    '403 FORBIDDEN',
  );
  expect(codeOf(await token.call('DELETE', `/users/${owner.me.user.id}`))).toBe('403 FORBIDDEN');
  expect(codeOf(await token.call('POST', '/invitations', { email: 'x@y.example', role: 'owner' }))).toBe(
    '403 FORBIDDEN',
  );
  expect(codeOf(await token.call('PATCH', `/users/${admin.userId}`, { role: 'operator' }))).toBe('200');
});

test('a role change acts with the next request', async () => {
  const owner = await anOwner(app);
  const admin = await aMember(app, owner.workspaceId, 'admin');
  expect((await admin.call('GET', '/tokens')).statusCode).toBe(200);
  await owner.call('PATCH', `/users/${admin.userId}`, { role: 'operator' });
  expect(codeOf(await admin.call('GET', '/tokens'))).toBe('403 FORBIDDEN');
});

test('the last owner can neither step down nor leave', async () => {
  const owner = await anOwner(app);
  const path = `/users/${owner.me.user.id}`;
  expect(codeOf(await owner.call('PATCH', path, { role: 'admin' }))).toBe('409 LAST_OWNER');
  expect(codeOf(await owner.call('DELETE', path))).toBe('409 LAST_OWNER');
  const second = await aMember(app, owner.workspaceId, 'owner');
  expect((await owner.call('DELETE', path)).statusCode).toBe(204);
  expect(codeOf(await second.call('PATCH', `/users/${second.userId}`, { role: 'admin' }))).toBe(
    '409 LAST_OWNER',
  );
});

test('two owners who demote each other at the same moment leave one owner', async () => {
  for (let round = 0; round < 5; round++) {
    const a = await anOwner(app);
    const b = await aMember(app, a.workspaceId, 'owner');
    const answers = await Promise.all([
      a.call('PATCH', `/users/${b.userId}`, { role: 'admin' }),
      b.call('PATCH', `/users/${a.me.user.id}`, { role: 'admin' }),
    ]);
    expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1);
    const owners = await ctx.db
      .selectFrom('memberships')
      .selectAll()
      .where('workspace_id', '=', a.workspaceId)
      .where('role', '=', 'owner')
      .execute();
    expect(owners).toHaveLength(1);
  }
});

test('removing somebody ends their sessions, tokens and open invitations here, and only here', async () => {
  const owner = await anOwner(app);
  const elsewhere = await anOwner(app);
  const admin = await aMember(app, owner.workspaceId, 'admin');
  await addMembership(ctx, elsewhere.workspaceId, uuid('usr', admin.userId), 'operator');
  const made = await admin.call('POST', '/tokens', {
    name: 'Theirs',
    scopes: ['tokens:write', 'users:read'],
  });
  const theirs = visitor(app, made.json().token);
  const child = await theirs.call('POST', '/tokens', { name: 'Child', scopes: ['users:read'] });
  const invited = await admin.call('POST', '/invitations', { email: 'friend@x.example', role: 'admin' });
  const link = new URL(invited.json().accept_url).searchParams.get('token');

  expect((await owner.call('DELETE', `/users/${admin.userId}`)).statusCode).toBe(204);
  expect((await admin.call('GET', '/me')).statusCode).toBe(401);
  expect((await theirs.call('GET', '/users')).statusCode).toBe(401);
  expect((await visitor(app, child.json().token).call('GET', '/users')).statusCode).toBe(401);
  expect(codeOf(await visitor(app).call('GET', `/invitations/preview?token=${link}`))).toBe(
    '410 INVITATION_INVALID',
  );
  expect(codeOf(await owner.call('DELETE', `/users/${admin.userId}`))).toBe('404 NOT_FOUND');
  const still = (await elsewhere.call('GET', '/users')).json<{ data: { id: string }[] }>();
  expect(still.data.map(({ id }) => id)).toContain(admin.userId);
});

test('a demoted person takes their tokens and their invitations down with them', async () => {
  const owner = await anOwner(app);
  const admin = await aMember(app, owner.workspaceId, 'admin');
  const made = await admin.call('POST', '/tokens', { name: 'T', scopes: ['tokens:read', 'users:read'] });
  const token = visitor(app, made.json().token);
  const invited = await admin.call('POST', '/invitations', { email: 'pal@x.example', role: 'operator' });
  await owner.call('PATCH', `/users/${admin.userId}`, { role: 'marketer' });
  expect(codeOf(await token.call('GET', '/tokens'))).toBe('403 FORBIDDEN');
  expect((await token.call('GET', '/users')).statusCode).toBe(200);
  const list = (await owner.call('GET', '/invitations')).json<{ data: { id: string; status: string }[] }>();
  expect(list.data.find(({ id }) => id === invited.json().id)?.status).toBe('revoked');
});

test('people of another workspace do not exist here', async () => {
  const here = await anOwner(app);
  const there = await anOwner(app);
  for (const method of ['PATCH', 'DELETE'])
    expect(codeOf(await here.call(method, `/users/${there.me.user.id}`, { role: 'operator' }))).toBe(
      '404 NOT_FOUND',
    );
});

test('the list of people goes page by page without losing or repeating one', async () => {
  const owner = await anOwner(app);
  for (let i = 0; i < 4; i++) await aMember(app, owner.workspaceId, 'operator');
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const answer = await owner.call('GET', `/users?limit=2${cursor && `&cursor=${cursor}`}`);
    const page: Page<User> = answer.json();
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  expect(seen).toHaveLength(5);
  expect(new Set(seen).size).toBe(5);
});
