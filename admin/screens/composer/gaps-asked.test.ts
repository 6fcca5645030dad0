import { expect, test } from 'vitest';
import type { Content } from '../../../contract/message.ts';
import { askedOf, readBy } from './gaps-asked.ts';
import { noWhatsApp } from './whatsapp/whatsapp-draft.ts';

const text: Content = { text: 'Hi {{ contact.first_name }}', media: [], buttons: [] };
const template = {
  name: 'flash_offer',
  language: 'en_GB',
  header: {},
  body: { '1': '{{ contact.attributes.city }}' },
  buttons: {},
};

test('the values of a template are asked about like the words of a text', () => {
  const content = { ...text, text: '', whatsapp: { ...noWhatsApp, template } };
  expect(askedOf(content).whatsapp?.template).toEqual(template);
  expect(readBy(askedOf(content))).toContain('{{ contact.attributes.city }}');
  const plain = {
    ...content,
    whatsapp: { ...noWhatsApp, template: { ...template, body: { '1': 'SUMMER' } } },
  };
  expect(readBy(askedOf(plain))).toBeNull();
});

test('what is not whole yet is left out, and words alone are not asked about', () => {
  const half = { ...text, buttons: [{ text: 'Shop', url: '' }] };
  expect(askedOf(half)).toEqual({ ...text, buttons: [] });
  expect(readBy({ ...text, text: 'Hi' })).toBeNull();
});
