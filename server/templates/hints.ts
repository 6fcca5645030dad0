// What is worth knowing about a message before it is sent and stops nothing: how it looks on each platform, and what experience
// says is missing. Pure.
import type { Channel } from '../../contract/connections.ts';
import {
  type Content,
  type MessageHint,
  type PlatformNote,
  type RenderedMessage,
  textLimits,
} from '../../contract/message.ts';
import { fixedLinks } from './links.ts';
import { linksIn } from './spans.ts';

/** Buttons with an address in one WhatsApp template (Cloud API, "Message templates", 2026-11). */
const whatsAppButtons = 2;
const optOutWords =
  /\b(stop|unsubscribe|opt.?out|abmelden|abbestellen|stopp|baja|cancelar|désinscri\w*|arrêt|disiscri\w*|afmelden)\b/iu;
const bareAddress = /https?:\/\/\S/i;

export function messageHints(content: Content, message: RenderedMessage | null): MessageHint[] {
  const hints: MessageHint[] = [];
  const hint = (key: string, pointer: string, words: string, count: number | null = null) =>
    hints.push({ key, pointer, words, count });
  const text = content.text.trim();
  if (!text && content.media.length === 0) return [];
  const caption = textLimits.telegram.caption;
  if (message && content.media.length === 0 && message.length > caption)
    hint(
      'too_long_for_caption',
      '/content/text',
      `Too long to stand under a picture: with a file at most ${caption.toLocaleString('en')} characters.`,
      message.length - caption,
    );
  const links = urlsIn(message);
  const asksFor = content.buttons.length > 0 || links.length > 0 || bareAddress.test(text);
  if (!asksFor)
    hint(
      'no_call_to_action',
      '/content/buttons',
      'Nothing to press: add a button or a link that says what to do next.',
    );
  const fixed = new Set(fixedLinks([content]).map(({ url }) => url));
  const untracked = [...links, ...(message?.buttons ?? []).map(({ url }) => url)].filter(
    (url) => !fixed.has(url),
  );
  if (untracked.length > 0)
    hint(
      'link_not_trackable',
      '/content/text',
      untracked.some((url) => !isInApp(url))
        ? 'Clicks on addresses that differ from person to person are not counted.'
        : 'Clicks on tg:// addresses are not counted: they open inside Telegram.',
      untracked.length,
    );
  if (!optOutWords.test(text) && !content.buttons.some((button) => optOutWords.test(button.text)))
    hint(
      'opt_out_missing',
      '/content/text',
      'Nothing says how to get no more messages. Add a line such as “Send STOP to get no more.”',
    );
  return hints;
}

/** What the same message becomes on a platform, where that differs from what was written. */
export function notesOn(channel: Channel, content: Content, message: RenderedMessage | null): PlatformNote[] {
  const notes: PlatformNote[] = [];
  const warn = (words: string) => notes.push({ tone: 'warn', words });
  const files = message?.attachments ?? [];
  const links = urlsIn(message);
  if (channel === 'whatsapp') {
    if (links.some((url) => /^https?:/i.test(url)))
      warn('WhatsApp has no links behind words: the address stands behind its text.');
    if (links.some(isInApp)) warn('tg:// links open Telegram only; here their text stands alone.');
    if (content.buttons.length > whatsAppButtons)
      warn(`WhatsApp shows at most ${whatsAppButtons} buttons with an address.`);
    if (content.buttons.length > 0) warn('On WhatsApp, buttons with addresses need an approved template.');
    if (files.length > 1) warn('WhatsApp has no albums: each file is a message of its own.');
    if (files.some(({ kind }) => kind === 'animation'))
      warn('WhatsApp takes no GIF. Upload the animation as an MP4 video.');
    if (files.some(({ size_bytes, kind }) => kind === 'image' && (size_bytes ?? 0) > 5 * 1024 * 1024))
      warn('WhatsApp takes pictures of up to 5 MB.');
  }
  if (channel === 'website' && links.some(isInApp))
    warn('tg:// links lead nowhere on a website; their text stands alone.');
  if (notes.length === 0 && message) notes.push({ tone: 'ok', words: shownAsWritten[channel] });
  return notes;
}

const shownAsWritten: Record<Channel, string> = {
  telegram: 'Telegram shows formatting, links, files and buttons as written.',
  whatsapp: 'WhatsApp shows the formatting as written.',
  website: 'The chat on your website shows formatting, links, files and buttons as written.',
};

const isInApp = (url: string) => /^tg:/i.test(url);
const urlsIn = (message: RenderedMessage | null) =>
  message ? linksIn(message.spans).map(({ url }) => url) : [];
