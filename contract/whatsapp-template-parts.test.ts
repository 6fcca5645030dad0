import { expect, test } from 'vitest';
import type { TemplateDraft } from './whatsapp-template-draft.ts';
import { componentsOf, draftOf, parameterFormatOf } from './whatsapp-template-parts.ts';

const draft: TemplateDraft = {
  header: { kind: 'text', text: 'Our {{1}} is on!', example: 'Spring Sale' },
  body: { text: 'Hi {{2}}, use {{1}} until then.', examples: { 1: '25OFF', 2: 'Ann' } },
  footer: 'Reply STOP to unsubscribe',
  buttons: [
    { kind: 'url', text: 'Shop', url: 'https://x.y/{{1}}', example: 'a' },
    { kind: 'url', text: 'Plain', url: 'https://x.y', example: '' },
    { kind: 'phone', text: 'Call', phone_number: '+14155550123' },
    { kind: 'copy_code', example: '25OFF' },
    { kind: 'quick_reply', text: 'Unsubscribe' },
  ],
};

test('it is written as Meta’s documents write it, and read back as it was', () => {
  const parts = componentsOf(draft, null);
  expect(parts).toEqual([
    { type: 'HEADER', format: 'TEXT', text: 'Our {{1}} is on!', example: { header_text: ['Spring Sale'] } },
    { type: 'BODY', text: 'Hi {{2}}, use {{1}} until then.', example: { body_text: [['25OFF', 'Ann']] } },
    { type: 'FOOTER', text: 'Reply STOP to unsubscribe' },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'URL', text: 'Shop', url: 'https://x.y/{{1}}', example: ['https://x.y/a'] },
        { type: 'URL', text: 'Plain', url: 'https://x.y' },
        { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+14155550123' },
        { type: 'COPY_CODE', example: '25OFF' },
        { type: 'QUICK_REPLY', text: 'Unsubscribe' },
      ],
    },
  ]);
  expect(parameterFormatOf(draft)).toBe('POSITIONAL');
  expect(draftOf(parts, null)).toEqual(draft);
});

test('named variables and a file in the header', () => {
  const named: TemplateDraft = {
    header: { kind: 'image', media_id: 'med_1' },
    body: { text: 'Hi {{name}}, this is it.', examples: { name: 'Ann' } },
    footer: null,
    buttons: [],
  };
  const parts = componentsOf(named, '4::aW');
  expect(parts[0]).toEqual({ type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::aW'] } });
  expect(parts[1]?.example).toEqual({ body_text_named_params: [{ param_name: 'name', example: 'Ann' }] });
  expect(parameterFormatOf(named)).toBe('NAMED');
  expect(draftOf(parts, 'med_1')).toEqual(named);
  expect(draftOf([...parts, { type: 'CAROUSEL' }], null)).toBeNull();
});
