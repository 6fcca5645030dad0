// A WhatsApp number of the emulator, connected over real HTTP: what is checked, what is kept, what comes in.
import { afterAll, expect, test } from 'vitest';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { receive } from '../conversations/receive.ts';
import { inTransaction } from '../platform/context.ts';
import { runTask } from '../tasks.ts';
import { aConnection, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { openAccount } from './accounts.ts';
import { connect } from './connect.ts';
import { noteAccountEvent } from './health.ts';
import { connectionRoutes } from './routes.ts';
import { aDoor } from './testing-door.ts';
import { webhookRoutes } from './webhooks.ts';
import { parsePart } from './whatsapp/parse.ts';
import { splitWebhook } from './whatsapp/split.ts';

const ctx = await testCtx();
const sandbox = await startSandbox();
afterAll(() => sandbox.close());
ctx.config.sandboxUrl = sandbox.url;
const { app, ask } = await aDoor(ctx, [connectionRoutes, webhookRoutes]);
await app.listen({ port: 0, host: '127.0.0.1' });
const address = app.server.address() as { port: number };
ctx.config.ownUrl = `http://127.0.0.1:${address.port}`;

async function control<T>(path: string, body?: unknown, method?: string): Promise<T> {
  const response = await fetch(`${sandbox.url}/control/whatsapp/${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`control ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
interface Number {
  id: string;
  waba: string;
  token: string;
  app_secret: string;
  verify_token: string;
}
const newNumber = (more: object = {}) =>
  control<Number>('numbers', { verified_name: 'Marlow Shop', ...more });
const credentialsOf = (number: Number) => ({
  phone_number_id: number.id,
  waba_id: number.waba,
  access_token: number.token,
  app_secret: number.app_secret,
  verify_token: number.verify_token,
});
const create = (number: Number, more: object = {}) =>
  ask('POST', '/connections', {
    channel: 'whatsapp',
    sandbox: true,
    credentials: { ...credentialsOf(number), ...more },
  });
const uuidOf = (wire: string) => fromWireId('con', wire)!;
const storedOf = async (wire: string) =>
  (
    await ctx.db
      .selectFrom('inbound_updates')
      .select(['raw'])
      .where('connection_id', '=', uuidOf(wire))
      .orderBy('seq')
      .execute()
  ).map(({ raw }) => JSON.stringify(raw));

test('a number is connected, its secrets are shown nowhere, and its health is told', async () => {
  const number = await newNumber({ display_phone_number: '+49 171 3920010', messaging_limit: 'TIER_2K' });
  const { status, body } = await create(number);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    channel: 'whatsapp',
    name: 'Marlow Shop',
    status: 'connected',
    problem: null,
    identity: { username: '491713920010', id: number.id },
    receives_by: 'webhook',
    sandbox: true,
    rate_per_second: 80,
    health: {
      can_send: 'available',
      status: 'CONNECTED',
      quality: 'green',
      messaging_limit: 2000,
      problems: [],
    },
  });
  const rows = await ctx.db.selectFrom('connections').selectAll().execute();
  const shown = JSON.stringify([body, rows]);
  for (const secret of [number.token, number.app_secret]) expect(shown).not.toContain(secret);
});

test.each([
  ['phone_number_id', '106540352249999'],
  ['waba_id', '102290129349999'],
  ['access_token', 'EAAJnobodysTokenNobodysToken'],
])('a wrong %s is refused beside its field', async (field, value) => {
  const { status, body } = await create(await newNumber(), { [field]: value });
  expect(status).toBe(422);
  expect(body).toMatchObject({
    code: 'CREDENTIALS_REJECTED',
    errors: [{ pointer: `/credentials/${field}` }],
  });
});

test.each([
  ['phone_number_id', '+49 171 3920010'],
  ['waba_id', ''],
  ['access_token', 'two words'],
  ['verify_token', 'short'],
])('a %s of a wrong form is refused before anybody is asked', async (field, value) => {
  expect(await create(await newNumber(), { [field]: value })).toMatchObject({
    status: 422,
    body: { code: 'VALIDATION_FAILED', errors: [{ pointer: `/credentials/${field}` }] },
  });
});

test('a number is connected once, also over workspaces', async () => {
  const number = await newNumber({ display_phone_number: '+49 171 3920011' });
  await create(number);
  expect(await create(number)).toMatchObject({ status: 409, body: { code: 'CONNECTION_TAKEN' } });
  const other = inWorkspace(ctx, await aWorkspace(ctx));
  await expect(
    connect(other, { channel: 'whatsapp', sandbox: true, credentials: credentialsOf(number) }),
  ).rejects.toThrow('+491713920011 is already connected in another workspace');
});

test('of the credentials only what is new is sent; another number’s ID and a bot’s token are refused', async () => {
  const number = await newNumber();
  const { body: made } = await create(number);
  const renewed = await control<Number>(`numbers/${number.id}/revoke`, {});
  const patch = (credentials: object) => ask('PATCH', `/connections/${made.id}`, { credentials });
  expect(await ask('POST', `/connections/${made.id}/test`)).toMatchObject({ body: { ok: false } });
  expect(await patch({ access_token: renewed.token })).toMatchObject({
    status: 200,
    body: { status: 'connected' },
  });
  const open = await openAccount(ctx, uuidOf(made.id));
  expect(open!.account.credentials).toEqual({ ...credentialsOf(number), access_token: renewed.token });
  expect(await ask('POST', `/connections/${made.id}/test`)).toMatchObject({ body: { ok: true } });

  const pointers = async (credentials: object) => (await patch(credentials)).body.errors[0].pointer;
  const sibling = await newNumber({ waba: number.waba });
  expect(await pointers({ phone_number_id: sibling.id })).toBe('/credentials/phone_number_id');
  expect(await pointers({ token: '123456789:AAtesttokentesttokentesttoken00000' })).toBe(
    '/credentials/token',
  );
  expect(await pointers({})).toBe('/credentials');
  const bot = toWireId('con', await aConnection(ctx));
  const onBot = await ask('PATCH', `/connections/${bot}`, { credentials: { access_token: renewed.token } });
  expect(onBot).toMatchObject({ status: 422, body: { errors: [{ pointer: '/credentials/access_token' }] } });
});

test('the address is shown to be ours by the verify token alone', async () => {
  const number = await newNumber();
  const { body } = await create(number);
  const query = (token: string) =>
    app.inject({
      url: `/hooks/whatsapp/${body.id}`,
      query: { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': token },
    });
  const good = await query(number.verify_token);
  expect([good.statusCode, good.body]).toEqual([200, '1158201444']);
  expect(good.headers['content-type']).toContain('text/plain');
  expect((await query('another token')).statusCode).toBe(403);
  expect(await ask('GET', `/connections/${body.id}/webhook`)).toMatchObject({
    body: {
      url: `${ctx.config.ownUrl}/hooks/whatsapp/${body.id}`,
      verify_token: number.verify_token,
      fields: expect.arrayContaining(['messages', 'message_template_status_update', 'user_preferences']),
    },
  });
});

test('a message of a person comes in, signed, once, and the connection says when', async () => {
  const number = await newNumber();
  const { body } = await create(number);
  await control('people', [{ wa_id: '491713920020', name: 'Ann' }]);
  await control('message', { number: number.id, person: '491713920020', text: 'Is it open? 😀' });
  await expect.poll(() => storedOf(body.id)).toHaveLength(1);
  expect((await storedOf(body.id))[0]).toContain('Is it open? 😀');
  await expect
    .poll(async () => (await ask('GET', `/connections/${body.id}/webhook`)).body.last_at)
    .not.toBeNull();
});

test('what is signed with another secret is not let in, and said', async () => {
  const { body } = await create(await newNumber());
  const answer = await app.inject({
    method: 'POST',
    url: `/hooks/whatsapp/${body.id}`,
    headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    payload: '{"object":"whatsapp_business_account","entry":[]}',
  });
  expect(answer.statusCode).toBe(401);
  await expect
    .poll(async () => (await ask('GET', `/connections/${body.id}/webhook`)).body.refused_at)
    .not.toBeNull();
});

test('a removed connection and a new app secret are noticed at once', async () => {
  const number = await newNumber();
  const { body } = await create(number);
  const handshake = () =>
    app.inject({
      url: `/hooks/whatsapp/${body.id}`,
      query: { 'hub.mode': 'subscribe', 'hub.challenge': '7', 'hub.verify_token': 'a-new-verify-token' },
    });
  expect((await handshake()).statusCode).toBe(403);
  await ask('PATCH', `/connections/${body.id}`, { credentials: { verify_token: 'a-new-verify-token' } });
  await expect.poll(async () => (await handshake()).statusCode, { timeout: 2000 }).toBe(200);
  await ask('DELETE', `/connections/${body.id}`);
  await expect.poll(async () => (await handshake()).statusCode, { timeout: 2000 }).toBe(404);
});

test('when one of two numbers of an account is removed, the other one is still delivered to', async () => {
  const first = await newNumber();
  const second = await newNumber({ waba: first.waba });
  const [stays, goes] = [await create(first), await create(second)];
  await ask('DELETE', `/connections/${goes.body.id}`);
  await control('people', [{ wa_id: '491713920022', name: 'Ben' }]);
  await control('message', { number: first.id, person: '491713920022', text: 'Still there?' });
  await expect.poll(() => storedOf(stays.body.id)).toHaveLength(1);
});

test('what the platform grants is the pace; a number that may not send fails the test with the reason', async () => {
  const number = await newNumber();
  const { body } = await create(number);
  await control(`numbers/${number.id}`, { throughput: 'HIGH', quality_rating: 'RED' }, 'PATCH');
  await runTask(ctx, 'channels.health', { connectionId: uuidOf(body.id) });
  const read = async () => (await ask('GET', `/connections/${body.id}`)).body;
  expect(await read()).toMatchObject({ rate_per_second: 1000, health: { quality: 'red' } });
  expect((await openAccount(ctx, uuidOf(body.id)))!.adapter.pace.perSecond).toBe(1000);
  await control(`numbers/${number.id}`, { payment_problem: true }, 'PATCH');
  const tested = await ask('POST', `/connections/${body.id}/test`);
  expect(tested.body).toMatchObject({ ok: false, detail: expect.stringContaining('payment method') });
});

test('news that nothing may be sent any more stop the connection with the words; Test mends it', async () => {
  const number = await newNumber();
  const { body } = await create(number);
  const ref = {
    workspaceId: ctx.actor.workspaceId,
    id: uuidOf(body.id),
    channel: 'whatsapp' as const,
    username: null,
  };
  const words = 'WhatsApp changed this account: disabled';
  const event = { kind: 'account' as const, words, at: new Date() };
  await inTransaction(ctx, (trx) => noteAccountEvent(trx, ref, { ...event, stops: false }));
  expect(await ask('GET', `/connections/${body.id}`)).toMatchObject({ body: { status: 'connected' } });
  await inTransaction(ctx, (trx) => noteAccountEvent(trx, ref, { ...event, stops: true }));
  expect(await ask('GET', `/connections/${body.id}`)).toMatchObject({
    body: { status: 'error', problem: words },
  });
  await ask('POST', `/connections/${body.id}/test`);
  expect(await ask('GET', `/connections/${body.id}`)).toMatchObject({
    body: { status: 'connected', problem: null },
  });
});

test('a failure from before it was mended, told late, breaks it no more; one from after does', async () => {
  const number = await newNumber();
  const { body } = await create(number);
  const id = uuidOf(body.id);
  const failedAt = (at: Date) => {
    const error = { code: 131042, title: 'Business eligibility payment issue' };
    const timestamp = `${Math.floor(at.getTime() / 1000)}`;
    const status = { id: `wamid.${at.getTime()}`, status: 'failed', timestamp, errors: [error] };
    const value = { metadata: { phone_number_id: number.id }, statuses: [status] };
    const entry = [{ id: number.waba, changes: [{ field: 'messages', value }] }];
    const { updates } = splitWebhook({ object: 'whatsapp_business_account', entry })!;
    const ref = { workspaceId: ctx.actor.workspaceId, id, channel: 'whatsapp' as const, username: null };
    return inTransaction(ctx, async (trx) => {
      for (const event of parsePart(updates[0]!.raw)) await receive(trx, ref, event);
    });
  };
  const state = async () => (await ask('GET', `/connections/${body.id}`)).body.status;
  const seconds = (n: number) => new Date(Date.now() + n * 1000);
  await failedAt(seconds(-60));
  expect(await state()).toBe('connected');
  await failedAt(seconds(0));
  expect(await state()).toBe('error');
  // as if an hour had passed, and a person pressed Test
  await ctx.db
    .updateTable('connections')
    .set({ created_at: seconds(-3600) })
    .where('id', '=', id)
    .execute();
  await ask('POST', `/connections/${body.id}/test`);
  await failedAt(seconds(-60));
  expect(await state()).toBe('connected');
  await failedAt(seconds(0));
  expect(await state()).toBe('error');
});

test('a real number without an https address says what is missing', async () => {
  const number = await newNumber();
  ctx.config.whatsappApiRoot = sandbox.url;
  const { body } = await ask('POST', '/connections', {
    channel: 'whatsapp',
    credentials: credentialsOf(number),
  });
  expect(body).toMatchObject({ status: 'connected', problem: expect.stringContaining('PUBLIC_URL') });
  expect((await ask('GET', `/connections/${body.id}/webhook`)).body.url).toBeNull();
});

test('an address that WhatsApp cannot verify is told with what to do', async () => {
  const number = await newNumber();
  ctx.config.whatsappApiRoot = sandbox.url;
  ctx.config.publicUrl = 'https://nowhere.invalid';
  const { body } = await ask('POST', '/connections', {
    channel: 'whatsapp',
    credentials: credentialsOf(number),
  });
  ctx.config.publicUrl = null;
  expect(body).toMatchObject({ status: 'connected', problem: expect.stringContaining('app dashboard') });
});
