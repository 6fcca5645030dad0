import { expect, test } from 'vitest';
import { content, type WhatsAppContent } from '../../../../contract/message.ts';
import { partsOf } from './template-pieces.ts';
import { chosenTemplate, noWhatsApp, storableWhatsApp, underOf } from './whatsapp-draft.ts';

test('what is whole is stored; a button without words and a list without rows stay on screen, and are named', () => {
  const whole: WhatsAppContent = { ...noWhatsApp, footer: 'STOP ends it', reply_buttons: [{ title: 'Yes' }] };
  expect(storableWhatsApp(whole)).toEqual({ value: whole, problems: [] });
  expect(storableWhatsApp(undefined)).toEqual({ value: undefined, problems: [] });
  const begun: WhatsAppContent = {
    ...whole,
    reply_buttons: [{ title: 'Yes' }, { title: ' ' }],
    list: { button: '', sections: [{ title: '', rows: [{ title: '', description: '' }] }] },
  };
  const { value, problems } = storableWhatsApp(begun);
  expect(value).toEqual(whole);
  expect(problems).toEqual([
    { pointer: '/content/whatsapp/reply_buttons/1/title', detail: 'A button needs a text.' },
    { pointer: '/content/whatsapp/list/button', detail: 'Say what opens the list.' },
    { pointer: '/content/whatsapp/list/sections/0/rows/0/title', detail: 'A row needs a text.' },
  ]);
});

test('another template keeps what was written for places of the same name', () => {
  const components = [
    { type: 'BODY', text: 'Hi {{1}}, {{2}}' },
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Shop', url: 'https://x.example/{{1}}' }] },
  ];
  const before = {
    name: 'a',
    language: 'en',
    header: { 1: 'Sale' },
    body: { 1: 'Ann', 3: 'x' },
    buttons: { 0: 'sale' },
  };
  expect(chosenTemplate({ name: 'b', language: 'de', components }, before)).toEqual({
    name: 'b',
    language: 'de',
    header: {},
    body: { 1: 'Ann' },
    buttons: { 0: 'sale' },
  });
  expect(chosenTemplate({ name: 'b', language: 'de', components }, null).body).toEqual({});
});

test('what stands under a text is read from the text itself', () => {
  const of = (given: object) => underOf(content.parse(given));
  expect(of({})).toBe('nothing');
  expect(of({ buttons: [{ text: 'Shop', url: 'https://x.example' }] })).toBe('link');
  expect(of({ whatsapp: { reply_buttons: [{ title: 'Yes' }] } })).toBe('replies');
});

test('the words of a template are there before its values, with its places marked', () => {
  const components = [
    { type: 'HEADER', format: 'TEXT', text: 'For {{name}}' },
    { type: 'BODY', text: 'Hi {{1}}, until {{2}}.\nBye' },
    { type: 'FOOTER', text: 'STOP ends it' },
  ];
  const words = (pieces: { text: string; isPlace: boolean; isFilled: boolean }[]) =>
    pieces
      .map(({ text, isPlace, isFilled }) => (isPlace ? `[${text}${isFilled ? '!' : ''}]` : text))
      .join('');
  const { header, body, footer } = partsOf(components, {
    header: {},
    body: { 1: ' ', 2: 'Friday' },
    buttons: {},
  });
  expect(words(header)).toBe('For [{{name}}]');
  expect(words(body)).toBe('Hi [{{1}}], until [Friday!].\nBye');
  expect(footer).toBe('STOP ends it');
  expect(partsOf([{ type: 'HEADER', format: 'IMAGE' }], { header: {}, body: {}, buttons: {} })).toEqual({
    header: [],
    body: [],
    footer: null,
  });
});
