// Campaigns on WhatsApp from the draft to the phone: approved templates, the window, and what is refused before anybody is
// messaged. The number, its templates and its people are the emulator's.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { CampaignCheck } from '../../../contract/checks.ts';
import { fromWireId, toWireId } from '../../../contract/ids.ts';
import type { TemplateComponent } from '../../../contract/whatsapp-templates.ts';
import { aContact } from '../../testing/context.ts';
import { testLanes, until } from '../../testing/engine.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';

const sale: TemplateComponent[] = [
  {
    type: 'BODY',
    text: 'Hi *{{1}}*, take {{2}} off everything until Friday.',
    example: { body_text: [['Ann', '20 %']] },
  },
  { type: 'FOOTER', text: 'Reply STOP to unsubscribe' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'URL', text: 'Shop', url: 'https://shop.example/{{1}}', example: ['https://shop.example/a'] },
      { type: 'QUICK_REPLY', text: 'Unsubscribe' },
    ],
  },
];
const template = {
  name: 'spring_sale',
  language: 'en_US',
  body: { 1: "{{ contact.first_name | default: 'there' }}", 2: '20 %' },
  buttons: { 0: 'sale' },
};
const free = {
  text: 'Shall we deliver, {{ contact.first_name }}?',
  whatsapp: { reply_buttons: [{ title: 'Yes' }] },
};

interface Chat {
  messages: { from: string; type: string; text?: string; [more: string]: unknown }[];
}

let house: House;
let shop: Shop;
let connection: string;
let people: string[];
let numberId: string;
const control = <T>(path: string, body?: unknown) => shop.sandbox.control<T>(`whatsapp/${path}`, body);
const addresses = ['4915100000001', '4915100000002'];

beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  shop = await house.shop();
  house.base.config.whatsappApiRoot = shop.sandbox.url;
  const number = await control<{ id: string; waba: string; token: string; app_secret: string }>('numbers', {
    verified_name: 'Marlow',
    limits: { perSecond: 1000 },
  });
  numberId = number.id;
  await control('templates', {
    waba: number.waba,
    name: template.name,
    language: template.language,
    category: 'MARKETING',
    components: sale,
  });
  const made = await shop.call('POST', '/connections', {
    channel: 'whatsapp',
    credentials: {
      phone_number_id: number.id,
      waba_id: number.waba,
      access_token: number.token,
      app_secret: number.app_secret,
      verify_token: 'my-verify-token',
    },
  });
  expect(made.statusCode, made.body).toBe(201);
  connection = made.json().id;
  const synced = await shop.call('POST', '/whatsapp_templates/sync', { connection_id: connection });
  expect(synced.statusCode, synced.body).toBe(200);
  await control(
    'people',
    addresses.map((wa_id) => ({ wa_id })),
  );
  const connectionId = fromWireId('con', connection) as string;
  people = [];
  for (const address of addresses)
    people.push(
      toWireId('cnt', await aContact(shop.ctx, { connectionId, address, firstName: `P${address.at(-1)}` })),
    );
});

const draft = (content: object, given: object = {}) =>
  shop.draft({ connection_id: connection, content, ...given });
const check = async (id: string) => (await shop.call('GET', `/campaigns/${id}/check`)).json<CampaignCheck>();
const said = async (id: string) =>
  (await check(id)).problems.map(({ severity, key, pointer }) => `${severity} ${key} ${pointer}`);
const received = async (address: string) =>
  (await control<Chat>(`chats/${address}?number=${numberId}`)).messages.filter(
    ({ from }) => from !== address,
  );
async function wrote(person: string): Promise<void> {
  await shop.ctx.db
    .insertInto('conversations')
    .values({
      workspace_id: shop.ctx.actor.workspaceId,
      id: crypto.randomUUID(),
      contact_id: fromWireId('cnt', person) as string,
      connection_id: fromWireId('con', connection) as string,
      channel: 'whatsapp',
      status: 'open',
      created_at: new Date(),
      updated_at: new Date(),
      last_inbound_at: new Date(),
    })
    .execute();
  const address = addresses[people.indexOf(person)];
  await control('window', { number: numberId, person: address, open: true });
}

test('an approved template reaches everybody, with their own values', async () => {
  const { id } = await draft({ whatsapp: { template } });
  expect((await check(id)).ready).toBe(true);
  const preview = (await shop.call('POST', `/campaigns/${id}/preview`, { contact_id: people[0] })).json();
  expect(preview.problems).toEqual([]);
  expect(preview.rendered).toMatchObject({
    plain: 'Hi P1, take 20 % off everything until Friday.',
    buttons: [{ text: 'Shop', url: 'https://shop.example/sale' }],
    whatsapp: { footer: 'Reply STOP to unsubscribe', replies: [{ title: 'Unsubscribe' }] },
  });
  expect((await shop.call('POST', `/campaigns/${id}/launch`)).statusCode).toBe(202);
  testLanes(shop.ctx, 500);
  await shop.settled(id);
  // nobody tells of clicks on an address that was approved as it is: that is said, and is no 0
  expect(await shop.report(id)).toMatchObject({
    planned: 2,
    failed: 0,
    skipped: 0,
    unknown: 0,
    clicked: null,
  });
  expect((await shop.call('GET', `/campaigns/${id}/links`)).json()).toEqual({
    data: [],
    untracked: expect.stringContaining('WhatsApp tells nothing of who opens them'),
  });
  const [message, ...more] = await received(addresses[1] as string);
  expect(more).toEqual([]);
  expect(JSON.stringify(message)).toContain('Hi *P2*, take 20 % off everything until Friday.');
});

