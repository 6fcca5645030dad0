import { expect, test } from 'vitest';
import { draftProblems, type TemplateDraft, whatsappTemplateCreate } from './whatsapp-template-draft.ts';

const good: TemplateDraft & { name: string } = {
  name: 'seasonal_promo',
  header: { kind: 'text', text: 'Our {{1}} is on!', example: 'Spring Sale' },
  body: {
    text: 'Hi {{1}}, use *{{2}}* until {{3}} and save. It is worth a look.',
    examples: { 1: 'Ann', 2: '25OFF', 3: 'Friday' },
  },
  footer: 'Reply STOP to unsubscribe',
  buttons: [
    { kind: 'url', text: 'Shop', url: 'https://shop.example/{{1}}', example: 'sale' },
    { kind: 'phone', text: 'Call us', phone_number: '+14155550123' },
    { kind: 'quick_reply', text: 'Unsubscribe' },
    { kind: 'quick_reply', text: 'More' },
  ],
};
const body = (text: string, examples: Record<string, string> = {}) => ({ body: { text, examples } });
/** Pointers of what is wrong once `part` is changed. */
const wrong = (part: Partial<typeof good>) =>
  draftProblems({ ...good, ...part }).map(({ pointer }) => pointer);
const wordsFor = (part: Partial<typeof good>) => draftProblems({ ...good, ...part })[0]?.detail;

test('what Meta’s own examples look like is fine', () => {
  expect(draftProblems(good)).toEqual([]);
  expect(wrong({ header: null, footer: null, buttons: [], ...body('Hello World') })).toEqual([]);
  expect(
    wrong(
      body('Good news {{name}}! Your order #{{order_1}} is on its way to you now.', {
        name: 'Mark',
        order_1: '566701',
      }),
    ),
  ).toEqual([]);
});

test.each([
  ['Spring Sale', '/name'],
  ['', '/name'],
  ['spring-sale', '/name'],
  ['x'.repeat(513), '/name'],
])('the name %s is refused', (name, pointer) => {
  expect(wrong({ name })).toEqual([pointer]);
});

test('variables of the body: edges, neighbours, gaps, both kinds, stray braces', () => {
  const one = { 1: 'Ann' };
  const two = { 1: 'Ann', 2: 'Bob' };
  expect(wordsFor(body('{{1}}, your order has been sent today', one))).toContain('first thing');
  expect(wordsFor(body('*{{1}}*, your order has been sent today', one))).toContain('first thing');
  expect(wordsFor(body('Your flight will depart from gate {{1}}.', one))).toContain('last thing');
  expect(wordsFor(body('We write to you {{1}} {{2}} because of your order', two))).toContain('side by side');
  expect(
    wordsFor(body('Hi {{1}}, you will depart from gate {{3}} this afternoon', { 1: 'a', 3: 'b' })),
  ).toContain('without a gap');
  expect(
    wordsFor(body('Hi {{1}}, you will depart from gate {{gate}} in no time', { 1: 'a', gate: 'b' })),
  ).toContain('Number all');
  expect(wordsFor(body('Hi {{Name}}, this is your order of today', { Name: 'a' }))).toContain(
    'small letters',
  );
  expect(wordsFor(body('Hi {name}, this is your order of today'))).toContain('braces');
});

test('too many variables for too few words, also where nothing parts the words', () => {
  const two = { 1: 'Ann', 2: '7' };
  expect(wordsFor(body('Hi {{1}}, gate {{2}}. Thank you.', two))).toContain(
    'at least 5 words beside them, this has 4',
  );
  expect(wrong(body('Hi {{1}}, your gate {{2}}. Thank you.', two))).toEqual([]);
  expect(wrong(body('こんにちは{{1}}さん、ありがとう', { 1: 'Ann' }))).toEqual([]);
});

test('each variable has an example, and each example a variable', () => {
  const text = 'Hi {{1}}, your order is on its way.';
  expect(wrong(body(text))).toEqual(['/body/examples/1']);
  expect(wrong(body(text, { 1: '{{1}}' }))).toEqual(['/body/examples/1']);
  expect(wrong(body(text, { 1: 'Ann', 2: 'Bob' }))).toEqual(['/body/examples/2']);
});

