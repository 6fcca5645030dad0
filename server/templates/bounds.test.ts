// No message may stall a node: what is typed is short, and neither what Liquid makes of it nor the work on it may grow beyond
// a few steps per character. Steps are counted: characters that patterns read, elements that lists take.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { channel } from '../../contract/connections.ts';
import { content, maxTemplateLength } from '../../contract/message.ts';
import { AppError } from '../platform/errors.ts';
import { compileMessage } from './compile.ts';
import { sampleContact, type TemplateContact } from './contact.ts';
import { messageHints } from './hints.ts';
import { withoutInsertMarks } from './inserted.ts';
import { maxRenderedLength, parseTemplate, renderTemplate } from './liquid.ts';
import { parseMarks } from './marks.ts';
import { trimSpans } from './spans.ts';
import { renderTelegramHtml } from './telegram-html.ts';
import { renderWhatsApp } from './whatsapp-marks.ts';
import { renderWidgetHtml } from './widget-html.ts';

afterEach(() => vi.restoreAllMocks());

/** What was refused, on each platform. */
function refusals(text: string, contact: Partial<TemplateContact> = {}) {
  return channel.options.map((on) => {
    try {
      return compileMessage(content.parse({ text }), on).render({ ...sampleContact, ...contact });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { code: error.code, errors: error.errors };
    }
  });
}
const loop = (turns: number, text: string) => `{% for i in (1..${turns}) %}${text}{% endfor %}`;
const alike = (refusal: object) => channel.options.map(() => refusal);

describe('what Liquid puts out', () => {
  const grown = alike({
    code: 'CONTENT_TOO_LONG',
    errors: [
      {
        pointer: '/content/text',
        detail: expect.stringMatching(/grows to more than 16,384 characters.*Shorten/),
      },
    ],
  });
  it.each([
    ['addresses and marks', loop(1900, 'http://') + loop(1900, ' *a*')],
    ['a thousand characters as four million', loop(4000, 'x'.repeat(1000))],
    ['an address with a long tail', `https://x${loop(60, '._'.repeat(500))}a`],
    ['a value over and over', loop(2000, '{{ contact.full_name }}')],
  ])('is refused in words as soon as it is too long: %s', (_name, text) => {
    expect(refusals(text)).toEqual(grown);
  });

  it('is refused for the person whose value is too long, not for others', () => {
    const note = 'x'.repeat(maxRenderedLength);
    expect(refusals('{{ contact.attributes.note }}', { attributes: { note } })).toEqual(grown);
    expect(refusals('{{ contact.attributes.note }}', { attributes: { note: 'x' } })).toMatchObject(
      alike({ plain: 'x' }),
    );
  });

  it('does not reach the parsers beyond the bound, and reaches it', () => {
    const most = loop(16, 'x'.repeat(1024));
    expect(renderTemplate(parseTemplate(most), {})).toHaveLength(maxRenderedLength);
    expect(maxRenderedLength).toBe(maxTemplateLength);
  });

  it.each([
    ['captured', `{% capture x %}${loop(4000, 'x'.repeat(1000))}{% endcapture %}{{ x | size }}`],
    ['repeated for nothing', loop(4900, '{% assign a = 1 %}'.repeat(400))],
    ['repeated within', loop(300, loop(300, '{% if i == 1 %}{% endif %}'))],
    ['a date with very many names', `{% assign x = "now" | date: "${'%b'.repeat(7000)}" %}`],
    ['dates over and over', loop(400, '{% assign x = "now" | date: "%A %B %c" %}')],
    [
      'replaced by nothing',
      `{% assign a = "${'a'.repeat(15_000)}" %}${loop(20, '{% assign b = a | replace: "a", "" %}')}`,
    ],
    [
      'a long text, listed over and over',
      `{% assign a = "${'a'.repeat(15_000)}" | split: "," %}${'{% assign a = a | concat: a %}'.repeat(12)}`,
    ],
  ])('counts although nothing of it is shown: %s', (_name, text) => {
    expect(refusals(text)).toEqual(
      alike({
        code: 'TEMPLATE_INVALID',
        errors: [{ pointer: '/content/text', detail: expect.stringContaining('takes too long') }],
      }),
    );
  });
});

it('counts all fields of a message together', () => {
  const button = (turns: number) => ({
    text: 'Look',
    url: `https://x.example/${loop(turns, '{% assign b = 1 %}')}`,
  });
  const rendered = (turns: number) =>
    compileMessage(
      content.parse({ text: '{{ contact.first_name }}', buttons: Array(8).fill(button(turns)) }),
      'telegram',
    );
  expect(rendered(30).render(sampleContact).plain).toBe('Ann');
  expect(() => rendered(400).render(sampleContact)).toThrow(
    expect.objectContaining({
      code: 'TEMPLATE_INVALID',
      errors: [
        expect.objectContaining({ pointer: expect.stringMatching(/^\/content\/buttons\/[1-7]\/url$/) }),
      ],
    }),
  );
  // the next message begins anew
  expect(rendered(30).render(sampleContact).plain).toBe('Ann');
});

