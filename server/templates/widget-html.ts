// The formatting tree as HTML for the chat on a shop's own pages. Only b, i, s, code and a; the only attribute that holds
// something of the message is the href of a checked web address. Line breaks stay characters: the bubble keeps them by style.
import type { Span } from '../../contract/message.ts';
import { plainText } from './spans.ts';

const tagOf = { bold: 'b', italic: 'i', strike: 's', mono: 'code' } as const;
const entityOf: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** No text of the tree can become a tag, an attribute or a script, wherever the tree came from. */
export function renderWidgetHtml(spans: Span[]): string {
  let html = '';
  for (const span of spans) {
    if (span.kind === 'text') html += escaped(span.text);
    else if (span.kind === 'mono') html += `<code>${escaped(plainText(span.children))}</code>`;
    else if (span.kind !== 'link')
      html += `<${tagOf[span.kind]}>${renderWidgetHtml(span.children)}</${tagOf[span.kind]}>`;
    else if (isWebAddress(span.url))
      html += `<a href="${escaped(span.url)}" rel="noopener noreferrer" target="_blank">${renderWidgetHtml(withoutLinks(span.children))}</a>`;
    else html += renderWidgetHtml(span.children);
  }
  return html;
}

/** Telegram's own addresses (tg://) lead nowhere on a website; their text stays. */
function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}

function withoutLinks(spans: Span[]): Span[] {
  return spans.flatMap((span) => {
    if (span.kind === 'text') return [span];
    const children = withoutLinks(span.children);
    return span.kind === 'link' ? children : [{ ...span, children }];
  });
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entityOf[char]!);
}
