import { describe, expect, it } from 'vitest';
import {
  type ContentInput,
  content,
  contentInput,
  type RenderedAttachment,
} from '../../../contract/message.ts';
import { AppError } from '../../platform/errors.ts';
import { compileMessage, nowhere } from '../compile.ts';
import { sampleContact, type TemplateContact } from '../contact.ts';

const aFile = (given: Partial<RenderedAttachment> = {}): RenderedAttachment => ({
  kind: 'image',
  url: 'https://shop.example/a.jpg',
  file_name: null,
  size_bytes: null,
  width: null,
  height: null,
  ...given,
});
function render(
  given: ContentInput,
  contact: Partial<TemplateContact> = {},
  files: RenderedAttachment[] = [],
) {
  const parsed = content.parse({ ...given, media: files.map(({ url }) => ({ url })) });
  const place = { ...nowhere, attachments: files };
  return compileMessage(parsed, 'whatsapp', place).render({ ...sampleContact, ...contact });
}
function refused(...given: Parameters<typeof render>): string[] {
  try {
    render(...given);
  } catch (error) {
    if (error instanceof AppError) return error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
    throw error;
  }
  throw new Error('nothing was refused');
}
const link = { text: 'Shop', url: 'https://shop.example' };
const replies = [{ title: 'Yes' }, { id: 'no', title: 'Not now, {{ contact.first_name }}' }];
const list = {
  button: 'Options',
  sections: [
    {
      title: 'Fast',
      rows: [{ id: 'express', title: 'Express', description: 'In {{ contact.attributes.days }} days' }],
    },
    { title: 'Slow', rows: [{ title: 'Post' }] },
  ],
};

