import { describe, expect, it } from 'vitest';
import { ApiError } from './api-error.ts';
import { parseHtml } from './entities-html.ts';
import { parseMarkdownV2 } from './entities-markdown.ts';
import { parseMarkdownLegacy } from './entities-markdown-legacy.ts';
import { readText } from './formatted-text.ts';
import { Params } from './params.ts';

const errorOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError)
      return error.description.replace("Bad Request: can't parse entities: ", '');
    throw error;
  }
  return 'no error';
};

describe('HTML formatting', () => {
  it('nests tags and counts offsets in UTF-16 units', () => {
    expect(parseHtml('🔥<b>a<i>👍b</i></b>')).toEqual({
      text: '🔥a👍b',
      entities: [
        { type: 'italic', offset: 3, length: 3 },
        { type: 'bold', offset: 2, length: 4 },
      ],
    });
  });

  it.each([
    ['<strong>a</strong>', 'bold'],
    ['<EM>a</EM>', 'italic'],
    ['<ins>a</ins>', 'underline'],
    ['<del>a</del>', 'strikethrough'],
    ['<tg-spoiler>a</tg-spoiler>', 'spoiler'],
    ['<span class="tg-spoiler">a</span>', 'spoiler'],
    ['<blockquote>a</blockquote>', 'blockquote'],
    ['<blockquote expandable>a</blockquote>', 'expandable_blockquote'],
    ['<code>a</code>', 'code'],
    ['<b>a</>', 'bold'],
  ])('reads %s as %s', (html, type) => {
    expect(parseHtml(html)).toEqual({ text: 'a', entities: [{ type, offset: 0, length: 1 }] });
  });

  it('reads links, mentions, languages, custom emoji and dates', () => {
    expect(parseHtml('<a href="https://a.example/?x=1&amp;y=2">l</a>').entities[0]).toMatchObject({
      type: 'text_link',
      url: 'https://a.example/?x=1&y=2',
    });
    expect(parseHtml('<a href="tg://user?id=123">l</a>').entities[0]).toMatchObject({
      type: 'text_mention',
      user: { id: 123 },
    });
    expect(parseHtml('<pre><code class="language-py">x</code></pre>').entities).toEqual([
      { type: 'pre', offset: 0, length: 1, language: 'py' },
    ]);
    expect(parseHtml('<tg-emoji emoji-id="53">👍</tg-emoji>').entities[0]).toEqual({
      type: 'custom_emoji',
      offset: 0,
      length: 2,
      custom_emoji_id: '53',
    });
    expect(parseHtml('<tg-time unix="1700000000">t</tg-time>').entities[0]).toMatchObject({
      type: 'date_time',
      unix_time: 1_700_000_000,
    });
  });

  it('decodes four named entities and numbers, and shows the others as written', () => {
    expect(parseHtml('&lt;&gt;&amp;&quot;&#39;&#x27;&nbsp;&apos;').text).toBe("<>&\"''&nbsp;&apos;");
  });

  it.each([
    ['🔥<br>', 'Unsupported start tag "br" at byte offset 4'],
    ['ab<b', 'Unclosed start tag at byte offset 2'],
    ['<b>x', 'Can\'t find end tag corresponding to start tag "b"'],
    ['é</b>', 'Unexpected end tag at byte offset 2'],
    ['<b>x</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
    ['<b>x</b', 'Unclosed end tag at byte offset 4'],
    ['<span class="big">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['<a ="x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'],
    ['<a href=x/y>x</a>', 'Unexpected end of name token at byte offset 8'],
  ])('refuses %s', (html, message) => {
    expect(errorOf(() => parseHtml(html))).toBe(message);
  });
});

describe('MarkdownV2 formatting', () => {
  it('reads every mark', () => {
    const { text, entities } = parseMarkdownV2(
      '*b* _i_ __u__ ~s~ ||h|| `c` [l](https://a.example/\\)) ![👍](tg://emoji?id=5)',
    );
    expect(text).toBe('b i u s h c l 👍');
    expect(entities.map((entity) => entity.type)).toEqual(
      'bold italic underline strikethrough spoiler code text_link custom_emoji'.split(' '),
    );
    expect(entities[6]?.url).toBe('https://a.example/)');
  });

  it('nests, prefers underline to italic, and counts astral characters as two', () => {
    expect(parseMarkdownV2('🔥*a _b_*').entities).toEqual([
      { type: 'italic', offset: 5 - 1, length: 1 },
      { type: 'bold', offset: 2, length: 3 },
    ]);
    expect(parseMarkdownV2('___x_**__').entities.map((entity) => entity.type)).toEqual([
      'italic',
      'underline',
    ]);
  });

  it('reads code blocks with and without a language', () => {
    expect(parseMarkdownV2('```js\na`b\n```')).toEqual({
      text: 'a`b\n',
      entities: [{ type: 'pre', offset: 0, length: 4, language: 'js' }],
    });
    expect(parseMarkdownV2('```\nx\\`y```').text).toBe('x`y');
  });

  it('reads quotations line by line, and the expandable mark', () => {
    expect(parseMarkdownV2('>a\n>b\nc')).toEqual({
      text: 'a\nb\nc',
      entities: [{ type: 'blockquote', offset: 0, length: 3 }],
    });
    expect(parseMarkdownV2('>a||').entities).toEqual([
      { type: 'expandable_blockquote', offset: 0, length: 1 },
    ]);
  });

  it.each([
    ['a.', "Character '.' is reserved and must be escaped with the preceding '\\'"],
    ['a > b', "Character '>' is reserved and must be escaped with the preceding '\\'"],
    ['a|', "Character '|' is reserved and must be escaped with the preceding '\\'"],
    ['a!', "Character '!' is reserved and must be escaped with the preceding '\\'"],
    ['é*a', "Can't find end of Bold entity at byte offset 2"],
    ['_a', "Can't find end of Italic entity at byte offset 0"],
    ['```a', "Can't find end of Pre entity at byte offset 0"],
    ['[a](b', "Can't find end of a URL at byte offset 4"],
    ['![a]', 'Custom emoji entity must contain a tg://emoji URL'],
  ])('refuses %s', (markdown, message) => {
    expect(errorOf(() => parseMarkdownV2(markdown))).toBe(message);
  });

  it('takes every reserved character when it is escaped', () => {
    expect(parseMarkdownV2([...'_*[]()~`>#+-=|{}.!\\'].map((char) => `\\${char}`).join('')).text).toBe(
      '_*[]()~`>#+-=|{}.!\\',
    );
  });
});

describe('the text of a message', () => {
  const read = (values: Record<string, unknown>) => readText(new Params(values), 'text', 'entities');

  it('is trimmed, and its entities move along', () => {
    expect(read({ text: ' \n <b>a</b>b  ', parse_mode: 'html' })).toEqual({
      text: 'ab',
      entities: [{ type: 'bold', offset: 0, length: 1 }],
    });
    expect(read({ text: 'a\r\n\tb' }).text).toBe('a\n b');
  });

  it('gets links, mentions, hashtags and commands by itself', () => {
    expect(
      read({ text: 'see https://a.example/x. @emily #sale /stop a@b.example' }).entities.map(
        (entity) => entity.type,
      ),
    ).toEqual(['url', 'mention', 'hashtag', 'bot_command', 'email']);
    expect(read({ text: '<code>https://a.example</code>', parse_mode: 'HTML' }).entities).toHaveLength(1);
  });

  it('takes entities as JSON text and refuses one that splits a character', () => {
    expect(read({ text: 'ab', entities: '[{"type":"bold","offset":0,"length":1}]' }).entities).toHaveLength(
      1,
    );
    expect(errorOf(() => read({ text: '🔥', entities: [{ type: 'bold', offset: 1, length: 1 }] }))).toMatch(
      /middle of a UTF-16 symbol/,
    );
  });

  it('refuses an unknown parse mode', () => {
    expect(errorOf(() => read({ text: 'a', parse_mode: 'bbcode' }))).toBe(
      'Bad Request: unsupported parse_mode',
    );
  });

  it('still reads the old Markdown', () => {
    expect(
      parseMarkdownLegacy('*b* _i_ [l](https://a.example/) `c` a_b\\_c'.replace('a_b', 'a')).entities.map(
        (entity) => entity.type,
      ),
    ).toEqual(['bold', 'italic', 'text_link', 'code']);
    expect(errorOf(() => parseMarkdownLegacy('a *b'))).toBe(
      "Can't find end of the entity starting at byte offset 2",
    );
  });
});
