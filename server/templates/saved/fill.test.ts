// Filling templates: the library's words, and that a value is text whatever is in it.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Span } from '../../../contract/message.ts';
import { templateCreate } from '../../../contract/templates.ts';
import { sampleContact } from '../contact.ts';
import { insert } from '../inserted.ts';
import { library } from '../library.ts';
import { parseTemplate, renderTemplate } from '../liquid.ts';
import { parseMarks } from '../marks.ts';
import { plainText } from '../spans.ts';
import { fillTemplate } from './fill.ts';
import { templateProblems } from './places.ts';

const place = (name: string, type = 'text', more: object = {}) => ({
  name,
  label: name.toUpperCase(),
  type,
  ...more,
});
const made = (text: string, variables: object[], buttons: object[] = []) =>
  templateCreate.parse({ name: 'T', content: { text, buttons }, variables });
const read = (text: string): Span[] =>
  parseMarks(renderTemplate(parseTemplate(text), { contact: sampleContact }));

describe('the library', () => {
  test('asks for each value in words: no placeholder and no key is a label', () => {
    const labels = library.flatMap(({ variables }) => variables);
    for (const { name, label } of labels) expect(label, name).toMatch(/^[A-Z][a-z]{2,}( [a-z%]+)*$/);
  });

  test('says what the product document says, filled with its examples', () => {
    const said = library.map((one) => {
      const values = Object.fromEntries(one.variables.map(({ name, example }) => [name, example as string]));
      return [one.name, one.type, one.purpose, fillTemplate(one, values).content.text];
    });
    expect(said).toEqual([
      [
        'Flash Sale',
        'promotional',
        'marketing',
        'Flash Sale! 🔥 Get up to 20% off on all lamps. Limited time offer! Use code: FLASH20',
      ],
      [
        'New Product Launch',
        'promotional',
        'marketing',
        'Introducing the Aurora lamp! Be among the first to try it. Exclusive launch offer: 15% off',
      ],
      [
        'Survey Request',
        'engagement',
        'marketing',
        'We value your feedback! Help us improve by taking our 2-minute survey: https://shop.example/survey',
      ],
      [
        'Event Invitation',
        'event_announcement',
        'marketing',
        "You're invited! Join us for our winter evening on 5 December 2026. Register now: https://shop.example/evening",
      ],
      [
        'Order Confirmation',
        'informational',
        'service',
        'Order confirmed! Your order #10482 will be delivered on 5 December 2026. Track: https://shop.example/track',
      ],
      [
        'Appointment Reminder',
        'informational',
        'service',
        'Reminder: You have an appointment on 5 December 2026 at 14:30. Location: 12 Station Road',
      ],
    ]);
  });
  test('is made of templates that anybody could save', () => {
    for (const { content, variables } of library) expect(templateProblems(content, variables)).toEqual([]);
  });
});

describe('a value', () => {
  it('stays as it was typed where nothing could be read in it', () => {
    expect(
      fillTemplate(made('*{{ what }}* for {{ contact.first_name }}', [place('what')]), { what: 'A 2-for-1' })
        .content.text,
    ).toBe('*A 2-for-1* for {{ contact.first_name }}');
  });
  it('is escaped where it would be marks, and an address is not', () => {
    const template = made('{{ what }}: {{ link }}', [place('what'), place('link', 'url')]);
    const { text } = fillTemplate(template, {
      what: '*now*',
      link: 'https://shop.example/a_b_c?x=*1*',
    }).content;
    expect(text).toBe('\\*now\\*: https://shop.example/a_b_c?x=*1*');
    expect(plainText(read(text))).toBe('*now*: https://shop.example/a_b_c?x=*1*');
  });
  it.each([
    '{{ contact.email }}',
    '{% if true %}',
    '{',
    '{%',
    '}}',
    '{{',
    "{{ 'x' | upcase }}",
    '{{ "\\u0041" }}',
  ])('is never Liquid: %s', (what) => {
    const { text } = fillTemplate(made('{ {{ what }} {{ what }}', [place('what')]), { what }).content;
    expect(plainText(read(text))).toBe(`{ ${what} ${what}`);
  });

  const pieces = [
    '*',
    '_',
    '~',
    '`',
    '[',
    '](',
    ')',
    '\\',
    '{',
    '{{',
    '}}',
    '{%',
    '%}',
    ' ',
    'a',
    '"',
    "'",
    '.',
  ];
  const value = fc
    .array(fc.constantFrom(...pieces, '](https://a.b/c)', 'https://x.y/_a_*b', 'contact.email', 'é', '👍'))
    .map((parts) => parts.join('').trim() || 'x');
  const around = fc
    .array(
      fc.constantFrom(
        '*',
        '_',
        '~',
        '`',
        ' ',
        'a',
        '(',
        '[',
        '](https://a.b/{{ one }})',
        '{{ one }}',
        '{{ two }}',
        '\n',
      ),
    )
    .map((parts) => `${parts.join('')} {{ one }}{{ two }}`);
  it('means the same as inserted by Liquid, whatever is in it and around it', () => {
    fc.assert(
      fc.property(around, value, value, (text, one, two) => {
        const template = made(text, [place('one'), place('two')]);
        const filled = fillTemplate(template, { one, two }).content.text;
        const inserted = text
          .replaceAll('{{ one }}', () => insert(one))
          .replaceAll('{{ two }}', () => insert(two));
        expect(read(filled)).toEqual(parseMarks(inserted));
      }),
      { numRuns: 500 },
    );
  });
  it('in the address of a button is its beginning or a part', () => {
    const template = made(
      'x {{ code }}',
      [place('code'), place('link', 'url')],
      [
        { text: 'Open {{ code }}', url: '{{ link }}' },
        { text: 'Shop', url: 'https://shop.example/?c={{ code }}' },
      ],
    );
    const { buttons } = fillTemplate(template, { code: 'A&{{B', link: 'https://a.example/?q={x}' }).content;
    expect(buttons[0]?.url).toBe('https://a.example/?q=%7Bx%7D');
    expect(buttons[1]?.url).toBe('https://shop.example/?c=A%26%7B%7BB');
    expect(renderTemplate(parseTemplate(buttons[0]!.text), {})).toBe(`Open ${insert('A&{{B')}`);
  });
});

