import sharp from 'sharp';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { checkRequest, loadSchema } from '../../../sandbox/telegram/bot-api-schema.ts';
import { aMessage, anOutbound, channelContract } from '../channel.contract.ts';
import { TelegramClient } from './client.ts';
import { outcomeOf } from './outcomes.ts';
import { type TelegramWorld, telegramWorld } from './testing-world.ts';

let world: TelegramWorld;
beforeAll(async () => {
  world = await telegramWorld();
});
afterAll(() => world.close());

channelContract('Telegram', () => world, { polls: true, tellsReceipts: false });

const buttons = [
  { text: 'Shop', url: 'https://shop.example/a' },
  { text: 'Map', url: 'https://shop.example/b' },
  { text: 'A rather long text for a button', url: 'https://shop.example/c' },
];
const lastRequest = () => world.requests().at(-1)!;
async function aPicture(background = '#123456') {
  const bytes = await sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .png()
    .toBuffer();
  return { fileName: 'müg "1".png', mime: 'image/png', bytes: async () => bytes };
}

test('text goes out as HTML with buttons, silent and without a preview when asked', async () => {
  const address = await world.person('open');
  const outcome = await world.adapter.send(
    world.account,
    anOutbound(address, {
      message: { ...aMessage('<b>50%</b> off https://shop.example'), buttons },
      silent: true,
      linkPreview: false,
    }),
  );
  expect(outcome.kind).toBe('accepted');
  expect(lastRequest()).toEqual({
    method: 'sendMessage',
    params: {
      chat_id: Number(address),
      text: '<b>50%</b> off https://shop.example',
      parse_mode: 'HTML',
      disable_notification: true,
      link_preview_options: { is_disabled: true },
      reply_markup: { inline_keyboard: [[buttons[0], buttons[1]], [buttons[2]]] },
    },
  });
});

test('the paid rate is asked for by its flag, with text and with a picture, and only where it was chosen', async () => {
  const address = await world.person('open');
  await world.adapter.send(world.account, anOutbound(address, { paid: true }));
  expect(lastRequest().params).toMatchObject({ allow_paid_broadcast: true });
  const media = [{ kind: 'image' as const, source: await aPicture(), handle: null }];
  await world.adapter.send(world.account, anOutbound(await world.person('open'), { paid: true, media }));
  expect(lastRequest()).toMatchObject({ method: 'sendPhoto', params: { allow_paid_broadcast: 'true' } });
  await world.adapter.send(world.account, anOutbound(await world.person('open')));
  expect(lastRequest().params).not.toHaveProperty('allow_paid_broadcast');
});

test('a picture is uploaded once, and its handle serves the next person', async () => {
  const source = await aPicture();
  const first = await world.adapter.send(
    world.account,
    anOutbound(await world.person('open'), {
      message: { ...aMessage('New'), buttons },
      media: [{ kind: 'image', source, handle: null }],
    }),
  );
  expect(first).toMatchObject({ kind: 'accepted', handles: [expect.any(String)] });
  expect(lastRequest()).toMatchObject({
    method: 'sendPhoto',
    params: { caption: 'New', photo: new Uint8Array(await source.bytes()) },
  });
  const [handle] = (first as { handles: string[] }).handles;
  if (!handle) throw new Error('no handle came back');
  const second = await world.adapter.send(
    world.account,
    anOutbound(await world.person('open'), { media: [{ kind: 'image', source, handle }] }),
  );
  expect(second.kind).toBe('accepted');
  expect(lastRequest().params.photo).toBe(handle);
});

test('a handle that the platform forgot is replaced by the picture itself, at once', async () => {
  const address = await world.person('open');
  const media = [{ kind: 'image' as const, source: await aPicture(), handle: 'AgACAgIAAxkBAAIforgotten' }];
  const outcome = await world.adapter.send(world.account, anOutbound(address, { media }));
  expect(outcome).toMatchObject({ kind: 'accepted', handles: [expect.any(String)] });
  expect(await world.accepted(address)).toBe(1);
});

test('an album is one call with the text under its first file, and its handles serve the next person', async () => {
  const files = [await aPicture(), await aPicture('#654321')];
  const media = files.map((source) => ({ kind: 'image' as const, source, handle: null }));
  const message = aMessage('<b>New</b>');
  const before = world.requests().length;
  const first = await world.adapter.send(
    world.account,
    anOutbound(await world.person('open'), { message, media, silent: true }),
  );
  expect(world.requests().length).toBe(before + 1);
  expect(first).toMatchObject({ kind: 'accepted', externalId: expect.any(String) });
  expect(lastRequest().method).toBe('sendMediaGroup');
  const { handles } = first as { handles: string[] };
  expect(new Set(handles).size).toBe(2);
  const again = media.map((file, index) => ({ ...file, handle: handles[index]! }));
  const address = await world.person('open');
  await world.adapter.send(world.account, anOutbound(address, { message, media: again }));
  expect(lastRequest().params).toEqual({
    chat_id: Number(address),
    media: [
      { type: 'photo', media: handles[0], caption: '<b>New</b>', parse_mode: 'HTML' },
      { type: 'photo', media: handles[1] },
    ],
  });
});

