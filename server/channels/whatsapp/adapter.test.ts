// The adapter against the emulator, and every request of it against Meta's OpenAPI file.
import sharp from 'sharp';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { RenderedWhatsApp } from '../../../contract/message.ts';
import { aMessage, anOutbound, channelContract } from '../channel.contract.ts';
import type { InboundEvent, Outbound } from '../channel.ts';
import { WhatsAppClient } from './client.ts';
import { outcomeOf } from './outcomes.ts';
import { loadSendSchema } from './testing-schema.ts';
import { type WhatsAppWorld, whatsappWorld } from './testing-world.ts';

let world: WhatsAppWorld;
beforeAll(async () => {
  world = await whatsappWorld();
});
afterAll(() => world.close());

channelContract('WhatsApp', () => world, { polls: false, tellsReceipts: true });

const send = async (given: Partial<Outbound> = {}) =>
  world.adapter.send(world.account, anOutbound(given.address ?? (await world.person('open')), given));
const nothing: RenderedWhatsApp = { template: null, header: null, footer: null, replies: [], list: null };
const said = (text: string, whatsapp: Partial<RenderedWhatsApp>) => ({
  ...aMessage(text),
  whatsapp: { ...nothing, ...whatsapp },
});
const sends = () => world.requests.filter(({ url }) => url.includes('/messages'));
const uploads = () => world.requests.filter(({ url }) => url.includes('/media'));
async function aPicture(background = '#123456') {
  const create = { width: 40, height: 30, channels: 3 as const, background };
  const bytes = await sharp({ create }).png().toBuffer();
  return { fileName: 'müg "1".png', mime: 'image/png', bytes: async () => bytes };
}
/** The one thing of that kind that the person at the address did. */
async function eventOf<K extends InboundEvent['kind']>(kind: K, address: string) {
  const find = () =>
    world.events().find((event) => event.kind === kind && 'address' in event && event.address === address);
  await vi.waitFor(() => expect(find()).toBeDefined(), { timeout: 3000, interval: 10 });
  return find() as Extract<InboundEvent, { kind: K }>;
}

test('a template with a picture, named values and a button arrives filled in', async () => {
  const sample = await aPicture('#445566');
  const handle = await world.adapter.templates!.uploadSample(world.account, {
    ...sample,
    sizeBytes: (await sample.bytes()).length,
  });
  const components = [
    { type: 'HEADER', format: 'IMAGE', example: { header_handle: [handle] } },
    {
      type: 'BODY',
      text: 'Hi {{first_name}}, please use {{code}} when you visit our shop today.',
      example: {
        body_text_named_params: [
          { param_name: 'first_name', example: 'Ann' },
          { param_name: 'code', example: '25OFF' },
        ],
      },
    },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'URL', text: 'Shop', url: 'https://x.example/{{1}}', example: ['https://x.example/a'] },
        { type: 'QUICK_REPLY', text: 'Stop' },
      ],
    },
  ];
  await world.control('templates', {
    waba: world.account.credentials.waba_id,
    name: 'promo',
    language: 'en_US',
    category: 'MARKETING',
    parameter_format: 'NAMED',
    components,
  });
  const address = await world.person('open');
  const outcome = await send({
    address,
    media: [{ kind: 'image', source: await aPicture('#223344'), handle: null }],
    message: said('Hi Ann, please use 10OFF when you visit our shop today.', {
      template: {
        name: 'promo',
        language: 'en_US',
        header: [],
        headerFile: true,
        body: [
          { name: 'first_name', value: 'Ann' },
          { name: 'code', value: '10OFF' },
        ],
        buttons: [
          { index: 0, kind: 'url', value: 'spring' },
          { index: 1, kind: 'quick_reply', value: 'STOP_PROMO' },
        ],
      },
    }),
  });
  expect(outcome).toMatchObject({ kind: 'accepted', handles: [expect.stringMatching(/^\d+$/)] });
  const { externalId } = outcome as { externalId: string };
  const message = await world.control<object>(`messages/${externalId}`);
  expect(JSON.stringify(message)).toContain('Hi Ann, please use 10OFF when you visit our shop today.');
  await world.control('press', { person: address, message_id: externalId, button: 1 });
  expect(await eventOf('message', address)).toMatchObject({ pressed: 'STOP_PROMO', inReplyTo: externalId });
});

test('a file is uploaded once and named by its id from then on', async () => {
  const source = await aPicture();
  const before = uploads().length;
  const first = await send({ media: [{ kind: 'image', source, handle: null }] });
  expect(first).toMatchObject({ kind: 'accepted', handles: [expect.stringMatching(/^\d+$/)] });
  const [handle] = (first as { handles: string[] }).handles;
  expect(uploads().at(-1)!.params).toMatchObject({
    messaging_product: 'whatsapp',
    type: 'image/png',
    file: new Uint8Array(await source.bytes()),
  });
  const second = await send({ media: [{ kind: 'image', source, handle: handle! }] });
  expect(second).toMatchObject({ kind: 'accepted' });
  expect(uploads().length).toBe(before + 1);
  expect(sends().at(-1)!.params).toMatchObject({ image: { id: handle, caption: 'Hello' } });
});