test('where the message cannot be read as a whole, a value stays a value', () => {
  const template = made('{% for i in (1..4000) %}too much {% endfor %}{{ code }}', [place('code')]);
  expect(fillTemplate(template, { code: '*x*' }).content.text).toMatch(/\{\{ "\*x\*" \}\}$/);
});

test('shorter forms of values are tried for a while, not for as long as anybody can think of', () => {
  const places = Array.from({ length: 20 }, (_, i) => place(`v${i}`));
  const text = `{% for i in (1..1900) %}*a_{% endfor %}${places.map(({ name }) => `{{ ${name} }}`).join(' ')}`;
  const values = Object.fromEntries(places.map(({ name }) => [name, '*x*']));
  const filled = fillTemplate(made(text, places), values).content.text;
  const tried = filled.split('\\*x\\*').length - 1;
  expect(tried).toBeGreaterThan(2);
  expect(tried).toBeLessThan(20);
  expect(filled.split('{{ "*x*" }}').length - 1).toBe(20 - tried);
});

describe('what is missing', () => {
  const template = made('{{ a }} {{ b }} {{ c }}', [
    place('a'),
    place('b', 'text', { default: 'B!' }),
    place('c', 'text', { required: false }),
  ]);
  it('is named, and shows its label; a default and an optional one are not missing', () => {
    const { content, missing } = fillTemplate(template, {});
    expect(missing).toEqual(['a']);
    expect(plainText(read(content.text))).toBe('[A] B! ');
  });
});

test.each([
  ['number', '20 %', /digits/],
  ['date', '2026-02-30', /date/],
  ['date', '5.12.2026', /date/],
  ['time', '24:00', /time/],
  ['url', 'shop.example', /https/],
])('a %s cannot be %s', (type, value, words) => {
  const template = made('{{ x }}', [place('x', type)]);
  expect(() => fillTemplate(template, { x: value })).toThrow(words);
});

test.each<[string, object[], object[], string, RegExp]>([
  ['{{ code }}', [], [], '/content/text', /not among the variables/],
  ['{{ code | upcase }}', [place('code')], [], '/content/text', /by itself/],
  ['{{ contact.firstname }} {{ code }}', [place('code')], [], '/content/text', /Did you mean/],
  ['{{ code }}{% if %}', [place('code')], [], '/content/text', /./],
  ['x', [place('code')], [], '/variables/0/name', /Nothing uses it/],
  ['{{ code }}', [place('code'), place('code')], [], '/variables/1/name', /two variables/],
  ['{{ contact }}', [place('contact')], [], '/variables/0/name', /meaning already/],
  ['{{ n }}', [place('n', 'number', { default: 'many' })], [], '/variables/0/default', /digits/],
  ['x', [place('link')], [{ text: 'Go', url: '{{ link }}' }], '/content/buttons/0/url', /make this variable/],
])('a template like %s is refused at its place', (text, variables, buttons, pointer, words) => {
  const template = made(text, variables, buttons);
  const problems = templateProblems(template.content, template.variables);
  expect(problems).toContainEqual({ pointer, detail: expect.stringMatching(words) });
});
