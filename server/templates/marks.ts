// Marks as WhatsApp users type them, `*bold*` `_italic_` `~strike~` `` `mono` `` `[text](https://…)`, to one formatting
// tree (contract/message.ts). They nest, do not span lines, and what is not closed is literal; a backslash escapes.
import type { Span } from '../../contract/message.ts';
import { type Emphasis, scan, type Token } from './marks-scan.ts';

/** Never throws: what is no mark is text. The tree is normal (see `normalSpans`). Time is linear in the length. */
export function parseMarks(text: string): Span[] {
  const tokens = scan(text);
  return parseRange(tokens, linkEnds(tokens), 0, tokens.length, []);
}

/** Keeps the tree normal as it grows: joining thousands of neighbours afterwards would walk each of them again and again. */
function add(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (span.kind === 'text') {
    if (last?.kind === 'text') last.text += span.text;
    else if (span.text) spans.push({ ...span });
  } else if (span.children.length === 0) return;
  else if (span.kind !== 'link' && last?.kind === span.kind)
    for (const child of span.children) add(last.children, child);
  else spans.push(span);
}

/** Index of each `[` that begins a link → index of its end. Links do not hold links: the inner one wins. */
function linkEnds(tokens: Token[]): Map<number, number> {
  const ends = new Map<number, number>();
  let brackets: number[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'newline') brackets = [];
    else if (token.kind === 'bracket') brackets.push(index);
    else if (token.kind === 'target') {
      const start = brackets.pop();
      if (start === undefined) continue;
      if (hasLabel(tokens, start + 1, index)) ends.set(start, index);
      brackets = [];
    }
  }
  return ends;
}

function hasLabel(tokens: Token[], from: number, to: number): boolean {
  return tokens
    .slice(from, to)
    .some(
      (token) =>
        token.kind === 'mono' || (token.kind === 'text' && (token.inserted || /\S/.test(token.text))),
    );
}

function parseRange(
  tokens: Token[],
  links: Map<number, number>,
  from: number,
  to: number,
  inside: Emphasis[],
): Span[] {
  const spans: Span[] = [];
  // an opening mark without an end is looked for once per line and kind, not once per mark
  const unclosedBefore: Partial<Record<Emphasis, number>> = {};
  for (let i = from; i < to; i++) {
    const token = tokens[i]!;
    if (token.kind === 'text') add(spans, { kind: 'text', text: token.text });
    else if (token.kind === 'newline') add(spans, { kind: 'text', text: '\n' });
    else if (token.kind === 'mono')
      add(spans, { kind: 'mono', children: token.text ? [{ kind: 'text', text: token.text }] : [] });
    else if (token.kind === 'target') add(spans, { kind: 'text', text: token.source });
    else if (token.kind === 'bracket') {
      const end = links.get(i);
      if (end === undefined) {
        add(spans, { kind: 'text', text: '[' });
        continue;
      }
      const children = parseRange(tokens, links, i + 1, end, inside);
      const { url } = tokens[end] as { url: string };
      if (url) add(spans, { kind: 'link', url, children });
      else for (const child of children) add(spans, child);
      i = end;
    } else {
      const { emphasis } = token;
      const searches = token.opens && !inside.includes(emphasis) && i >= (unclosedBefore[emphasis] ?? -1);
      const end = searches ? closing(tokens, links, i + 1, to, emphasis) : null;
      if (end?.found) {
        add(spans, {
          kind: emphasis,
          children: parseRange(tokens, links, i + 1, end.at, [...inside, emphasis]),
        });
        i = end.at;
      } else {
        if (end) unclosedBefore[emphasis] = end.at;
        add(spans, { kind: 'text', text: token.char });
      }
    }
  }
  return spans;
}

function closing(
  tokens: Token[],
  links: Map<number, number>,
  from: number,
  to: number,
  emphasis: Emphasis,
): { found: boolean; at: number } {
  for (let i = from; i < to; i++) {
    const token = tokens[i]!;
    if (token.kind === 'newline') return { found: false, at: i };
    if (token.kind === 'mark' && token.emphasis === emphasis && token.closes) return { found: true, at: i };
    i = links.get(i) ?? i;
  }
  return { found: false, at: to };
}
