// The body of a message on each channel: one formatting tree, three ways to write it, counted as each platform counts.
import type { Channel } from '../../contract/connections.ts';
import { type Span, textLimits } from '../../contract/message.ts';
import { plainText, trimSpans } from './spans.ts';
import {
  type Body,
  countCodePoints,
  emptyMessage,
  fitsTelegram,
  inFigures,
  telegramBody,
  tooLong,
} from './telegram-body.ts';
import { renderTelegramHtml } from './telegram-html.ts';
import { renderWhatsApp } from './whatsapp-marks.ts';
import { renderWidgetHtml } from './widget-html.ts';

/** What stands around a text may allow less of it, or more. */
export interface Bound {
  limit: number;
  /** In words: "text above buttons". */
  what: string;
}

/** Throws AppError CONTENT_TOO_LONG, and TEMPLATE_INVALID where nothing is left to send. */
export const bodyOn: Record<Channel, (tree: Span[], hasFile: boolean, bound?: Bound) => Body> = {
  telegram: (tree, hasFile) => telegramBody(tree, hasFile),
  // marks and addresses are part of the text there, and count
  whatsapp: (tree, hasFile, bound) => plainBody('whatsapp', tree, hasFile, 'markup', bound),
  website: (tree, hasFile) => plainBody('website', tree, hasFile, 'plain'),
};

const renderOn: Record<Channel, (spans: Span[]) => string> = {
  telegram: renderTelegramHtml,
  whatsapp: renderWhatsApp,
  website: renderWidgetHtml,
};
const fitsOn: Record<Channel, (markup: string, limit: number) => boolean> = {
  telegram: fitsTelegram,
  whatsapp: (markup, limit) => countCodePoints(markup) <= limit,
  website: () => true,
};

/** The markup of a body whose addresses were changed, its words not. Null: the platform would refuse it as too long. */
export function markupOn(channel: Channel, spans: Span[], limit: number): string | null {
  const markup = renderOn[channel](spans);
  return fitsOn[channel](markup, limit) ? markup : null;
}

function plainBody(
  channel: 'whatsapp' | 'website',
  tree: Span[],
  hasFile: boolean,
  counted: 'markup' | 'plain',
  bound: Bound = {
    limit: textLimits[channel][hasFile ? 'caption' : 'text'],
    what: hasFile ? 'text with a file' : 'message',
  },
): Body {
  const spans = trimSpans(tree);
  const body = { markup: renderOn[channel](spans), plain: plainText(spans) };
  const length = countCodePoints(body[counted]);
  const { limit, what } = bound;
  if (length === 0 && !hasFile) throw emptyMessage();
  if (length > limit)
    throw tooLong(
      `The ${what} has ${inFigures(length)} of ${inFigures(limit)} characters. Shorten it by ${inFigures(length - limit)}.`,
    );
  return { ...body, spans, length, limit };
}
