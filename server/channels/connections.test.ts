import { expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { testSandbox } from '../testing/sandbox.ts';
import { openAccount } from './accounts.ts';
import { connectionRoutes } from './routes.ts';
import { aDoor } from './testing-door.ts';

const ctx = await testCtx();
const sandbox = await testSandbox(ctx);
const { ask } = await aDoor(ctx, [connectionRoutes]);
const newBot = async () => {
  const username = `bot_${Math.random().toString(36).slice(2)}_bot`;
  return sandbox.control<{ id: number; token: string; username: string }>('bots', { username, name: 'Shop' });
};
const create = (token: string, more: object = {}) =>
  ask('POST', '/connections', { channel: 'telegram', credentials: { token }, ...more });

test('a bot is connected by its token, which is then stored sealed and shown nowhere', async () => {
  const bot = await newBot();
  const { status, body } = await create(bot.token, { name: 'Shop bot' });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    channel: 'telegram',
    name: 'Shop bot',
    status: 'connected',
    problem: null,
    identity: { username: bot.username, id: String(bot.id) },
    receives_by: 'polling',
    sandbox: false,
    rate_per_second: 30,
    reachable_contacts: 0,
  });
  const rows = await ctx.db.selectFrom('connections').selectAll().execute();
  expect(JSON.stringify([body, rows])).not.toContain(bot.token.split(':')[1]);
  const list = await ask('GET', '/connections');
  expect(list.body.data.map((one: { id: string }) => one.id)).toContain(body.id);
  expect((await ask('GET', `/connections/${body.id}`)).body).toEqual(body);
});

test('without a name it is called as the platform calls it', async () => {
  expect((await create((await newBot()).token)).body.name).toBe('Shop');
});

test('a token that Telegram does not know is refused beside its field', async () => {
  const { status, body } = await create('123456789:AAunknownunknownunknownunknown00');
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: 'CREDENTIALS_REJECTED', errors: [{ pointer: '/credentials/token' }] });
  expect(JSON.stringify(body)).not.toContain('AAunknown');
});

test('a text that is no token is refused before anybody is asked', async () => {
  expect(await create('hello')).toMatchObject({
    status: 422,
    body: { code: 'VALIDATION_FAILED', errors: [{ pointer: '/credentials/token' }] },
  });
});

test('the same bot cannot be connected twice, and the answer names the connection that has it', async () => {
  const bot = await newBot();
  await create(bot.token, { name: 'First' });
  const second = await create(bot.token);
  expect(second).toMatchObject({ status: 409, body: { code: 'CONNECTION_TAKEN' } });
  expect(second.body.detail).toContain('"First"');
});

test('of two at once with one token, one wins', async () => {
  const bot = await newBot();
  const answers = await Promise.all([create(bot.token), create(bot.token), create(bot.token)]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
});

test('another workspace is told that the bot is taken, not by whom', async () => {
  const bot = await newBot();
  await create(bot.token, { name: 'Secret name' });
  const other = await aDoor(inWorkspace(ctx, await aWorkspace(ctx)), [connectionRoutes]);
  const { status, body } = await other.ask('POST', '/connections', {
    channel: 'telegram',
    credentials: { token: bot.token },
  });
  expect(status).toBe(409);
  expect(body.detail).not.toContain('Secret name');
});

test('a bot of the sandbox needs a sandbox', async () => {
  const bot = await newBot();
  expect(await create(bot.token, { sandbox: true })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/sandbox' }] },
  });
  ctx.config.sandboxUrl = sandbox.url;
  expect(await create(bot.token, { sandbox: true })).toMatchObject({ status: 201, body: { sandbox: true } });
  ctx.config.sandboxUrl = null;
});

test('a revoked token fails the test, marks the connection, and the new token mends it', async () => {
  const bot = await newBot();
  const { body: made } = await create(bot.token);
  expect((await ask('POST', `/connections/${made.id}/test`)).body).toMatchObject({ ok: true });
  const revoked = await sandbox.control<{ token: string }>(`bots/${bot.id}/revoke`, {});
  expect((await ask('POST', `/connections/${made.id}/test`)).body).toMatchObject({
    ok: false,
    detail: expect.stringContaining('@BotFather'),
  });
  expect((await ask('GET', `/connections/${made.id}`)).body).toMatchObject({
    status: 'error',
    problem: expect.any(String),
  });
  const mended = await ask('PATCH', `/connections/${made.id}`, { credentials: { token: revoked.token } });
  expect(mended).toMatchObject({ status: 200, body: { status: 'connected', problem: null } });
});

test('a token of another bot is refused, and the old one stays', async () => {
  const [mine, foreign] = [await newBot(), await newBot()];
  const { body: made } = await create(mine.token);
  const answer = await ask('PATCH', `/connections/${made.id}`, { credentials: { token: foreign.token } });
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/credentials/token' }] } });
  expect((await ask('POST', `/connections/${made.id}/test`)).body.ok).toBe(true);
});

test('of two people who edit, the second is told', async () => {
  const { body: made } = await create((await newBot()).token);
  const change = (name: string) => ask('PATCH', `/connections/${made.id}`, { name, version: made.version });
  expect(await change('One')).toMatchObject({
    status: 200,
    body: { name: 'One', version: made.version + 1 },
  });
  expect(await change('Two')).toMatchObject({ status: 409, body: { code: 'VERSION_CONFLICT' } });
});

test('a removed connection is gone from every door, keeps no secret, and its bot can be connected again', async () => {
  const bot = await newBot();
  const { body: made } = await create(bot.token);
  expect((await ask('DELETE', `/connections/${made.id}`)).status).toBe(204);
  expect((await ask('GET', `/connections/${made.id}`)).status).toBe(404);
  const row = await ctx.db
    .selectFrom('connections')
    .selectAll()
    .where('account_id', '=', String(bot.id))
    .executeTakeFirstOrThrow();
  expect(toWireId('con', row.id)).toBe(made.id);
  expect(ctx.secrets.open(row.credentials, `connections/${row.id}/credentials`)).toBe('{}');
  expect(await openAccount(ctx, row.id)).toBeNull();
  expect((await create(bot.token)).status).toBe(201);
});

test('with a public https address the platform is told to deliver there', async () => {
  ctx.config.publicUrl = 'https://127.0.0.1:8443';
  const bot = await newBot();
  const { body: made } = await create(bot.token);
  ctx.config.publicUrl = null;
  expect(made.receives_by).toBe('webhook');
  const info = await fetch(`${sandbox.url}/bot${bot.token}/getWebhookInfo`).then((r) => r.json());
  expect(info).toMatchObject({
    result: { url: `https://127.0.0.1:8443/hooks/telegram/${made.id}`, allowed_updates: expect.any(Array) },
  });
  await ask('DELETE', `/connections/${made.id}`);
  const after = await fetch(`${sandbox.url}/bot${bot.token}/getWebhookInfo`).then((r) => r.json());
  expect(after).toMatchObject({ result: { url: '' } });
});

test('a public address that the platform refuses falls back to polling and says so', async () => {
  ctx.config.publicUrl = 'https://no-such-shop.example';
  const { status, body } = await create((await newBot()).token);
  ctx.config.publicUrl = null;
  expect(status).toBe(201);
  expect(body).toMatchObject({
    receives_by: 'polling',
    status: 'connected',
    problem: expect.stringContaining('PUBLIC_URL'),
  });
});