test('header: one variable, no marks, emoji or lines; a file needs a sample', () => {
  const header = (text: string, example = '') => ({ header: { kind: 'text' as const, text, example } });
  expect(wrong(header('Sale 🎉'))).toEqual(['/header/text']);
  expect(wrong(header('*Sale*'))).toEqual(['/header/text']);
  expect(wrong(header('A\nB'))).toEqual(['/header/text']);
  expect(wrong(header('x'.repeat(61)))).toEqual(['/header/text']);
  expect(wrong(header('For {{1}} and {{2}}', 'Ann'))).toEqual(['/header/text']);
  expect(wrong(header('For {{1}}'))).toEqual(['/header/example']);
  expect(wrong(header('For {{first_name}}', 'Ann'))).toEqual([]);
  expect(wrong({ header: { kind: 'image', media_id: null } })).toEqual(['/header/media_id']);
});

test('footer: no variables, one line, 60 characters', () => {
  expect(wrong({ footer: 'Bye {{1}}' })).toEqual(['/footer']);
  expect(wrong({ footer: 'A\nB' })).toEqual(['/footer']);
  expect(wrong({ footer: 'x'.repeat(61) })).toEqual(['/footer']);
  expect(wrong({ footer: '' })).toEqual(['/footer']);
});

test('buttons: how many of each, quick replies together, different texts', () => {
  const reply = (text: string) => ({ kind: 'quick_reply' as const, text });
  const url = (text: string) => ({ kind: 'url' as const, text, url: 'https://shop.example', example: '' });
  const call = (text: string) => ({ kind: 'phone' as const, text, phone_number: '+14155550123' });
  expect(wrong({ buttons: [reply('A'), url('B'), reply('C')] })).toEqual(['/buttons']);
  expect(wrong({ buttons: [reply('A'), reply('B'), url('C'), url('D'), call('E')] })).toEqual([]);
  expect(wrong({ buttons: [url('A'), url('B'), url('C')] })).toEqual(['/buttons']);
  expect(wrong({ buttons: [call('A'), call('B')] })).toEqual(['/buttons']);
  expect(wrong({ buttons: Array.from({ length: 11 }, (_, n) => reply(`R${n}`)) })).toEqual(['/buttons']);
  expect(wrong({ buttons: [reply('A'), reply('A')] })).toEqual(['/buttons/1/text']);
  expect(wrong({ buttons: [reply('x'.repeat(26)), reply('')] })).toEqual([
    '/buttons/0/text',
    '/buttons/1/text',
  ]);
  expect(wrong({ buttons: [{ kind: 'copy_code', example: 'x'.repeat(16) }] })).toEqual([
    '/buttons/0/example',
  ]);
  expect(wrong({ buttons: [{ ...call('A'), phone_number: '0151 23' }] })).toEqual([
    '/buttons/0/phone_number',
  ]);
});

test.each([
  ['https://shop.example/{{1}}/x', 'a', '/buttons/0/url'],
  ['https://shop.example/{{2}}', 'a', '/buttons/0/url'],
  ['https://{{1}}', 'a', '/buttons/0/url'],
  ['shop.example', '', '/buttons/0/url'],
  ['https://wa.me/15551234567', '', '/buttons/0/url'],
  ['https://shop.example/{{1}}', '', '/buttons/0/example'],
])('the address %s is refused', (url, example, pointer) => {
  expect(wrong({ buttons: [{ kind: 'url', text: 'Shop', url, example }] })).toContain(pointer);
});

test('a request is read strictly', () => {
  const request = {
    connection_id: 'con_01jd3v7k2nexamp0e1d0000000',
    ...good,
    language: 'en_US',
    category: 'MARKETING',
  };
  expect(whatsappTemplateCreate.safeParse(request).error?.issues).toBeUndefined();
  const authentication = whatsappTemplateCreate.safeParse({ ...request, category: 'AUTHENTICATION' });
  expect(authentication.error?.issues[0]?.message).toContain('WhatsApp Manager');
  expect(whatsappTemplateCreate.safeParse({ ...request, language: 'English' }).success).toBe(false);
});
