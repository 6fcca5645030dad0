// The formatting tree as Telegram's HTML subset (Bot API 10.1, "HTML style", 2026-06-11): only `&lt; &gt; &amp; &quot;`
// are understood as names, and every tag must be closed in order.
import type { Span } from '../../contract/message.ts';

const tagOf = { bold: 'b', italic: 'i', strike: 's', mono: 'code' } as const;
const entityOf: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Goes into `text` or `caption` with parse_mode HTML; no text of the tree can become a tag. */
export function renderTelegramHtml(spans: Span[]): string {
  let html = '';
  for (const span of spans) {
    if (span.kind === 'text') html += escapeText(span.text);
    else if (span.kind === 'link')
      html += `<a href="${span.url.replace(/[&<>"]/g, (char) => entityOf[char]!)}">${renderTelegramHtml(span.children)}</a>`;
    else html += `<${tagOf[span.kind]}>${renderTelegramHtml(span.children)}</${tagOf[span.kind]}>`;
  }
  return html;
}

function escapeText(text: string): string {
  return text.replace(/[&<>]/g, (char) => entityOf[char]!);
}
