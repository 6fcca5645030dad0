// API tokens: what they may do, for how long, and how they end.
import { expect, test } from 'vitest';
import { roleScopes } from '../../contract/roles.ts';
import { manualClock } from '../platform/clock.ts';
import { anOwner, codeOf, testApp, uuid, visitor } from './testing-visitor.ts';

const clock = manualClock(new Date());
const { app, ctx } = await testApp({ clock });
const owner = await anOwner(app);

async function aToken(scopes: string[], rest: object = {}) {
  const answer = await owner.call('POST', '/tokens', { name: 'Shop sync', scopes, ...rest });
  expect(codeOf(answer)).toBe('201');
  const made = answer.json<{ id: string; token: string; hint: string }>();
  return { ...made, call: visitor(app, made.token).call };
}

test('a token is shown once, begins with car_ and is kept only as a hash', async () => {
  const { token, hint, id } = await aToken(['workspace:read']);
  expect(token).toMatch(/^car_[\w-]{43}$/);
  expect(token.startsWith(hint.replace('…', ''))).toBe(true);
  const list = (await owner.call('GET', '/tokens')).body;
  expect(list).toContain(id);
  expect(list).not.toContain(token);
  const rows = await ctx.db.selectFrom('api_tokens').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(token);
});

test('a token opens what its scopes name and nothing else', async () => {
  const token = await aToken(['workspace:read', 'users:read']);
  expect((await token.call('GET', '/workspace')).statusCode).toBe(200);
  expect((await token.call('GET', '/users')).statusCode).toBe(200);
  expect(codeOf(await token.call('PATCH', '/workspace', { name: 'Mine' }))).toBe('403 FORBIDDEN');
  expect(codeOf(await token.call('GET', '/tokens'))).toBe('403 FORBIDDEN');
  expect(codeOf(await token.call('GET', '/me'))).toBe('403 FORBIDDEN');
  expect(codeOf(await token.call('DELETE', '/sessions'))).toBe('403 FORBIDDEN');
});

test('a token cannot make one that may do more than itself', async () => {
  const token = await aToken(['tokens:write', 'users:read']);
  const more = await token.call('POST', '/tokens', { name: 'x', scopes: ['users:read', 'users:write'] });
  expect(codeOf(more)).toBe('403 FORBIDDEN');
  expect(more.json().detail).toContain('users:write');
  expect((await token.call('POST', '/tokens', { name: 'x', scopes: ['users:read'] })).statusCode).toBe(201);
});

test('a token that has expired or was revoked opens nothing', async () => {
  const expires_at = new Date(clock.now().getTime() + 60_000).toISOString();
  const short = await aToken(['workspace:read'], { expires_at });
  expect((await short.call('GET', '/workspace')).statusCode).toBe(200);
  clock.advance(60_000);
  expect(codeOf(await short.call('GET', '/workspace'))).toBe('401 UNAUTHENTICATED');
  const revoked = await aToken(['workspace:read']);
  expect((await owner.call('DELETE', `/tokens/${revoked.id}`)).statusCode).toBe(204);
  expect(codeOf(await revoked.call('GET', '/workspace'))).toBe('401 UNAUTHENTICATED');
  expect(codeOf(await owner.call('DELETE', `/tokens/${revoked.id}`))).toBe('404 NOT_FOUND');
  expect((await owner.call('GET', '/tokens')).body).not.toContain(revoked.id);
});

test('an end in the past, no scope, an unknown scope and a strange name are told apart', async () => {
  const ask = async (body: object) => {
    const answer = await owner.call('POST', '/tokens', { name: 'x', scopes: ['users:read'], ...body });
    return `${answer.statusCode} ${answer.json().errors?.[0].pointer}`;
  };
  expect(await ask({ expires_at: '2020-01-01T00:00:00Z' })).toBe('422 /expires_at');
  expect(await ask({ scopes: [] })).toBe('422 /scopes');
  expect(await ask({ scopes: ['everything:write'] })).toBe('422 /scopes/0');
  expect(await ask({ name: 'a\u0000b' })).toBe('422 /name');
});

test('"last used" is written at most once a minute', async () => {
  const token = await aToken(['workspace:read']);
  const id = uuid('tok', token.id);
  const used = async () =>
    (
      await ctx.db
        .selectFrom('api_tokens')
        .select('last_used_at')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
    ).last_used_at;
  expect(await used()).toBeNull();
  await token.call('GET', '/workspace');
  const first = await used();
  expect(first).toEqual(clock.now());
  clock.advance(59_000);
  await token.call('GET', '/workspace');
  expect(await used()).toEqual(first);
  clock.advance(1000);
  await token.call('GET', '/workspace');
  expect(await used()).toEqual(clock.now());
});

test('a token of one workspace does not see another', async () => {
  const foreign = await anOwner(app);
  const token = await aToken(['tokens:read', 'tokens:write', 'workspace:read']);
  const other = await foreign.call('POST', '/tokens', { name: 'Theirs', scopes: ['users:read'] });
  expect(codeOf(await token.call('DELETE', `/tokens/${other.json().id}`))).toBe('404 NOT_FOUND');
  expect((await token.call('GET', '/tokens')).body).not.toContain(other.json().id);
  expect((await token.call('GET', '/workspace')).json().id).toBe(owner.me.workspace.id);
});

test('a socket may bring its token in the address, other requests may not', async () => {
  const token = await aToken(['workspace:read']);
  const url = `/workspace?token=${token.token}`;
  expect((await visitor(app).call('GET', url)).statusCode).toBe(401);
  expect((await visitor(app).call('GET', url, undefined, { upgrade: 'websocket' })).statusCode).not.toBe(401);
});

test('the owner role holds every scope there is to give', async () => {
  await aToken([...roleScopes.owner]);
});
