// parse_mode=MarkdownV2, after the rules of the official parser (telegram.md §3 [S]). Offsets in errors are bytes.
import { badRequest } from './api-error.ts';
import { linkEntity } from './entity-link.ts';
import type { Entity } from './message.ts';

const RESERVED = '_*[]()~`>#+-=|{}.!';

/** Names as they stand in the error messages. */
type Kind =
  | 'Bold'
  | 'Italic'
  | 'Underline'
  | 'Strikethrough'
  | 'Spoiler'
  | 'Code'
  | 'Pre'
  | 'PreCode'
  | 'TextUrl'
  | 'CustomEmoji'
  | 'BlockQuote';

const SIMPLE: Partial<Record<Kind, string>> = {
  Bold: 'bold',
  Italic: 'italic',
  Underline: 'underline',
  Strikethrough: 'strikethrough',
  Spoiler: 'spoiler',
  Code: 'code',
  Pre: 'pre',
};

interface OpenEntity {
  kind: Kind;
  argument: string;
  offset: number;
  begin: number;
}

function fail(message: string): never {
  throw badRequest(`can't parse entities: ${message}`);
}

const isEscapable = (char: string | undefined) => char !== undefined && char >= '\u0001' && char <= '\u007e';

class MarkdownReader {
  readonly text: string;
  at = 0;
  result = '';
  readonly open: OpenEntity[] = [];
  readonly entities: Entity[] = [];

  constructor(text: string) {
    this.text = text;
  }

  bytesAt(position: number): number {
    return Buffer.byteLength(this.text.slice(0, position));
  }

  starts(mark: string): boolean {
    return this.text.startsWith(mark, this.at);
  }

  isInCode(): boolean {
    const kind = this.open.at(-1)?.kind;
    return kind === 'Code' || kind === 'Pre' || kind === 'PreCode';
  }

  isEnd(kind: Kind): boolean {
    switch (kind) {
      case 'Bold':
        return this.starts('*');
      case 'Italic':
        return this.starts('_') && !this.starts('__');
      case 'Underline':
        return this.starts('__');
      case 'Strikethrough':
        return this.starts('~');
      case 'Spoiler':
        return this.starts('||');
      case 'Code':
        return this.starts('`');
      case 'Pre':
      case 'PreCode':
        return this.starts('```');
      case 'TextUrl':
      case 'CustomEmoji':
        return this.starts(']');
      default:
        return false;
    }
  }

  push(kind: Kind, width: number, argument = ''): void {
    this.open.push({ kind, argument, offset: this.result.length, begin: this.at });
    this.at += width;
  }

  begin(char: string): void {
    const isLineStart = this.at === 0 || this.text[this.at - 1] === '\n';
    if (char === '_' && this.starts('__')) this.push('Underline', 2);
    else if (char === '_') this.push('Italic', 1);
    else if (char === '*') this.push('Bold', 1);
    else if (char === '~') this.push('Strikethrough', 1);
    else if (char === '[') this.push('TextUrl', 1);
    else if (this.starts('||')) this.push('Spoiler', 2);
    else if (this.starts('![')) this.push('CustomEmoji', 2);
    else if (this.starts('```')) this.beginPre();
    else if (char === '`') this.push('Code', 1);
    else if (char === '>' && isLineStart) this.push('BlockQuote', 1);
    else fail(`Character '${char}' is reserved and must be escaped with the preceding '\\'`);
  }

