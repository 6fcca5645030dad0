import { expect, test } from 'vitest';
import type { RenderedWhatsApp } from '../../../contract/message.ts';
import { aMessage, anOutbound } from '../channel.contract.ts';
import type { Outbound } from '../channel.ts';
import type { NamedFile } from './named-file.ts';
import { messageBody } from './request.ts';

const nothing: RenderedWhatsApp = { template: null, header: null, footer: null, replies: [], list: null };
const deliveryId = '0192c0de-0000-7000-8000-000000000001';
function body(
  text: string,
  whatsapp: Partial<RenderedWhatsApp>,
  given: Partial<Outbound> = {},
  file: NamedFile | null = null,
) {
  const message = { ...aMessage(text), whatsapp: { ...nothing, ...whatsapp }, ...given.message };
  return messageBody(anOutbound('4915112345678', { deliveryId, ...given, message }), file);
}
const picture: NamedFile = { field: 'image', id: '1037', fileName: 'a.png' };
const shop = { text: 'Shop now', url: 'https://shop.example/s' };
const withButtons = (...buttons: { text: string; url: string }[]) => ({
  message: { ...aMessage(''), markup: 'Sale', buttons },
});

test('text goes to +digits with our own id and try to be echoed', () => {
  expect(body('Hi *Ann*', {}, { attempt: 2, inReplyTo: 'wamid.Q', linkPreview: false })).toEqual({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: '+4915112345678',
    biz_opaque_callback_data: `${deliveryId}.2`,
    context: { message_id: 'wamid.Q' },
    type: 'text',
    text: { preview_url: false, body: 'Hi *Ann*' },
  });
});

test('an id that stands for a person is the recipient, and there is no "to"', () => {
  const sent = body('Hi', {}, { address: 'US.13491208655302741918' });
  expect(sent).toMatchObject({ recipient: 'US.13491208655302741918' });
  expect(sent).not.toHaveProperty('to');
});

test('a template has every value in its place: named, numbered, header file, buttons', () => {
  const template = {
    name: 'order_update',
    language: 'en_US',
    header: [],
    headerFile: true,
    body: [
      { name: 'first_name', value: 'Ann' },
      { name: null, value: 'A-17' },
    ],
    buttons: [
      { index: 0, kind: 'url' as const, value: 'A-17' },
      { index: 1, kind: 'quick_reply' as const, value: 'STOP_PROMO' },
      { index: 2, kind: 'copy_code' as const, value: '25OFF' },
    ],
  };
  const document: NamedFile = { field: 'document', id: '55', fileName: 'price.pdf' };
  expect(body('shown text', { template }, {}, document)).toMatchObject({
    type: 'template',
    template: {
      name: 'order_update',
      language: { policy: 'deterministic', code: 'en_US' },
      components: [
        { type: 'header', parameters: [{ type: 'document', document: { id: '55', filename: 'price.pdf' } }] },
        {
          type: 'body',
          parameters: [
            { type: 'text', parameter_name: 'first_name', text: 'Ann' },
            { type: 'text', text: 'A-17' },
          ],
        },
        { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'A-17' }] },
        {
          type: 'button',
          sub_type: 'quick_reply',
          index: '1',
          parameters: [{ type: 'payload', payload: 'STOP_PROMO' }],
        },
        {
          type: 'button',
          sub_type: 'copy_code',
          index: '2',
          parameters: [{ type: 'coupon_code', coupon_code: '25OFF' }],
        },
      ],
    },
  });
  const bare = { ...template, headerFile: false, body: [], buttons: [] };
  expect(body('x', { template: bare })).toMatchObject({ template: { name: 'order_update' } });
  expect((body('x', { template: bare }) as { template: object }).template).not.toHaveProperty('components');
});

test('reply buttons, with a file above them and a footer below', () => {
  const replies = [{ id: 'yes', title: 'Yes' }];
  expect(body('Interested?', { replies, footer: 'STOP to end' }, {}, picture)).toMatchObject({
    type: 'interactive',
    interactive: {
      type: 'button',
      header: { type: 'image', image: { id: '1037' } },
      body: { text: 'Interested?' },
      footer: { text: 'STOP to end' },
      action: { buttons: [{ type: 'reply', reply: { id: 'yes', title: 'Yes' } }] },
    },
  });
});

test('a list, without empty titles and descriptions', () => {
  const rows = [{ id: 'a', title: 'A', description: '' }];
  const list = { button: 'Options', sections: [{ title: '', rows }] };
  expect(body('Choose', { list, header: 'Shipping' })).toMatchObject({
    interactive: {
      type: 'list',
      header: { type: 'text', text: 'Shipping' },
      action: { button: 'Options', sections: [{ rows: [{ id: 'a', title: 'A' }] }] },
    },
  });
});

test('the first address is a button, the others stand in the text', () => {
  const map = { text: 'Map', url: 'https://shop.example/m' };
  expect(body('', {}, withButtons(shop, map))).toMatchObject({
    interactive: {
      type: 'cta_url',
      body: { text: 'Sale\n\nMap: https://shop.example/m' },
      action: { name: 'cta_url', parameters: { display_text: 'Shop now', url: 'https://shop.example/s' } },
    },
  });
});

test('what fits no button stands in the text, whole', () => {
  const long = { text: 'A label longer than twenty', url: 'https://shop.example/l' };
  expect(body('', {}, withButtons(long))).toMatchObject({
    type: 'text',
    text: { body: 'Sale\n\nA label longer than twenty: https://shop.example/l' },
  });
  const message = { ...aMessage(''), markup: 'x'.repeat(1025), buttons: [shop] };
  expect(body('', {}, { message })).toMatchObject({ type: 'text' });
});

test('a file carries the text; a document its name, a picture none', () => {
  expect(body('New', {}, {}, picture)).toMatchObject({
    type: 'image',
    image: { id: '1037', caption: 'New' },
  });
  const link: NamedFile = { field: 'document', link: 'https://cdn.example/p.pdf', fileName: 'p.pdf' };
  expect(body('', {}, {}, link)).toMatchObject({
    document: { link: 'https://cdn.example/p.pdf', filename: 'p.pdf' },
  });
});
