// Bad input over the real API: each mistake gets a problem document that says what to do, at the field where it is; nothing is
// lost, nothing half sent. The same refusals in the panel: refusals-in-the-panel.test.ts.
import { randomBytes, randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign, Report } from '../contract/campaigns.ts';
import type { Connection } from '../contract/connections.ts';
import type { ErrorCode } from '../contract/errors.ts';
import { toWireId } from '../contract/ids.ts';
import { type Api, apiOf, owner } from './api.ts';
import { type Carillon, startCarillon } from './carillon.ts';
import { counts, type Emulator, startEmulator } from './phone.ts';

const people = 40;
const nowhere = randomUUID();
let emulator: Emulator;
let carillon: Carillon;
let api: Api;
let connection: Connection;

beforeAll(async () => {
  emulator = await startEmulator();
  carillon = await startCarillon({
    env: { ...owner, SANDBOX: 'off', TELEGRAM_API_ROOT: emulator.url },
  });
  api = apiOf(carillon);
  connection = await api.made<Connection>('/connections', {
    channel: 'telegram',
    credentials: { token: emulator.bot.token },
  });
  const ids = await emulator.crowd(people);
  await api.done('/contacts/batch', {
    contacts: ids.map((id) => ({
      first_name: `Person${id}`,
      identities: [{ connection_id: connection.id, address: String(id) }],
    })),
  });
});
afterAll(async () => {
  await carillon?.end();
  emulator?.program.signal('SIGTERM');
});

const draft = (more: object = {}): Promise<Campaign> =>
  api.made<Campaign>('/campaigns', {
    name: 'Spring sale',
    connection_id: connection.id,
    content: { text: 'Hi {{ contact.first_name }}' },
    ...more,
  });
const withText = (text: string) => ({ content: { text } });
const bot = (token: string) => ({ channel: 'telegram', credentials: { token } });
const file = (bytes: Buffer, name: string, type = 'image/png') => {
  const form = new FormData();
  form.append('file', new File([new Uint8Array(bytes)], name, { type }));
  return form;
};

interface Refusal {
  code: ErrorCode;
  status: number;
  pointer?: string;
  says: RegExp;
}
type Request = [method: string, path: string, body?: unknown, headers?: Record<string, string>];

async function expectRefusal(request: Request, { code, status, pointer, says }: Refusal): Promise<void> {
  const problem = await api.refused(...request);
  expect(problem).toMatchObject({ code, status });
  expect(problem.detail).toMatch(says);
  if (!pointer) return;
  const [field] = (problem.errors ?? []).filter((one) => one.pointer === pointer);
  expect(field?.detail, JSON.stringify(problem)).toMatch(says);
}