describe('text on WhatsApp', () => {
  it('is nothing more while nothing more is said', () => {
    const message = render({ text: '*Hi* {{ contact.first_name }}' });
    expect(message).toMatchObject({ markup: '*Hi* Ann', limit: 4096, buttons: [] });
    expect(message).not.toHaveProperty('whatsapp');
  });

  it('has reply buttons and a footer, filled in for the person, each with an id to come back by', () => {
    const message = render({
      text: 'Interested?',
      whatsapp: { reply_buttons: replies, footer: 'STOP ends it' },
    });
    expect(message).toMatchObject({
      markup: 'Interested?',
      limit: 1024,
      whatsapp: {
        template: null,
        header: null,
        footer: 'STOP ends it',
        replies: [
          { id: 'reply_1', title: 'Yes' },
          { id: 'no', title: 'Not now, Ann' },
        ],
        list: null,
      },
    });
  });

  it('has a list instead, which takes a longer text', () => {
    const message = render({ text: 'x'.repeat(4000), whatsapp: { list } }, { attributes: { days: 2 } });
    expect(message.limit).toBe(4096);
    expect(message.whatsapp?.list).toEqual({
      button: 'Options',
      sections: [
        { title: 'Fast', rows: [{ id: 'express', title: 'Express', description: 'In 2 days' }] },
        { title: 'Slow', rows: [{ id: 'row_1', title: 'Post', description: '' }] },
      ],
    });
  });

  it('is measured by what stands around it', () => {
    const text = 'x'.repeat(1100);
    const tooLong = (what: string) =>
      `/content/text The ${what} has 1,100 of 1,024 characters. Shorten it by 76.`;
    expect(refused({ text, whatsapp: { reply_buttons: replies } })).toEqual([tooLong('text above buttons')]);
    expect(refused({ text, buttons: [link] })).toEqual([tooLong('text above buttons')]);
    expect(refused({ text }, {}, [aFile()])).toEqual([tooLong('text with a file')]);
    expect(render({ text }).length).toBe(1100);
  });

  it.each<[string, ContentInput, string]>([
    ['replies and a list', { whatsapp: { reply_buttons: replies, list } }, '/content/whatsapp/list WhatsApp shows reply buttons or a list'],
    ['replies and an address', { buttons: [link], whatsapp: { reply_buttons: replies } }, '/content/buttons WhatsApp shows no button with an address beside reply buttons'],
    ['two addresses', { buttons: [link, { ...link, text: 'More' }] }, '/content/buttons/1/text WhatsApp shows one button with an address'],
    ['a footer under nothing', { whatsapp: { footer: 'Bye' } }, '/content/whatsapp/footer WhatsApp shows a footer only under'],
    ['one id twice', { whatsapp: { reply_buttons: [{ id: 'a', title: 'A' }, { id: 'a', title: 'B' }] } }, '/content/whatsapp/reply_buttons/1/id The id “a” is taken'],
    ['one title twice', { whatsapp: { reply_buttons: [{ title: 'A' }, { title: 'A' }] } }, '/content/whatsapp/reply_buttons/1/title Another button says the same'],
    ['a section without a title', { whatsapp: { list: { ...list, sections: [{ rows: [{ title: 'A' }] }, { rows: [{ title: 'B' }] }] } } }, '/content/whatsapp/list/sections/0/title The title of this section is empty'],
    ['a long address button', { buttons: [{ ...link, text: 'Twenty-one characters' }] }, '/content/buttons/0/text The text of this button has 21 of 20'],
  ])('is refused where it cannot go in one message: %s', (_, given, words) => {
    const [first, ...others] = refused({ text: 'Hi', ...given });
    expect(first).toContain(words);
    expect(others).toEqual([]);
  }); // biome-ignore format: one case per line

  it('is refused for whom a title is too long or empty, and for nobody else', () => {
    const whatsapp = { reply_buttons: [{ title: 'For {{ contact.first_name }}' }], footer: null };
    expect(render({ text: 'Hi', whatsapp }).whatsapp?.replies).toEqual([{ id: 'reply_1', title: 'For Ann' }]);
    expect(refused({ text: 'Hi', whatsapp }, { first_name: 'Wolfeschlegelsteinhausen' })).toEqual([
      '/content/whatsapp/reply_buttons/0/title The text of this button has 28 of 20 characters for this person. Shorten it by 8.',
    ]);
    const own = { reply_buttons: [{ title: '{{ contact.last_name }}' }] };
    expect(refused({ text: 'Hi', whatsapp: own }, { last_name: null })).toEqual([
      '/content/whatsapp/reply_buttons/0/title The text of this button is empty for this person. Add a default.',
    ]);
  });

  it('needs words above buttons and lists', () => {
    expect(
      refused({ text: '{{ contact.last_name }}', buttons: [link] }, { last_name: null }, [aFile()]),
    ).toEqual(['/content/text WhatsApp needs a text above buttons and lists. Write one.']);
  });

  it('takes one file, of a kind that WhatsApp shows', () => {
    const text = 'Hi';
    expect(refused({ text }, {}, [aFile(), aFile({ url: 'https://shop.example/b.jpg' })])[0]).toMatch(
      /^\/content\/media\/1 WhatsApp takes one file/,
    );
    expect(refused({ text }, {}, [aFile({ kind: 'animation' })])[0]).toMatch(/no GIF/);
    expect(refused({ text }, {}, [aFile({ mime: 'image/webp' })])[0]).toMatch(/JPEG or PNG/);
    expect(refused({ text }, {}, [aFile({ size_bytes: 6_000_000 })])[0]).toMatch(/5 MB/);
    expect(refused({ text, whatsapp: { list } }, {}, [aFile()])[0]).toMatch(/no file above a list/);
    expect(render({ text, whatsapp: { reply_buttons: replies } }, {}, [aFile()]).image).not.toBeNull();
  });

  it('names a wrong variable at its own field', () => {
    expect(
      refused({ text: 'Hi', whatsapp: { reply_buttons: [{ title: '{{ contact.frist_name }}' }] } }),
    ).toEqual([
      '/content/whatsapp/reply_buttons/0/title Line 1: contact.frist_name is not a variable. Did you mean contact.first_name?',
    ]);
  });
});

describe('what may be typed', () => {
  it('is measured as typed where it holds no variable, and filled in where it does', () => {
    const of = (title: string) =>
      contentInput.safeParse({ whatsapp: { reply_buttons: [{ title }] } }).success;
    expect([
      of('x'.repeat(20)),
      of('x'.repeat(21)),
      of('{{ contact.first_name | default: "you" }}'),
      of(' '),
    ]).toEqual([true, false, true, false]);
  });
});
