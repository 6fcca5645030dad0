// A rendered message with tracked addresses in place of its own. The message itself stays as it is, for the thread, and is
// shared by all who get the same; only what goes to the platform is a copy.
import type { KeyObject } from 'node:crypto';
import type { RenderedMessage } from '../../../contract/message.ts';
import { linkCode } from './code.ts';
import type { RunLinks } from './run-links.ts';

/** Telegram refuses longer raw text before it looks at tags (telegram-body.ts). */
const maxMarkupBytes = 32_768;
/** In Telegram's HTML as telegram-html.ts writes it: `<` of a text is always `&lt;`, so this is a link and nothing else. */
const anchor = /<a href="([^"]*)">/g;

export function withTrackedLinks(
  message: RenderedMessage,
  links: RunLinks,
  key: KeyObject,
  deliveryId: string,
): RenderedMessage {
  const tracked = (url: string): string | null => {
    const linkNumber = links.numbers.get(url);
    return linkNumber === undefined ? null : `${links.base}/l/${linkCode(key, { linkNumber, deliveryId })}`;
  };
  let markup = message.markup.includes('<a href="')
    ? message.markup.replace(anchor, (whole, escaped: string) => {
        const url = tracked(plainUrl(escaped));
        return url ? `<a href="${url}">` : whole;
      })
    : message.markup;
  // many links with short addresses: better uncounted than refused
  if (markup.length > maxMarkupBytes / 4 && Buffer.byteLength(markup) > maxMarkupBytes)
    markup = message.markup;
  const buttons = message.buttons.map((button) => ({ ...button, url: tracked(button.url) ?? button.url }));
  return { ...message, markup, buttons };
}

const charOf: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
const plainUrl = (escaped: string) =>
  escaped.includes('&')
    ? escaped.replace(/&(?:amp|lt|gt|quot);/g, (name) => charOf[name] as string)
    : escaped;
