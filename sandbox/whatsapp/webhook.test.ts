// Webhooks: the bytes and their signature against a foreign verifier, the payloads against foreign types, and what the
// ladder does to them.
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server';
import type { WebhookMessage, WebhookStatus } from '@whatsapp-cloudapi/types/webhook';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serialise, signatureHeaders } from './webhook-sign.ts';
import { aWhatsApp, EMILY, ofTemplate, ofText, type WaFixture } from './whatsapp-fixture.ts';

let fixture: WaFixture;
beforeEach(async () => {
  fixture = await aWhatsApp();
});
afterEach(() => fixture.close());

const send = (body: Record<string, unknown>) => fixture.graph(`${fixture.number.id}/messages`, body);
const isStatus = (status: string) => (hook: { value: Record<string, { status: string }[]> }) =>
  hook.value.statuses?.[0]?.status === status;

describe('the bytes of a webhook', () => {
  it.each([
    [
      { object: 'whatsapp_business_account' },
      'b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e',
    ],
    [{ t: 'héllo 😀' }, '8220ca547d2a8abc9ba7a44197ffd3ec18331a373c3d05aa881ff3939593c1ef'],
  ])('are signed as the published vectors %#', (value, expected) => {
    const body = serialise(value);
    expect(signatureHeaders(body, 'test-app-secret')['X-Hub-Signature-256']).toBe(`sha256=${expected}`);
  });

  it('pass the verifier of @kapso/whatsapp-cloud-api as they came over the wire, with emoji escaped', async () => {
    await fixture.control('message', { person: EMILY, text: 'Größe 😀?' });
    const [hook] = await fixture.until(({ field }) => field === 'messages');
    expect(hook!.body).toContain('Gr\\u00f6\\u00dfe \\ud83d\\ude00?');
    const verify = (appSecret: string, rawBody: string) =>
      verifySignature({ appSecret, rawBody, signatureHeader: String(hook!.headers['x-hub-signature-256']) });
    expect(verify('test-app-secret', hook!.body)).toBe(true);
    expect(verify('another-secret', hook!.body)).toBe(false);
    expect(verify('test-app-secret', JSON.stringify(JSON.parse(hook!.body)))).toBe(false);
    expect(hook!.headers).toMatchObject({
      'user-agent': 'facebookexternalua',
      'content-type': 'application/json',
    });
  });

  it('are understood by the normaliser of @kapso/whatsapp-cloud-api', async () => {
    await send({ ...ofText('Hello'), biz_opaque_callback_data: 'c1:r1' });
    await fixture.until(isStatus('delivered'));
    const body = fixture.hooks.find(isStatus('sent'))!.body;
    expect(normalizeWebhook(JSON.parse(body))).toMatchObject({
      phoneNumberId: fixture.number.id,
      statuses: [{ status: 'sent', recipientId: EMILY, bizOpaqueCallbackData: 'c1:r1' }],
    });
  });
});

