import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContentInput, content, type RenderedAttachment } from '../../contract/message.ts';
import { AppError } from '../platform/errors.ts';
import { compileMessage, type Place, sendableMessage } from './compile.ts';
import { sampleContact, type TemplateContact } from './contact.ts';

function render(given: ContentInput | string, contact: Partial<TemplateContact> = {}, place?: Place) {
  const parsed = content.parse(typeof given === 'string' ? { text: given } : given);
  return compileMessage(parsed, 'telegram', place).render({ ...sampleContact, ...contact });
}
function refusal(work: () => unknown): Pick<AppError, 'code' | 'errors'> {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, errors: error.errors };
    throw error;
  }
  throw new Error('nothing was refused');
}

const aFile = (given: Partial<RenderedAttachment>): RenderedAttachment => ({
  kind: 'image',
  url: 'https://shop.example/a.jpg',
  file_name: null,
  size_bytes: null,
  width: null,
  height: null,
  ...given,
});

describe('variables', () => {
  it('are filled in, and a default stands in for null, empty and absent ones', () => {
    const text =
      'Hi {{ contact.first_name | default: "there" }}, {{ contact.attributes.city | default: "your city" }}';
    expect(render(text).plain).toBe('Hi Ann, your city');
    expect(render(text, { first_name: null, attributes: { city: 'Rome' } }).plain).toBe('Hi there, Rome');
    expect(render(text, { first_name: '' }).plain).toBe('Hi there, your city');
    expect(render('a{{ contact.last_name }}b', { last_name: null }).plain).toBe('ab');
  });

  it('may decide what is said', () => {
    const text =
      '{% if contact.tags contains "vip" %}*Dear* {% else %}Hi {% endif %}{{ contact.first_name | upcase }}';
    expect(render(text, { tags: ['vip'] }).markup).toBe('<b>Dear</b> ANN');
    expect(render(text).markup).toBe('Hi ANN');
  });

  it('show lists with commas, numbers and yes/no as they are, and objects not as [object Object]', () => {
    const attributes = { size: 42, member: false, colours: ['red', 'blue'], odd: { a: 1 } };
    const text =
      '{{ contact.tags }}; {{ contact.attributes.size }} {{ contact.attributes.member }} {{ contact.attributes.colours }} {{ contact.attributes.odd }}';
    expect(render(text, { tags: ['a', 'b'], attributes }).plain).toBe('a, b; 42 false red, blue {"a":1}');
  });

  it('know the shop and the bot', () => {
    const place = {
      workspace: { name: 'Marlow' },
      connection: { name: 'Shop bot', username: 'shop_bot' },
      attachments: [],
    };
    const text = '{{ workspace.name }} {{ connection.name }} @{{ connection.username }}';
    expect(render(text, {}, place).plain).toBe('Marlow Shop bot @shop_bot');
  });

  it('cannot change the formatting, whatever a contact is called', () => {
    expect(render('*Hi {{ contact.first_name }}!* _x_', { first_name: '*Bob* <b> _' }).markup).toBe(
      '<b>Hi *Bob* &lt;b&gt; _!</b> <i>x</i>',
    );
    const text =
      '*Dear {{ contact.first_name }}*, `{{ contact.last_name }}` [look]( https://no ) [{{ contact.first_name }}](https://a.b)';
    const shape = (html: string) => html.match(/<[^>]*>/g);
    const usual = shape(render(text, { first_name: 'Bob', last_name: 'Lee' }).markup);
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ minLength: 1 }), (first, last) => {
        const visible = { first_name: `${first}.`, last_name: `*_~\`[](\\${last}` };
        expect(shape(render(text, visible).markup)).toEqual(usual);
      }),
      { numRuns: 2000 },
    );
  });

  it('cannot change the formatting through capture and assign either', () => {
    const text =
      '{% capture x %}{{ contact.first_name }}{% endcapture %}{% assign y = x | append: "*" %}*{{ y }}* {{ x | size }}';
    expect(render(text, { first_name: '_a_' }).markup).toBe('<b>_a_*</b> 3');
  });

  it('are encoded in addresses, unless they are the address', () => {
    const attributes = { cart: 'https://shop.example/cart/7?x=1' };
    const message = render(
      {
        text: '[see](https://a.b/?q={{ contact.first_name }}) [cart]({{ contact.attributes.cart }})',
        buttons: [
          {
            text: 'For {{ contact.first_name }}',
            url: 'https://a.b/{{ contact.first_name }}?c={{ contact.external_id }}',
          },
        ],
      },
      { first_name: 'Ann & Co/?', attributes },
    );
    expect(message.markup).toBe(
      '<a href="https://a.b/?q=Ann%20%26%20Co%2F%3F">see</a> <a href="https://shop.example/cart/7?x=1">cart</a>',
    );
    expect(message.buttons).toEqual([
      { text: 'For Ann & Co/?', url: 'https://a.b/Ann%20%26%20Co%2F%3F?c=1001' },
    ]);
  });
});