test.each([
  ['animation', 'sendAnimation'],
  ['video', 'sendVideo'],
  ['document', 'sendDocument'],
] as const)('one %s goes by %s, with its shape where it has one', async (kind, method) => {
  const bytes = async () => Buffer.from(`bytes of a ${kind}`);
  const source = { fileName: `a.${kind}`, mime: 'application/octet-stream', bytes };
  const shape = { width: 640, height: 360, durationSeconds: 2.4 };
  const outcome = await world.adapter.send(
    world.account,
    anOutbound(await world.person('open'), { media: [{ kind, source, handle: null, shape }] }),
  );
  expect(lastRequest().method).toBe(method);
  expect(outcome).toMatchObject({ kind: 'accepted', handles: [expect.any(String)] });
  if (kind === 'video')
    expect(lastRequest().params).toMatchObject({ width: '640', height: '360', duration: '2' });
});

test('a picture address is left to the platform to fetch; one that fails is tried once more', async () => {
  const media = [{ kind: 'image' as const, source: { url: 'http://127.0.0.1:9/none.jpg' }, handle: null }];
  const address = await world.person('open');
  const first = await world.adapter.send(world.account, anOutbound(address, { media, attempt: 1 }));
  const second = await world.adapter.send(world.account, anOutbound(address, { media, attempt: 2 }));
  expect(lastRequest().params.photo).toBe('http://127.0.0.1:9/none.jpg');
  expect(['deferred', 'rejected']).toContain(first.kind);
  expect(second).toMatchObject({ kind: 'rejected', reason: 'media_refused' });
});

test('marks that Telegram cannot read are a refusal of the content', async () => {
  const outbound = anOutbound(await world.person('open'), { message: aMessage('<b>open') });
  expect(await world.adapter.send(world.account, outbound)).toMatchObject({
    kind: 'rejected',
    reason: 'content_refused',
  });
});

test('a person who never pressed Start is named so', async () => {
  const address = await world.person('open');
  const { id } = await world.control<{ id: number }>(`chats/${address}`);
  await world.control('state', { user: id, state: 'never_started' });
  expect(await world.adapter.send(world.account, anOutbound(address))).toMatchObject({
    kind: 'rejected',
    reason: 'never_started',
  });
});

test('a pressed button is told apart and acknowledged', async () => {
  const address = await world.person('open');
  const [update] = [
    {
      update_id: 1,
      callback_query: {
        id: '99',
        from: { id: Number(address), is_bot: false, first_name: 'Ann' },
        message: { chat: { id: Number(address), type: 'private' } },
        data: 'yes',
      },
    },
  ];
  expect(world.adapter.parse(update)).toMatchObject([
    { kind: 'pressed', address, callbackId: '99', data: 'yes' },
  ]);
  // an answer that comes too late is refused by Telegram and means nothing to us
  await world.adapter.acknowledge!(world.account, '99');
  expect(lastRequest()).toEqual({ method: 'answerCallbackQuery', params: { callback_query_id: '99' } });
});

test('silence after the request is a time-out that is unknown, not a failure', async () => {
  const address = await world.person('open');
  await world.control('faults', { kind: 'hang', count: 1 });
  const client = new TelegramClient();
  onTestFinished(() => client.close());
  const params = { chat_id: Number(address), text: 'Anybody there?' };
  const reply = await client.call(world.account, 'sendMessage', params, { timeoutMs: 200 });
  expect(reply).toMatchObject({ kind: 'unanswered', left: true, cause: 'timeout' });
  expect(outcomeOf(reply, address)).toMatchObject({ kind: 'unknown', cause: 'timeout' });
  expect(await world.accepted(address)).toBe(1);
});

test('a connection that breaks before the platform read the request is unknown too: we cannot tell', async () => {
  const address = await world.person('open');
  await world.control('faults', { kind: 'reset_before', count: 1 });
  expect(await world.adapter.send(world.account, anOutbound(address))).toMatchObject({ kind: 'unknown' });
  expect(await world.accepted(address)).toBe(0);
});

test('a page of a gateway is no answer of Telegram: 502 defers the message', async () => {
  const address = await world.person('open');
  await world.control('faults', { kind: 'http_502', count: 1 });
  expect(await world.adapter.send(world.account, anOutbound(address))).toMatchObject({
    kind: 'deferred',
    scope: 'message',
  });
});

const schema = loadSchema();
test.skipIf(!schema)('every request above is a valid one by the Bot API 10.1 specification', () => {
  const methods = new Set(world.requests().map((request) => request.method));
  expect([...methods].sort()).toEqual(
    [
      'answerCallbackQuery',
      'deleteWebhook',
      'getMe',
      'getUpdates',
      'sendAnimation',
      'sendDocument',
      'sendMediaGroup',
      'sendMessage',
      'sendPhoto',
      'sendVideo',
      'setWebhook',
    ].sort(),
  );
  const problems = world.requests().flatMap(({ method, params }) => checkRequest(schema!, method, params));
  expect(problems).toEqual([]);
});
