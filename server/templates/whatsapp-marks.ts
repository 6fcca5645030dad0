// The formatting tree as WhatsApp's own marks (WhatsApp Help Center, "How to format your messages", 2026-11). WhatsApp knows no
// escape and no link with a text of its own, so a mark that was meant literally is written with a sign that looks like it, and
// the address stands behind its text. Where a mark could not be read as one (inside a word, over lines) it is left out.
import type { Span } from '../../contract/message.ts';
import { withoutAddressTail } from './marks-scan.ts';
import { plainText } from './spans.ts';

const markOf = { bold: '*', italic: '_', strike: '~', mono: '`' } as const;
type Mark = (typeof markOf)[keyof typeof markOf];
/** Asterisk operator, wide low line, tilde operator, opening quote: no letters, and never read as marks. */
export const lookalikes: Record<Mark, string> = { '*': '\u2217', _: '\uff3f', '~': '\u223c', '`': '\u2018' };

const word = /[\p{L}\p{N}\p{M}]/u;
const address = /https?:\/\/[^\s<>`[\]\\]+/giu;
const addressStart = /https?:\/\//iu;
const addressEnd = /[\s<>`[\]\\]/u;

/** What stands before: its last character, and whether an address is still open there. Kept instead of the text, which grows. */
interface Before {
  last: string;
  inAddress: boolean;
  /** The end of the run that may turn out to be an address: shorter than "https://". */
  run: string;
}
const beginning: Before = { last: '', inAddress: false, run: '' };

/** `before` with `text` behind it. Reads `text` once. */
function past(before: Before, text: string): Before {
  if (text === '') return before;
  let at = text.length;
  while (at > 0 && !addressEnd.test(text[at - 1]!)) at--;
  const run = (at === 0 ? before.run : '') + text.slice(at);
  const inAddress = (at === 0 && before.inAddress) || addressStart.test(run);
  return { last: lastChar(text), inAddress, run: run.slice(-7) };
}

/** No text of the tree can become formatting; nothing of it is lost. */
export function renderWhatsApp(spans: Span[]): string {
  return render(spans, beginning, '', []);
}

/** `after`: the character behind it. A mark is read as one only beside no word. */
function render(spans: Span[], before: Before, after: string, inside: Mark[]): string {
  let text = '';
  let previous = before;
  for (const [index, span] of spans.entries()) {
    const next = firstShown(spans[index + 1]) || after;
    const part = renderOne(span, previous, next, inside);
    previous = past(previous, part);
    text += part;
  }
  return text;
}

function renderOne(span: Span, before: Before, after: string, inside: Mark[]): string {
  if (span.kind === 'text') return literal(span.text, before.last, after, inside);
  if (span.kind === 'link') return link(span, before, after, inside);
  return marked(span, before, after, inside);
}

function marked(
  span: Extract<Span, { kind: 'bold' | 'italic' | 'strike' | 'mono' }>,
  before: Before,
  after: string,
  inside: Mark[],
): string {
  const mark = markOf[span.kind];
  const isMono = mark === '`';
  const inner = isMono
    ? plainText(span.children).replaceAll('`', lookalikes['`'])
    : render(span.children, past(before, mark), mark, [...inside, mark]);
  const fits =
    inner !== '' &&
    !inner.includes('\n') &&
    !inside.includes(mark) &&
    canStandBeside(firstChar(inner), mark) &&
    canStandBeside(lastChar(inner), mark) &&
    !isTaken(before.last, mark) &&
    !isTaken(after, mark) &&
    // an address would swallow the mark
    !before.inAddress &&
    (/^[\s<>]?$/.test(after) || !past(before, inner).inAddress);
  if (fits) return mark + inner + mark;
  return isMono
    ? literal(plainText(span.children), before.last, after, inside)
    : render(span.children, before, after, inside);
}

const canStandBeside = (char: string, mark: string) => !/\s/.test(char) && char !== mark;
const isTaken = (char: string, mark: string) => char === mark || word.test(char);

function link(span: Extract<Span, { kind: 'link' }>, before: Before, after: string, inside: Mark[]): string {
  const label = plainText(span.children);
  if (!/^https?:/i.test(span.url)) return render(span.children, before, after, inside);
  const url = safeAddress(span.url);
  if (label === span.url) return word.test(before.last) ? ` ${url}` : url;
  return `${render(span.children, before, ' ', inside)} (${url})`;
}

/** What would end the address early, or be taken for a mark at its end, is written as a URL writes it. */
function safeAddress(url: string): string {
  const safe = url.replace(/[\\`[\]<>]/g, percent);
  const whole = withoutAddressTail(safe);
  return whole + safe.slice(whole.length).replace(/[*_~]/g, percent);
}
const percent = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

/** A mark inside a word stays: there it is no mark. Everywhere else it is replaced, outside addresses. */
function literal(text: string, before: string, after: string, inside: Mark[]): string {
  let result = '';
  let at = 0;
  for (const found of text.matchAll(address)) {
    const start = found.index;
    if (word.test(lastBefore(text, start, before))) continue;
    let end = start + withoutAddressTail(found[0]).length;
    // "…/c_": it can open nothing behind a letter, and nothing is open that it could close
    if (
      /[*_~]/.test(text[end] ?? '') &&
      word.test(lastChar(text.slice(start, end))) &&
      !inside.includes(text[end] as Mark)
    )
      end++;
    result += withoutMarks(text.slice(at, start), lastBefore(text, at, before), 'h');
    result += text.slice(start, end);
    at = end;
  }
  return result + withoutMarks(text.slice(at), lastBefore(text, at, before), after);
}

function withoutMarks(text: string, before: string, after: string): string {
  return text.replace(/[*_~`]/g, (mark, at: number) => {
    const previous = lastBefore(text, at, before);
    const next = firstChar(text, at + 1) || after;
    return word.test(previous) && word.test(next) ? mark : lookalikes[mark as Mark];
  });
}

function firstShown(span: Span | undefined): string {
  if (!span) return '';
  return firstChar(span.kind === 'text' ? span.text : plainText(span.children));
}
function firstChar(text: string, at = 0): string {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
}
function lastChar(text: string, end = text.length): string {
  const unit = text.charCodeAt(end - 1);
  const length = unit >= 0xdc00 && unit <= 0xdfff ? 2 : 1;
  return text.slice(Math.max(0, end - length), end);
}
const lastBefore = (text: string, at: number, before: string) => lastChar(text, at) || before;
