// First half of the marks parser: one pass that turns text into tokens. What is decided here binds stronger than emphasis:
// escapes, inserted values, bare addresses, `mono` and the ends of [links](…). The second half is marks.ts.
import { close, open, resolveInserted } from './inserted.ts';

export type Emphasis = 'bold' | 'italic' | 'strike';
export type Token =
  /** `inserted`: holds a variable's value, which may be empty and still stands for something. */
  | { kind: 'text'; text: string; inserted?: true }
  | { kind: 'mono'; text: string }
  | { kind: 'newline' }
  | { kind: 'mark'; emphasis: Emphasis; char: string; opens: boolean; closes: boolean }
  | { kind: 'bracket' }
  /** `](url)`: the end of a link, if a bracket is open on its line; else the literal `source`. */
  | { kind: 'target'; url: string; source: string };

const emphasisOf: Record<string, Emphasis> = { '*': 'bold', _: 'italic', '~': 'strike' };
/** What a backslash takes the meaning from; before anything else it is a backslash. */
export const escapable = /[*_~`[\]()\\]/;
const word = /[\p{L}\p{N}\p{M}\uFDD0\uFDD1]/u;
const bareAddress = /https?:\/\/[^\s<>`[\]\\\uFDD0\uFDD1]+/iuy;
const addressTail = `*_~.,;:!?)]}'"`;
const special = /[\\*_~`[\]\n\uFDD0]|https?:\/\//giu;
// each repeated part begins with another character, so that no text makes the engine try twice
const target =
  /\]\(((?:[^\s()\\\uFDD0\uFDD1]|\\.|\uFDD0[^\uFDD1]*\uFDD1|\((?:[^\s()\\\uFDD0\uFDD1]|\uFDD0[^\uFDD1]*\uFDD1){0,2048}\)){1,2048})\)/uy;

export function scan(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const literal = (part: string) => {
    const last = tokens.at(-1);
    if (last?.kind === 'text') last.text += part;
    else if (part) tokens.push({ kind: 'text', text: part });
  };
  /** Up to here no backtick closes: an unclosed one is searched for once per line, not once per backtick. */
  let noMonoBefore = -1;
  while (at < text.length) {
    special.lastIndex = at;
    const found = special.exec(text);
    if (!found) {
      literal(text.slice(at));
      break;
    }
    literal(text.slice(at, found.index));
    at = found.index;
    const char = text[at]!;
    if (char === '\\') {
      const next = text[at + 1];
      const escapes = next !== undefined && escapable.test(next);
      literal(escapes ? next : char);
      at += escapes ? 2 : 1;
    } else if (char === '\n') {
      tokens.push({ kind: 'newline' });
      at++;
    } else if (char === open) {
      const end = text.indexOf(close, at);
      tokens.push({ kind: 'text', text: text.slice(at + 1, end < 0 ? text.length : end), inserted: true });
      at = end < 0 ? text.length : end + 1;
    } else if (char === '`') {
      const mono = at < noMonoBefore || !opensAt(text, at, tokens) ? null : readMono(text, at);
      if (mono?.closed) tokens.push({ kind: 'mono', text: mono.text });
      else literal(char);
      if (mono && !mono.closed) noMonoBefore = mono.end;
      at = mono?.closed ? mono.end : at + 1;
    } else if (char === '[') {
      tokens.push({ kind: 'bracket' });
      at++;
    } else if (char === ']') {
      target.lastIndex = at;
      const [source, url] = target.exec(text) ?? [];
      const address = url === undefined ? null : linkUrl(url);
      if (source && address !== null)
        tokens.push({ kind: 'target', url: address, source: resolveInserted(source, (value) => value) });
      else literal(char);
      at += source && address !== null ? source.length : 1;
    } else if (char in emphasisOf) {
      tokens.push({
        kind: 'mark',
        emphasis: emphasisOf[char]!,
        char,
        opens: opensAt(text, at, tokens),
        closes: closesAt(text, at, tokens),
      });
      at++;
    } else {
      bareAddress.lastIndex = at;
      const run = isWord(before(text, at)) ? '' : withoutAddressTail(bareAddress.exec(text)?.[0] ?? '');
      literal(run || char);
      at += run?.length || 1;
    }
  }
  return tokens;
}

/** `*bold*` but not `2*3*4`: a mark opens where no word goes on before it and something visible follows. */
function opensAt(text: string, at: number, tokens: Token[]): boolean {
  const next = text[at + 1];
  const last = tokens.at(-1);
  if (next === undefined || /\s/.test(next) || next === text[at]) return false;
  return (last?.kind === 'mark' && last.char === text[at] && at > 0) || !isWord(before(text, at));
}

/** The mirror image: something visible before it, no word going on after it. */
function closesAt(text: string, at: number, tokens: Token[]): boolean {
  const last = tokens.at(-1);
  if (last === undefined || last.kind === 'newline' || (last.kind === 'mark' && last.char === text[at]))
    return false;
  return !/\s/.test(text[at - 1]!) && !isWord(after(text, at));
}

/** An address without the signs behind it that belong to the sentence. From the end on: a pattern would try every run of them. */
export function withoutAddressTail(address: string): string {
  let end = address.length;
  while (end > 0 && addressTail.includes(address[end - 1]!)) end--;
  return address.slice(0, end);
}

function isWord(char: string): boolean {
  return word.test(char);
}
function before(text: string, at: number): string {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(at - 2, at) : text.slice(Math.max(0, at - 1), at);
}
function after(text: string, at: number): string {
  const point = text.codePointAt(at + 1);
  return point === undefined ? '' : String.fromCodePoint(point);
}

/** Not `closed`: the line ends, at `end`, without a backtick that closes. */
function readMono(text: string, at: number): { closed: boolean; text: string; end: number } {
  let content = '';
  let i = at + 1;
  while (i < text.length && text[i] !== '\n') {
    const char = text[i]!;
    if (char === '\\' && (text[i + 1] === '`' || text[i + 1] === '\\')) {
      content += text[i + 1];
      i += 2;
    } else if (char === open) {
      const end = text.indexOf(close, i);
      if (end < 0) break;
      content += text.slice(i + 1, end);
      i = end + 1;
    } else if (char === '`' && !/\s/.test(text[i - 1]!) && !isWord(after(text, i))) {
      return { closed: true, text: content, end: i + 1 };
    } else {
      content += char;
      i++;
    }
  }
  return { closed: false, text: '', end: i };
}

/** The address of a link; '' where a value left it unusable (the label then stands alone), null where it never was one. */
function linkUrl(source: string): string | null {
  let hasValue = false;
  const parts = source.split(/([\uFDD0][^\uFDD1]*\uFDD1)/u);
  let url = '';
  for (const part of parts) {
    if (part[0] !== open) url += part.replace(/\\([\\()])/g, '$1');
    else {
      hasValue = true;
      const value = part.slice(1, -1);
      url += url === '' ? value.trim() : encodeURIComponent(value.toWellFormed());
    }
  }
  if (isLinkUrl(url)) return url;
  return hasValue ? '' : null;
}

/** Only web addresses and Telegram's own: never javascript:, data: or a bare word. */
export function isLinkUrl(url: string): boolean {
  return /^(https?|tg):\/\//i.test(url) && !/[\s\p{Cc}]/u.test(url) && URL.canParse(url);
}
