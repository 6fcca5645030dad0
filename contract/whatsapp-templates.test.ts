import { expect, test } from 'vitest';
import { exampleValues, hydrated, keysIn, variablesOf, whyUnsendable } from './whatsapp-templates.ts';

/** As GET /{waba_id}/message_templates gives it (OpenAPI v23.0, 2025-11). */
const seasonal = [
  { type: 'HEADER', format: 'TEXT', text: 'Our {{1}} is on!', example: { header_text: ['Spring Sale'] } },
  {
    type: 'BODY',
    text: 'Hi {{2}}, use *{{1}}* until {{3}}.',
    example: { body_text: [['25OFF', 'Ann', 'Friday']] },
  },
  { type: 'FOOTER', text: 'Reply STOP to unsubscribe' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'URL', text: 'Shop', url: 'https://x.y/{{1}}', example: ['https://x.y/a'] },
      { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15551234567' },
      { type: 'QUICK_REPLY', text: 'Unsubscribe' },
      { type: 'COPY_CODE', example: '25OFF' },
    ],
  },
];
const named = [
  { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['https://scontent.example/a.jpg'] } },
  {
    type: 'body',
    text: 'Hi {{first_name}}, your order {{order_1}} is there. Bye {{first_name}}!',
    example: { body_text_named_params: [{ param_name: 'order_1', example: 'A-17' }] },
  },
];

test('places come in the order in which the platform counts them, each with its example', () => {
  const found = variablesOf(seasonal);
  expect(found.header).toEqual([{ key: '1', name: null, example: 'Spring Sale' }]);
  expect(found.body.map(({ key, example }) => [key, example])).toEqual([
    ['1', '25OFF'],
    ['2', 'Ann'],
    ['3', 'Friday'],
  ]);
  expect(found.buttons.map(({ key, kind, required, base }) => [key, kind, required, base])).toEqual([
    ['0', 'url', true, 'https://x.y/'],
    ['2', 'quick_reply', false, null],
    ['3', 'copy_code', true, null],
  ]);
  expect(keysIn('{{10}} {{2}} {{1}} {{2}}')).toEqual(['1', '2', '10']);
});

test('named places are named once, whatever case the kind of a part is written in', () => {
  expect(variablesOf(named)).toEqual({
    header: [],
    headerFile: 'image',
    body: [
      { key: 'first_name', name: 'first_name', example: null },
      { key: 'order_1', name: 'order_1', example: 'A-17' },
    ],
    buttons: [],
  });
});

test('filled in, it reads as its reader sees it', () => {
  const values = {
    header: { 1: 'Sale' },
    body: { 1: '{{3}}', 2: 'Ann', 3: '$&' },
    buttons: { 0: 'c?x=1', 3: 'SAVE' },
  };
  expect(hydrated(seasonal, values)).toEqual({
    header: 'Our Sale is on!',
    headerFile: null,
    body: 'Hi Ann, use *{{3}}* until $&.',
    footer: 'Reply STOP to unsubscribe',
    buttons: [
      { kind: 'url', text: 'Shop', url: 'https://x.y/c?x=1' },
      { kind: 'phone', text: 'Call', phone_number: '+15551234567' },
      { kind: 'quick_reply', text: 'Unsubscribe', payload: 'Unsubscribe' },
      { kind: 'copy_code', text: 'Copy code', code: 'SAVE' },
    ],
  });
  const none = { header: {}, body: {}, buttons: {} };
  expect(hydrated(named, none).body).toBe(named[1]?.text);
  expect(hydrated(named, none).headerFile).toBe('image');
});

test('examples are values, of an address its end alone', () => {
  expect(exampleValues(seasonal)).toEqual({
    header: { 1: 'Spring Sale' },
    body: { 1: '25OFF', 2: 'Ann', 3: 'Friday' },
    buttons: { 0: 'a', 3: '25OFF' },
  });
});

test('what we cannot send yet is said', () => {
  expect(whyUnsendable(seasonal)).toBeNull();
  expect(whyUnsendable([...named, { type: 'CAROUSEL' }])).toContain('carousel');
  expect(whyUnsendable([{ type: 'HEADER', format: 'LOCATION' }])).toContain('location');
  const flow = { type: 'BUTTONS', buttons: [{ type: 'FLOW', text: 'Begin' }] };
  expect(whyUnsendable([flow])).toContain('flow');
});
