// The body of a message on each channel: one formatting tree, three ways to write it, counted as each platform counts.
import type { Channel } from '../../contract/connections.ts';
import { type Span, textLimits } from '../../contract/message.ts';
import { plainText, trimSpans } from './spans.ts';
import {
  type Body,
  countCodePoints,
  emptyMessage,
  inFigures,
  telegramBody,
  tooLong,
} from './telegram-body.ts';
import { renderWhatsApp } from './whatsapp-marks.ts';
import { renderWidgetHtml } from './widget-html.ts';

/** Throws AppError CONTENT_TOO_LONG, and TEMPLATE_INVALID where nothing is left to send. */
export const bodyOn: Record<Channel, (tree: Span[], hasFile: boolean) => Body> = {
  telegram: telegramBody,
  // marks and addresses are part of the text there, and count
  whatsapp: (tree, hasFile) => plainBody('whatsapp', tree, hasFile, renderWhatsApp, 'markup'),
  website: (tree, hasFile) => plainBody('website', tree, hasFile, renderWidgetHtml, 'plain'),
};

function plainBody(
  channel: 'whatsapp' | 'website',
  tree: Span[],
  hasFile: boolean,
  render: (spans: Span[]) => string,
  counted: 'markup' | 'plain',
): Body {
  const spans = trimSpans(tree);
  const body = { markup: render(spans), plain: plainText(spans) };
  const length = countCodePoints(body[counted]);
  const limit = textLimits[channel][hasFile ? 'caption' : 'text'];
  if (length === 0 && !hasFile) throw emptyMessage();
  if (length > limit)
    throw tooLong(
      `The ${hasFile ? 'text with a file' : 'message'} has ${inFigures(length)} of ${inFigures(limit)} characters. Shorten it by ${inFigures(length - limit)}.`,
    );
  return { ...body, spans, length, limit };
}
