// What people read of whom something is not known: every form of caring for it is taken for what it does.
import { expect, test } from 'vitest';
import { content } from '../../contract/message.ts';
import { lackReader, type Presence } from './lack.ts';

type Lacking = Record<string, Presence>;

function lackIn(given: object, name: string, lacking: Lacking = { [name]: 'absent' }, language = 'en') {
  const reader = lackReader(content.parse(given), new Map([['city', 'Leeds']]));
  if (!reader) throw new Error('unreadable');
  const presence = new Map(reader.values.map((value) => [value, lacking[value] ?? ('known' as Presence)]));
  return reader.lackOf(name, { presence, language });
}
const inText = (text: string, lacking?: Lacking, language?: string) =>
  lackIn({ text }, 'first_name', lacking, language);

test.each([
  ['Hi {{ contact.first_name }}!', { kind: 'nothing' }],
  ['Hi {{ contact["first_name"] }}!', { kind: 'nothing' }],
  ['{% assign name = contact.first_name %}Hi {{ name }}!', { kind: 'nothing' }],
  ['Hi {{ contact.first_name | default: "there" }}!', { kind: 'instead', text: 'there' }],
  [
    'Hi {{ contact.first_name | default: "you" }}, {{ contact.first_name | default: "x" }}',
    { kind: 'instead', text: 'you' },
  ],
  ['Hi {{ contact.first_name | default: "you" }}, {{ contact.first_name }}', { kind: 'nothing' }],
  [
    '{% if contact.first_name %}Hi {{ contact.first_name }}{% else %}Hi *there*{% endif %}!',
    { kind: 'instead', text: 'there' },
  ],
  ['New in{% if contact.first_name %}, {{ contact.first_name }}{% endif %}: tea', null],
  ['Hi {{ contact.first_name | default: contact.last_name }}', { kind: 'other', text: 'Lee' }],
  ['{{ contact.first_name }}', { kind: 'refused', why: expect.stringContaining('empty') }],
])('%s', (text, lack) => {
  expect(inText(text)).toEqual(lack);
});

test('who lacks the value and its stand-in too reads nothing', () => {
  const text = 'Hi {{ contact.first_name | default: contact.last_name }}';
  expect(inText(text, { first_name: 'absent', last_name: 'absent' })).toEqual({ kind: 'nothing' });
  expect(lackIn({ text }, 'last_name')).toBeNull();
});

test('an empty text is something to `if`, and nothing to read', () => {
  const text =
    'Hi {% if contact.attributes.city %}in {{ contact.attributes.city }}{% else %}there{% endif %}';
  const name = 'attributes.city';
  expect(lackIn({ text }, name)).toEqual({ kind: 'instead', text: 'there' });
  expect(lackIn({ text }, name, { [name]: 'empty' })).toEqual({ kind: 'nothing' });
});

test('each language reads its own branch', () => {
  const text =
    '{% if contact.language == "de" %}Hallo {{ contact.first_name }}{% else %}Hi {{ contact.first_name | default: "there" }}{% endif %}';
  expect(inText(text)).toEqual({ kind: 'instead', text: 'there' });
  expect(inText(text, undefined, 'de')).toEqual({ kind: 'nothing' });
});

test('a button without a complete address is no message at all', () => {
  const url = '{{ contact.attributes.cart_url }}';
  const given = content.parse({ text: 'Your cart', buttons: [{ text: 'Open', url }] });
  const reader = lackReader(given, new Map());
  const presence = new Map([['attributes.cart_url', 'absent' as const]]);
  expect(reader?.lackOf('attributes.cart_url', { presence, language: null })).toEqual({
    kind: 'refused',
    why: expect.stringContaining('address of this button'),
  });
});

test('a message that cannot be read is none to ask about', () => {
  expect(lackReader(content.parse({ text: '{{ contact.frist_name }}' }), new Map())).toBeNull();
});
