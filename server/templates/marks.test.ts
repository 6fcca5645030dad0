import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../contract/message.ts';
import { insert } from './inserted.ts';
import { parseMarks } from './marks.ts';
import { normalSpans, plainText, renderMarks } from './spans.ts';
import { renderTelegramHtml } from './telegram-html.ts';

const html = (text: string) => renderTelegramHtml(parseMarks(text));
/** Text in which marks, escapes, links and inserted values meet often. */
const markedText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
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
          'a',
          'b c',
          '.',
          'é',
          'क्',
          '👍',
          '<b>',
          '&',
          '"',
        ],
        ...[
          '](https://a.b/c)',
          '](tg://user?id=1)',
          '](javascript:x)',
          'https://x.y/_a_*b',
          '](http://a/(b_c))',
          '[x](https://q.w)',
        ],
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join('').replace(/[\uFDD0\uFDD1]/g, ''));

describe('marks', () => {
  it.each([
    ['*bold* _italic_ ~strike~ `mono`', '<b>bold</b> <i>italic</i> <s>strike</s> <code>mono</code>'],
    ['*_~all~_*', '<b><i><s>all</s></i></b>'],
    ['*bold _both_*, (*in brackets*)', '<b>bold <i>both</i></b>, (<b>in brackets</b>)'],
    ['[shop](https://a.b/c?d=1&e="f")', '<a href="https://a.b/c?d=1&amp;e=&quot;f&quot;">shop</a>'],
    [
      '[wiki](https://a.b/c_(d)) [*me*](tg://user?id=7)',
      '<a href="https://a.b/c_(d)">wiki</a> <a href="tg://user?id=7"><b>me</b></a>',
    ],
    ['*[a](https://b)*', '<b><a href="https://b">a</a></b>'],
    ['`*not bold* \\` <x>`', '<code>*not bold* ` &lt;x&gt;</code>'],
    ['¡*Hola*! «*да*» *你好*。', '¡<b>Hola</b>! «<b>да</b>» <b>你好</b>。'],
  ])('become formatting: %s', (text, expected) => {
    expect(html(text)).toBe(expected);
  });

  it.each([
    '2*3*4',
    'snake_case_name',
    '~/dir and ~/other',
    'a * b * c',
    '* item\n* item',
    '*open',
    'open* *',
    '***',
    '____',
    '**',
    '*over\nlines*',
    '_ spaced _',
    'https://a.b/_c_/*d*',
    '[x](javascript:alert(1))',
    '[x](data:text/html,y)',
    '[x](a b)',
    '[](https://a.b)',
    '[x] (https://a.b)',
    '`open',
    'naïve_é_x',
    '5 * 4 = 20 * 1',
  ])('stay literal where they are no marks: %s', (text) => {
    expect(parseMarks(text)).toEqual([{ kind: 'text', text }]);
  });

  it('are literal behind a backslash, and a backslash before anything else is itself', () => {
    expect(plainText(parseMarks('\\*a\\* \\_b\\_ \\`c\\` \\[d](https://e) C:\\dir \\\\'))).toBe(
      '*a* _b_ `c` [d](https://e) C:\\dir \\',
    );
    expect(html('\\*a\\*')).toBe('*a*');
  });

  it('that cross each other: the first to close wins', () => {
    expect(html('*a _b* c_')).toBe('<b>a _b</b> c_');
  });

  it('do not nest links; the inner one wins', () => {
    expect(html('[a [b](https://b.c) d](https://e.f)')).toBe(
      '[a <a href="https://b.c">b</a> d](https://e.f)',
    );
  });

  it('leave a bare address alone but may stand around it', () => {
    expect(html('*https://a.b/c_d_e*, yes')).toBe('<b>https://a.b/c_d_e</b>, yes');
  });

  it('never see what a variable inserted', () => {
    expect(html(`*${insert(' *B* _<b>_\n ')}*`)).toBe('<b> *B* _&lt;b&gt;_\n </b>');
    expect(html(`*${insert('')}* [${insert('](https://evil) [')}](https://a.b/?q=${insert(')&x= é')})`)).toBe(
      ' <a href="https://a.b/?q=)%26x%3D%20%C3%A9">](https://evil) [</a>'.replace('q=)', 'q=)'),
    );
    expect(
      html(`[a](${insert('https://own.shop/x')}) [b](${insert('javascript:x')}) [c](${insert('')})`),
    ).toBe('<a href="https://own.shop/x">a</a> b c');
  });

  it('come back from the tree: parse ∘ render is the identity on every tree that marks can make', () => {
    fc.assert(
      fc.property(markedText, (text) => {
        const tree = parseMarks(text);
        expect(parseMarks(renderMarks(tree))).toEqual(tree);
      }),
      { numRuns: 3000 },
    );
  });

  it('come back from trees built by hand', () => {
    const words = fc.constantFrom(
      'a',
      'b c',
      '*x',
      'y_',
      '`',
      '\\',
      '[z]',
      '(',
      'https://p.q/_r_',
      'é',
      '👍',
    );
    const text = words.map((text): Span => ({ kind: 'text', text }));
    const leaf = fc.oneof(
      text,
      words.map((word): Span => ({ kind: 'mono', children: [{ kind: 'text', text: word }] })),
    );
    const spaced = (spans: Span[]) =>
      spans.flatMap((span, i) => (i ? [{ kind: 'text' as const, text: ' ' }, span] : [span]));
    const link = fc
      .tuple(fc.constantFrom('https://a.b/(c)\\d', 'tg://user?id=1'), leaf)
      .map(([url, child]): Span => ({ kind: 'link', url, children: [child] }));
    const inner = fc.array(fc.oneof(leaf, link), { minLength: 1, maxLength: 3 }).map(spaced);
    const italic = inner.map((children): Span => ({ kind: 'italic', children }));
    const bold = fc
      .array(fc.oneof(leaf, italic, link), { minLength: 1, maxLength: 3 })
      .map((children): Span => ({ kind: 'bold', children: spaced(children) }));
    fc.assert(
      fc.property(fc.array(fc.oneof(leaf, link, italic, bold), { maxLength: 5 }), (spans) => {
        const tree = normalSpans(spaced(spans));
        expect(parseMarks(renderMarks(tree))).toEqual(tree);
      }),
      { numRuns: 2000 },
    );
  });

  it('lose no character: without escapes and marks the text is the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(plainText(parseMarks(text.replace(/[*_~`[\]\\\uFDD0\uFDD1]/g, '')))).toBe(
          text.replace(/[*_~`[\]\\\uFDD0\uFDD1]/g, ''),
        );
      }),
    );
  });
});
