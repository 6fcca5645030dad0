// Text or caption of a Telegram message from its formatting tree: cleaned, trimmed and counted as Telegram does it.
import type { FieldProblem } from '../../contract/errors.ts';
import { type RenderedMessage, type Span, textLimits } from '../../contract/message.ts';
import { AppError } from '../platform/errors.ts';
import { plainText, trimSpans } from './spans.ts';
import { renderTelegramHtml } from './telegram-html.ts';

export type Body = Omit<RenderedMessage, 'image' | 'attachments' | 'buttons'>;

/** Telegram refuses longer raw text before it looks at tags (tdlib/telegram-bot-api 01a3679, 2026-05). */
const maxMarkupBytes = 32_768;

/** Throws AppError CONTENT_TOO_LONG, and TEMPLATE_INVALID where nothing is left to send. */
export function telegramBody(tree: Span[], hasFile: boolean): Body {
  const spans = trimSpans(tree);
  const plain = plainText(spans);
  const length = countCodePoints(plain);
  const limit = hasFile ? textLimits.telegram.caption : textLimits.telegram.text;
  if (length === 0 && !hasFile) throw emptyMessage();
  if (length > limit)
    throw tooLong(
      `The ${hasFile ? 'text with a file' : 'message'} has ${inFigures(length)} of ${inFigures(limit)} characters. Shorten it by ${inFigures(length - limit)}.`,
    );
  const markup = renderTelegramHtml(spans);
  if (!fitsTelegram(markup))
    throw tooLong('The addresses of the links are too long together. Use shorter ones.');
  return { markup, plain, spans, length, limit };
}

/** Whether Telegram takes so much raw text, tags and addresses included. */
export function fitsTelegram(markup: string): boolean {
  // no character has more than four bytes: nearly always the length alone says it
  return markup.length <= maxMarkupBytes / 4 || Buffer.byteLength(markup) <= maxMarkupBytes;
}

/** As Telegram cleans what it is sent (td clean_input_string): what it drops must not count, nor hide in a link. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .replace(/[\u2028-\u202e]/g, '');
}

/** Telegram counts code points of the visible text (telegram-bot-api `utf8_length`, 2026-05). */
export function countCodePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) count--;
  }
  return count;
}

export function inFigures(number: number): string {
  return number.toLocaleString('en');
}

export function tooLong(detail: string): AppError {
  return new AppError('CONTENT_TOO_LONG', detail, { errors: [{ pointer: '/content/text', detail }] });
}

export function emptyMessage(): AppError {
  return contentFault([
    { pointer: '/content/text', detail: 'The message is empty. Write a text or add a file.' },
  ]);
}

/** TEMPLATE_INVALID with every wrong field; the first one is the detail. */
export function contentFault(errors: FieldProblem[]): AppError {
  return new AppError('TEMPLATE_INVALID', errors[0]?.detail ?? 'The message has an error.', { errors });
}
