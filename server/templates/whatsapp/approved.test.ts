import { describe, expect, it } from 'vitest';
import { content, type RenderedAttachment } from '../../../contract/message.ts';
import type { TemplateComponent } from '../../../contract/whatsapp-templates.ts';
import { AppError } from '../../platform/errors.ts';
import { compileMessage, nowhere, sendableMessage } from '../compile.ts';
import { sampleContact, type TemplateContact } from '../contact.ts';

const sale: TemplateComponent[] = [
  { type: 'HEADER', format: 'TEXT', text: 'Our {{1}} is on!' },
  { type: 'BODY', text: 'Hi *{{1}}*, use {{2}} until {{3}}.\nSee you' },
  { type: 'FOOTER', text: 'Reply STOP to unsubscribe' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'URL', text: 'Shop', url: 'https://shop.example/{{1}}' },
      { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550001' },
      { type: 'QUICK_REPLY', text: 'Unsubscribe' },
    ],
  },
];
const named: TemplateComponent[] = [
  { type: 'HEADER', format: 'IMAGE' },
  { type: 'BODY', text: 'Hi {{first_name}}, your order {{order}} is on its way.' },
];
const values = {
  header: { 1: 'Spring Sale' },
  body: { 1: "{{ contact.first_name | default: 'there' }}", 2: '25OFF', 3: 'Friday' },
  buttons: { 0: 'sale?who={{ contact.external_id }}', 2: 'STOP_PROMO' },
};
const picture: RenderedAttachment = { kind: 'image', url: 'https://shop.example/a.jpg', file_name: null, size_bytes: null, width: null, height: null }; // biome-ignore format: one file