  beginPre(): void {
    const language = /^```([^\s`]+)(?=\s)/.exec(this.text.slice(this.at))?.[1];
    this.push(language === undefined ? 'Pre' : 'PreCode', 3 + (language?.length ?? 0), language);
    if (this.starts('\r\n') || this.starts('\n\r')) this.at += 2;
    else if (this.starts('\n') || this.starts('\r')) this.at += 1;
  }

  /** Reads `(target)` after a closing bracket. `)` and `\` are escaped inside. */
  readTarget(what: string): string {
    const begin = this.at;
    let target = '';
    while (this.at < this.text.length && this.text[this.at] !== ')') {
      if (this.text[this.at] === '\\' && isEscapable(this.text[this.at + 1])) this.at += 1;
      target += this.text[this.at];
      this.at += 1;
    }
    if (this.text[this.at] !== ')') fail(`Can't find end of a ${what} at byte offset ${this.bytesAt(begin)}`);
    this.at += 1;
    return target;
  }

  end(): void {
    const { kind, argument, offset, begin } = this.open.pop()!;
    const length = this.result.length - offset;
    if (kind === 'TextUrl') {
      this.at += 1;
      let target = this.result.slice(offset);
      if (this.starts('(')) {
        this.at += 1;
        target = this.readTarget('URL');
      }
      const link = length > 0 ? linkEntity(target, offset, length) : undefined;
      if (link) this.entities.push(link);
      return;
    }
    if (kind === 'CustomEmoji') {
      this.at += 1;
      if (!this.starts('(')) fail('Custom emoji entity must contain a tg://emoji URL');
      this.at += 1;
      const id = /^tg:\/\/emoji\?id=(\d+)$/.exec(this.readTarget('custom emoji URL'))?.[1];
      if (id === undefined) fail('Custom emoji URL must have an emoji identifier');
      if (length > 0) this.entities.push({ type: 'custom_emoji', offset, length, custom_emoji_id: id });
      return;
    }
    this.at += kind === 'Underline' || kind === 'Spoiler' ? 2 : kind === 'Pre' || kind === 'PreCode' ? 3 : 1;
    if (length === 0 || begin < 0) return;
    if (kind === 'PreCode') this.entities.push({ type: 'pre', offset, length, language: argument });
    else this.entities.push({ type: SIMPLE[kind]!, offset, length });
  }

  closeQuote(isExpandable: boolean): void {
    const { offset } = this.open.pop()!;
    const length = this.result.length - offset;
    const type = isExpandable ? 'expandable_blockquote' : 'blockquote';
    if (length > 0) this.entities.push({ type, offset, length });
  }

  /** Handles the end of a quoted line. True when the position was moved. */
  quoteEnds(): boolean {
    if (this.open.at(-1)?.kind !== 'BlockQuote') return false;
    const isLastMark =
      this.starts('||') && (this.at + 2 === this.text.length || this.text[this.at + 2] === '\n');
    if (isLastMark) {
      this.at += 2;
      this.closeQuote(true);
      return true;
    }
    if (!this.starts('\n')) return false;
    if (this.text[this.at + 1] === '>') {
      this.result += '\n';
      this.at += 2;
      return true;
    }
    this.closeQuote(false);
    return false;
  }

  read(): { text: string; entities: Entity[] } {
    while (this.at < this.text.length) {
      if (this.quoteEnds()) continue;
      const char = this.text[this.at]!;
      if (char === '\\' && isEscapable(this.text[this.at + 1])) {
        this.result += this.text[this.at + 1];
        this.at += 2;
        continue;
      }
      const isReserved = this.isInCode() ? char === '`' : RESERVED.includes(char);
      if (!isReserved) {
        this.result += char;
        this.at += 1;
        continue;
      }
      const innermost = this.open.at(-1);
      if (innermost && this.isEnd(innermost.kind)) this.end();
      else if (this.isInCode() && innermost?.kind !== 'Code') {
        // One or two backquotes inside ``` are plain text.
        this.result += char;
        this.at += 1;
      } else this.begin(char);
    }
    if (this.open.at(-1)?.kind === 'BlockQuote') this.closeQuote(false);
    const left = this.open.at(-1);
    if (left) fail(`Can't find end of ${left.kind} entity at byte offset ${this.bytesAt(left.begin)}`);
    return { text: this.result, entities: this.entities };
  }
}

/** @throws ApiError 400 `can't parse entities: …` */
export function parseMarkdownV2(text: string): { text: string; entities: Entity[] } {
  return new MarkdownReader(text).read();
}
