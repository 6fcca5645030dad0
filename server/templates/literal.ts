// What an operator types is sent to the letter: no variables, no marks.
import type { RenderedMessage } from '../../contract/message.ts';
import { withoutInsertMarks } from './inserted.ts';
import { cleanText, telegramBody } from './telegram-body.ts';

/** Throws CONTENT_TOO_LONG, and TEMPLATE_INVALID where only white space is left. */
export function literalMessage(text: string): RenderedMessage {
  const body = telegramBody([{ kind: 'text', text: cleanText(withoutInsertMarks(text)) }], false);
  return { ...body, image: null, buttons: [] };
}
