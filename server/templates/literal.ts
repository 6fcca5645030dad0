// A message that is sent to the letter: what an operator types is no template and no markup.
import { type RenderedMessage, textLimits } from '../../contract/message.ts';
import { plainText, trimSpans } from './spans.ts';
import { renderTelegramHtml } from './telegram-html.ts';

export function literalMessage(text: string): RenderedMessage {
  const spans = trimSpans([{ kind: 'text', text }]);
  const plain = plainText(spans);
  return {
    markup: renderTelegramHtml(spans),
    plain,
    spans,
    length: [...plain].length,
    limit: textLimits.telegram.text,
    image: null,
    buttons: [],
  };
}