test('an id that WhatsApp forgot is replaced by the file itself, at once and once', async () => {
  const address = await world.person('open');
  const media = [{ kind: 'image' as const, source: await aPicture(), handle: '999999999999' }];
  expect(await send({ address, media })).toMatchObject({
    kind: 'accepted',
    handles: [expect.stringMatching(/^\d+$/)],
  });
  expect(await world.accepted(address)).toBe(1);
});

test('an upload that gets lost is no unknown: the message never left', async () => {
  const address = await world.person('open');
  const media = [{ kind: 'image' as const, source: await aPicture(), handle: null }];
  await world.control('faults', { kind: 'reset_after', calls: ['media'], count: 1 });
  expect(await send({ address, media })).toMatchObject({ kind: 'deferred', scope: 'message' });
  await world.control('faults', { kind: 'error', code: 131053, calls: ['media'], count: 1 });
  expect(await send({ address, media })).toMatchObject({ kind: 'rejected', reason: 'media_refused' });
  expect(await world.accepted(address)).toBe(0);
});

test('what WhatsApp cannot take is refused before anything leaves', async () => {
  const before = world.requests.length;
  const png = await aPicture();
  const file = (kind: 'image' | 'animation', mime = 'image/png') => ({
    kind,
    source: { ...png, mime },
    handle: null,
  });
  const refused = [
    await send({ address: '1', media: [file('image'), file('image')] }),
    await send({ address: '1', media: [file('animation', 'image/gif')] }),
    await send({ address: '1', media: [file('image', 'image/webp')] }),
    await send({
      address: '1',
      media: [file('image')],
      message: said('x', { list: { button: 'x', sections: [] } }),
    }),
  ];
  expect(refused.map(({ kind }) => kind)).toEqual(Array(4).fill('rejected'));
  expect(world.requests.length).toBe(before);
});

test('reply buttons and lists are pressed, and what we called them comes back', async () => {
  const address = await world.person('open');
  const replies = [
    { id: 'yes', title: 'Yes' },
    { id: 'no', title: 'No' },
  ];
  const asked = await send({ address, message: said('Interested?', { replies, footer: 'STOP to end' }) });
  const { externalId } = asked as { externalId: string };
  await world.control('press', { person: address, message_id: externalId, button: 1 });
  expect(await eventOf('message', address)).toMatchObject({
    text: 'No',
    pressed: 'no',
    inReplyTo: externalId,
    person: { firstName: 'Ann', lastName: 'Lee' },
  });
  const other = await world.person('open');
  const rows = [{ id: 'express', title: 'Express', description: '1-2 days' }];
  const list = await send({
    address: other,
    message: said('Choose', { list: { button: 'Options', sections: [{ title: 'Fast', rows }] } }),
  });
  const listId = (list as { externalId: string }).externalId;
  await world.control('press', { person: other, message_id: listId, button: 0 });
  expect(await eventOf('message', other)).toMatchObject({ text: 'Express', pressed: 'express' });
});

test('a button with an address, a document by its address, and an answer to a message', async () => {
  const address = await world.person('open');
  await world.write(address, 'Is it there?');
  const asked = await eventOf('message', address);
  const buttons = [{ text: 'Shop now', url: 'https://shop.example/s' }];
  const answer = await send({
    address,
    message: { ...aMessage('Yes'), buttons },
    inReplyTo: asked.externalId,
  });
  expect(answer).toMatchObject({ kind: 'accepted' });
  expect(sends().at(-1)!.params).toMatchObject({
    context: { message_id: asked.externalId },
    interactive: { type: 'cta_url' },
  });
});

test('somebody without a number is written to by the id that stands for them', async () => {
  const address = await world.person('open');
  const { user_id } = await world.control<{ user_id: string }>(`chats/${address}`);
  expect(await send({ address: user_id })).toMatchObject({ kind: 'accepted' });
  expect(sends().at(-1)!.params).toMatchObject({ recipient: user_id });
  expect(await world.accepted(address)).toBe(1);
});