function compiled(components: TemplateComponent[] | null, given: object, files: RenderedAttachment[] = []) {
  const message = content.parse({
    text: 'What stands here is for other channels',
    media: files.map(({ url }) => ({ url })),
    whatsapp: { template: { name: 'spring_sale', language: 'en_US', ...given } },
  });
  const template = components && { components, cannotSend: null };
  return sendableMessage(message, 'whatsapp', { ...nowhere, attachments: files, template });
}
function render(of: Parameters<typeof compiled>, contact: Partial<TemplateContact> = {}) {
  return compiled(...of).render({ ...sampleContact, ...contact });
}
function refused(of: Parameters<typeof compiled>, contact: Partial<TemplateContact> = {}): string[] {
  try {
    render(of, contact);
  } catch (error) {
    if (error instanceof AppError) return error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('an approved template', () => {
  it('is told to WhatsApp as its values, and shown as it reads', () => {
    const message = render([sale, values]);
    expect(message.whatsapp).toEqual({
      template: {
        name: 'spring_sale',
        language: 'en_US',
        header: [{ name: null, value: 'Spring Sale' }],
        headerFile: false,
        body: [
          { name: null, value: 'Ann' },
          { name: null, value: '25OFF' },
          { name: null, value: 'Friday' },
        ],
        buttons: [
          { index: 0, kind: 'url', value: 'sale?who=1001' },
          { index: 2, kind: 'quick_reply', value: 'STOP_PROMO' },
        ],
      },
      header: 'Our Spring Sale is on!',
      footer: 'Reply STOP to unsubscribe',
      replies: [{ id: 'STOP_PROMO', title: 'Unsubscribe' }],
      list: null,
      others: [{ kind: 'phone', title: 'Call', value: '+15550001' }],
    });
    expect(message.markup).toBe('Hi *Ann*, use 25OFF until Friday.\nSee you');
    expect(message.plain).toBe('Hi Ann, use 25OFF until Friday.\nSee you');
    expect(message.spans[1]).toEqual({ kind: 'bold', children: [{ kind: 'text', text: 'Ann' }] });
    expect(message.buttons).toEqual([{ text: 'Shop', url: 'https://shop.example/sale?who=1001' }]);
    expect(compiled(sale, values).personal).toBe(true);
  });

  it('takes named places and the file of its header', () => {
    const body = { first_name: '{{ contact.first_name }}', order: 'A-17' };
    const message = render([named, { body }, [picture]]);
    expect(message.whatsapp?.template).toMatchObject({
      headerFile: true,
      header: [],
      body: [
        { name: 'first_name', value: 'Ann' },
        { name: 'order', value: 'A-17' },
      ],
      buttons: [],
    });
    expect(message.image?.url).toBe(picture.url);
    expect(refused([named, { body }])).toEqual([
      '/content/media The header of this template is a picture. Add the file.',
    ]);
    expect(refused([named, { body }, [{ ...picture, kind: 'document' }]])[0]).toMatch(/Choose another file/);
    expect(refused([sale, values, [picture]])[0]).toMatch(
      /^\/content\/media\/0 This template has no picture/,
    );
  });

  it('names every place without a value at once; a payload of a quick reply may stay out', () => {
    expect(refused([sale, { body: { 2: '25OFF' } }])).toEqual([
      '/content/whatsapp/template/header/1 Write what stands for {{1}}.',
      '/content/whatsapp/template/body/1 Write what stands for {{1}}.',
      '/content/whatsapp/template/body/3 Write what stands for {{3}}.',
      '/content/whatsapp/template/buttons/0 Write what this button needs: the end of its address, or its code.',
    ]);
  });

  it('is not sent to whom a value is empty', () => {
    const own = { ...values, body: { ...values.body, 1: '{{ contact.last_name }}' } };
    expect(refused([sale, own], { last_name: null })).toEqual([
      '/content/whatsapp/template/body/1 The value of {{1}} is empty for this person. Add a default.',
    ]);
  });

  it('keeps values on one line, and nobody’s name becomes formatting', () => {
    const message = render([sale, values], { first_name: ' *Bob*\n\t  B ' });
    expect(message.whatsapp?.template?.body[0]?.value).toBe('∗Bob∗ B');
    expect(message.plain).toContain('∗Bob∗ B');
  });

  it('writes values into addresses as addresses take them, and not a second beginning', () => {
    const end = (value: string, contact: Partial<TemplateContact> = {}) =>
      render([sale, { ...values, buttons: { 0: value } }], contact).buttons[0]?.url;
    expect(end('a?b={{ contact.first_name }}', { first_name: 'Ann & Bo' })).toBe(
      'https://shop.example/a?b=Ann%20%26%20Bo',
    );
    expect(end('{{ contact.attributes.path }}', { attributes: { path: 'orders/7?x=1&y=ü b%20c' } })).toBe(
      'https://shop.example/orders/7?x=1&y=%C3%BC%20b%20c',
    );
    expect(refused([sale, { ...values, buttons: { 0: 'https://shop.example/a' } }])).toEqual([
      '/content/whatsapp/template/buttons/0 Write only the end of the address: https://shop.example/ stands before it.',
    ]);
    expect(refused([sale, { ...values, buttons: { 0: 'two words' } }])[0]).toMatch(/holds a space/);
  });

  it('is measured as a whole once it is filled', () => {
    const long = { ...values, body: { ...values.body, 2: 'x'.repeat(1010) } };
    expect(refused([sale, long])[0]).toMatch(
      /^\/content\/whatsapp\/template\/body\/1 The whole text of the template has 1,046 of 1,024/,
    );
    const header = { ...values, header: { 1: 'x'.repeat(60) } };
    expect(refused([sale, header])[0]).toMatch(/The whole header has 71 of 60 characters/);
  });

  it('that the number does not have is refused by name', () => {
    expect(refused([null, values])).toEqual([
      '/content/whatsapp/template This number has no template “spring_sale” in en_US. Choose another one.',
    ]);
  });

  it('is nothing to other channels', () => {
    const message = content.parse({ text: 'Hi', whatsapp: { template: { name: 'x', language: 'en' } } });
    expect(compileMessage(message, 'telegram').render(sampleContact)).toMatchObject({ markup: 'Hi' });
  });
});
