// A message's formatting tree as React nodes. Text stays text: nothing a contact or a template holds becomes markup.
import type { ReactNode } from 'react';
import type { Span } from '../../../contract/message.ts';

const safe = (url: string) => /^https?:\/\//i.test(url) || /^(tg|mailto|tel):/i.test(url);

export function SpanText({ spans }: { spans: Span[] }): ReactNode {
  return spans.map((span, index) => <One key={String(index)} span={span} />);
}

function One({ span }: { span: Span }): ReactNode {
  if (span.kind === 'text') return span.text;
  const inner = <SpanText spans={span.children} />;
  switch (span.kind) {
    case 'bold':
      return <strong style={{ fontWeight: 600 }}>{inner}</strong>;
    case 'italic':
      return <em>{inner}</em>;
    case 'strike':
      return <s>{inner}</s>;
    case 'mono':
      return <code className="mono">{inner}</code>;
    case 'link':
      return safe(span.url) ? (
        <a href={span.url} target="_blank" rel="noreferrer noopener">
          {inner}
        </a>
      ) : (
        inner
      );
  }
}
