import { expect, test } from 'vitest';
import { handleOf, labelOfConnection } from '../screens/connections/handle.ts';
import { addressText, identityText, phoneText } from './phones.ts';

test('numbers are grouped as in their country, and what is none stays as it was typed', () => {
  expect(phoneText('+447700900123')).toBe('+44 7700 900123');
  expect(phoneText('+4915155500123')).toBe('+49 1515 5500123');
  expect(phoneText('+12125550123')).toBe('+1 212 555 0123');
  for (const typed of ['', 'Ann', '020 7946 0018', '+44 7700 900123', '+000000'])
    expect(phoneText(typed)).toBe(typed);
});

test('an address of WhatsApp is a number, one of Telegram is an id', () => {
  expect(addressText('whatsapp', '447700900123')).toBe('+44 7700 900123');
  expect(addressText('telegram', '447700900123')).toBe('447700900123');
  expect(identityText({ channel: 'telegram', username: 'ann', address: '1' })).toBe('@ann');
});

test('two connections of one name are told apart by bot or number', () => {
  const shop = (channel: 'telegram' | 'whatsapp', username: string | null) => ({
    name: 'Marlow',
    channel,
    identity: { username, id: null },
  });
  expect(labelOfConnection(shop('whatsapp', '447700900123'))).toBe('Marlow (+44 7700 900123)');
  expect(labelOfConnection(shop('telegram', 'marlow_bot'))).toBe('Marlow (@marlow_bot)');
  expect(labelOfConnection(shop('telegram', null))).toBe('Marlow');
  expect(handleOf(shop('whatsapp', '447700900123'))).toBe('+44 7700 900123');
});