it('writes dates as before, in English and by the clock that is asked for', () => {
  const at = { at: '2026-08-06T22:29:05Z' };
  const shown = (filter: string) =>
    withoutInsertMarks(renderTemplate(parseTemplate(`{{ at | date: ${filter} }}`), at));
  expect(shown('"%a %-d%q %b %Y, %-I:%M %P %z"')).toBe('Thu 6th Aug 2026, 10:29 pm +0000');
  expect(shown('"%A %^B %d %H:%M %Z", "Europe/Berlin"')).toBe('Friday AUGUST 07 00:29 Europe/Berlin');
  expect(shown('"%c %j %U %s %% %Q"')).toBe('8/6/2026, 10:29:05 PM 218 31 1786055345 % %Q');
});

it('a message of nothing but variables is refused in words', () => {
  expect(refusals('{{contact.first_name}}'.repeat(500))).toMatchObject(alike({ plain: 'Ann'.repeat(500) }));
  expect(refusals('{{contact.first_name}}'.repeat(501))).toEqual(
    alike({
      code: 'TEMPLATE_INVALID',
      errors: [
        { pointer: '/content/text', detail: expect.stringMatching(/501 variables and tags.*at most 500/) },
      ],
    }),
  );
});

/** Characters that patterns read until they were done, and elements put into lists. */
function stepsOf(work: () => void): number {
  let steps = 0;
  const exec = RegExp.prototype.exec;
  RegExp.prototype.exec = function (text) {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const found = exec.call(this, text);
    // a sticky pattern that finds nothing stands where it began
    steps += found ? found.index + found[0].length - from : this.sticky ? 1 : text.length - from;
    return found;
  };
  const push = Array.prototype.push;
  Array.prototype.push = function (...items) {
    steps += items.length;
    return push.apply(this, items);
  };
  try {
    work();
  } finally {
    RegExp.prototype.exec = exec;
    Array.prototype.push = push;
  }
  return steps;
}

/** Texts as long as may be, each of which some pattern would read again and again. */
const hostile: [string, string][] = (
  [
    ['addresses, then marks', 'http://'.repeat(1000) + ' *a*'.repeat(2300)],
    ['an address and its tail', `https://x${'._'.repeat(8000)}a`],
    ['an address of nothing but tail', 'https://*'.repeat(1800)],
    ['marks one by one', ' *a*'.repeat(4000)],
    ['marks that are neighbours', '*_a_~b~*'.repeat(2000)],
    ['marks in marks', '*_~a`b`~_* '.repeat(1400)],
    ['marks that nothing closes', ' *a _b ~c'.repeat(1800)],
    ['backticks', '`a'.repeat(8000)],
    ['brackets', '['.repeat(16_000)],
    ['ends of links', ']('.repeat(8000)],
    ['addresses in addresses', '](a](b)c'.repeat(2000)],
    ['links', '[*a*](http://b_)'.repeat(1000)],
    ['white space', ' \n'.repeat(8000)],
  ] as [string, string][]
).map(([name, text]) => [name, text.slice(0, maxTemplateLength)]);
const mostPerCharacter = 60;

describe.each(hostile)('%s', (_name, text) => {
  test.each([
    ['the parser', (text: string) => parseMarks(text)],
    ['Telegram', (text: string) => renderTelegramHtml(trimSpans(parseMarks(text)))],
    ['WhatsApp', (text: string) => renderWhatsApp(trimSpans(parseMarks(text)))],
    ['the website', (text: string) => renderWidgetHtml(trimSpans(parseMarks(text)))],
    ['links and hints', (text: string) => messageHints(content.parse({ text }), null)],
  ])('cost %s a few steps per character', (_on, read) => {
    expect(stepsOf(() => read(text))).toBeLessThan(mostPerCharacter * text.length);
  });
});

test('no pattern over a message looks for its end alone: it would be tried from every character on', () => {
  const readers = [
    'marks-scan',
    'marks',
    'whatsapp-marks',
    'telegram-body',
    'telegram-html',
    'widget-html',
    'channel-body',
  ];
  for (const reader of readers) {
    const source = readFileSync(new URL(`${reader}.ts`, import.meta.url), 'utf8');
    expect(source.match(/\/(?!\^)[^/\n]*[+*}]\$\/[a-z]*/g)).toBeNull();
  }
});

test('what may have been meant is searched for no more names than are told', () => {
  const names = Array.from({ length: 400 }, (_, i) => `{{ a${i}.bc }}`).join('');
  const lower = vi.spyOn(String.prototype, 'toLowerCase');
  expect(refusals(names)[0]).toMatchObject({ code: 'TEMPLATE_INVALID', errors: { length: 20 } });
  expect(lower.mock.calls.length).toBeLessThan(20 * 3 * 2 * 40);
});
