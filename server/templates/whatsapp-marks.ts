// The formatting tree as WhatsApp's own marks (WhatsApp Help Center, "How to format your messages", 2026-11). WhatsApp knows no
// escape and no link with a text of its own, so a mark that was meant literally is written with a sign that looks like it, and
// the address stands behind its text. Where a mark could not be read as one (inside a word, over lines) it is left out.
import type { Span } from '../../contract/message.ts';
import { plainText } from './spans.ts';

const markOf = { bold: '*', italic: '_', strike: '~', mono: '`' } as const;
type Mark = (typeof markOf)[keyof typeof markOf];
/** Asterisk operator, wide low line, tilde operator, opening quote: no letters, and never read as marks. */
export const lookalikes: Record<Mark, string> = { '*': '\u2217', _: '\uff3f', '~': '\u223c', '`': '\u2018' };

const word = /[\p{L}\p{N}\p{M}]/u;
const address = /https?:\/\/[^\s<>`[\]\\]+/giu;
const openAddress = /https?:\/\/[^\s<>`[\]\\]*$/iu;

/** No text of the tree can become formatting; nothing of it is lost. */
export function renderWhatsApp(spans: Span[]): string {
  return render(spans, '', '', []);
}

/** `before`: what stands before it; `after`: the character behind it. A mark is read as one only beside no word. */
function render(spans: Span[], before: string, after: string, inside: Mark[]): string {
  let text = '';
  for (const [index, span] of spans.entries()) {
    const previous = before + text;
    const next = firstShown(spans.slice(index + 1)) || after;
    if (span.kind === 'text') text += literal(span.text, previous, next, inside);
    else if (span.kind === 'link') text += link(span, previous, next, inside);
    else text += marked(span, previous, next, inside);
  }
  return text;
}

function marked(
  span: Extract<Span, { kind: 'bold' | 'italic' | 'strike' | 'mono' }>,
  before: string,
  after: string,
  inside: Mark[],
): string {
  const mark = markOf[span.kind];
  const isMono = mark === '`';
  const inner = isMono
    ? plainText(span.children).replaceAll('`', lookalikes['`'])
    : render(span.children, before + mark, mark, [...inside, mark]);
  const edges = [...inner];
  const fits =
    inner !== '' &&
    !inner.includes('\n') &&
    !inside.includes(mark) &&
    canStandBeside(edges[0]!, mark) &&
    canStandBeside(edges.at(-1)!, mark) &&
    !isTaken(lastChar(before), mark) &&
    !isTaken(after, mark) &&
    // an address would swallow the mark
    !openAddress.test(before) &&
    (/^[\s<>]?$/.test(after) || !openAddress.test(before + inner));
  if (fits) return mark + inner + mark;
  return isMono
    ? literal(plainText(span.children), before, after, inside)
    : render(span.children, before, after, inside);
}

const canStandBeside = (char: string, mark: string) => !/\s/.test(char) && char !== mark;
const isTaken = (char: string, mark: string) => char === mark || word.test(char);

function link(span: Extract<Span, { kind: 'link' }>, before: string, after: string, inside: Mark[]): string {
  const label = plainText(span.children);
  if (!/^https?:/i.test(span.url)) return render(span.children, before, after, inside);
  const url = safeAddress(span.url);
  if (label === span.url) return word.test(lastChar(before)) ? ` ${url}` : url;
  return `${render(span.children, before, ' ', inside)} (${url})`;
}

/** What would end the address early, or be taken for a mark at its end, is written as a URL writes it. */
function safeAddress(url: string): string {
  return url
    .replace(/[\\`[\]<>]/g, percent)
    .replace(/[*_~.,;:!?)\]}'"]+$/, (tail) => tail.replace(/[*_~]/g, percent));
}
const percent = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

/** A mark inside a word stays: there it is no mark. Everywhere else it is replaced, outside addresses. */
function literal(text: string, before: string, after: string, inside: Mark[]): string {
  let result = '';
  let at = 0;
  for (const found of text.matchAll(address)) {
    const start = found.index;
    if (word.test(lastChar(before + text.slice(0, start)))) continue;
    const tail = /[*_~.,;:!?)\]}'"]+$/u.exec(found[0])?.[0].length ?? 0;
    let end = start + found[0].length - tail;
    // "…/c_": it can open nothing behind a letter, and nothing is open that it could close
    if (
      /[*_~]/.test(text[end] ?? '') &&
      word.test(lastChar(text.slice(start, end))) &&
      !inside.includes(text[end] as Mark)
    )
      end++;
    result += withoutMarks(text.slice(at, start), lastChar(before + text.slice(0, at)), 'h');
    result += text.slice(start, end);
    at = end;
  }
  return result + withoutMarks(text.slice(at), lastChar(before + text.slice(0, at)), after);
}

function withoutMarks(text: string, before: string, after: string): string {
  return text.replace(/[*_~`]/g, (mark, at: number) => {
    const previous = lastChar(text.slice(0, at)) || before;
    const next = firstChar(text.slice(at + 1)) || after;
    return word.test(previous) && word.test(next) ? mark : lookalikes[mark as Mark];
  });
}

function firstShown(spans: Span[]): string {
  const [first] = spans;
  if (!first) return '';
  return first.kind === 'text' ? firstChar(first.text) : firstChar(plainText(first.children));
}
function firstChar(text: string): string {
  const point = text.codePointAt(0);
  return point === undefined ? '' : String.fromCodePoint(point);
}
function lastChar(text: string): string {
  const unit = text.charCodeAt(text.length - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(-2) : text.slice(-1);
}
