// One tree, three platforms: whatever was typed or filled in, it shows its text and no more formatting than was asked for.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Span } from '../../contract/message.ts';
import { parseHtml } from '../../sandbox/telegram/entities-html.ts';
import { insert, withoutInsertMarks } from './inserted.ts';
import { parseMarks } from './marks.ts';
import { normalSpans, plainText } from './spans.ts';
import { cleanText } from './telegram-body.ts';
import { renderTelegramHtml } from './telegram-html.ts';
import { lookalikes, renderWhatsApp } from './whatsapp-marks.ts';
import { renderWidgetHtml } from './widget-html.ts';

const marks = [
  '*',
  '_',
  '~',
  '`',
  '[',
  '](',
  ')',
  '\\',
  '\n',
  ' ',
  ' a ',
  'b',
  '.',
  'é',
  '👍',
  '("',
  '2*3',
  'a_b_c',
];
const hostile = [
  ...['<b>', '</b>', '<a href="', '"', "'", '>', '&lt;', '&', '&#60;', '<script>', '</code>', '<!--'],
  ...[
    '](https://a.b/"><script>)',
    '](tg://x?y=<i>)',
    '[x](https://a.b/&quot;c_)',
    '](https://a.b/c)',
    '](javascript:x)',
  ],
  ...['https://x.y/_a_*b* ', '](http://a/(b_c))', '[*x*](https://q.w/_)', '{{', '\uFDD0'],
];
const typed = fc
  .oneof(
    fc.constantFrom(...marks),
    fc.constantFrom(...hostile),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  )
  .map(withoutInsertMarks);
const piece = fc.oneof(
  { weight: 4, arbitrary: typed },
  fc.constantFrom('*', ' x ', '</b>', '](https://x)', '`', '', 'Ann', '_\n_', 'https://v.w/*_').map(insert),
);
/** What people type and what their contacts are called, in any mixture. */
const written = fc.array(piece, { maxLength: 24 }).map((parts) => cleanText(parts.join('')));
const runs = { numRuns: 10_000 };

/** Kinds of formatting on each visible character, in order; `code` units as Telegram counts. */
function formattingOf(spans: Span[], within: string[] = []): string[] {
  return spans.flatMap((span) =>
    span.kind === 'text'
      ? Array.from({ length: span.text.length }, () => [...new Set(within)].sort().join(' '))
      : formattingOf(span.children, span.kind === 'link' ? within : [...within, span.kind]),
  );
}

it('Telegram: 10,000 strings are accepted by the emulator’s strict parser and show their text, formatted as the tree says', () => {
  const kindOf: Record<string, string> = {
    bold: 'bold',
    italic: 'italic',
    strikethrough: 'strike',
    code: 'mono',
  };
  fc.assert(
    fc.property(written, (text) => {
      const spans = parseMarks(text);
      const shown = parseHtml(renderTelegramHtml(spans));
      expect(shown.text).toBe(plainText(spans));
      const kinds = Array.from(shown.text, () => new Set<string>()).concat(
        Array.from({ length: shown.text.length - [...shown.text].length }, () => new Set<string>()),
      );
      for (const { type, offset, length } of shown.entities)
        if (kindOf[type]) for (let i = offset; i < offset + length; i++) kinds[i]!.add(kindOf[type]);
      expect(kinds.map((set) => [...set].sort().join(' '))).toEqual(formattingOf(spans));
    }),
    runs,
  );
});

/** WhatsApp reads the marks that people type here, without backslash and without [links](…). */
const hiding = ['<\ue000', '<\ue001', '<\ue002'];
const unknown = ['\\', '[', ']'];
function asWhatsAppShows(markup: string): Span[] {
  // what means nothing there travels as something that means nothing here and ends an address, as it does there
  const hidden = unknown.reduce((text, char, i) => text.replaceAll(char, hiding[i]!), markup);
  const shown = (spans: Span[]): Span[] =>
    spans.map((span) =>
      span.kind === 'text'
        ? {
            kind: 'text',
            text: unknown.reduce((text, char, i) => text.replaceAll(hiding[i]!, char), span.text),
          }
        : { ...span, children: shown(span.children) },
    );
  return shown(parseMarks(hidden));
}
/** Lookalikes and the percent signs of addresses as what they stand for. */
const folded = (spans: Span[]): Span[] =>
  normalSpans(spans).map((span) =>
    span.kind === 'text'
      ? {
          kind: 'text',
          text: Object.entries(lookalikes)
            .reduce((all, [mark, like]) => all.replaceAll(like, mark), span.text)
            .replace(/%(5C|60|5B|5D|3C|3E|2A|5F|7E)/g, (code) => decodeURIComponent(code)),
        }
      : { ...span, children: folded(span.children) },
  );
