// What can be done with a formatting tree on any channel: bring it to normal form, read it as plain text, write it as marks.
import type { Span } from '../../contract/message.ts';
import { escapable } from './marks-scan.ts';

type Branch = Exclude<Span, { kind: 'text' }>;

/** Neighbours of one kind joined, empty spans gone: two trees that look alike are alike. */
export function normalSpans(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (span.kind === 'text') {
      if (last?.kind === 'text') result[result.length - 1] = { kind: 'text', text: last.text + span.text };
      else if (span.text) result.push({ kind: 'text', text: span.text });
      continue;
    }
    const children = normalSpans(span.children);
    if (children.length === 0) continue;
    if (last && last.kind === span.kind && span.kind !== 'link')
      result[result.length - 1] = {
        ...last,
        children: normalSpans([...(last as Branch).children, ...children]),
      } as Span;
    else result.push({ ...span, children });
  }
  return result;
}

/** What a reader sees, without any formatting. */
export function plainText(spans: Span[]): string {
  let text = '';
  for (const span of spans) text += span.kind === 'text' ? span.text : plainText(span.children);
  return text;
}

/** Every link, in the order of reading. */
export function linksIn(spans: Span[]): Extract<Span, { kind: 'link' }>[] {
  return spans.flatMap((span) => {
    if (span.kind === 'text') return [];
    return span.kind === 'link' ? [span, ...linksIn(span.children)] : linksIn(span.children);
  });
}

/** The tree with other addresses, `other` null keeping its own; the very same tree where none changes. */
export function withAddresses(spans: Span[], other: (url: string) => string | null): Span[] {
  let changed: Span[] | null = null;
  for (const [index, span] of spans.entries()) {
    if (span.kind === 'text') continue;
    const children = withAddresses(span.children, other);
    const url = span.kind === 'link' ? other(span.url) : null;
    if (children === span.children && url === null) continue;
    changed ??= [...spans];
    changed[index] =
      span.kind === 'link' ? { ...span, url: url ?? span.url, children } : { ...span, children };
  }
  return changed ?? spans;
}

/** White space at both ends removed, as platforms do before they count. Expects and returns a normal tree. */
export function trimSpans(spans: Span[]): Span[] {
  return normalSpans(trimEdge(trimEdge(spans, 'start'), 'end'));
}

function trimEdge(spans: Span[], edge: 'start' | 'end'): Span[] {
  const rest = [...spans];
  const index = () => (edge === 'start' ? 0 : rest.length - 1);
  while (rest.length > 0) {
    const span = rest[index()]!;
    const trimmed: Span =
      span.kind === 'text'
        ? { kind: 'text', text: edge === 'start' ? span.text.trimStart() : span.text.trimEnd() }
        : { ...span, children: trimEdge(span.children, edge) };
    if (trimmed.kind === 'text' ? trimmed.text : trimmed.children.length > 0) {
      rest[index()] = trimmed;
      break;
    }
    if (edge === 'start') rest.shift();
    else rest.pop();
  }
  return rest;
}

const markOf = { bold: '*', italic: '_', strike: '~' } as const;
const toEscape = new RegExp(escapable.source, 'g');

/** The tree as typed text: `parseMarks` of it gives the same tree back, for every tree that came from marks. */
export function renderMarks(spans: Span[]): string {
  return spans.map(renderOne).join('');
}

function renderOne(span: Span): string {
  if (span.kind === 'text') return span.text.replace(toEscape, '\\$&');
  if (span.kind === 'mono') return `\`${plainText(span.children).replace(/[\\`]/g, '\\$&')}\``;
  if (span.kind === 'link') return `[${renderMarks(span.children)}](${span.url.replace(/[\\()]/g, '\\$&')})`;
  return markOf[span.kind] + renderMarks(span.children) + markOf[span.kind];
}