test('what of a template is missing stands at its own field, and one that is not approved is not sent', async () => {
  const { id } = await draft({ whatsapp: { template: { ...template, body: { 1: 'Ann' }, buttons: {} } } });
  expect(await said(id)).toEqual(
    expect.arrayContaining([
      'error message /content/whatsapp/template/body/2',
      'error message /content/whatsapp/template/buttons/0',
    ]),
  );
  const gone = await draft({ whatsapp: { template: { ...template, language: 'de' } } });
  expect(await said(gone.id)).toContain('error message /content/whatsapp/template');
  const paused = await draft({ whatsapp: { template } });
  await shop.ctx.db
    .updateTable('whatsapp_templates')
    .set({ status: 'PAUSED' })
    .where('connection_id', '=', fromWireId('con', connection) as string)
    .execute();
  const refused = await shop.call('POST', `/campaigns/${paused.id}/launch`);
  expect([refused.statusCode, refused.json().errors[0]]).toEqual([
    422,
    { pointer: '/content/whatsapp/template', detail: expect.stringMatching(/WhatsApp paused it/) },
  ]);
});

test('a template that is paused while the campaign waits stops it with the reason, and nobody fails', async () => {
  const { id } = await draft({ whatsapp: { template } });
  expect((await shop.call('POST', `/campaigns/${id}/launch`)).statusCode).toBe(202);
  await shop.ctx.db
    .updateTable('whatsapp_templates')
    .set({ status: 'PAUSED' })
    .where('connection_id', '=', fromWireId('con', connection) as string)
    .execute();
  testLanes(shop.ctx, 500);
  await until('it is paused', async () => (await shop.read(id)).status === 'paused');
  expect((await shop.read(id)).status_reason).toMatch(/spring_sale.*WhatsApp paused it/);
  // what was just being looked at is given back in a moment
  await until('both wait again', async () => (await shop.report(id)).queued === 2);
  expect(await shop.report(id)).toMatchObject({ failed: 0, sent: 0, unknown: 0 });
});

test('free text goes to who wrote within 24 hours, and says before how many that are', async () => {
  const { id } = await draft(free);
  const nobody = await shop.call('POST', `/campaigns/${id}/launch`);
  expect([nobody.json().code, nobody.json().detail]).toEqual([
    'AUDIENCE_EMPTY',
    expect.stringMatching(/written within 24 hours.*approved template/),
  ]);
  await wrote(people[0] as string);
  expect(await said(id)).toContain('warning window_closed /content/whatsapp/template');
  expect((await shop.call('POST', `/campaigns/${id}/launch`)).statusCode).toBe(202);
  testLanes(shop.ctx, 500);
  await shop.settled(id);
  expect(await shop.report(id)).toMatchObject({ failed: 0, skipped: 1 });
  expect((await shop.report(id)).skips).toMatchObject([{ code: 'window_closed', count: 1 }]);
  const [message] = await received(addresses[0] as string);
  expect(JSON.stringify(message)).toContain('Shall we deliver, P1?');
  expect(await received(addresses[1] as string)).toEqual([]);
});

test('a test message goes by the same rule', async () => {
  const { id } = await draft(free);
  const test = (contact: string | undefined) =>
    shop.call('POST', `/campaigns/${id}/test`, { contact_ids: [contact] });
  const closed = await test(people[0]);
  expect([closed.json().code, closed.json().errors[0]]).toEqual([
    'CONTACT_UNREACHABLE',
    { pointer: '/contact_ids/0', detail: expect.stringMatching(/not written within 24 hours/) },
  ]);
  await wrote(people[0] as string);
  expect((await test(people[0])).statusCode).toBe(202);
  await shop.call('PATCH', `/campaigns/${id}`, { content: { whatsapp: { template } } });
  expect((await test(people[1])).statusCode).toBe(202);
  testLanes(shop.ctx, 500);
  await until('both have it', async () =>
    (await Promise.all(addresses.map(received))).every((messages) => messages.length === 1),
  );
});

test('of the wordings of a test all are templates, or none', async () => {
  const { id } = await draft(
    { whatsapp: { template } },
    {
      settings: { ab: { variants: [{ key: 'b', content: free }], test_percent: 50, winner: { by: 'hand' } } },
    },
  );
  expect(await said(id)).toContain('error wordings_alike /settings/ab/variants/0/content');
});