const unknownToken = `987654321:${'Ab1'.repeat(11)}xy`;
test.each<[string, Request, Refusal]>([
  ['a token that is none', ['POST', '/connections', bot('my bot')],
    { code: 'VALIDATION_FAILED', status: 422, pointer: '/credentials/token', says: /BotFather/ }],
  ['a wrong token', ['POST', '/connections', bot(unknownToken)],
    { code: 'CREDENTIALS_REJECTED', status: 422, pointer: '/credentials/token', says: /BotFather/ }],
  ['malformed JSON', ['POST', '/campaigns', '{"name": "Spring'],
    { code: 'MALFORMED_JSON', status: 400, says: /valid JSON/ }],
  ['a body that is no object', ['POST', '/campaigns', '[1, 2]'],
    { code: 'VALIDATION_FAILED', status: 422, says: /object/ }],
  ['an oversized body', ['POST', '/campaigns', { name: 'x', content: { text: 'x'.repeat(1024 * 1024) } }],
    { code: 'BODY_TOO_LARGE', status: 413, says: /less/ }],
  ['a body of another kind', ['POST', '/campaigns', 'name=x', { 'content-type': 'application/xml' }],
    { code: 'UNSUPPORTED_MEDIA_TYPE', status: 415, says: /application\/json/ }],
  ['a campaign without a name', ['POST', '/campaigns', { name: '  ' }],
    { code: 'VALIDATION_FAILED', status: 422, pointer: '/name', says: /name|character|empty|least/i }],
  ['text that no platform takes', ['POST', '/campaigns', { name: 'x', ...withText('y'.repeat(16_385)) }],
    { code: 'VALIDATION_FAILED', status: 422, pointer: '/content/text', says: /16,384/ }],
  ['an unknown campaign', ['GET', `/campaigns/${toWireId('cmp', nowhere)}`],
    { code: 'NOT_FOUND', status: 404, says: /campaign/i }],
  ['an id that is none', ['POST', '/campaigns/cmp_oops/launch'],
    { code: 'NOT_FOUND', status: 404, says: /campaign/i }],
  ['an id of another kind', ['GET', `/campaigns/${toWireId('cnt', nowhere)}`],
    { code: 'NOT_FOUND', status: 404, says: /campaign/i }],
  ['an address that is none', ['GET', '/campains'], { code: 'NOT_FOUND', status: 404, says: /campains/ }],
  ['an audience of unknown people', ['POST', '/campaigns',
    { name: 'x', audience: { contact_ids: [toWireId('cnt', nowhere)] } }],
    { code: 'VALIDATION_FAILED', status: 422, pointer: '/audience/contact_ids', says: /contact/i }],
  ['a foreign cursor', ['GET', '/campaigns?cursor=abc'],
    { code: 'INVALID_CURSOR', status: 422, says: /cursor|list/i }],
  ['a file that is no picture', ['POST', '/media', file(Buffer.from('hello, no picture'), 'photo.png')],
    { code: 'MEDIA_UNSUPPORTED', status: 422, says: /JPEG|PNG/ }],
  ['a picture over 10 MB', ['POST', '/media', file(randomBytes(10 * 1024 * 1024 + 1), 'photo.png')],
    { code: 'MEDIA_TOO_LARGE', status: 413, says: /10 MB/ }],
])('%s is refused with what to do', async (_, request, refusal) => {
  await expectRefusal(request, refusal);
}); // biome-ignore format: a table

test.each<[string, object | (() => object), Refusal]>([
  ['text over 4,096 characters', withText('y'.repeat(4097)),
    { code: 'CONTENT_TOO_LONG', status: 422, pointer: '/content/text', says: /4,?096/ }],
  ['no text at all', withText(' \n '),
    { code: 'TEMPLATE_INVALID', status: 422, pointer: '/content/text', says: /text|message/i }],
  ['a template that ends too early', withText('Good morning\nHi {{ contact.first_name'),
    { code: 'TEMPLATE_INVALID', status: 422, pointer: '/content/text', says: /line 2/i }],
  ['an unknown variable', withText('Good morning\n\nHi {{ contact.frist_name }}'),
    { code: 'TEMPLATE_INVALID', status: 422, pointer: '/content/text', says: /frist_name.*line 3|line 3.*frist_name/i }],
  ['a picture that nobody can fetch', { content: { text: 'Hi', media: [{ url: 'http://127.0.0.1:9/vase.png' }] } },
    { code: 'MEDIA_UNREACHABLE', status: 422, pointer: '/content/media/0/url', says: /upload|address/i }],
  ['no connection', { connection_id: null },
    { code: 'VALIDATION_FAILED', status: 422, pointer: '/connection_id', says: /Choose/ }],
])('a launch with %s is refused at its field, and the draft stays as it was', async (_, given, refusal) => {
  const campaign = await draft(given);
  await expectRefusal(['POST', `/campaigns/${campaign.id}/launch`], refusal);
  expect(await api.read(`/campaigns/${campaign.id}`)).toEqual(campaign);
}); // biome-ignore format: a table

test('an empty audience is refused before anything starts', async () => {
  const loner = await api.made<{ id: string }>('/contacts', { first_name: 'Nobody' });
  const campaign = await draft({ audience: { contact_ids: [loner.id] } });
  await expectRefusal(['POST', `/campaigns/${campaign.id}/launch`], {
    code: 'AUDIENCE_EMPTY',
    status: 409,
    says: /Nobody in this audience/,
  });
  expect(await api.read(`/campaigns/${campaign.id}`)).toEqual(campaign);
});

