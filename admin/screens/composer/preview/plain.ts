// What a reader sees of a formatting tree, without any formatting.
import type { Span } from '../../../../contract/message.ts';

export function plain(spans: Span[]): string {
  return spans.map((span) => (span.kind === 'text' ? span.text : plain(span.children))).join('');
}
