// Templates against the emulated Cloud API, over HTTP in both directions: handed in, judged, paused, changed, deleted.
import type { FastifyInstance } from 'fastify';
import { beforeAll, expect, test, vi } from 'vitest';
import type { Connection } from '../../contract/connections.ts';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { content } from '../../contract/message.ts';
import type {
  WhatsAppTemplate,
  WhatsAppTemplateChange,
  WhatsAppTemplateSync,
} from '../../contract/whatsapp-templates.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { createApp } from '../app.ts';
import { startInbound } from '../channels/inbound.ts';
import { receive } from '../conversations/receive.ts';
import { aPicture, multipart } from '../media/testing-picture.ts';
import { createLeases } from '../platform/db/leases.ts';
import { inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { aRun } from '../testing/engine.ts';
import { anOwner, type Visitor } from '../workspaces/testing-visitor.ts';
import { syncDue } from './sync.ts';
import { approvedTemplate } from './used.ts';

interface Number_ {
  id: string;
  waba: string;
  token: string;
  app_secret: string;
  verify_token: string;
}

let ctx: TestCtx;
let here: TestCtx;
let app: FastifyInstance;
let owner: Visitor;
let number: Number_;
let connection: Connection;
let control: <T>(path: string, body?: unknown) => Promise<T>;

beforeAll(async () => {
  const sandbox = await startSandbox({});
  control = async <T>(path: string, body?: unknown) => {
    const answer = await fetch(`${sandbox.url}/control/whatsapp/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  ctx = await testCtx({ work: true });
  ctx.config.sandboxUrl = sandbox.url;
  app = await createApp(ctx, { version: 'test', ready: () => true });
  const own = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  ctx.config.ownUrl = own.origin;
  const signedIn = await anOwner(app);
  owner = signedIn;
  here = inWorkspace(ctx, signedIn.workspaceId);
  const leases = createLeases(ctx.databaseUrl, ctx.log);
  const inbound = startInbound(ctx, leases, receive);
  number = await control<Number_>('numbers', { verify_token: 'a-verify-token' });
  connection = await asked<Connection>('POST', '/connections', {
    channel: 'whatsapp',
    sandbox: true,
    credentials: {
      phone_number_id: number.id,
      waba_id: number.waba,
      access_token: number.token,
      app_secret: number.app_secret,
      verify_token: number.verify_token,
    },
  });
  await control('moderation', { waba: number.waba, delay_ms: null });
  return async () => {
    await inbound.stop();
    await leases.stop();
    await app.close();
    await sandbox.close();
  };
});

async function asked<T>(method: string, url: string, body?: unknown): Promise<T> {
  const answer = await owner.call(method, url, body);
  expect(`${method} ${url} ${answer.statusCode} ${answer.statusCode < 300 ? '' : answer.body}`).toMatch(
    / 20\d $/,
  );
  return answer.statusCode === 204 ? (undefined as T) : (answer.json() as T);
}
const read = (id: string) => asked<WhatsAppTemplate>('GET', `/whatsapp_templates/${id}`);
const list = async (query = '') =>
  (await asked<{ data: WhatsAppTemplate[] }>('GET', `/whatsapp_templates${query}`)).data;
const judge = (template: { external_id: string }, event: string, more: object = {}) =>
  control('judge', { waba: number.waba, template: template.external_id, event, ...more });
const becomes = (id: string, status: string) =>
  vi.waitFor(async () => expect((await read(id)).status).toBe(status), { timeout: 10_000, interval: 30 });

const draft = (name: string, more: object = {}) => ({
  connection_id: connection.id,
  name,
  language: 'en_US',
  category: 'MARKETING',
  header: { kind: 'text', text: 'Our {{1}} is on!', example: 'Spring Sale' },
  body: { text: 'Hi {{1}}, use {{2}} until Friday evening.', examples: { 1: 'Ann', 2: '25OFF' } },
  footer: 'Reply STOP to unsubscribe',
  buttons: [
    { kind: 'url', text: 'Shop', url: 'https://shop.example/{{1}}', example: 'sale' },
    { kind: 'quick_reply', text: 'Unsubscribe' },
  ],
  ...more,
});
const handIn = (name: string, more: object = {}) =>
  asked<WhatsAppTemplate>('POST', '/whatsapp_templates', draft(name, more));

test('a template is handed in, approved by webhook, found by name, and its history says so', async () => {
  const made = await handIn('spring_sale');
  expect(made).toMatchObject({ status: 'PENDING', category: 'MARKETING', parameter_format: 'POSITIONAL' });
  expect(made.cannot_send).toContain('judging');
  await judge(made, 'APPROVED');
  await becomes(made.id, 'APPROVED');
  const found = await approvedTemplate(here, fromWireId('con', connection.id)!, 'spring_sale', 'en_US');
  expect(found).toMatchObject({ category: 'MARKETING', cannotSend: null });
  expect(await approvedTemplate(here, fromWireId('con', connection.id)!, 'spring_sale', 'de')).toBeNull();
  await judge(made, 'APPROVED', { quality: 'YELLOW', category: 'UTILITY' });
  await vi.waitFor(
    async () =>
      expect(await read(made.id)).toMatchObject({
        quality: 'YELLOW',
        category: 'UTILITY',
        previous_category: 'MARKETING',
      }),
    { timeout: 10_000 },
  );
  const history = await asked<{ data: WhatsAppTemplateChange[] }>(
    'GET',
    `/whatsapp_templates/${made.id}/history`,
  );
  expect(history.data.map(({ what }) => what).toSorted()).toEqual([
    'category',
    'quality',
    'status',
    'submitted',
  ]);
  expect(history.data.find(({ what }) => what === 'status')).toMatchObject({
    was: 'PENDING',
    is_now: 'APPROVED',
    by: 'WhatsApp',
  });
});

test('what WhatsApp would refuse is refused beside its field, and WhatsApp’s own refusals too', async () => {
  const wrong = await owner.call(
    'POST',
    '/whatsapp_templates',
    draft('Bad name', { body: { text: '{{1}} hi' } }),
  );
  expect(wrong.statusCode).toBe(422);
  expect(wrong.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
    expect.arrayContaining(['/name', '/body/text', '/body/examples/1']),
  );
  await handIn('taken_here');
  const taken = await owner.call('POST', '/whatsapp_templates', draft('taken_here'));
  expect(taken.json()).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ pointer: '/name' }] });
  // one that we do not know of yet
  await control('templates', {
    waba: number.waba,
    name: 'taken_there',
    language: 'en_US',
    category: 'MARKETING',
    components: [{ type: 'BODY', text: 'Hello World' }],
  });
  const there = await owner.call('POST', '/whatsapp_templates', draft('taken_there'));
  expect(there.json()).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ pointer: '/name' }] });
  expect(there.json().detail).toContain('WhatsApp says');
});

test('a look at WhatsApp finds what was made elsewhere, page by page, and what is gone', async () => {
  for (let n = 0; n < 105; n++)
    await control('templates', {
      waba: number.waba,
      name: `bulk_${n}`,
      language: 'en',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: `Hello number ${n}` }],
    });
  const sync = await asked<WhatsAppTemplateSync>('POST', '/whatsapp_templates/sync', {
    connection_id: connection.id,
  });
  expect(sync.problem).toBeNull();
  expect(sync.templates).toBeGreaterThanOrEqual(107);
  const [one] = await list('?search=bulk_104');
  expect(one).toMatchObject({ name: 'bulk_104', status: 'APPROVED', cannot_send: null, campaigns: 0 });
  expect((await list('?search=bulk_1&sendable=true&limit=5')).length).toBe(5);
  expect(await list('?search=bulk_1&sendable=false')).toEqual([]);
  const gone = await fetch(
    `${ctx.config.sandboxUrl}/v25.0/${number.waba}/message_templates?name=bulk_104&hsm_id=${one?.external_id}`,
    { method: 'DELETE', headers: { authorization: `Bearer ${number.token}` } },
  );
  expect(gone.status).toBe(200);
  await asked('POST', '/whatsapp_templates/sync', { connection_id: connection.id });
  expect(await list('?search=bulk_104')).toEqual([]);
  expect((await list('?search=bulk_104&status=DELETED'))[0]?.cannot_send).toContain('deleted');
});

test('a paused template stops the run that sends it, with the reason, and refuses to be deleted', async () => {
  const made = await handIn('flash_offer');
  await judge(made, 'APPROVED');
  await becomes(made.id, 'APPROVED');
  const { runId, campaignId } = await aRun(here, fromWireId('con', connection.id)!, { text: 'x' });
  const says = content.parse({ whatsapp: { template: { name: 'flash_offer', language: 'en_US' } } });
  for (const table of ['runs', 'campaigns'] as const)
    await here.db
      .updateTable(table)
      .set({ content: JSON.stringify(says) })
      .where('id', '=', table === 'runs' ? runId : campaignId)
      .execute();
  expect((await read(made.id)).campaigns).toBe(1);
  const refused = await owner.call('DELETE', `/whatsapp_templates/${made.id}`);
  expect(refused.json()).toMatchObject({ code: 'ILLEGAL_MOVE' });
  expect(refused.json().detail).toContain('“Flash Offer”');
  await judge(made, 'PAUSED');
  await vi.waitFor(
    async () => {
      const campaign = await here.db
        .selectFrom('campaigns')
        .select(['status', 'status_reason'])
        .where('id', '=', campaignId)
        .executeTakeFirstOrThrow();
      expect(campaign.status).toBe('paused');
      expect(campaign.status_reason).toMatch(/flash_offer \(en_US\): WhatsApp paused it/);
    },
    { timeout: 10_000 },
  );
  expect((await read(made.id)).reason).toMatchObject({ code: 'FIRST_PAUSE' });
  const resume = `/campaigns/${toWireId('cmp', campaignId)}/resume`;
  expect((await owner.call('POST', resume)).json()).toMatchObject({
    code: 'ILLEGAL_MOVE',
    detail: expect.stringContaining('WhatsApp paused it'),
  });
  await judge(made, 'REINSTATED');
  await becomes(made.id, 'APPROVED');
  expect((await owner.call('POST', resume)).statusCode).toBeLessThan(300);
});

test('a rejected one is changed and handed in again; what is left out stays', async () => {
  const made = await handIn('second_try', { buttons: [] });
  const early = await owner.call('PATCH', `/whatsapp_templates/${made.id}`, { footer: 'Too early' });
  expect(early.json()).toMatchObject({ code: 'ILLEGAL_MOVE' });
  await judge(made, 'REJECTED', { reason: 'TAG_CONTENT_MISMATCH' });
  await becomes(made.id, 'REJECTED');
  expect((await read(made.id)).reason?.words).toContain('language or category');
  const changed = await asked<WhatsAppTemplate>('PATCH', `/whatsapp_templates/${made.id}`, {
    footer: 'Better',
  });
  expect(changed).toMatchObject({ status: 'PENDING', version: 2, reason: null });
  // what was left out stayed
  expect(changed.components.map(({ type, text }) => [type, text])).toEqual([
    ['HEADER', 'Our {{1}} is on!'],
    ['BODY', 'Hi {{1}}, use {{2}} until Friday evening.'],
    ['FOOTER', 'Better'],
  ]);
  const stale = await owner.call('PATCH', `/whatsapp_templates/${made.id}`, { footer: 'x', version: 1 });
  expect(stale.json()).toMatchObject({ code: 'VERSION_CONFLICT' });
});

test('an approved one is changed once a day, and deleted', async () => {
  const made = await handIn('once_a_day');
  await judge(made, 'APPROVED');
  await becomes(made.id, 'APPROVED');
  await asked('PATCH', `/whatsapp_templates/${made.id}`, { footer: 'Once' });
  await judge(made, 'APPROVED');
  // the same webhook within one second counts once: a look at the list mends that
  await asked('POST', '/whatsapp_templates/sync', { connection_id: connection.id });
  expect((await read(made.id)).status).toBe('APPROVED');
  const again = await owner.call('PATCH', `/whatsapp_templates/${made.id}`, { footer: 'Twice' });
  expect(again.json()).toMatchObject({ code: 'ILLEGAL_MOVE' });
  expect(again.json().detail).toContain('24 hours');
  await asked('DELETE', `/whatsapp_templates/${made.id}`);
  expect((await read(made.id)).status).toBe('DELETED');
  const { templates } = await control<{ templates: { name: string }[] }>(`templates?waba=${number.waba}`);
  expect(templates.map(({ name }) => name)).not.toContain('once_a_day');
});

test('a header with a picture is handed in with a sample', async () => {
  const { id } = await aPictureOf();
  const header = { kind: 'image', media_id: id };
  const made = await handIn('with_picture', { header });
  expect(made.sample_media_id).toBe(id);
  expect(made.components[0]).toMatchObject({ type: 'HEADER', format: 'IMAGE' });
  const film = await owner.call(
    'POST',
    '/whatsapp_templates',
    draft('with_film', { header: { kind: 'video', media_id: id } }),
  );
  expect(film.json()).toMatchObject({ errors: [{ pointer: '/header/media_id' }] });
});

async function aPictureOf(): Promise<{ id: string }> {
  const bytes = await aPicture().jpeg().toBuffer();
  const type = { 'content-type': 'multipart/form-data; boundary=cut' };
  const answer = await owner.call('POST', '/media', multipart(bytes), type);
  return answer.json();
}

test('trouble is kept with the number, and the number asked again by itself', async () => {
  await control('faults', { kind: 'http_500', calls: ['templates'], count: 1 });
  const answer = await owner.call('POST', '/whatsapp_templates/sync', { connection_id: connection.id });
  expect(answer.json()).toMatchObject({ code: 'PLATFORM_UNREACHABLE' });
  const syncs = () => asked<{ data: WhatsAppTemplateSync[] }>('GET', '/whatsapp_templates/syncs');
  expect((await syncs()).data[0]?.problem).toBeTruthy();
  await here.db
    .updateTable('whatsapp_template_syncs')
    .set({ tried_at: new Date(Date.now() - 11 * 60_000) })
    .execute();
  await syncDue(ctx);
  await vi.waitFor(async () => expect((await syncs()).data[0]?.problem).toBeNull(), { timeout: 10_000 });
});
