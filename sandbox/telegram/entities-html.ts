// parse_mode=HTML, after the rules of the official parser (telegram.md §3 [S]). Offsets in errors are bytes.
import { badRequest } from './api-error.ts';
import { linkEntity } from './entity-link.ts';
import type { Entity } from './message.ts';

const TAG_TYPES: Record<string, string> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
  a: 'text_link',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
  'tg-emoji': 'custom_emoji',
  'tg-time': 'date_time',
};

/** The only named entities that are understood; others are shown as written [S]. */
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };

interface OpenTag {
  name: string;
  attributes: Record<string, string>;
  offset: number;
}

function fail(message: string): never {
  throw badRequest(`can't parse entities: ${message}`);
}

const isSpace = (char: string | undefined) =>
  char === ' ' || char === '\t' || char === '\r' || char === '\n' || char === '\0' || char === '\v';

/** Decodes the entity at `at`; undefined when it is none. The closing `;` may be missing, as in the original. */
function decodeEntity(text: string, at: number): { char: string; end: number } | undefined {
  const match = /^&(?:#x([0-9a-f]{1,8})|#([0-9]{1,9})|([a-z]+));?/i.exec(text.slice(at, at + 12));
  if (!match) return undefined;
  const end = at + match[0].length;
  if (match[3] !== undefined) {
    const char = NAMED[match[3]];
    return char === undefined ? undefined : { char, end };
  }
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return { char: String.fromCodePoint(code), end };
}

class HtmlReader {
  readonly text: string;
  position = 0;
  result = '';
  readonly open: OpenTag[] = [];
  readonly entities: Entity[] = [];

  constructor(text: string) {
    this.text = text;
  }

  bytesAt(position: number): number {
    return Buffer.byteLength(this.text.slice(0, position));
  }

  skipSpaces(): void {
    while (this.position < this.text.length && isSpace(this.text[this.position])) this.position += 1;
  }

  readAttributeValue(begin: number): string {
    const quote = this.text[this.position];
    if (quote !== '"' && quote !== "'") {
      const start = this.position;
      while (/[a-z0-9.-]/i.test(this.text[this.position] ?? '')) this.position += 1;
      const next = this.text[this.position];
      if (next !== undefined && !isSpace(next) && next !== '>') {
        fail(`Unexpected end of name token at byte offset ${this.bytesAt(start)}`);
      }
      return this.text.slice(start, this.position).toLowerCase();
    }
    this.position += 1;
    let value = '';
    while (this.position < this.text.length && this.text[this.position] !== quote) {
      const decoded = this.text[this.position] === '&' ? decodeEntity(this.text, this.position) : undefined;
      value += decoded ? decoded.char : this.text[this.position];
      this.position = decoded ? decoded.end : this.position + 1;
    }
    if (this.position >= this.text.length) fail(`Unclosed start tag at byte offset ${this.bytesAt(begin)}`);
    this.position += 1;
    return value;
  }

  readStartTag(begin: number): void {
    const unclosed = () => fail(`Unclosed start tag at byte offset ${this.bytesAt(begin)}`);
    while (
      this.position < this.text.length &&
      !isSpace(this.text[this.position]) &&
      this.text[this.position] !== '>'
    ) {
      this.position += 1;
    }
    if (this.position >= this.text.length) unclosed();
    const name = this.text.slice(begin + 1, this.position).toLowerCase();
    if (TAG_TYPES[name] === undefined)
      fail(`Unsupported start tag "${name}" at byte offset ${this.bytesAt(begin)}`);
    const attributes: Record<string, string> = {};
    for (;;) {
      this.skipSpaces();
      if (this.position >= this.text.length) unclosed();
      if (this.text[this.position] === '>') break;
      const start = this.position;
      while (this.position < this.text.length && !/[\s=>]/.test(this.text[this.position]!))
        this.position += 1;
      const attribute = this.text.slice(start, this.position).toLowerCase();
      if (attribute === '') {
        fail(`Empty attribute name in the tag "${name}" at byte offset ${this.bytesAt(begin)}`);
      }
      this.skipSpaces();
      if (this.position >= this.text.length) unclosed();
      if (this.text[this.position] !== '=') {
        attributes[attribute] = '';
        continue;
      }
      this.position += 1;
      this.skipSpaces();
      if (this.position >= this.text.length) unclosed();
      attributes[attribute] = this.readAttributeValue(begin);
    }
    if (name === 'span' && attributes.class !== 'tg-spoiler') {
      fail(`Tag "span" must have class "tg-spoiler" at byte offset ${this.bytesAt(begin)}`);
    }
    this.position += 1;
    this.open.push({ name, attributes, offset: this.result.length });
  }

  readEndTag(begin: number): void {
    const tag = this.open.pop();
    if (!tag) fail(`Unexpected end tag at byte offset ${this.bytesAt(begin)}`);
    while (
      this.position < this.text.length &&
      !isSpace(this.text[this.position]) &&
      this.text[this.position] !== '>'
    ) {
      this.position += 1;
    }
    const name = this.text.slice(begin + 2, this.position).toLowerCase();
    this.skipSpaces();
    if (this.text[this.position] !== '>') fail(`Unclosed end tag at byte offset ${this.bytesAt(begin)}`);
    // `</>` closes the innermost tag [S].
    if (name !== '' && name !== tag.name) {
      fail(
        `Unmatched end tag at byte offset ${this.bytesAt(begin)}, expected "</${tag.name}>", found "</${name}>"`,
      );
    }
    this.position += 1;
    if (this.result.length > tag.offset) this.close(tag);
  }

  close(tag: OpenTag): void {
    const { offset } = tag;
    const length = this.result.length - offset;
    const add = (entity: Entity) => this.entities.push(entity);
    switch (tag.name) {
      case 'a': {
        const link = linkEntity(tag.attributes.href || this.result.slice(offset), offset, length);
        if (link) add(link);
        return;
      }
      case 'tg-emoji':
        if (!/^-?\d+$/.test(tag.attributes['emoji-id'] ?? ''))
          fail('Invalid custom emoji identifier specified');
        add({ type: 'custom_emoji', offset, length, custom_emoji_id: tag.attributes['emoji-id']! });
        return;
      case 'tg-time': {
        const unix = Number(tag.attributes.unix);
        if (!Number.isInteger(unix) || unix <= 0) fail('Invalid date specified');
        const format = tag.attributes.format;
        add({
          type: 'date_time',
          offset,
          length,
          unix_time: unix,
          ...(format ? { date_time_format: format } : {}),
        });
        return;
      }
      case 'blockquote':
        add({
          type: tag.attributes.expandable === undefined ? 'blockquote' : 'expandable_blockquote',
          offset,
          length,
        });
        return;
      case 'code': {
        const language = /^language-(.+)$/.exec(tag.attributes.class ?? '')?.[1];
        const isInPre = this.open.at(-1)?.name === 'pre';
        add({ type: 'code', offset, length, ...(language && isInPre ? { language } : {}) });
        return;
      }
      case 'pre': {
        // <pre><code class="language-x">…</code></pre> is one entity with a language.
        const code = this.entities.at(-1);
        const isWrapped = code?.type === 'code' && code.offset === offset && code.length === length;
        if (isWrapped) this.entities.pop();
        add({
          type: 'pre',
          offset,
          length,
          ...(isWrapped && code.language ? { language: code.language } : {}),
        });
        return;
      }
      default:
        add({ type: TAG_TYPES[tag.name]!, offset, length });
    }
  }

  read(): { text: string; entities: Entity[] } {
    while (this.position < this.text.length) {
      const begin = this.position;
      const char = this.text[begin]!;
      if (char === '&') {
        const decoded = decodeEntity(this.text, begin);
        this.result += decoded ? decoded.char : char;
        this.position = decoded ? decoded.end : begin + 1;
      } else if (char !== '<') {
        this.result += char;
        this.position += 1;
      } else {
        this.position += 1;
        if (this.text[this.position] === '/') this.readEndTag(begin);
        else this.readStartTag(begin);
      }
    }
    const left = this.open.at(-1);
    if (left) fail(`Can't find end tag corresponding to start tag "${left.name}"`);
    return { text: this.result, entities: this.entities };
  }
}

/** @throws ApiError 400 `can't parse entities: …` */
export function parseHtml(text: string): { text: string; entities: Entity[] } {
  return new HtmlReader(text).read();
}
