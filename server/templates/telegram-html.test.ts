import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Span } from '../../contract/message.ts';
import { insert } from './inserted.ts';
import { parseMarks } from './marks.ts';
import { plainText } from './spans.ts';
import { renderTelegramHtml } from './telegram-html.ts';

/** Reads HTML as strictly as Telegram does and returns the visible text; throws on anything that is not ours. */
function strictText(html: string): string {
  const open: string[] = [];
  let text = '';
  const token =
    /<(\/?)(b|i|s|code|a)((?: href="(?:https?|tg):\/\/[^"<>]*")?)>|&(lt|gt|amp|quot);|([^<>&]+)|([\s\S])/giy;
  for (const [, slash, tag, href, entity, run, wrong] of html.matchAll(new RegExp(token, 'giy'))) {
    if (wrong !== undefined) throw new Error(`not allowed: ${wrong} in ${html}`);
    if (run !== undefined) text += run;
    else if (entity) text += { lt: '<', gt: '>', amp: '&', quot: '"' }[entity as 'lt'];
    else if (slash) {
      if (href || open.pop() !== tag) throw new Error(`unmatched </${tag}> in ${html}`);
    } else {
      if ((tag === 'a') !== (href !== '')) throw new Error(`wrong attributes in ${html}`);
      if (open.includes('code') || (tag === 'a' && open.includes('a')))
        throw new Error(`wrong nesting in ${html}`);
      open.push(tag!);
    }
  }
  if (open.length > 0) throw new Error(`unclosed ${open} in ${html}`);
  return text;
}

it('is accepted by a strict parser and shows the plain text, whatever was typed', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '*',
      '_',
      '~',
      '`',
      '[',
      '](',
      ')',
      '\\',
      '<b>',
      '</b>',
      '<a href="',
      '"',
      '>',
      '&lt;',
      '&',
      '&#60;',
      '\n',
      ' a ',
    ),
    fc.constantFrom('](https://a.b/"><script>)', '](tg://x?y=<i>)', '[x](https://a.b/&quot;c)', 'word'),
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.string({ maxLength: 8 }).map(insert),
    fc.constantFrom('*', '</b>', '](https://x)', '`').map(insert),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const spans = parseMarks(pieces.join(''));
      expect(strictText(renderTelegramHtml(spans))).toBe(plainText(spans));
    }),
    { numRuns: 10_000 },
  );
});

it('escapes what a tree holds, wherever the tree came from', () => {
  const spans: Span[] = [
    {
      kind: 'link',
      url: 'https://a.b/?c="><b>&d',
      children: [{ kind: 'bold', children: [{ kind: 'text', text: '</a><&"' }] }],
    },
  ];
  expect(renderTelegramHtml(spans)).toBe(
    '<a href="https://a.b/?c=&quot;&gt;&lt;b&gt;&amp;d"><b>&lt;/a&gt;&lt;&amp;"</b></a>',
  );
});