describe('a wrong template', () => {
  it.each([
    [
      'Hi\n{{ contact.frist_name }}',
      'Line 2: contact.frist_name is not a variable. Did you mean contact.first_name?',
    ],
    ['{{ first_name }}', 'Line 1: first_name is not a variable. Did you mean contact.first_name?'],
    ['{{ name }}', 'Line 1: name is not a variable. Did you mean contact.full_name or contact.first_name?'],
    [
      '{{ contact.city }}',
      'Line 1: contact.city is not a variable. A value of your own is written contact.attributes.city.',
    ],
    [
      '{{ parcel.total }}',
      'Line 1: parcel is not a variable. Variables begin with contact., workspace. or connection.',
    ],
    ['{{ contact }}', 'Line 1: contact holds several values. Choose one, like contact.first_name.'],
    ['{{ contact.constructor.name }}', /^Line 1: contact\.constructor is not a variable/],
    ['{% if contact.frist_name %}x{% endif %}', /^Line 1: contact\.frist_name is not a variable/],
    ['a\n\n{{ contact.first_name | upcse }}', 'Line 3: there is no filter "upcse". Did you mean "upcase"?'],
    ['{{ contact.first_name | escape }}', /^Line 1: the filter "escape" is not needed/],
    ['{{ contact.first_name | raw }}', /^Line 1: the filter "raw" is not needed/],
    ['{{ contact.first_name', 'Line 1: a variable is not closed. End it with }}.'],
    ['a\n{% if contact.email %}b', 'Line 2: {% if contact.email %} is never ended. Add its {% end… %}.'],
    ['b{% endif %}', /^Line 1: \{% endif %\} has no beginning/],
    ['{{ }}', /^Line 1: the braces hold no variable/],
    ['{% if contact.email = "x" %}{% endif %}', /^Line 1: /],
    ['{% include "/etc/passwd" %}', /^Line 1: there is no tag \{% include %\}/],
    ['{% render "x" %}', /^Line 1: there is no tag \{% render %\}/],
    ['{% layout "x" %}', /^Line 1: there is no tag \{% layout %\}/],
  ])('names the line and what to do: %s', (text, detail) => {
    const { code, errors } = refusal(() => render(text));
    expect(code).toBe('TEMPLATE_INVALID');
    expect(errors[0]?.pointer).toBe('/content/text');
    if (typeof detail === 'string') expect(errors[0]?.detail).toBe(detail);
    else expect(errors[0]?.detail).toMatch(detail);
  });

  it.each([
    '{% for i in (1..100000000) %}a{% endfor %}',
    '{% for i in (1..900) %}{% for j in (1..900) %}{% for k in (1..900) %}a{% endfor %}{% endfor %}{% endfor %}',
    '{% for a in contact.tags %}{% for b in contact.tags %}{% for c in contact.tags %}{% for d in contact.tags %}{% for e in contact.tags %}a{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}',
  ])('that runs too long is stopped: %s', (text) => {
    const tags = Array.from({ length: 100 }, (_, i) => `tag ${i}`);
    expect(refusal(() => render(text, { tags }))).toMatchObject({
      code: 'TEMPLATE_INVALID',
      errors: [{ pointer: '/content/text', detail: expect.stringContaining('takes too long') }],
    });
  });

  it('that is nested absurdly deep is refused and does not bring the process down', () => {
    for (const text of [
      `{{ ${'a['.repeat(4000)}${']'.repeat(4000)} }}`,
      '{% if contact.email %}'.repeat(600) + '{% endif %}'.repeat(90),
    ])
      expect(refusal(() => render(text)).code).toBe('TEMPLATE_INVALID');
  });

  it('reports every wrong field at once, each by its pointer', () => {
    const { errors } = refusal(() =>
      render({
        text: '{{ contact.a }}\n{{ contact.b }}',
        buttons: [
          { text: 'ok', url: 'https://a.b' },
          { text: '{{ x', url: 'https://a.b/{{ contact.frist_name }}' },
        ],
      }),
    );
    expect(errors.map((error) => error.pointer)).toEqual([
      '/content/text',
      '/content/text',
      '/content/buttons/1/text',
      '/content/buttons/1/url',
    ]);
  });

  it('never escapes as anything but an AppError, whatever is typed', () => {
    const piece = fc.constantFrom(
      ...[
        '{{',
        '}}',
        '{%',
        '%}',
        ' if ',
        ' endif ',
        ' for ',
        ' x in contact.tags ',
        'contact.first_name',
        ' | ',
        'default: ',
        '"',
        "'",
        '(1..3)',
      ],
      ...[
        'assign ',
        'capture ',
        'raw',
        ' = ',
        '.',
        '[',
        ']',
        '-',
        '\n',
        'a',
        '*',
        '{{ contact.email }}',
        '{% comment %}',
        '{# #}',
        '{% liquid',
        '{%- -%}',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          render(pieces.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('length', () => {
  it('counts visible characters as Telegram does: code points without marks, tags and outer white space', () => {
    expect(render('  *Hi* 👍👍 <b>\n ')).toMatchObject({ length: 9, limit: 4096, plain: 'Hi 👍👍 <b>' });
    expect(render('*👍*').length).toBe(1);
    expect(render(`*${'x'.repeat(4096)}*`).length).toBe(4096);
    expect(render('👍'.repeat(4096)).length).toBe(4096);
  });

  it('over the limit is refused with how much to cut', () => {
    expect(refusal(() => render('x'.repeat(4097)))).toEqual({
      code: 'CONTENT_TOO_LONG',
      errors: [
        { pointer: '/content/text', detail: 'The message has 4,097 of 4,096 characters. Shorten it by 1.' },
      ],
    });
  });

  it('has the shorter limit of captions under a picture', () => {
    const media = [{ url: 'https://a.b/c.png' }];
    expect(render({ text: 'x'.repeat(1024), media }).limit).toBe(1024);
    expect(refusal(() => render({ text: 'x'.repeat(1025), media })).code).toBe('CONTENT_TOO_LONG');
  });

  it('is judged per person: a long value is refused for the one who has it', () => {
    const message = compileMessage(content.parse({ text: '{{ contact.attributes.note }}' }), 'telegram');
    const withNote = (note: string) => message.render({ ...sampleContact, attributes: { note } });
    expect(withNote('short').plain).toBe('short');
    expect(refusal(() => withNote('x'.repeat(5000))).code).toBe('CONTENT_TOO_LONG');
  });

  it('counts what Telegram would drop as not there: carriage returns, controls, direction overrides', () => {
    expect(render('a\r\nb\u202ec\u0007').plain).toBe('a\nbc');
  });
});

describe('an empty message', () => {
  const empty = { code: 'TEMPLATE_INVALID', errors: [{ pointer: '/content/text' }] };
  it.each(['', ' \n ', '{{ contact.last_name }}'])('is refused without a file: "%s"', (text) => {
    expect(refusal(() => render(text, { last_name: null }))).toMatchObject(empty);
  });

  it('is fine with a picture, which is shown with its size', () => {
    const media_id = 'med_01jd3v7k2nexamp00000000000';
    const place = {
      workspace: { name: null },
      connection: { name: null, username: null },
      attachments: [aFile({ url: `/api/v1/media/${media_id}/file`, width: 800, height: 600 })],
    };
    expect(render({ media: [{ media_id }] }, {}, place)).toMatchObject({
      plain: '',
      limit: 1024,
      image: { url: `/api/v1/media/${media_id}/file`, width: 800, height: 600 },
    });
  });

  it('is found before anything is sent', () => {
    expect(refusal(() => sendableMessage(content.parse({ text: ' ' }), 'telegram'))).toMatchObject(empty);
    expect(refusal(() => sendableMessage(content.parse({ text: 'x'.repeat(5000) }), 'telegram')).code).toBe(
      'CONTENT_TOO_LONG',
    );
    expect(sendableMessage(content.parse({ text: '{{ contact.first_name }}' }), 'telegram').personal).toBe(
      true,
    );
  });
});

it('a message without variables is rendered once for everybody', () => {
  const message = compileMessage(content.parse({ text: '*Sale* {% raw %}{{ x }}{% endraw %}' }), 'telegram');
  expect(message.personal).toBe(false);
  expect(message.render(sampleContact)).toBe(message.render({ ...sampleContact, first_name: 'Bob' }));
  expect(message.render(sampleContact).plain).toBe('Sale {{ x }}');
});

it('a button that is empty or leads nowhere for somebody is refused for them', () => {
  const buttons = [
    { text: 'Go', url: 'https://a.b' },
    { text: '{{ contact.last_name }}', url: 'https://a.b' },
  ];
  expect(refusal(() => render({ text: 'x', buttons }, { last_name: ' ' }))).toMatchObject({
    code: 'TEMPLATE_INVALID',
    errors: [{ pointer: '/content/buttons/1/text' }],
  });
});

describe('several files go as one album or are refused, never as two messages', () => {
  const buttons = [{ text: 'Shop', url: 'https://a.b' }];
  const together = (kinds: RenderedAttachment['kind'][], given: ContentInput = {}) => {
    const attachments = kinds.map((kind, index) => aFile({ kind, url: `https://a.b/${index}` }));
    const place = { workspace: { name: null }, connection: { name: null, username: null }, attachments };
    const media = attachments.map(({ url }) => ({ url }));
    return render({ text: 'New', media, ...given }, {}, place);
  };
  it.each([[['image', 'video']], [['document', 'document']], [['video']], [['animation']]] as const)(
    '%j is fine, with the limit of a caption',
    (kinds) => {
      const message = together([...kinds]);
      expect(message.attachments).toHaveLength(kinds.length);
      expect(message.limit).toBe(1024);
    },
  );
  it.each([
    [['image', 'document'], '/content/media/1'],
    [['image', 'animation'], '/content/media/1'],
  ] as const)('%j is refused at the file that does not fit', (kinds, pointer) => {
    expect(refusal(() => together([...kinds]))).toMatchObject({ errors: [{ pointer }] });
  });
  it('buttons stand under one file only', () => {
    expect(together(['image'], { buttons }).buttons).toHaveLength(1);
    expect(refusal(() => together(['image', 'video'], { buttons })).errors[0]?.pointer).toBe(
      '/content/buttons',
    );
  });
  it('the same file twice is one too many', () => {
    const place = {
      workspace: { name: null },
      connection: { name: null, username: null },
      attachments: [aFile({}), aFile({})],
    };
    expect(refusal(() => render('x', {}, place)).errors[0]?.pointer).toBe('/content/media/1');
  });
});
