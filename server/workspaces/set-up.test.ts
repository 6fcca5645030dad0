// The first set-up, by hand and by the environment.
import { expect, test } from 'vitest';
import { scopes } from '../../contract/roles.ts';
import { resetPassword } from './reset-password.ts';
import { setUpFromEnvironment } from './set-up-from-environment.ts';
import { codeOf, goodPassword, testApp, visitor } from './testing-visitor.ts';

const form = {
  workspace_name: 'Marlow Ceramics',
  name: 'Nora',
  email: 'Nora@Shop.example',
  password: goodPassword,
  time_zone: 'Europe/London',
};

test('two set-ups at once make one workspace; the hook runs in its transaction', async () => {
  let hooked = 0;
  const { app, ctx } = await testApp({}, { onCreated: async () => void hooked++ });
  expect((await visitor(app).call('GET', '/setup')).json()).toEqual({ needed: true, sandbox: false });
  const people = Array.from({ length: 8 }, () => visitor(app));
  const answers = await Promise.all(
    people.map((person, i) => person.call('POST', '/setup', { ...form, email: `p${i}@shop.example` })),
  );
  expect(answers.map(codeOf).sort()).toEqual(['201', ...Array(7).fill('409 ALREADY_SET_UP')]);
  expect(hooked).toBe(1);
  const users = await ctx.db.selectFrom('users').selectAll().execute();
  expect(users).toHaveLength(1);
  const winner = people.find((person) => person.cookie);
  expect((await winner?.call('GET', '/me'))?.json()).toMatchObject({
    user: { role: 'owner', name: 'Nora' },
    workspace: { name: 'Marlow Ceramics', time_zone: 'Europe/London', version: 1 },
  });
  expect((await visitor(app).call('GET', '/setup')).json().needed).toBe(false);
});

test('a hook that fails leaves nothing behind', async () => {
  const onCreated = () => Promise.reject(new Error('no campaigns'));
  const { app } = await testApp({}, { onCreated });
  expect((await visitor(app).call('POST', '/setup', form)).statusCode).toBe(500);
  expect((await visitor(app).call('GET', '/setup')).json().needed).toBe(true);
});

test('wrong fields are named one by one', async () => {
  const { app } = await testApp();
  const bad = { workspace_name: ' ', name: 'x\u0000', email: 'nora', password: 'short', time_zone: 'Mars' };
  const answer = await visitor(app).call('POST', '/setup', bad);
  expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
  const pointers = answer.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer);
  expect(pointers.sort()).toEqual(['/email', '/name', '/password', '/time_zone', '/workspace_name']);
});

test('the environment sets up once, on several nodes at once, and its token may do everything', async () => {
  const { app, ctx } = await testApp();
  const apiToken = 'environment-token-0123456789';
  Object.assign(ctx.config, { owner: { email: 'env@shop.example', password: goodPassword }, apiToken });
  const ids = await Promise.all([1, 2, 3].map(() => setUpFromEnvironment(ctx)));
  expect(new Set(ids).size).toBe(1);
  expect(await setUpFromEnvironment(ctx)).toBe(ids[0]);
  const token = visitor(app, apiToken);
  const list = (await token.call('GET', '/tokens')).json();
  expect(list.data).toHaveLength(1);
  expect(list.data[0].scopes.sort()).toEqual([...scopes].sort());
  expect((await visitor(app).call('POST', '/sign_in', ctx.config.owner)).statusCode).toBe(200);
});

test('another API_TOKEN replaces the first; one revoked by hand is not brought back', async () => {
  const { app, ctx } = await testApp();
  const owner = { email: 'env@shop.example', password: goodPassword };
  Object.assign(ctx.config, { owner, apiToken: 'first-token-01234567890' });
  await setUpFromEnvironment(ctx);
  ctx.config.apiToken = 'second-token-0123456789';
  await setUpFromEnvironment(ctx);
  expect((await visitor(app, 'first-token-01234567890').call('GET', '/workspace')).statusCode).toBe(401);
  const second = visitor(app, 'second-token-0123456789');
  const [row] = (await second.call('GET', '/tokens')).json().data;
  expect((await second.call('DELETE', `/tokens/${row.id}`)).statusCode).toBe(204);
  await setUpFromEnvironment(ctx);
  expect((await second.call('GET', '/workspace')).statusCode).toBe(401);
});

test('an environment that names somebody else than the present owner changes nothing', async () => {
  const { app, ctx } = await testApp();
  await visitor(app).call('POST', '/setup', form);
  Object.assign(ctx.config, {
    owner: { email: 'other@shop.example', password: goodPassword },
    apiToken: 'a-token-of-the-environment',
  });
  expect(await setUpFromEnvironment(ctx)).toBeNull();
  expect(await ctx.db.selectFrom('users').selectAll().execute()).toHaveLength(1);
  expect(await ctx.db.selectFrom('api_tokens').selectAll().execute()).toHaveLength(0);
});

test('API_TOKEN alone is refused before there is a workspace, and placed on the first one after', async () => {
  const { app, ctx } = await testApp();
  const apiToken = 'lonely-token-0123456789';
  Object.assign(ctx.config, { owner: null, apiToken });
  await ctx.db.deleteFrom('workspaces').execute(); // the one that every test begins with
  await expect(setUpFromEnvironment(ctx)).rejects.toThrow('set OWNER_EMAIL and OWNER_PASSWORD with it');
  await visitor(app).call('POST', '/setup', form);
  await setUpFromEnvironment(ctx);
  expect((await visitor(app, apiToken).call('GET', '/workspace')).json()).toMatchObject({
    name: 'Marlow Ceramics',
  });
});

test('an OWNER_EMAIL that owns nothing here is told by null', async () => {
  const { app, ctx } = await testApp();
  await visitor(app).call('POST', '/setup', form);
  Object.assign(ctx.config, { owner: { email: 'typo@shop.example', password: goodPassword } });
  expect(await setUpFromEnvironment(ctx)).toBeNull();
});

test('a lost password is replaced from the terminal: sessions end, the log knows, an unknown email is told who is here', async () => {
  const { app, ctx } = await testApp();
  const nora = visitor(app);
  await nora.call('POST', '/setup', form);
  await expect(resetPassword(ctx, 'typo@shop.example')).rejects.toThrow('Accounts here: nora@shop.example');
  const password = await resetPassword(ctx, ' Nora@Shop.example ');
  expect(codeOf(await nora.call('GET', '/me'))).toBe('401 UNAUTHENTICATED');
  const signIn = (value: string) =>
    visitor(app).call('POST', '/sign_in', { email: form.email, password: value });
  expect(codeOf(await signIn(form.password))).toBe('401 WRONG_CREDENTIALS');
  expect((await signIn(password)).statusCode).toBe(200);
  const events = await ctx.db.selectFrom('audit_events').select(['action', 'detail']).execute();
  expect(events.map(({ action }) => action)).toContain('user.password_reset');
  expect(JSON.stringify(events)).not.toContain(password);
});