test('a revoked token is told at the connection, holds the launch, and a new token mends both', async () => {
  const made = await emulator.control<{ id: number; token: string }>('bots', { username: 'second_bot' });
  const second = await api.made<Connection>('/connections', bot(made.token));
  const [user] = await emulator.crowd(1, 900_000);
  await emulator.control('state', { bot: made.id, user, state: 'open' });
  await api.made('/contacts', {
    first_name: 'Ann',
    identities: [{ connection_id: second.id, address: String(user) }],
  });
  const fresh = await emulator.control<{ token: string }>(`bots/${made.id}/revoke`, {});
  const test = await api.done<{ ok: boolean; detail: string }>(`/connections/${second.id}/test`);
  expect(test).toMatchObject({ ok: false, detail: expect.stringMatching(/BotFather/) });
  const campaign = await draft({ connection_id: second.id });
  await expectRefusal(['POST', `/campaigns/${campaign.id}/launch`], {
    code: 'CONNECTION_NOT_READY',
    status: 409,
    says: /BotFather|token/,
  });
  const patch = { credentials: { token: fresh.token } };
  const mended = await api.call('PATCH', `/connections/${second.id}`, patch);
  expect(await mended.json()).toMatchObject({ status: 'connected', problem: null });
  expect(await api.done(`/campaigns/${campaign.id}/launch`)).toMatchObject({ planned: people + 2 });
});

test('two tabs: the second to save is told, and nothing of the first is overwritten', async () => {
  const campaign = await draft();
  const path = `/campaigns/${campaign.id}`;
  const first = await api.call('PATCH', path, { name: 'First', version: campaign.version });
  expect(first.status).toBe(200);
  await expectRefusal(['PATCH', path, { name: 'Second', version: campaign.version }], {
    code: 'VERSION_CONFLICT',
    status: 409,
    says: /Reload it, or save your text as a copy/,
  });
  expect(await api.read(path)).toMatchObject({ name: 'First' });
});

test('nothing of all that went out, and one picture that is good is taken', async () => {
  expect(await counts(emulator.control, emulator.bot.id)).toMatchObject({ accepted: 0 });
  const bytes = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#a40' } })
    .png()
    .toBuffer();
  expect(await api.made('/media', file(bytes, 'good.png'))).toMatchObject({ kind: 'image', width: 20 });
});

test('Send pressed twice, with one key or with two, is one run, and everybody gets it once', async () => {
  const launch = async (id: string, key: string) => {
    const response = await api.call('POST', `/campaigns/${id}/launch`, undefined, { 'idempotency-key': key });
    return {
      status: response.status,
      body: (await response.json()) as { run_id?: string; code?: ErrorCode },
    };
  };
  const sameKey = await draft(withText('Same key, {{ contact.first_name }}'));
  const twice = await Promise.all([launch(sameKey.id, 'click'), launch(sameKey.id, 'click')]);
  const accepted = twice.find(({ status }) => status === 202);
  for (const { status, body } of twice)
    expect([accepted?.body.run_id, 'IDEMPOTENCY_IN_PROGRESS']).toContain(
      status === 202 ? body.run_id : body.code,
    );
  // the one that lost asks again, as the panel would: the same run
  expect((await launch(sameKey.id, 'click')).body.run_id).toBe(accepted?.body.run_id);

  const twoKeys = await draft(withText('Two keys, {{ contact.first_name }}'));
  const both = await Promise.all([launch(twoKeys.id, 'tab-1'), launch(twoKeys.id, 'tab-2')]);
  expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
  expect(both.find(({ status }) => status === 409)?.body.code).toBe('ILLEGAL_MOVE');
  for (const { id } of [sameKey, twoKeys])
    await expect
      .poll(() => api.read<Report>(`/campaigns/${id}/report`), { timeout: 30_000 })
      .toMatchObject({ sent: people, queued: 0, sending: 0 });
  expect(await counts(emulator.control, emulator.bot.id)).toMatchObject({
    accepted: 2 * people,
    sent_twice: 0,
    duplicates_total: 0,
  });
});