test('files that come in are fetched by their id, and one that is gone is told so', async () => {
  const address = await world.person('open');
  const bytes = await (await aPicture('#abcdef')).bytes();
  const image = { base64: bytes.toString('base64'), mime_type: 'image/png', caption: 'Look' };
  await world.control('message', { person: address, image });
  const { media, text } = await eventOf('message', address);
  expect(text).toBe('Look');
  expect(await world.adapter.download!(world.account, media!.handle)).toEqual({ bytes, mime: 'image/png' });
  await expect(world.adapter.download!(world.account, '999999999999')).rejects.toMatchObject({
    code: 'PLATFORM_REFUSED',
  });
  await expect(world.adapter.download!(world.wrongAccount(), media!.handle)).rejects.toMatchObject({
    code: 'CREDENTIALS_REJECTED',
  });
});

test('reactions, marketing stopped and a new number arrive as what they are', async () => {
  const address = await world.person('open');
  const { externalId } = (await send({ address })) as { externalId: string };
  await world.control('react', { person: address, message_id: externalId, emoji: '👍' });
  expect(await eventOf('reacted', address)).toMatchObject({ to: externalId, emoji: '👍' });
  await world.control('stop_marketing', { person: address });
  expect(await eventOf('marketing', address)).toMatchObject({ wanted: false });
  await world.control('change_number', { person: address, wa_id: `${address}9` });
  await vi.waitFor(() =>
    expect(world.events()).toContainEqual(
      expect.objectContaining({ kind: 'moved', from: address, to: `${address}9` }),
    ),
  );
});

test('a message is marked as read, with typing when asked, and nothing is thrown when that fails', async () => {
  const address = await world.person('open');
  await world.write(address, 'Hello?');
  const { externalId } = await eventOf('message', address);
  await world.adapter.markRead!(world.account, externalId, true);
  expect(sends().at(-1)!.params).toEqual({
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: externalId,
    typing_indicator: { type: 'text' },
  });
  await world.adapter.markRead!(await world.deadAccount(), externalId, false);
});

test.each([
  [131056, { kind: 'deferred', scope: 'recipient', retryAfterMs: 4000 }],
  [130429, { kind: 'deferred', scope: 'connection', retryAfterMs: 1000 }],
  [131048, { kind: 'stopped' }],
  [132015, { kind: 'stopped' }],
  [131042, { kind: 'broken' }],
  [133010, { kind: 'broken' }],
  [131047, { kind: 'rejected', reason: 'window_closed' }],
  [132001, { kind: 'rejected', reason: 'template_refused' }],
])('the emulator’s %d is what the table says', async (code, expected) => {
  const address = await world.person('open');
  await world.control('faults', { kind: 'error', code, count: 1 });
  expect(await send({ address, attempt: 2 })).toMatchObject(expected);
  expect(await world.accepted(address)).toBe(0);
});

test.each([
  [131049, 'marketing_capped'],
  [131050, 'marketing_stopped'],
  [130472, 'platform_experiment'],
])('%d told by webhook is %s', async (code, reason) => {
  await world.control('faults', { kind: 'error', code, async: true, count: 1 });
  const { externalId } = (await send()) as { externalId: string };
  expect(await world.receipt(externalId, 'failed')).toMatchObject({ failure: { reason } });
});

test('silence after the request is a time-out that is unknown; a page of a gateway as well', async () => {
  const address = await world.person('open');
  await world.control('faults', { kind: 'hang', count: 1 });
  const client = new WhatsAppClient();
  onTestFinished(() => client.close());
  const path = `${world.account.credentials.phone_number_id}/messages`;
  const text = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: `+${address}`,
    type: 'text',
    text: { body: 'Hi' },
  };
  const reply = await client.post(world.account, path, text, { timeoutMs: 200 });
  expect(outcomeOf(reply)).toMatchObject({ kind: 'unknown', cause: 'timeout' });
  await world.control('faults', { kind: 'http_502', count: 1 });
  expect(await send()).toMatchObject({ kind: 'unknown', cause: 'unreadable_answer' });
});

test('a wrong id is named beside its field', async () => {
  const wrong = (field: string) => ({
    ...world.account,
    credentials: { ...world.account.credentials, [field]: '123456789' },
  });
  for (const field of ['phone_number_id', 'waba_id'])
    await expect(world.adapter.identify(wrong(field))).rejects.toMatchObject({
      code: 'CREDENTIALS_REJECTED',
      errors: [{ pointer: `/credentials/${field}` }],
    });
});

const checkSend = loadSendSchema();
test.skipIf(!checkSend)(
  "every send above is valid by Meta's OpenAPI v23.0 (skipped where ../shared is absent)",
  () => {
    const bodies = sends().map(({ params }) => params);
    expect(new Set(bodies.map(({ type }) => type ?? 'read'))).toEqual(
      new Set(['read', 'text', 'image', 'interactive', 'template']),
    );
    for (const body of bodies) expect({ body, problems: checkSend!(body) }).toEqual({ body, problems: [] });
    const wrong = { ...bodies.find(({ type }) => type === 'text'), preview: true };
    expect(checkSend!(wrong)).not.toEqual([]);
  },
);
