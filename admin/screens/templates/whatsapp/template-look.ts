// WhatsApp's own marks as a tree to draw: *bold* _italic_ ~strike~ ```mono``` `mono` (WhatsApp Help Center, "How to format your
// messages", 2026-11). Good enough for a look: the server decides what is sent.
import type { Span } from '../../../../contract/message.ts';

const kinds = { '*': 'bold', _: 'italic', '~': 'strike', '`': 'mono' } as const;
/** A mark is read as one only beside no letter, and around something that begins and ends without a blank. */
const marked =
  /(?<![\p{L}\p{N}])(?:```([^`]+)```|([*_~`])(?=\S)((?:(?!\2)[^\n])+?)(?<=\S)\2)(?![\p{L}\p{N}])/u;

export function spansOf(text: string): Span[] {
  const found = marked.exec(text);
  if (!found) return text === '' ? [] : [{ kind: 'text', text }];
  const [all, block, mark, inner = ''] = found;
  const kind = block === undefined ? kinds[mark as keyof typeof kinds] : 'mono';
  const children: Span[] = kind === 'mono' ? [{ kind: 'text', text: block ?? inner }] : spansOf(inner);
  return [
    ...spansOf(text.slice(0, found.index)),
    { kind, children },
    ...spansOf(text.slice(found.index + all.length)),
  ];
}
