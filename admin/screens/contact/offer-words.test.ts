import { expect, test } from 'vitest';
import type { Contact } from '../../../contract/contacts.ts';
import { offerWords } from './offer-words.ts';

test('who agreed is said with the channel, and an opt-out before it', () => {
  const on = (channel: 'telegram' | 'whatsapp', state: 'opted_in' | 'opted_out') =>
    ({ channel, state, purpose: 'marketing' }) as Contact['consent'][number];
  expect(offerWords([])).toBe('Not asked');
  expect(offerWords([on('telegram', 'opted_in')])).toBe('Agreed on Telegram');
  expect(offerWords([on('telegram', 'opted_in'), on('whatsapp', 'opted_in')])).toBe(
    'Agreed on Telegram, WhatsApp',
  );
  expect(offerWords([on('telegram', 'opted_in'), on('whatsapp', 'opted_out')])).toBe(
    'Opted out on WhatsApp; agreed on Telegram',
  );
});
