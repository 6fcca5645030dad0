import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseUpdate, updateKey } from './parse.ts';

const chat = { id: 111, type: 'private', first_name: 'Ann' };
const from = { id: 111, is_bot: false, first_name: 'Ann', username: 'ann', language_code: 'en' };
const person = { firstName: 'Ann', lastName: null, username: 'ann', language: 'en' };
const date = 1_795_219_335;
const at = new Date(date * 1000);
const message = (more: object) => ({ update_id: 7, message: { message_id: 10, from, chat, date, ...more } });

test('a text message', () => {
  expect(parseUpdate(message({ text: '/start ref_42' }))).toEqual([
    { kind: 'message', address: '111', person, externalId: '10', text: '/start ref_42', at },
  ]);
  expect(updateKey(message({}))).toBe('7');
});

test('a picture carries its caption', () => {
  const photo = [{ file_id: 'a', width: 1, height: 1 }];
  expect(parseUpdate(message({ photo, caption: 'Look' }))).toMatchObject([{ text: 'Look', image: true }]);
  expect(parseUpdate(message({ photo }))).toMatchObject([{ text: '', image: true }]);
});

test('what cannot be shown yet is named', () => {
  expect(parseUpdate(message({ sticker: { emoji: '👍' } }))).toMatchObject([{ text: '[Sticker 👍]' }]);
  expect(parseUpdate(message({ voice: {} }))).toMatchObject([{ text: '[Voice message]' }]);
});

test('a block and its end', () => {
  const membership = (status: string) => ({
    update_id: 8,
    my_chat_member: { chat, from, date, new_chat_member: { status } },
  });
  expect(parseUpdate(membership('kicked'))).toEqual([
    { kind: 'unreachable', address: '111', person, at, reason: 'blocked' },
  ]);
  expect(parseUpdate(membership('member'))).toEqual([{ kind: 'reachable', address: '111', person, at }]);
});

test.each([
  ['an edit', { update_id: 1, edited_message: message({ text: 'x' }).message }],
  ['a bot', message({ from: { ...from, is_bot: true }, text: 'x' })],
  ['a service message', message({ pinned_message: {}, text: undefined })],
  ['a message without a time', message({ date: undefined, text: 'x' })],
  ['a time out of range', message({ date: 1e300, text: 'x' })],
])('%s means nothing to us', (_name, update) => {
  expect(parseUpdate(update)).toEqual([]);
});

test('characters that cannot be stored are left out', () => {
  expect(parseUpdate(message({ text: 'a\u0000b\ud800' }))).toMatchObject([{ text: 'ab\ufffd' }]);
});

test('whatever arrives, nothing is thrown', () => {
  const keys = fc.constantFrom(
    'update_id',
    'message',
    'callback_query',
    'my_chat_member',
    'chat_member',
    'channel_post',
    'new_chat_member',
    'new_chat_members',
    'chat',
    'from',
    'date',
    'type',
    'id',
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ depthSize: 'small' }, fc.anything(), fc.dictionary(keys, tie('tree'))),
  }));
  fc.assert(fc.property(tree, (raw) => Array.isArray(parseUpdate(raw)) && updateKey(raw) !== undefined));
});