/** What the tree looks like where links have no text of their own. */
function withAddresses(spans: Span[]): Span[] {
  return spans.flatMap((span): Span[] => {
    if (span.kind === 'text') return [span];
    const children = withAddresses(span.children);
    if (span.kind !== 'link') return [{ ...span, children }];
    const isShown = span.url.startsWith('http') && plainText(span.children) !== span.url;
    return isShown ? [...children, { kind: 'text', text: ` (${span.url})` }] : children;
  });
}

it('WhatsApp: nothing typed or filled in becomes formatting, no mark is left standing, no word is lost', () => {
  fc.assert(
    fc.property(written, (text) => {
      const tree = parseMarks(text);
      const spans = folded(withAddresses(tree));
      const shown = folded(asWhatsAppShows(renderWhatsApp(tree)));
      expect(plainText(shown)).toBe(plainText(spans));
      const asked = formattingOf(spans);
      for (const [i, kinds] of formattingOf(shown).entries())
        for (const kind of kinds.split(' ')) if (kind) expect(asked[i]!.split(' ')).toContain(kind);
    }),
    runs,
  );
});

it('WhatsApp: what is typed there is typed here, and links show where they lead', () => {
  const show = (text: string) => renderWhatsApp(parseMarks(text));
  for (const same of ['*bold* _it_ ~no~ `code`', '*_~all~_*', '2*3*4 snake_case', 'see https://a.b/_c_'])
    expect(show(same)).toBe(same);
  expect(show('[*Shop*](https://a.b/c_)!')).toBe('*Shop* (https://a.b/c%5F)!');
  expect(show('_[a](https://a.b/_x_)_')).toBe('_a (https://a.b/_x%5F)_');
  expect(show('[https://a.b](https://a.b) [me](tg://user?id=1)')).toBe('https://a.b me');
  expect(show(`\\*not bold\\* *Dear* ${insert('*x*')}`)).toBe('∗not bold∗ *Dear* ∗x∗');
});

/** Reads what the widget may hold and nothing else. */
function widgetText(html: string): string {
  const open: string[] = [];
  let text = '';
  const token =
    /<a href="(https?:\/\/[^"<>']*)" rel="noopener noreferrer" target="_blank">|<(\/?)(b|i|s|code|a)>|&(lt|gt|amp|quot|#39);|([^<>&"']+)|([\s\S])/gi;
  for (const [, href, slash, tag, entity, run, wrong] of html.matchAll(token)) {
    if (wrong !== undefined) throw new Error(`not allowed: ${wrong} in ${html}`);
    if (run !== undefined) text += run;
    else if (entity) text += { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" }[entity as 'lt'];
    else if (href) open.push('a');
    else if (slash) expect(open.pop()).toBe(tag);
    else {
      expect(tag).not.toBe('a');
      open.push(tag!);
    }
    expect(open.filter((one) => one === 'a').length).toBeLessThan(2);
  }
  expect(open).toEqual([]);
  return text;
}

it('Website: 10,000 strings are harmless HTML that shows their text', () => {
  fc.assert(
    fc.property(written, (text) => {
      const spans = parseMarks(text);
      expect(widgetText(renderWidgetHtml(spans))).toBe(plainText(spans));
    }),
    runs,
  );
});

it('Website: a tree from anywhere cannot bring a script or leave its link', () => {
  const text = (value: string): Span => ({ kind: 'text', text: value });
  expect(
    renderWidgetHtml([
      { kind: 'link', url: 'javascript:alert(1)', children: [text('a')] },
      {
        kind: 'link',
        url: 'https://a.b/" onclick="x',
        children: [{ kind: 'link', url: 'https://c.d', children: [text("</a>'")] }],
      },
      { kind: 'mono', children: [{ kind: 'bold', children: [text('<i>')] }] },
    ]),
  ).toBe(
    'a<a href="https://a.b/&quot; onclick=&quot;x" rel="noopener noreferrer" target="_blank">&lt;/a&gt;&#39;</a><code>&lt;i&gt;</code>',
  );
});