describe('payloads as @whatsapp-cloudapi/types has them', () => {
  it('statuses from accepted to read', async () => {
    const sent = await send({ ...ofText('Hello'), biz_opaque_callback_data: 'c1:r1' });
    const id: string = sent.body.messages[0].id;
    await fixture.until(isStatus('delivered'));
    await fixture.control('read', { person: EMILY });
    const [read] = await fixture.until(isStatus('read'));
    expect(read!.value.statuses[0]).toMatchObject({
      id,
      status: 'read',
      recipient_id: EMILY,
      biz_opaque_callback_data: 'c1:r1',
    } satisfies Omit<WebhookStatus, 'timestamp'>);
    const first = fixture.statuses().find(({ status }) => status === 'sent')!;
    expect(first.pricing).toMatchObject({ pricing_model: 'PMP', category: 'service' });
    expect(first.timestamp).toMatch(/^\d{10}$/);
  });

  it('texts, presses, list rows and media of people', async () => {
    await send({
      ...ofText('x'),
      type: 'interactive',
      interactive: {
        type: 'list',
        body: { text: 'Choose' },
        action: {
          button: 'Options',
          sections: [{ rows: [{ id: 'r1', title: 'One', description: 'first' }] }],
        },
      },
    });
    await fixture.template('news', {
      category: 'MARKETING',
      components: [
        { type: 'BODY', text: 'Our sale has begun today.' },
        { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Unsubscribe' }] },
      ],
    });
    await send(ofTemplate('news'));
    const { messages } = await fixture.control(`chats/${EMILY}`);
    await fixture.control('press', { person: EMILY, message_id: messages[0].id, button: 'r1' });
    await fixture.control('press', { person: EMILY, message_id: messages[1].id, button: 0 });
    await fixture.control('message', { person: EMILY, text: 'Yes', reply_to: messages[0].id });
    await fixture.control('message', { person: EMILY, image: { caption: 'this one?' } });
    await fixture.control('react', { person: EMILY, message_id: messages[0].id, emoji: '👍' });
    await fixture.until(({ value }) => value.messages !== undefined, 5);
    const said = fixture.hooks.flatMap(({ value }) => value.messages ?? []);
    const of = (type: string) => said.find((message) => message.type === type);
    expect(of('interactive')).toMatchObject({
      from: EMILY,
      type: 'interactive',
      interactive: { type: 'list_reply', list_reply: { id: 'r1', title: 'One', description: 'first' } },
    } satisfies Partial<WebhookMessage>);
    expect(of('button')).toMatchObject({
      type: 'button',
      button: { payload: 'Unsubscribe', text: 'Unsubscribe' },
    } satisfies Partial<WebhookMessage>);
    expect(of('text')).toMatchObject({
      context: { from: '15550781000', id: messages[0].id },
      text: { body: 'Yes' },
    });
    expect(of('image').image).toMatchObject({ caption: 'this one?', mime_type: 'image/jpeg' });
    expect(of('reaction')).toMatchObject({ reaction: { message_id: messages[0].id, emoji: '👍' } });
    const bytes = await fetch(of('image').image.url, {
      headers: { Authorization: `Bearer ${fixture.number.token}` },
    });
    expect(bytes.headers.get('content-type')).toBe('image/jpeg');
  });
});

describe('the delivery of webhooks (no peer covers it)', () => {
  it('retries until it gets 2xx and counts what was told only then', async () => {
    await fixture.control('webhook-time-scale', { scale: 0 });
    fixture.answerWith(500);
    await send(ofText('Hello'));
    await fixture.until(isStatus('sent'), 3);
    expect((await fixture.control('stats')).by_status).toMatchObject({ accepted: 1, sent: 0 });
    fixture.answerWith(200);
    await expect
      .poll(async () => (await fixture.control('stats')).by_status)
      .toMatchObject({ sent: 1, delivered: 1 });
    expect((await fixture.control('stats')).webhooks).toMatchObject({ pending: 0, posted: 2, given_up: 0 });
  });

  it('gives up after seven days of retries', async () => {
    await fixture.control('webhook-time-scale', { scale: 0 });
    fixture.answerWith(503);
    await fixture.control('webhooks', { field: 'account_alerts', value: { alert_type: 'X' } });
    await expect
      .poll(async () => (await fixture.control('stats')).webhooks)
      .toMatchObject({ given_up: 1, pending: 0 });
    const attempts = fixture.hooks.length;
    expect(attempts).toBeGreaterThan(20);
    expect(attempts).toBeLessThan(40);
  });

  it('repeats, drops, batches and tells read without delivered, as the ladder says', async () => {
    await fixture.control('ladder', { duplicates: 2, drop: { delivered: 1 }, shuffle: true });
    await send(ofText('one'));
    await fixture.until(isStatus('sent'), 3);
    await expect.poll(async () => (await fixture.control('stats')).webhooks.pending).toBe(0);
    expect((await fixture.control('stats')).by_status).toMatchObject({ sent: 1, delivered: 0 });
    await fixture.control('ladder', {
      duplicates: 0,
      drop: { delivered: 0 },
      shuffle: false,
      read_share: 1,
      read_without_delivered: true,
    });
    await send(ofText('two'));
    await fixture.until(isStatus('read'));
    expect((await fixture.control('stats')).by_status).toMatchObject({ sent: 2, delivered: 0, read: 1 });
    const read = fixture.statuses().find(({ status }) => status === 'read')!;
    expect(read.pricing).toMatchObject({ category: 'service' });
  });

  it('puts several statuses into one POST', async () => {
    await fixture.control('ladder', { batch: 50 });
    await Promise.all(Array.from({ length: 200 }, (_, place) => send(ofText(`n${place}`))));
    await expect.poll(async () => (await fixture.control('stats')).by_status.delivered).toBe(200);
    expect(fixture.hooks.length).toBeLessThan(100);
    expect(Math.max(...fixture.hooks.map(({ value }) => value.statuses?.length ?? 0))).toBeLessThanOrEqual(
      50,
    );
  });

  it('posts the first status before the answer to the send, on demand', async () => {
    await fixture.control('ladder', { before_answer: true });
    const sent = await send(ofText('Hello'));
    expect(fixture.statuses().map(({ id }) => id)).toContain(sent.body.messages[0].id);
  });

  it('tells no reads of people who switched receipts off', async () => {
    await fixture.control('people', [{ wa_id: EMILY, receipts: false }]);
    await send(ofText('Hello'));
    await fixture.until(isStatus('delivered'));
    expect(await fixture.control('read', { person: EMILY })).toEqual({ read: 1 });
    expect((await fixture.control('stats')).by_status.read).toBe(0);
  });

  it('tells of stopped marketing, a new number and a message that cannot be shown', async () => {
    await fixture.control('stop_marketing', { person: EMILY });
    await fixture.control('message', { person: EMILY, unsupported: true });
    await fixture.control('change_number', { person: EMILY, wa_id: '447700900999' });
    await fixture.until(() => true, 4);
    const preferences = fixture.hooks.find(({ field }) => field === 'user_preferences')!.value;
    expect(preferences.user_preferences[0]).toMatchObject({
      wa_id: EMILY,
      value: 'stop',
      category: 'marketing_messages',
    });
    const said = fixture.hooks.flatMap(({ value }) => value.messages ?? []);
    expect(said.find(({ type }) => type === 'unsupported').errors[0]).toMatchObject({ code: 131051 });
    expect(said.find(({ type }) => type === 'system').system).toEqual({
      body: 'User Emily 😀 changed from 447700900111 to 447700900999',
      wa_id: '447700900999',
      type: 'user_changed_number',
    });
    expect(fixture.hooks.some(({ field }) => field === 'user_id_update')).toBe(true);
  });

  it('leaves the phone number of a hiding person out and takes the BSUID as recipient', async () => {
    const { people } = await fixture.control('people', [
      { wa_id: EMILY, hides_phone: true, username: 'emily' },
    ]);
    await fixture.control('message', { person: '@emily', text: 'Hi' });
    const [hook] = await fixture.until(({ value }) => value.messages !== undefined);
    expect(hook!.value.contacts[0]).toEqual({
      profile: { name: 'Emily 😀', username: 'emily' },
      user_id: people[0].user_id,
    });
    expect(hook!.value.messages[0]).not.toHaveProperty('from');
    const { to: _to, ...rest } = ofText('Hello');
    const sent = await send({ ...rest, recipient: people[0].user_id });
    expect(sent.body.contacts[0]).toEqual({ input: people[0].user_id, user_id: people[0].user_id });
    await fixture.until(isStatus('delivered'));
    expect(fixture.statuses()[0]).toMatchObject({ recipient_user_id: people[0].user_id });
    expect(fixture.statuses()[0]).not.toHaveProperty('recipient_id');
  });
});
